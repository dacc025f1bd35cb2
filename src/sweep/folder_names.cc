#include "sweep/folder_names.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <functional>
#include <memory>

#include "core/file.h"

namespace leaksift {
namespace {

struct Close {
  void operator()(DIR* stream) const { ::closedir(stream); }
};
using Stream = std::unique_ptr<DIR, Close>;

Stream open_folder(const std::string& folder) {
  const int fd =
      ::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
  if (fd < 0) return nullptr;
  Stream stream(::fdopendir(fd));
  if (!stream) ::close(fd);
  return stream;
}

FileKind kind_of_mode(mode_t mode) {
  if (S_ISREG(mode)) return FileKind::kRegular;
  if (S_ISDIR(mode)) return FileKind::kFolder;
  if (S_ISLNK(mode)) return FileKind::kLink;
  return FileKind::kOther;
}

// Some file systems do not say in the folder itself.
FileKind kind_of_entry(const DIR& folder, const dirent& entry) {
  if (entry.d_type != DT_UNKNOWN) {
    return kind_of_mode(static_cast<mode_t>(DTTOIF(entry.d_type)));
  }
  struct stat info {};
  const int fd = ::dirfd(const_cast<DIR*>(&folder));
  if (::fstatat(fd, entry.d_name, &info, AT_SYMLINK_NOFOLLOW) != 0) {
    return FileKind::kOther;
  }
  return kind_of_mode(info.st_mode);
}

}  // namespace

Result<FolderNames> FolderNames::read(const std::string& folder) {
  const Stream stream = open_folder(folder);
  if (!stream) return system_error(folder, errno);
  FolderNames names;
  errno = 0;
  while (const dirent* entry = ::readdir(stream.get())) {
    const std::string_view name = entry->d_name;
    if (name != "." && name != "..") {
      names.names_.emplace(name, kind_of_entry(*stream, *entry));
    }
    errno = 0;
  }
  if (errno != 0) return system_error(folder, errno);
  return names;
}

FileKind FolderNames::kind_of(std::string_view name) const {
  const auto at = names_.find(name);
  return at == names_.end() ? FileKind::kNone : at->second;
}

}  // namespace leaksift
