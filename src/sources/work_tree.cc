#include "sources/work_tree.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <climits>
#include <cstdlib>
#include <utility>

#include "core/digest.h"
#include "core/text.h"
#include "sources/tree_root.h"

namespace leaksift {
namespace {

constexpr uint64_t kMaxIndexBytes = 512 << 20;
constexpr uint64_t kMaxPointerBytes = 1 << 20;  // of HEAD, commondir, .git

FileHandle open_directory(int at, const std::string& path) {
  return FileHandle(
      ::openat(at, path.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC));
}

// The content of a small file; empty if there is none, or no readable one.
std::string read_pointer(int directory, const std::string& name) {
  auto bytes =
      read_file_at(directory, name, LastLink::kFollow, kMaxPointerBytes);
  return bytes && *bytes ? **std::move(bytes) : std::string();
}

std::string without_line_end(std::string text) {
  text.resize(text.find_last_not_of("\r\n") + 1);
  return text;
}

// "ref: refs/heads/main", or a commit's id, or an old-fashioned link.
bool has_valid_head(int directory) {
  std::array<char, PATH_MAX> target;
  const ssize_t size =
      ::readlinkat(directory, "HEAD", target.data(), target.size());
  if (size >= 0) {
    return std::string_view(target.data(), static_cast<size_t>(size))
        .starts_with("refs/");
  }
  const std::string head = read_pointer(directory, "HEAD");
  if (head.starts_with("ref:")) {
    return trimmed(std::string_view(head).substr(4)).starts_with("refs/");
  }
  return !from_hex(head.substr(0, kSha1Size * 2)).empty() &&
         head.size() >= kSha1Size * 2;
}

bool can_enter(int directory, const char* name) {
  return ::faccessat(directory, name, X_OK, 0) == 0;
}

}  // namespace

std::optional<GitDirectory> GitDirectory::check(FileHandle own) {
  if (!own || !has_valid_head(own.fd())) return std::nullopt;
  GitDirectory git;
  git.own_ = std::move(own);
  const std::string common =
      without_line_end(read_pointer(git.own(), "commondir"));
  if (!common.empty()) {
    git.common_ = open_directory(git.own(), common);
    if (!git.common_) return std::nullopt;
  }
  if (!can_enter(git.common(), "objects")) return std::nullopt;
  if (!can_enter(git.common(), "refs")) return std::nullopt;
  return git;
}

std::optional<GitDirectory> GitDirectory::of_work_tree(int directory) {
  FileHandle own = open_directory(directory, ".git");
  if (own || errno != ENOTDIR) return check(std::move(own));

  constexpr std::string_view kPointer = "gitdir: ";
  const std::string file = without_line_end(read_pointer(directory, ".git"));
  if (!file.starts_with(kPointer)) return std::nullopt;
  return check(open_directory(directory, file.substr(kPointer.size())));
}

bool GitDirectory::is_one(int directory) {
  return check(FileHandle(::fcntl(directory, F_DUPFD_CLOEXEC, 0))).has_value();
}

bool WorkTree::tracks(std::string_view path) const {
  return tracked.contains(path) ||
         (outer && outer->tracks(path_in_outer + std::string(path)));
}

bool WorkTree::tracks_below(std::string_view directory) const {
  return tracked.contains_below(directory) ||
         (outer && outer->tracks_below(path_in_outer + std::string(directory)));
}

bool WorkTree::tracks_submodule(std::string_view path) const {
  return tracked.contains_submodule(path);
}

namespace {

// Reads the index into `tree`; what went wrong otherwise.
std::optional<Skipped> read_tracked(const GitDirectory& git, WorkTree& tree) {
  const auto read = [&](const std::string& name) {
    return read_file_at(git.own(), name, LastLink::kFollow, kMaxIndexBytes);
  };
  const auto bytes = read("index");
  if (!bytes) {
    return Skipped{SkipReason::kUnreadable, {}, bytes.error().message()};
  }
  if (!*bytes) return std::nullopt;  // nothing was ever added

  Result<TrackedPaths> tracked =
      parse_index(**bytes, [&](const std::string& name) -> Result<std::string> {
        auto shared = read(name);
        if (!shared) return std::move(shared).error();
        if (!*shared) return Error(name + ": missing");
        return **std::move(shared);
      });
  if (!tracked) {
    return Skipped{SkipReason::kCorrupt, {}, tracked.error().message()};
  }
  tree.tracked = *std::move(tracked);
  return std::nullopt;
}

// Rules that cannot be read are none: more is scanned.
std::shared_ptr<const IgnoreChain> with_rules_of_file(
    std::shared_ptr<const IgnoreChain> rules, int directory,
    const std::string& path, LastLink link, size_t base_size) {
  auto bytes = read_file_at(directory, path, link, IgnoreFile::kMaxBytes);
  if (!bytes || !*bytes) return rules;
  return IgnoreChain::add(std::move(rules), **std::move(bytes), base_size);
}

std::string parent_of(const std::string& absolute) {
  const size_t slash = absolute.rfind('/');
  return absolute.substr(0, slash == 0 ? 1 : slash);
}

std::string path_below(const std::string& top, const std::string& absolute) {
  if (absolute == top) return {};
  return absolute.substr(top == "/" ? 1 : top.size() + 1) + '/';
}

}  // namespace

WorkTree read_work_tree(const GitDirectory& git,
                        std::shared_ptr<const IgnoreChain> user_rules,
                        const std::string& name,
                        std::vector<Skipped>& skipped) {
  WorkTree tree;
  if (std::optional<Skipped> failure = read_tracked(git, tree)) {
    failure->name = name;
    skipped.push_back(*std::move(failure));
    tree.obeys_rules = false;
    return tree;
  }
  tree.rules = with_rules_of_file(std::move(user_rules), git.common(),
                                  "info/exclude", LastLink::kFollow, 0);
  return tree;
}

std::shared_ptr<const IgnoreChain> read_user_rules() {
  const char* config = std::getenv("XDG_CONFIG_HOME");
  const char* home = std::getenv("HOME");
  std::string path;
  if (config != nullptr && *config != '\0') {
    path = std::string(config) + "/git/ignore";
  } else if (home != nullptr) {
    path = std::string(home) + "/.config/git/ignore";
  } else {
    return nullptr;
  }
  return with_rules_of_file(nullptr, AT_FDCWD, path, LastLink::kFollow, 0);
}

std::shared_ptr<const IgnoreChain> with_rules_of(
    std::shared_ptr<const IgnoreChain> rules, int directory, size_t base_size) {
  return with_rules_of_file(std::move(rules), directory, ".gitignore",
                            LastLink::kRefuse, base_size);
}

std::optional<EnclosingTree> find_enclosing_tree(const std::string& path) {
  const std::unique_ptr<char, decltype(&std::free)> real(
      ::realpath(path.c_str(), nullptr), &std::free);
  if (real == nullptr) return std::nullopt;
  const std::string absolute = real.get();
  std::optional<dev_t> device;
  for (std::string at = absolute;; at = parent_of(at)) {
    FileHandle top = open_directory(AT_FDCWD, at);
    struct stat info {};
    if (!top || ::fstat(top.fd(), &info) != 0) return std::nullopt;
    if (device.value_or(info.st_dev) != info.st_dev) return std::nullopt;
    device = info.st_dev;
    if (std::optional<GitDirectory> git =
            GitDirectory::of_work_tree(top.fd())) {
      std::string below = path_below(at, absolute);
      return EnclosingTree{std::move(top), at, std::move(below),
                           *std::move(git)};
    }
    if (at == "/" || GitDirectory::is_one(top.fd())) return std::nullopt;
  }
}

}  // namespace leaksift
