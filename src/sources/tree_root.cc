#include "sources/tree_root.h"

#include <fcntl.h>
#include <linux/openat2.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>
#include <climits>
#include <system_error>
#include <utility>

namespace leaksift {
namespace {

constexpr int kAlways = O_CLOEXEC | O_NOFOLLOW;
constexpr int kPassage = O_PATH | O_DIRECTORY;  // to open something inside of
constexpr size_t kMaxPath = PATH_MAX - 1;

// A path that is short enough for one call.
FileHandle open_short(int directory, const std::string& path, int flags) {
  struct open_how how {};
  how.flags = static_cast<uint64_t>(flags | kAlways);
  how.resolve = RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS;
  const long fd =
      syscall(SYS_openat2, directory, path.c_str(), &how, sizeof how);
  if (fd >= 0) return FileHandle(static_cast<int>(fd));
  // Some sandboxes forbid the calls that they do not know.
  if (errno == ENOSYS || errno == EPERM) {
    return open_by_components(directory, path, flags);
  }
  return {};
}

}  // namespace

FileHandle open_beneath(int directory, std::string_view path, int flags) {
  FileHandle passage;
  while (path.size() > kMaxPath) {
    const size_t cut = path.rfind('/', kMaxPath);
    if (cut == path.npos) break;  // a name too long: the kernel will say so
    const std::string step(path.substr(0, cut));
    passage = open_short(directory, step, kPassage);
    if (!passage) return {};
    directory = passage.fd();
    path.remove_prefix(cut + 1);
  }
  return open_short(directory, path.empty() ? "." : std::string(path), flags);
}

FileHandle open_by_components(int directory, std::string_view path, int flags) {
  FileHandle passage;
  for (;;) {
    const size_t slash = path.find('/');
    const std::string name(path.substr(0, slash));
    const bool is_last = slash == path.npos;
    FileHandle next(::openat(directory, name.empty() ? "." : name.c_str(),
                             (is_last ? flags : kPassage) | kAlways));
    if (!next || is_last) return next;
    passage = std::move(next);
    directory = passage.fd();
    path.remove_prefix(slash + 1);
  }
}

Result<std::optional<std::string>> read_file_at(int directory,
                                                const std::string& path,
                                                LastLink link,
                                                uint64_t max_bytes) {
  const int follow = link == LastLink::kRefuse ? O_NOFOLLOW : 0;
  const FileHandle file(
      ::openat(directory, path.c_str(),
               O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY | follow));
  if (!file && (errno == ENOENT || errno == ENOTDIR)) {
    return std::optional<std::string>();
  }
  struct stat info {};
  if (!file || fstat(file.fd(), &info) != 0) return system_error(path, errno);
  if (!S_ISREG(info.st_mode)) return Error(path + ": not a regular file");
  const auto size = static_cast<uint64_t>(info.st_size);
  if (size > max_bytes) {
    return Error(path + ": larger than " + std::to_string(max_bytes) +
                 " bytes");
  }
  std::string bytes(size, '\0');
  const int64_t count = read_fully(file.fd(), bytes.data(), bytes.size());
  if (count < 0) return system_error(path, errno);
  bytes.resize(static_cast<size_t>(count));
  return std::optional(std::move(bytes));
}

Skipped skipped_for(std::string name, int code) {
  SkipReason reason = SkipReason::kUnreadable;
  // A link that was not there when its directory was listed: what it took the
  // place of is gone.
  if (code == ENOENT || code == ENOTDIR || code == ELOOP) {
    reason = SkipReason::kVanished;
  } else if (code == ENXIO) {
    reason = SkipReason::kSpecialFile;
  }
  return {reason, std::move(name), std::generic_category().message(code)};
}

Result<std::shared_ptr<const TreeRoot>> TreeRoot::open(
    const std::string& path) {
  FileHandle directory(::open(path.c_str(), kPassage | O_CLOEXEC));
  if (!directory) return system_error(path, errno);
  const size_t end = path.find_last_not_of('/');
  std::string prefix = path.substr(0, end == path.npos ? 0 : end + 1) + '/';
  return std::make_shared<const TreeRoot>(std::move(directory),
                                          std::move(prefix));
}

TreeRoot::TreeRoot(FileHandle directory, std::string prefix)
    : directory_(std::move(directory)), prefix_(std::move(prefix)) {}

FileHandle TreeRoot::open_relative(std::string_view relative, int flags) const {
  return open_beneath(directory_.fd(), relative, flags);
}

FileHandle TreeRoot::open_reported(std::string_view reported, int flags) const {
  return open_relative(reported.substr(prefix_.size()), flags);
}

}  // namespace leaksift
