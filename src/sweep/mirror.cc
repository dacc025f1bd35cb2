#include "sweep/mirror.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <filesystem>
#include <utility>

#include "core/digest.h"
#include "core/file.h"
#include "core/text.h"
#include "git/refs.h"
#include "git/repository.h"
#include "hook/durable.h"
#include "sweep/mirror_git.h"
#include "sweep/remote_url.h"

namespace leaksift {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kSuffix = ".git";
constexpr size_t kSha256Digits = 64;

using Kind = MirrorOutcome::Kind;

MirrorOutcome retryable(const Error& error) {
  return {Kind::kRetryable, "", error.message()};
}

// One folder in the folder of mirrors that no key can lead to: no host begins
// with a dot.
std::string own_file(const MirrorOptions& options, std::string_view kind,
                     const std::string& key) {
  return options.folder + "/." + std::string(kind) + '/' +
         to_hex(sha256(key)).substr(0, 40);
}

Result<FileHandle> lock_of(const MirrorOptions& options,
                           const std::string& key) {
  const std::string path = own_file(options, "locks", key);
  if (Status made = make_folders(folder_of(path)); !made) return made.error();
  Result<FileHandle> file = open_own(path, O_CREAT, 0600);
  if (!file) return file;
  if (!try_lock(*file)) {
    return Error("another process is at work on its mirror");
  }
  return file;
}

// What a fetch that was killed has left.
void remove_drafts(const std::string& folder) {
  std::error_code error;
  for (fs::directory_iterator at(folder + "/objects/pack", error), end;
       !error && at != end; at.increment(error)) {
    std::error_code gone;
    if (at->path().filename().string().starts_with("tmp_")) {
      fs::remove(at->path(), gone);
    }
  }
}

// Has the mirror the refs of the server, and no others?
bool is_current(const std::string& folder, const RemoteRefs& remote) {
  const Result<Repository> repository = open_repository(folder);
  if (!repository) return false;
  const RefSet refs = read_refs(*repository);
  if (!refs.problems.empty()) return false;
  size_t same = 0;
  for (const Ref& ref : refs.refs) {
    if (!ref.name.starts_with("refs/")) continue;
    const auto there = remote.ids.find(ref.name);
    if (there == remote.ids.end() ||
        there->second != ref.id.hex(repository->hash)) {
      return false;
    }
    ++same;
  }
  const bool same_head = remote.head.empty() || refs.head == remote.head ||
                         "refs/heads/" + refs.head == remote.head;
  return same == remote.ids.size() && same_head;
}

bool set_head(MirrorGit& git, const std::string& folder,
              const RemoteRefs& remote) {
  if (!remote.head.starts_with("refs/heads/")) return true;
  return git.run_here({"-C", folder, "symbolic-ref", "HEAD", remote.head});
}

MirrorOutcome update_existing(MirrorGit& git, const std::string& path,
                              const RemoteRefs& remote) {
  if (is_current(path, remote)) return {Kind::kUnchanged, path, ""};
  remove_drafts(path);
  if (!git.fetch(path) || !set_head(git, path, remote)) {
    MirrorOutcome outcome = git.failure();
    outcome.path = path;
    return outcome;
  }
  return {Kind::kUpdated, path, ""};
}

MirrorOutcome create(MirrorGit& git, const std::string& path,
                     const std::string& draft, const RemoteRefs& remote) {
  if (Status made = make_folders(folder_of(draft)); !made) {
    return retryable(made.error());
  }
  std::error_code error;
  fs::remove_all(draft, error);
  std::vector<std::string> init = {"init", "--quiet", "--bare", "--template="};
  if (!remote.ids.empty() &&
      remote.ids.begin()->second.size() == kSha256Digits) {
    init.emplace_back("--object-format=sha256");
  }
  init.insert(init.end(), {"--", draft});
  const bool done = git.run_here(std::move(init)) &&
                    (remote.ids.empty() || git.fetch(draft)) &&
                    set_head(git, draft, remote);
  MirrorOutcome outcome = git.failure();
  if (done) {
    const Status made = make_folders(folder_of(path));
    outcome = made ? MirrorOutcome{Kind::kCreated, path, ""}
                   : retryable(made.error());
  }
  if (!outcome.failed() && ::rename(draft.c_str(), path.c_str()) != 0) {
    outcome = retryable(system_error(path, errno));
  }
  if (outcome.failed()) fs::remove_all(draft, error);
  return outcome;
}

}  // namespace

Result<std::string> Mirrors::path_of(const std::string& key) const {
  const std::vector<std::string_view> names = split(key, '/');
  for (size_t i = 0; i < names.size(); ++i) {
    const std::string_view name = names[i];
    const bool above = name.empty() || name == "." || name == "..";
    const bool inside = i + 1 < names.size() && name.ends_with(kSuffix);
    const bool own = i == 0 && name.starts_with('.');
    if (above || inside || own || name.find('\0') != std::string_view::npos) {
      return Error("no mirror can be called so").in(printable(key));
    }
  }
  return options_.folder + '/' + key + std::string(kSuffix);
}

MirrorOutcome Mirrors::update(const RepositoryEntry& entry) const {
  const Result<RemoteUrl> remote = parse_remote_url(entry.url);
  if (!remote) return {Kind::kPermanent, "", remote.error().message()};
  const Result<std::string> path = path_of(remote->key());
  if (!path) return {Kind::kPermanent, "", path.error().message()};
  const Result<FileHandle> lock = lock_of(options_, remote->key());
  if (!lock) return retryable(lock.error());
  std::error_code error;
  const bool there = fs::exists(*path, error);
  MirrorGit git(options_, remote->url, lock->fd());
  RemoteRefs refs;
  if (!git.ls_remote(refs)) {
    MirrorOutcome outcome = git.failure();
    if (there) outcome.path = *path;
    return outcome;
  }
  if (there) return update_existing(git, *path, refs);
  return create(git, *path, own_file(options_, "new", remote->key()), refs);
}

}  // namespace leaksift
