#include "hook/local_scan.h"

#include <algorithm>
#include <filesystem>
#include <utility>

#include "core/file.h"
#include "core/text.h"
#include "findings/group.h"
#include "git/index_file.h"
#include "git/refs.h"
#include "git/staged.h"
#include "hook/run_git.h"
#include "pipeline/change_scan.h"

namespace leaksift {
namespace {

constexpr uint64_t kMaxIndexBytes = 512 << 20;
constexpr uint64_t kMaxMergeHeads = 1 << 20;

ObjectStore open_store(const Repository& repository, uint64_t memory) {
  return ObjectStore::open(repository, {}, memory, LooseFiles::kProbed);
}

// An index that is not there yet holds nothing.
Result<TrackedPaths> read_index(const LocalRepository& local) {
  std::error_code error;
  if (!std::filesystem::exists(local.index_file, error)) return TrackedPaths();
  // Git never changes an index in its place.
  const Result<MappedFile> file = MappedFile::open(local.index_file);
  if (!file) return file.error();
  Result<TrackedPaths> index =
      parse_index(file->bytes(), [&](const std::string& name) {
        return read_file(local.repository.git_dir + "/" + name, kMaxIndexBytes);
      });
  if (!index) return std::move(index).error().in(local.index_file);
  for (size_t i = 0; i < index->size(); ++i) {
    if (!index->entry(i).in_conflict) continue;
    return Error(std::string(index->path(i)) +
                 ": in conflict; resolve it and `git add` it first");
  }
  return index;
}

// HEAD's commit, and those that are being merged.
Result<std::vector<ObjectId>> parents_of_commit(const Repository& repository) {
  std::vector<ObjectId> parents;
  if (const auto head = read_ref(repository, "HEAD")) parents.push_back(*head);
  const std::string path = repository.git_dir + "/MERGE_HEAD";
  std::error_code error;
  if (!std::filesystem::exists(path, error)) return parents;
  const Result<std::string> text = read_file(path, kMaxMergeHeads);
  if (!text) return text.error();
  for (const std::string_view line : split(trimmed(*text), '\n')) {
    const auto id = ObjectId::from_hex(trimmed(line));
    if (!id) return Error(path + ": a line that is no commit");
    parents.push_back(*id);
  }
  return parents;
}

// Those refs/remotes/ that follow the remote. One that is given by its URL may
// still be configured under a name.
Result<std::vector<std::string>> tracking_folders(const LocalRepository& local,
                                                  const std::string& remote) {
  std::vector<std::string> folders = {"refs/remotes/" + remote + "/"};
  if (remote.find_first_of(":/") == std::string::npos) return folders;
  Result<GitAnswer> answer =
      ask_git(local.repository.git_dir,
              {"config", "--get-regexp", R"(^remote\..*\.(url|pushurl)$)"});
  if (!answer) return std::move(answer).error();
  for (const std::string_view line : split(answer->out, '\n')) {
    // "remote.<name>.url <url>"
    const size_t space = line.find(' ');
    const std::string_view key = line.substr(0, space);
    if (space == line.npos || line.substr(space + 1) != remote) continue;
    const size_t first = key.find('.') + 1;
    folders.push_back("refs/remotes/" +
                      std::string(key.substr(first, key.rfind('.') - first)) +
                      "/");
  }
  return folders;
}

}  // namespace

Result<LocalRepository> open_local(const Environment& environment) {
  const auto variable = [&](const char* name) {
    return environment(name).value_or("");
  };
  HookEnvironment place;
  place.git_dir = variable("GIT_DIR");
  place.alternates = variable("GIT_ALTERNATE_OBJECT_DIRECTORIES");
  if (const std::string objects = variable("GIT_OBJECT_DIRECTORY");
      !objects.empty()) {
    place.alternates = objects + ":" + place.alternates;
  }
  Result<ReceivingRepository> opened = open_receiving(place);
  if (!opened) return std::move(opened).error();
  LocalRepository local;
  local.repository = std::move(opened->repository);
  local.index_file = variable("GIT_INDEX_FILE");
  if (local.index_file.empty()) {
    local.index_file = local.repository.git_dir + "/index";
  }
  local.work_tree = variable("GIT_WORK_TREE");
  if (local.work_tree.empty()) {
    local.work_tree = place.git_dir.empty() ? local.repository.work_tree : ".";
  }
  return local;
}

Result<LocalChange> staged_change(const LocalRepository& local,
                                  uint64_t memory) {
  const Result<TrackedPaths> index = read_index(local);
  if (!index) return index.error();
  Result<std::vector<ObjectId>> parents = parents_of_commit(local.repository);
  if (!parents) return std::move(parents).error();
  LocalChange change{open_store(local.repository, memory), {}, {}, {}};
  change.incoming = find_staged(*index, change.store, *std::move(parents));
  return change;
}

Result<std::vector<PushedRef>> parse_pushed_refs(std::string_view input) {
  std::vector<PushedRef> pushed;
  for (const std::string_view line : split(input, '\n')) {
    if (line.empty()) continue;
    // Of the local side there may be "(delete)", or an expression with blanks.
    const size_t last = line.rfind(' ');
    const size_t third = line.rfind(' ', last - 1);
    const size_t second = line.rfind(' ', third - 1);
    const auto field = [&](size_t from, size_t to) {
      return line.substr(from + 1, to - from - 1);
    };
    const bool has_all = last != line.npos && last > 0 && third != line.npos &&
                         third > 0 && second != line.npos;
    const auto local =
        has_all ? ObjectId::from_hex(field(second, third)) : std::nullopt;
    const auto remote =
        has_all ? ObjectId::from_hex(line.substr(last + 1)) : std::nullopt;
    if (!local || !remote) {
      return Error("standard input: '" + std::string(line) +
                   "' is not `local ref, id, remote ref, id`, as git writes "
                   "for pre-push");
    }
    pushed.push_back({std::string(line.substr(0, second)), *local,
                      std::string(field(third, last)), *remote});
  }
  return pushed;
}

Result<LocalChange> pushed_change(const LocalRepository& local,
                                  const std::string& remote,
                                  const std::vector<PushedRef>& pushed,
                                  uint64_t memory) {
  LocalChange change{open_store(local.repository, memory), {}, {}, {}};
  IncomingTips tips;
  for (const PushedRef& ref : pushed) {
    if (ref.local.is_null()) continue;
    tips.tips.push_back(ref.local);
    if (ref.remote.is_null()) change.new_refs.push_back(ref.remote_name);
    // Others may have pushed what was not fetched yet.
    if (!ref.remote.is_null() && change.store.holds(ref.remote)) {
      tips.likely.push_back(ref.remote);
    }
  }
  if (tips.tips.empty()) return change;
  const Result<std::vector<std::string>> folders =
      tracking_folders(local, remote);
  if (!folders) return folders.error();
  const RefSet refs = read_refs(local.repository);
  std::vector<ObjectId> known = tips.likely;
  for (const Ref& ref : refs.refs) {
    const bool follows = std::any_of(
        folders->begin(), folders->end(),
        [&](const auto& name) { return ref.name.starts_with(name); });
    if (follows) known.push_back(ref.id);
  }
  tips.known = std::move(known);
  tips.shallow = refs.shallow;
  IncomingOptions options;
  options.memory = memory;
  change.incoming = find_incoming({change.store, nullptr}, tips, options);
  change.replaced = std::move(tips.likely);
  return change;
}

Result<LocalFindings> scan_local(const Engine& engine,
                                 const LocalChange& change, unsigned jobs,
                                 uint64_t memory) {
  ChangeScanOptions options;
  options.jobs = jobs;
  options.memory = memory;
  options.replaced = change.replaced;
  options.new_refs = change.new_refs;
  Result<ChangeFindings> found =
      scan_change(engine, {change.store, nullptr}, change.incoming, options);
  if (!found) return std::move(found).error();
  LocalFindings local;
  local.report.target = ".";
  local.report.coverage = std::move(found->coverage);
  for (const Skipped& problem : change.store.problems()) {
    local.report.coverage.skip(problem);
  }
  if (found->left_out != 0) {
    local.report.coverage.skip(
        {SkipReason::kTooLarge, "what is new",
         std::to_string(found->left_out) + " findings more than can be told"});
  }
  local.report.findings = group_findings(std::move(found->introduced));
  local.known = group_findings(std::move(found->known));
  return local;
}

}  // namespace leaksift
