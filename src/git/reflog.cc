#include "git/reflog.h"

#include <algorithm>
#include <filesystem>
#include <map>
#include <system_error>
#include <utility>

#include "core/file.h"
#include "core/sort_unique.h"
#include "core/text.h"
#include "git/reftable.h"

namespace leaksift {
namespace {

namespace fs = std::filesystem;

constexpr uint64_t kMaxReflog = uint64_t{1} << 28;

class Finder {
 public:
  explicit Finder(std::vector<Skipped>& problems) : problems_(problems) {}

  // Takes all files below `folder`, if it is there; `prefix` goes before the
  // names of refs.
  void look_in(const fs::path& folder, const std::string& prefix) {
    std::error_code error;
    if (fs::exists(folder, error)) list(folder, prefix);
  }

  void look_at(const fs::path& file, const std::string& ref) {
    std::error_code error;
    if (fs::exists(file, error)) found_.emplace_back(ref, file.string());
  }

  // Name and path of each, in order.
  std::vector<std::pair<std::string, std::string>> take() {
    std::sort(found_.begin(), found_.end());
    return std::move(found_);
  }

 private:
  void list(const fs::path& folder, const std::string& prefix) {
    std::error_code error;
    for (fs::directory_iterator it(folder, error), end; !error && it != end;
         it.increment(error)) {
      const std::string name = prefix + it->path().filename().string();
      std::error_code ignored;
      if (it->is_symlink(ignored)) {
        problems_.push_back(
            {SkipReason::kSymlink, it->path().string(), "a reflog"});
      } else if (it->is_directory(ignored)) {
        list(it->path(), name + "/");
      } else if (!name.ends_with(".lock")) {
        found_.emplace_back(name, it->path().string());
      }
    }
    if (error) {
      problems_.push_back(
          {SkipReason::kUnreadable, folder.string(), error.message()});
    }
  }

  std::vector<Skipped>& problems_;
  std::vector<std::pair<std::string, std::string>> found_;
};

// Calls `each` with the git folder of every linked worktree, and what goes
// before the names of its refs.
void for_each_worktree(
    const Repository& repository,
    const std::function<void(const fs::path&, const std::string&)>& each,
    std::vector<Skipped>& problems) {
  const fs::path folder = fs::path(repository.common_dir) / "worktrees";
  std::error_code error;
  if (!fs::exists(folder, error)) return;
  for (fs::directory_iterator it(folder, error), end; !error && it != end;
       it.increment(error)) {
    each(it->path(), "worktrees/" + it->path().filename().string() + "/");
  }
  if (error) {
    problems.push_back(
        {SkipReason::kUnreadable, folder.string(), error.message()});
  }
}

// The logs of the stacks of tables that a repository has.
class TableReader {
 public:
  TableReader(const Repository& repository, std::vector<Skipped>& problems)
      : repository_(repository), problems_(problems) {}

  std::map<std::string, Reflog> read() {
    // The shared stack has the main worktree's HEAD in it.
    const bool linked = repository_.git_dir != repository_.common_dir;
    read_stack(repository_.common_dir, "", linked ? "main-worktree/" : "");
    if (linked) read_stack(repository_.git_dir, "", "");
    for_each_worktree(
        repository_,
        [&](const fs::path& folder, const std::string& prefix) {
          std::error_code error;
          if (fs::equivalent(folder, repository_.git_dir, error)) return;
          read_stack(folder, prefix, prefix);
        },
        problems_);
    return std::move(found_);
  }

 private:
  // `own_prefix`: for what is not below refs/.
  void read_stack(const fs::path& git_dir, const std::string& prefix,
                  const std::string& own_prefix) {
    const std::string folder = (git_dir / "reftable").string();
    LogMap logs;
    const Status status = read_reftable_logs(folder, repository_.hash, logs);
    if (!status) {
      problems_.push_back(
          {SkipReason::kUnreadable, folder, status.error().message()});
    }
    for (const auto& [name, log] : logs) {
      Reflog reflog;
      reflog.ref = (name.starts_with("refs/") ? prefix : own_prefix) + name;
      reflog.path = folder + "/" + name;
      for (const auto& [number, line] : log.lines) reflog.text += line + '\n';
      for (const std::string& line : log.replaced) {
        reflog.replaced += line + '\n';
      }
      found_.emplace(reflog.ref, std::move(reflog));
    }
  }

  const Repository& repository_;
  std::vector<Skipped>& problems_;
  std::map<std::string, Reflog> found_;
};

}  // namespace

std::optional<ReflogLine> parse_reflog_line(std::string_view line,
                                            HashKind hash) {
  const size_t digits = id_size(hash) * 2;
  const size_t header = 2 * digits + 1;
  if (line.size() < header || line[digits] != ' ' ||
      (line.size() > header && line[header] != ' ')) {
    return std::nullopt;
  }
  const auto old_id = ObjectId::from_hex(line.substr(0, digits));
  const auto new_id = ObjectId::from_hex(line.substr(digits + 1, digits));
  if (!old_id || !new_id) return std::nullopt;
  ReflogLine result{*old_id, *new_id, {}, {}};
  if (line.size() == header) return result;
  line.remove_prefix(header + 1);
  const size_t tab = line.find('\t');
  result.who = line.substr(0, tab);
  if (tab != std::string_view::npos) result.message = line.substr(tab + 1);
  return result;
}

void for_each_reflog(const Repository& repository,
                     const std::function<void(const Reflog&)>& each,
                     std::vector<Skipped>& problems) {
  if (!repository.file.empty()) return;
  Finder finder(problems);
  finder.look_in(fs::path(repository.git_dir) / "logs", "");
  if (repository.git_dir != repository.common_dir) {
    const fs::path common = fs::path(repository.common_dir) / "logs";
    finder.look_in(common / "refs", "refs/");
    finder.look_at(common / "HEAD", "main-worktree/HEAD");
  }
  for_each_worktree(
      repository,
      [&](const fs::path& folder, const std::string& prefix) {
        finder.look_in(folder / "logs", prefix);
      },
      problems);
  for (const auto& [ref, path] : finder.take()) {
    Result<std::string> text = read_file(path, kMaxReflog);
    if (text) {
      each({ref, path, *std::move(text), ""});
    } else {
      problems.push_back(
          {SkipReason::kUnreadable, path, text.error().message()});
    }
  }
  for_each_reflog_in_tables(repository, each, problems);
}

void for_each_reflog_in_tables(const Repository& repository,
                               const std::function<void(const Reflog&)>& each,
                               std::vector<Skipped>& problems) {
  if (!repository.reftable) return;
  for (const auto& [ref, reflog] : TableReader(repository, problems).read()) {
    each(reflog);
  }
}

ReflogIds read_reflogs(const Repository& repository) {
  ReflogIds ids;
  auto read = [&](const Reflog& reflog) {
    std::vector<ObjectId>& list =
        reflog.ref == "refs/stash" ? ids.stash : ids.others;
    bool damaged = false;
    for (const std::string_view line : split(reflog.text, '\n')) {
      if (line.empty()) continue;
      if (const auto entry = parse_reflog_line(line, repository.hash)) {
        if (!entry->old_id.is_null()) list.push_back(entry->old_id);
        if (!entry->new_id.is_null()) list.push_back(entry->new_id);
      } else {
        damaged = true;
      }
    }
    if (damaged) {
      ids.problems.push_back({SkipReason::kCorrupt, reflog.path,
                              "a line that is no reflog entry"});
    }
  };
  for_each_reflog(repository, read, ids.problems);
  sort_unique(ids.stash);
  sort_unique(ids.others);
  return ids;
}

}  // namespace leaksift
