#include "pipeline/repository_files.h"

#include <algorithm>
#include <array>
#include <string_view>
#include <utility>
#include <variant>

#include "core/text.h"
#include "decode/archive.h"
#include "git/reflog.h"

namespace leaksift {
namespace {

// Objects, and names that are read as refs.
constexpr std::array<std::string_view, 3> kFoldersReadElsewhere = {
    "objects", "refs", "reftable"};
// Ids, with names of refs or paths. By their paths in a git folder.
constexpr std::array<std::string_view, 4> kFilesReadElsewhere = {
    "index", "packed-refs", "shallow", "info/refs"};

template <typename Names>
bool is_one_of(const Names& names, std::string_view name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

// That of a submodule or of a linked worktree.
bool looks_like_git_dir(const Listing& listing) {
  auto has_file = [&](std::string_view name) {
    return std::any_of(listing.files.begin(), listing.files.end(),
                       [&](const FileEntry& file) {
                         return last_component(file.path) == name;
                       });
  };
  const auto& folders = listing.subdirectories;
  const bool has_objects =
      std::any_of(folders.begin(), folders.end(), [](const Directory& folder) {
        return last_component(folder.path()) == "objects";
      });
  return has_file("HEAD") && (has_objects || has_file("commondir"));
}

class FolderScan {
 public:
  FolderScan(std::string folder, std::string shown_as,
             const std::set<std::string>& lfs_scanned,
             StoredFileScanner& scanner, Coverage& coverage)
      : folder_(std::move(folder)),
        shown_as_(std::move(shown_as)),
        lfs_scanned_(lfs_scanned),
        scanner_(scanner),
        coverage_(coverage) {}

  void run(std::vector<FileFindings>& out) {
    auto root = open_root(folder_, {.use_ignore = false});
    if (!root || !std::holds_alternative<Directory>(*root)) {
      return coverage_.skip({SkipReason::kUnreadable, folder_,
                             root ? "not a folder" : root.error().message()});
    }
    pending_.push_back({std::get<Directory>(*root), folder_});
    while (!pending_.empty()) {
      const Pending next = std::move(pending_.back());
      pending_.pop_back();
      scan_folder(next, out);
    }
  }

 private:
  struct Pending {
    Directory directory;
    std::string git_dir;  // the one that it lies in, or is
  };

  // As a person finds it: from the work tree.
  std::string shown(std::string_view path) const {
    return shown_as_ + std::string(path.substr(folder_.size() + 1));
  }

  void scan_folder(const Pending& at, std::vector<FileFindings>& out) {
    Listing listing = list(at.directory);
    for (Skipped& skipped : listing.skipped) {
      if (skipped.name.size() > folder_.size()) {
        skipped.name = shown(skipped.name);
      }
      coverage_.skip(std::move(skipped));
    }
    const bool is_git_dir =
        at.directory.path() == folder_ || looks_like_git_dir(listing);
    const std::string git_dir = is_git_dir ? at.directory.path() : at.git_dir;
    for (const Directory& below : listing.subdirectories) {
      const std::string_view name = last_component(below.path());
      if (!is_git_dir || !is_one_of(kFoldersReadElsewhere, name)) {
        pending_.push_back({below, git_dir});
      } else if (name == "objects" && git_dir != folder_) {
        coverage_.skip({SkipReason::kGitDirectory, shown(git_dir),
                        "its objects are a history of its own"});
      }
    }
    for (const FileEntry& file : listing.files) {
      scan_file(file, std::string_view(file.path).substr(git_dir.size() + 1),
                out);
    }
  }

  // `path`: in its git folder.
  void scan_file(const FileEntry& file, std::string_view path,
                 std::vector<FileFindings>& out) {
    if (is_one_of(kFilesReadElsewhere, path)) return;
    if (path.starts_with("hooks/") && path.ends_with(".sample")) return;
    if (path.starts_with("lfs/objects/") &&
        lfs_scanned_.contains(std::string(last_component(path)))) {
      return;
    }
    std::variant<FileHandle, Skipped> opened = open_file(file);
    if (auto* skipped = std::get_if<Skipped>(&opened)) {
      skipped->name = shown(file.path);
      return coverage_.skip(std::move(*skipped));
    }
    ++coverage_.inputs;
    FileFindings findings{shown(file.path), path.starts_with("logs/"), {}};
    std::string_view archive;
    bool first = true;
    const Result<uint64_t> size = scanner_.scan(
        std::get<FileHandle>(opened), findings.matches,
        [&](std::string_view bytes) {
          if (first) archive = archive_kind(bytes.substr(0, kArchiveSample));
          first = false;
        });
    if (!size) {
      return coverage_.skip(
          {SkipReason::kUnreadable, findings.path, size.error().message()});
    }
    name_cut(findings.path, scanner_.cut_line(), coverage_);
    ++coverage_.blobs;
    coverage_.bytes += *size;
    if (!archive.empty()) {
      coverage_.skip(
          {SkipReason::kArchiveNotOpened, findings.path, std::string(archive)});
    }
    if (!findings.matches.empty()) out.push_back(std::move(findings));
  }

  std::string folder_;
  std::string shown_as_;
  const std::set<std::string>& lfs_scanned_;
  StoredFileScanner& scanner_;
  Coverage& coverage_;
  std::vector<Pending> pending_;
};

// Reflogs in reftables, whose blocks are deflated.
void scan_tables(const Repository& repository, const std::string& shown_as,
                 StoredFileScanner& scanner, Coverage& coverage,
                 std::vector<FileFindings>& out) {
  std::vector<Skipped> named_already;  // by read_reflogs()
  auto scan = [&](const Reflog& reflog) {
    std::string_view path = reflog.path;
    const std::string common = repository.common_dir + "/";
    path.remove_prefix(path.starts_with(common)
                           ? common.size()
                           : repository.git_dir.size() + 1);
    FileFindings findings{shown_as + std::string(path), true, {}};
    const std::string text = reflog.text + reflog.replaced;
    scanner.scan(text, findings.matches);
    name_cut(findings.path, scanner.cut_line(), coverage);
    ++coverage.inputs;
    ++coverage.blobs;
    coverage.bytes += text.size();
    if (!findings.matches.empty()) out.push_back(std::move(findings));
  };
  for_each_reflog_in_tables(repository, scan, named_already);
}

}  // namespace

std::vector<FileFindings> scan_repository_files(
    const Repository& repository, const std::set<std::string>& lfs_scanned,
    StoredFileScanner& scanner, Coverage& coverage) {
  const std::string shown_as = repository.work_tree.empty() ? "" : ".git/";
  std::vector<FileFindings> found;
  if (!repository.file.empty()) return found;
  FolderScan(repository.common_dir, shown_as, lfs_scanned, scanner, coverage)
      .run(found);
  // That of a linked worktree is in there as a rule.
  const bool apart =
      repository.git_dir != repository.common_dir &&
      !repository.git_dir.starts_with(repository.common_dir + "/");
  if (apart) {
    FolderScan(repository.git_dir, shown_as, lfs_scanned, scanner, coverage)
        .run(found);
  }
  scan_tables(repository, shown_as, scanner, coverage, found);
  return found;
}

}  // namespace leaksift
