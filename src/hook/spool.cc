#include "hook/spool.h"

#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <filesystem>
#include <utility>

#include "core/ascii.h"
#include "core/digest.h"
#include "hook/durable.h"
#include "hook/spool_entry.h"

namespace leaksift {
namespace {

namespace fs = std::filesystem;

constexpr uint64_t kMaxFile = 32 << 20;  // bytes
constexpr size_t kMaxError = 1000;       // bytes
constexpr std::string_view kSuffix = ".json";
constexpr size_t kTimeDigits = 16;  // microseconds since 1970
constexpr size_t kSaltBytes = 8;

// Ids sort by time. They are made here, never out of what somebody pushed.
Result<std::string> new_id() {
  const Result<std::string> salt = random_bytes(kSaltBytes);
  if (!salt) return salt.error();
  const auto now = std::chrono::system_clock::now().time_since_epoch();
  const std::string micros = std::to_string(
      std::chrono::duration_cast<std::chrono::microseconds>(now).count());
  return std::string(kTimeDigits - std::min(kTimeDigits, micros.size()), '0') +
         micros + "-" + to_hex(*salt);
}

bool is_id(std::string_view text) {
  return text.size() == kTimeDigits + 1 + 2 * kSaltBytes &&
         text[kTimeDigits] == '-' &&
         std::all_of(text.begin(), text.end(),
                     [](char c) { return is_hex_digit(c) || c == '-'; });
}

std::string path_of(const std::string& folder, const std::string& id) {
  return folder + "/" + id + std::string(kSuffix);
}

// Is the open file still the one of this name?
bool is_still(const FileHandle& file, const std::string& path) {
  struct stat open {};
  struct stat named {};
  return ::fstat(file.fd(), &open) == 0 && ::stat(path.c_str(), &named) == 0 &&
         open.st_ino == named.st_ino && open.st_dev == named.st_dev;
}

Result<DeferredPush> read_entry(const std::string& path) {
  const Result<std::string> text = read_file(path, kMaxFile);
  if (!text) return text.error();
  Result<DeferredPush> push = parse_entry(*text);
  if (!push) return std::move(push).error().in(path);
  return push;
}

// Puts another version of an entry in its place, locked before anybody can
// see it.
Result<FileHandle> replace_locked(const std::string& path,
                                  const DeferredPush& push) {
  const std::string draft = path + ".tmp";
  ::unlink(draft.c_str());
  Result<FileHandle> file = create_durable(draft, write_entry(push));
  if (!file) return file;
  if (!try_lock(*file)) return Error(draft + ": cannot be locked");
  if (::rename(draft.c_str(), path.c_str()) != 0) {
    return system_error(path, errno);
  }
  if (Status synced = sync_folder(folder_of(path)); !synced) {
    return std::move(synced).error();
  }
  return file;
}

}  // namespace

Result<std::string> Spool::put(const DeferredPush& push) const {
  if (Status made = make_folders(folder_); !made) return made.error();
  Result<std::string> id = new_id();
  if (!id) return id;
  Status put = replace_durable(path_of(folder_, *id), write_entry(push));
  if (!put) return put.error();
  return id;
}

Result<Spool::Listing> Spool::list() const {
  Listing listing;
  std::error_code error;
  if (!fs::exists(folder_, error)) return listing;
  std::vector<std::string> ids;
  for (fs::directory_iterator it(folder_, error), end; !error && it != end;
       it.increment(error)) {
    const std::string name = it->path().filename().string();
    if (!name.ends_with(kSuffix)) continue;  // one that is being written
    const std::string id = name.substr(0, name.size() - kSuffix.size());
    if (is_id(id)) {
      ids.push_back(id);
    } else {
      listing.problems.push_back(it->path().string() + ": no entry's name");
    }
  }
  if (error) return Error(folder_ + ": " + error.message());
  std::sort(ids.begin(), ids.end());
  for (const std::string& id : ids) {
    const std::string path = path_of(folder_, id);
    Result<DeferredPush> push = read_entry(path);
    if (push) {
      listing.entries.push_back({id, *std::move(push)});
    } else if (fs::exists(path, error)) {  // else it is done by now
      listing.problems.push_back(push.error().message());
    }
  }
  std::sort(listing.problems.begin(), listing.problems.end());
  return listing;
}

Result<std::optional<Spool::Claim>> Spool::claim(const std::string& id) const {
  using Taken = std::optional<Claim>;
  if (!is_id(id)) return Error("'" + id + "' is no id of a deferred push");
  const std::string path = path_of(folder_, id);
  Result<FileHandle> file = open_own(path, 0, 0);
  if (!file) {
    if (::access(path.c_str(), F_OK) != 0) return Taken();
    return std::move(file).error();
  }
  if (!try_lock(*file) || !is_still(*file, path)) return Taken();
  Result<DeferredPush> push = read_entry(path);
  if (!push) return std::move(push).error();
  Entry entry{id, *std::move(push)};
  if (entry.poison()) return Taken();
  ++entry.push.attempts;
  Result<FileHandle> locked = replace_locked(path, entry.push);
  if (!locked) return std::move(locked).error();
  return Taken(Claim(std::move(entry), *std::move(locked)));
}

Status Spool::done(Claim claim) const {
  const std::string path = path_of(folder_, claim.entry().id);
  if (::unlink(path.c_str()) != 0) return system_error(path, errno);
  return sync_folder(folder_);
}

Status Spool::failed(Claim claim, const std::string& error) const {
  DeferredPush push = claim.entry().push;
  push.last_error = error.substr(0, kMaxError);
  const auto file = replace_locked(path_of(folder_, claim.entry().id), push);
  if (!file) return file.error();
  return Ok{};
}

}  // namespace leaksift
