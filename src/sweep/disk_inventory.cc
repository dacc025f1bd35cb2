#include "sweep/disk_inventory.h"

#include <algorithm>
#include <cerrno>
#include <filesystem>
#include <map>
#include <optional>
#include <system_error>
#include <utility>

#include "core/file.h"
#include "core/text.h"
#include "git/config.h"
#include "git/repository.h"
#include "sweep/folder_names.h"

namespace leaksift {
namespace {

namespace fs = std::filesystem;

constexpr int kMaxDepth = 64;  // folders in one another
constexpr uint64_t kMaxSmallFile = 1 << 20;
constexpr std::string_view kBranchPrefix = "ref: refs/heads/";
constexpr std::string_view kGitDir = ".git";

// The path without links in it; nothing if nothing is there.
std::optional<std::string> canonical(const std::string& path) {
  if (path.find('\0') != std::string::npos) return std::nullopt;
  std::error_code error;
  const fs::path real = fs::canonical(path, error);
  if (error) return std::nullopt;
  return real.string();
}

bool is_below(const std::string& path, const std::string& folder) {
  return path == folder || folder == "/" ||
         (path.size() > folder.size() && path.starts_with(folder) &&
          path[folder.size()] == '/');
}

std::string without_git_suffix(std::string name) {
  if (name.ends_with(kGitDir)) name.resize(name.size() - kGitDir.size());
  if (name.ends_with('/')) name.pop_back();
  return name;
}

bool is_repository(const FolderNames& names) {
  const auto is_file = [&](std::string_view name) {
    const FileKind kind = names.kind_of(name);
    return kind == FileKind::kRegular || kind == FileKind::kLink;
  };
  const auto is_folder = [&](std::string_view name) {
    const FileKind kind = names.kind_of(name);
    return kind == FileKind::kFolder || kind == FileKind::kLink;
  };
  return is_file("HEAD") && is_folder("objects") && is_folder("refs");
}

uint64_t bytes_of_packs(const std::string& objects) {
  const Result<FolderNames> packs = FolderNames::read(objects + "/pack");
  if (!packs) return 0;
  uint64_t bytes = 0;
  for (const auto& [name, kind] : packs->all()) {
    if (kind == FileKind::kRegular && name.ends_with(".pack")) {
      std::error_code error;
      const uint64_t size = fs::file_size(objects + "/pack/" + name, error);
      if (!error) bytes += size;
    }
  }
  return bytes;
}

bool has_loose_objects(const std::string& objects) {
  const Result<FolderNames> names = FolderNames::read(objects);
  if (!names) return false;
  return std::any_of(
      names->all().begin(), names->all().end(), [&](const auto& entry) {
        if (entry.first.size() != 2 || entry.second != FileKind::kFolder) {
          return false;
        }
        const auto inside = FolderNames::read(objects + '/' + entry.first);
        return inside && !inside->all().empty();
      });
}

// What HEAD names, as "main".
std::string branch_of(const std::string& git_dir) {
  const Result<std::string> head = read_file(git_dir + "/HEAD", kMaxSmallFile);
  if (!head || !head->starts_with(kBranchPrefix)) return {};
  return std::string(trimmed(*head).substr(kBranchPrefix.size()));
}

std::string gitlab_name(const std::string& git_dir) {
  const Result<std::string> text =
      read_file(git_dir + "/config", kMaxSmallFile);
  if (!text) return {};
  return GitConfig(*text).get("gitlab", "fullpath").value_or("");
}

// Finds and describes repositories in some folders, and never leaves those.
class Finder {
 public:
  // REQUIRES: the roots are canonical
  Finder(std::vector<std::string> roots, Coverage& coverage)
      : roots_(std::move(roots)), coverage_(coverage) {}

  // Adds all below the roots to `out`.
  Status find_all(std::vector<RepositoryEntry>& out);
  // Nothing if there is no repository at the canonical `path`.
  std::optional<RepositoryEntry> describe(const std::string& path);
  // REQUIRES: all entries have been described
  void mark_lenders(std::vector<RepositoryEntry>& entries) const;

 private:
  void visit(const std::string& folder, const FolderNames& names, int depth,
             std::vector<RepositoryEntry>& out);
  void enter(const std::string& path, int depth,
             std::vector<RepositoryEntry>& out);
  std::optional<RepositoryEntry> describe(const std::string& git_dir,
                                          const FolderNames& names);
  // Where objects are borrowed from in the end; empty: they are all its own.
  std::string pool_of(const std::string& git_dir, const std::string& objects,
                      int depth);
  bool allowed(const std::string& path) const;
  void name_if_outside(const std::string& path, const std::string& leads_to,
                       std::string_view what);

  std::vector<std::string> roots_;
  Coverage& coverage_;
};

bool Finder::allowed(const std::string& path) const {
  return std::any_of(roots_.begin(), roots_.end(),
                     [&](const auto& root) { return is_below(path, root); });
}

Status Finder::find_all(std::vector<RepositoryEntry>& out) {
  for (const std::string& root : roots_) {
    const Result<FolderNames> names = FolderNames::read(root);
    if (!names) return names.error();
    const size_t first = out.size();
    visit(root, *names, 0, out);
    for (size_t i = first; i < out.size(); ++i) {
      RepositoryEntry& entry = out[i];
      if (!entry.name.empty()) continue;
      const std::string_view below(entry.path);
      entry.name = without_git_suffix(
          std::string(entry.path == root
                          ? last_component(below)
                          : below.substr(root == "/" ? 1 : root.size() + 1)));
    }
  }
  return Ok{};
}

void Finder::visit(const std::string& folder, const FolderNames& names,
                   int depth, std::vector<RepositoryEntry>& out) {
  if (is_repository(names)) {
    std::optional<RepositoryEntry> entry = describe(folder, names);
    if (entry) out.push_back(*std::move(entry));
    if (names.kind_of("modules") == FileKind::kFolder) {
      enter(folder + "/modules", depth + 1, out);
    }
    return;
  }
  for (const auto& [name, kind] : names.all()) {
    const std::string path = (folder == "/" ? "" : folder) + '/' + name;
    if (kind == FileKind::kFolder) enter(path, depth + 1, out);
    if (kind == FileKind::kLink) name_if_outside(path, path, "a link");
    if (kind != FileKind::kRegular || name != kGitDir) continue;
    const Result<std::string> text = read_file(path, kMaxSmallFile);
    constexpr std::string_view kPointer = "gitdir:";
    if (!text || !text->starts_with(kPointer)) continue;
    const fs::path target(trimmed(text->substr(kPointer.size())));
    name_if_outside(path, (fs::path(folder) / target).string(), "a .git file");
  }
}

void Finder::enter(const std::string& path, int depth,
                   std::vector<RepositoryEntry>& out) {
  if (depth > kMaxDepth) {
    coverage_.skip({SkipReason::kUnreadable, path,
                    "more than " + std::to_string(kMaxDepth) +
                        " folders deep; give a folder further down"});
    return;
  }
  const Result<FolderNames> names = FolderNames::read(path);
  if (names) return visit(path, *names, depth, out);
  coverage_.skip({SkipReason::kUnreadable, path, names.error().message()});
}

void Finder::name_if_outside(const std::string& path,
                             const std::string& leads_to,
                             std::string_view what) {
  const std::optional<std::string> target = canonical(leads_to);
  std::error_code error;
  if (!target || allowed(*target) || !fs::is_directory(*target, error)) return;
  coverage_.skip({SkipReason::kSymlink, path,
                  std::string(what) + " that leads to " + *target +
                      "; give that folder as well"});
}

std::optional<RepositoryEntry> Finder::describe(const std::string& path) {
  for (const std::string& git_dir : {path, path + "/.git"}) {
    const Result<FolderNames> names = FolderNames::read(git_dir);
    if (names && is_repository(*names)) return describe(git_dir, *names);
  }
  return std::nullopt;
}

std::optional<RepositoryEntry> Finder::describe(const std::string& git_dir,
                                                const FolderNames& names) {
  RepositoryEntry entry;
  const bool has_tree = last_component(git_dir) == kGitDir;
  entry.path = has_tree ? git_dir.substr(0, git_dir.size() - kGitDir.size() - 1)
                        : git_dir;
  if (entry.path.empty()) entry.path = "/";
  entry.key = entry.path;
  // Both may be links, as git-new-workdir and Android's repo make them.
  const std::optional<std::string> objects = canonical(git_dir + "/objects");
  const std::optional<std::string> refs = canonical(git_dir + "/refs");
  if (!objects || !refs || !allowed(*objects) || !allowed(*refs)) {
    coverage_.skip({SkipReason::kSymlink, entry.path,
                    "its objects or refs are a link out of the folders that "
                    "were given; give that folder as well"});
    return std::nullopt;
  }
  if (names.kind_of("HEAD") == FileKind::kRegular) {
    entry.default_branch = branch_of(git_dir);
  }
  if (names.kind_of("config") == FileKind::kRegular) {
    entry.name = gitlab_name(git_dir);
  }
  entry.size_bytes = bytes_of_packs(*objects);
  entry.pool = pool_of(entry.path, *objects, 0);
  if (entry.pool.empty() && names.kind_of("objects") == FileKind::kLink) {
    entry.pool = *objects;
  }
  entry.empty = entry.size_bytes == 0 && entry.pool.empty() &&
                !has_loose_objects(*objects);
  return entry;
}

std::string Finder::pool_of(const std::string& repository,
                            const std::string& objects, int depth) {
  std::string pool;
  for (const std::string& listed : alternates_of(objects)) {
    const std::optional<std::string> path = canonical(listed);
    const bool deep = depth >= kMaxAlternateDepth;
    if (!path || deep || !allowed(*path)) {
      coverage_.skip(
          {SkipReason::kMissingObject, repository,
           "it borrows objects from " + listed +
               (!path  ? ", which is not there"
                : deep ? ", which is too far along"
                       : ", which is not in the folders that were given")});
      continue;
    }
    std::string end = pool_of(repository, *path, depth + 1);
    if (end.empty()) end = *path;
    if (pool.empty()) pool = std::move(end);
  }
  return pool;
}

void Finder::mark_lenders(std::vector<RepositoryEntry>& entries) const {
  std::map<std::string, RepositoryEntry*> by_objects;
  for (RepositoryEntry& entry : entries) {
    if (entry.path.empty() || !entry.pool.empty()) continue;
    by_objects[entry.path + "/objects"] = &entry;
    by_objects[entry.path + "/.git/objects"] = &entry;
  }
  for (const RepositoryEntry& entry : entries) {
    const auto lender = by_objects.find(entry.pool);
    if (lender != by_objects.end()) lender->second->pool = entry.pool;
  }
}

}  // namespace

Status list_folders(const std::vector<std::string>& folders, Inventory& out) {
  std::vector<std::string> roots;
  for (const std::string& folder : folders) {
    std::optional<std::string> root = canonical(folder);
    if (!root) return system_error(folder, ENOENT);
    roots.push_back(*std::move(root));
  }
  Finder finder(std::move(roots), out.coverage);
  Status found = finder.find_all(out.entries);
  if (!found) return found;
  finder.mark_lenders(out.entries);
  return Ok{};
}

void describe_local(Inventory& out) {
  std::vector<std::string> roots;
  for (const RepositoryEntry& entry : out.entries) {
    if (const auto root = canonical(entry.path)) roots.push_back(*root);
  }
  Finder finder(std::move(roots), out.coverage);
  std::erase_if(out.entries, [&](RepositoryEntry& entry) {
    if (entry.path.empty()) return false;
    const std::optional<std::string> path = canonical(entry.path);
    std::optional<RepositoryEntry> found;
    if (path) found = finder.describe(*path);
    if (!found) {
      out.coverage.skip(
          {SkipReason::kUnreadable, entry.path, "there is no git repository"});
      return true;
    }
    if (entry.key == entry.path) entry.key = found->path;
    entry.path = std::move(found->path);
    entry.size_bytes = found->size_bytes;
    entry.empty = found->empty;
    entry.pool = std::move(found->pool);
    if (entry.name.empty()) entry.name = std::move(found->name);
    if (entry.default_branch.empty()) {
      entry.default_branch = std::move(found->default_branch);
    }
    return false;
  });
  finder.mark_lenders(out.entries);
}

}  // namespace leaksift
