#include "hook/finding_key.h"

#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>

#include "core/digest.h"
#include "core/file.h"
#include "hook/durable.h"

namespace leaksift {
namespace {

constexpr size_t kKeySize = 32;

// Of several processes that come first at once, one makes the key that all
// then read: it gets its name only when it is whole.
Status make_key(const std::string& folder, const std::string& path) {
  if (Status made = make_folders(folder); !made) return made;
  const Result<std::string> key = random_bytes(kKeySize);
  if (!key) return key.error();
  const Result<std::string> salt = random_bytes(8);
  if (!salt) return salt.error();
  const std::string draft = path + ".tmp" + to_hex(*salt);
  if (const auto file = create_durable(draft, *key); !file) return file.error();
  const bool linked = ::link(draft.c_str(), path.c_str()) == 0;
  const int code = errno;
  ::unlink(draft.c_str());
  if (!linked && code != EEXIST) return system_error(path, code);
  return sync_folder(folder);
}

}  // namespace

bool is_finding_id(std::string_view text) {
  return text.size() == kFindingIdDigits &&
         std::all_of(text.begin(), text.end(), [](char c) {
           return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f');
         });
}

Result<std::string> read_key(const std::string& folder) {
  const std::string path = folder + "/key";
  if (::access(path.c_str(), F_OK) != 0 && errno == ENOENT) {
    if (Status made = make_key(folder, path); !made) return made.error();
  }
  const Result<FileHandle> file = open_own(path, 0, 0);
  if (!file) return file.error();
  if (Status safe = check_private(*file, path); !safe) return safe.error();
  std::array<char, kKeySize + 1> bytes;
  const int64_t size = read_fully(file->fd(), bytes.data(), bytes.size());
  if (size != static_cast<int64_t>(kKeySize)) {
    return Error(path +
                 ": not a key of 32 bytes; take it away, and a new one "
                 "is made (ids given so far then name nothing)");
  }
  return std::string(bytes.data(), kKeySize);
}

Result<FindingKey> FindingKey::open(const std::string& folder) {
  Result<std::string> key = read_key(folder);
  if (!key) return std::move(key).error();
  return FindingKey(*std::move(key));
}

std::string FindingKey::id_of(std::string_view repository,
                              std::string_view fingerprint) const {
  std::string message(repository);
  message += '\0';
  message += fingerprint;
  return to_hex(hmac_sha256(key_, message)).substr(0, kFindingIdDigits);
}

}  // namespace leaksift
