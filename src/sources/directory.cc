#include "sources/directory.h"

#include <dirent.h>
#include <fcntl.h>
#include <linux/magic.h>
#include <sys/stat.h>
#include <sys/statfs.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <string_view>
#include <utility>

#include "sources/tree_root.h"
#include "sources/work_tree.h"

namespace leaksift {

// What the directories of one walk share.
struct Walk {
  WalkOptions options;
  std::shared_ptr<const TreeRoot> root;
  std::shared_ptr<const IgnoreChain> user_rules;
};

struct Directory::State {
  std::shared_ptr<const Walk> walk;
  std::string path;            // as reported
  dev_t device = 0;            // of the directory above
  std::vector<Skipped> notes;  // to be reported with its listing

  // In a work tree:
  std::shared_ptr<const WorkTree> tree;  // null outside of any
  std::string in_tree;  // path from its top, with a slash; empty for the top
  std::shared_ptr<const IgnoreChain> rules;  // of the directories above
  bool only_tracked = false;                 // it is ignored
};

namespace {

// Repositories nested deeper are walked as part of the one around them: they
// are taken down by recursion.
constexpr size_t kMaxTreeDepth = 1000;

struct DirClose {
  void operator()(DIR* stream) const { ::closedir(stream); }
};
using DirStream = std::unique_ptr<DIR, DirClose>;

// File systems whose files are made up by the kernel while one reads, some
// without an end.
bool is_kernel_made(int directory) {
  constexpr auto kMagics = std::to_array<unsigned long>(
      {PROC_SUPER_MAGIC, SYSFS_MAGIC, DEBUGFS_MAGIC, TRACEFS_MAGIC,
       SECURITYFS_MAGIC, SELINUX_MAGIC, CGROUP_SUPER_MAGIC, CGROUP2_SUPER_MAGIC,
       BPF_FS_MAGIC, PSTOREFS_MAGIC, EFIVARFS_MAGIC, DEVPTS_SUPER_MAGIC,
       BINFMTFS_MAGIC});
  struct statfs info {};
  if (::fstatfs(directory, &info) != 0) return false;
  return std::find(kMagics.begin(), kMagics.end(),
                   static_cast<unsigned long>(info.f_type)) != kMagics.end();
}

SkipReason reason_for_type(mode_t mode) {
  return S_ISLNK(mode) ? SkipReason::kSymlink : SkipReason::kSpecialFile;
}

std::string_view name_of_type(mode_t mode) {
  if (S_ISFIFO(mode)) return "a pipe";
  if (S_ISSOCK(mode)) return "a socket";
  return S_ISLNK(mode) ? "" : "a device";
}

// The type bits of a mode from those of a directory entry; 0 if unknown.
mode_t mode_of(const dirent& entry) {
  return static_cast<mode_t>(DTTOIF(entry.d_type));
}

class Lister {
 public:
  explicit Lister(const Directory::State& at)
      : at_(at), tree_(at.tree), in_tree_(at.in_tree), rules_(at.rules) {
    listing_.skipped = at.notes;
  }

  Listing run() && {
    if (open() && read_entries()) {
      enter_work_tree();
      if (obeys_rules() && has_entry(".gitignore")) {
        rules_ = with_rules_of(rules_, fd(), in_tree_.size());
      }
      for (const Entry& entry : entries_) visit(entry);
    }
    std::stable_sort(
        listing_.skipped.begin(), listing_.skipped.end(),
        [](const Skipped& a, const Skipped& b) { return a.name < b.name; });
    return std::move(listing_);
  }

 private:
  struct Entry {
    std::string name;
    mode_t type = 0;
  };
  enum class Part { kNone, kTracked, kAll };

  int fd() const { return ::dirfd(stream_.get()); }

  void skip(SkipReason reason, std::string path, std::string_view detail = {}) {
    listing_.skipped.push_back({reason, std::move(path), std::string(detail)});
  }

  bool open() {
    FileHandle handle = at_.walk->root->open_relative(
        relative(), O_RDONLY | O_DIRECTORY | O_NONBLOCK);
    struct stat info {};
    if (!handle || ::fstat(handle.fd(), &info) != 0) return fail();
    device_ = info.st_dev;
    if (device_ != at_.device && is_kernel_made(handle.fd())) {
      skip(SkipReason::kSpecialFile, at_.path, "a file system of the kernel");
      return false;
    }
    const int own = ::fcntl(handle.fd(), F_DUPFD_CLOEXEC, 0);
    if (own < 0) return fail();
    stream_.reset(::fdopendir(own));
    if (!stream_) ::close(own);
    return stream_ != nullptr || fail();
  }

  bool fail() {
    listing_.skipped.push_back(skipped_for(at_.path, errno));
    return false;
  }

  std::string_view relative() const {
    const size_t prefix = at_.walk->root->prefix().size();
    return std::string_view(at_.path).substr(std::min(prefix, at_.path.size()));
  }

  // Also what was read before an error is listed.
  bool read_entries() {
    for (;;) {
      errno = 0;
      const dirent* entry = ::readdir(stream_.get());
      if (entry == nullptr) break;
      const std::string_view name = entry->d_name;
      if (name == "." || name == "..") continue;
      entries_.push_back({std::string(name), mode_of(*entry)});
    }
    if (errno != 0) fail();
    std::sort(entries_.begin(), entries_.end(),
              [](const Entry& a, const Entry& b) { return a.name < b.name; });
    return true;
  }

  bool has_entry(std::string_view name) const {
    const auto found = std::lower_bound(
        entries_.begin(), entries_.end(), name,
        [](const Entry& entry, std::string_view n) { return entry.name < n; });
    return found != entries_.end() && found->name == name;
  }

  // The top of a repository inside of the walk?
  void enter_work_tree() {
    if (!at_.walk->options.use_ignore || at_.only_tracked) return;
    if (is_top() || !has_entry(".git")) return;
    if (tree_ && tree_->depth >= kMaxTreeDepth) return;
    const auto git = GitDirectory::of_work_tree(fd());
    if (!git) return;
    WorkTree tree = read_work_tree(*git, at_.walk->user_rules, path_of(".git"),
                                   listing_.skipped);
    if (tree_) {
      tree.depth = tree_->depth + 1;
      tree.path_in_outer = in_tree_;
      tree.outer = std::move(tree_);
    }
    rules_ = tree.rules;
    tree_ = std::make_shared<const WorkTree>(std::move(tree));
    in_tree_.clear();
  }

  bool is_top() const { return tree_ && in_tree_.empty(); }
  bool obeys_rules() const {
    return tree_ && tree_->obeys_rules && !at_.only_tracked;
  }

  std::string path_of(std::string_view name) const {
    std::string path = at_.path;
    if (path.back() != '/') path += '/';
    return path += name;
  }

  void visit(const Entry& entry) {
    std::string path = path_of(entry.name);
    struct stat info {};
    mode_t type = entry.type;
    if (type == 0 || S_ISREG(type)) {
      if (::fstatat(fd(), entry.name.c_str(), &info, AT_SYMLINK_NOFOLLOW) !=
          0) {
        listing_.skipped.push_back(skipped_for(std::move(path), errno));
        return;
      }
      type = info.st_mode & S_IFMT;
    }
    if (entry.name == ".git" && (S_ISDIR(type) || is_top())) {
      return skip(SkipReason::kGitDirectory, std::move(path));
    }
    const Part part = part_to_list(in_tree_ + entry.name, S_ISDIR(type));
    if (part == Part::kNone) return skip(SkipReason::kIgnored, std::move(path));
    if (S_ISDIR(type)) return add_directory(std::move(path), entry.name, part);
    if (S_ISREG(type)) {
      const auto size = static_cast<uint64_t>(info.st_size);
      listing_.files.push_back({std::move(path), size, at_.walk->root});
      return;
    }
    skip(reason_for_type(type), std::move(path), name_of_type(type));
  }

  Part part_to_list(const std::string& in_tree, bool is_directory) const {
    if (!tree_) return Part::kAll;
    const bool ignored =
        at_.only_tracked ||
        IgnoreChain::ignores(rules_.get(), in_tree, is_directory);
    if (!ignored) return Part::kAll;
    if (!is_directory) return tree_->tracks(in_tree) ? Part::kAll : Part::kNone;
    if (tree_->tracks_submodule(in_tree)) return Part::kAll;
    return tree_->tracks_below(in_tree) ? Part::kTracked : Part::kNone;
  }

  void add_directory(std::string path, const std::string& name, Part part) {
    auto state = std::make_shared<Directory::State>();
    state->walk = at_.walk;
    state->path = std::move(path);
    state->device = device_;
    state->tree = tree_;
    state->in_tree = tree_ ? in_tree_ + name + '/' : std::string();
    state->rules = rules_;
    state->only_tracked = part == Part::kTracked;
    listing_.subdirectories.emplace_back(std::move(state));
  }

  const Directory::State& at_;
  DirStream stream_;
  dev_t device_ = 0;
  std::vector<Entry> entries_;  // by name
  std::shared_ptr<const WorkTree> tree_;
  std::string in_tree_;
  std::shared_ptr<const IgnoreChain> rules_;
  Listing listing_;
};

// Fills in what a root has from the work tree around it.
void enter_enclosing_tree(Directory::State& state) {
  std::optional<EnclosingTree> enclosing = find_enclosing_tree(state.path);
  if (!enclosing) return;
  const std::string name =
      (enclosing->top_path == "/" ? "" : enclosing->top_path) + "/.git";
  auto tree = std::make_shared<const WorkTree>(read_work_tree(
      enclosing->git, state.walk->user_rules, name, state.notes));
  state.in_tree = enclosing->below;
  state.rules = tree->rules;
  state.tree = tree;
  if (!tree->obeys_rules) return;
  // Those of the root itself are read when it is listed.
  const std::string_view below = enclosing->below;
  for (size_t size = 0; size < below.size(); size = below.find('/', size) + 1) {
    const FileHandle directory = open_beneath(
        enclosing->top.fd(), below.substr(0, size == 0 ? 0 : size - 1),
        O_PATH | O_DIRECTORY);
    if (!directory) return;
    state.rules = with_rules_of(state.rules, directory.fd(), size);
  }
}

Result<Directory> open_directory_root(const std::string& path, dev_t device,
                                      const WalkOptions& options) {
  auto root = TreeRoot::open(path);
  if (!root) return std::move(root).error();
  auto walk = std::make_shared<Walk>();
  walk->options = options;
  walk->root = *std::move(root);
  if (options.use_ignore) walk->user_rules = read_user_rules();

  auto state = std::make_shared<Directory::State>();
  // Without the slash, except of "/".
  const std::string& prefix = walk->root->prefix();
  state->path = prefix.substr(0, std::max<size_t>(prefix.size() - 1, 1));
  state->device = device;
  state->walk = std::move(walk);
  if (options.use_ignore) enter_enclosing_tree(*state);
  return Directory(std::move(state));
}

}  // namespace

Directory::Directory(std::shared_ptr<const State> state)
    : state_(std::move(state)) {}

const std::string& Directory::path() const {
  return state_->path;
}

Result<std::variant<Directory, FileEntry>> open_root(
    const std::string& path, const WalkOptions& options) {
  using Root = std::variant<Directory, FileEntry>;
  struct stat info {};
  if (::stat(path.c_str(), &info) != 0) return system_error(path, errno);
  if (S_ISREG(info.st_mode)) {
    const auto size = static_cast<uint64_t>(info.st_size);
    return Root(FileEntry{path, size, nullptr});
  }
  if (!S_ISDIR(info.st_mode)) {
    return Error(path + ": neither a file nor a folder but " +
                 std::string(name_of_type(info.st_mode)));
  }
  Result<Directory> directory = open_directory_root(path, info.st_dev, options);
  if (!directory) return std::move(directory).error();
  return Root(*std::move(directory));
}

Listing list(const Directory& directory) {
  return Lister(directory.state()).run();
}

}  // namespace leaksift
