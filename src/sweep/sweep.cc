#include "sweep/sweep.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <ctime>
#include <filesystem>
#include <map>
#include <set>
#include <system_error>
#include <utility>

#include "core/digest.h"
#include "hook/durable.h"
#include "hook/finding_key.h"
#include "sweep/carry_over.h"
#include "sweep/owners.h"
#include "sweep/run_summary.h"
#include "sweep/seen_objects.h"

namespace leaksift {
namespace {

namespace fs = std::filesystem;

constexpr const char* kKeyCheck = "key_check";

Status check_key(SweepStore& store, const StateLocation& where,
                 const FindingIds& ids) {
  const Result<std::string> known = store.meta(kKeyCheck);
  if (!known) return known.error();
  if (known->empty()) return store.set_meta(kKeyCheck, ids.check_value());
  if (*known == ids.check_value()) return Ok{};
  return Error(where.folder +
               "/key: the store was written with another key; bring that one, "
               "or begin with an empty store");
}

bool is_same(const SweptRepository& a, const SweptRepository& b) {
  return a.path == b.path && a.url == b.url && a.pool == b.pool &&
         a.fork_of == b.fork_of && a.archived == b.archived;
}

// What the store does not know of them yet.
Status note_new(SweepStore& store,
                const std::vector<SweptRepository>& repositories,
                const std::map<std::string, SweptRepository>& known) {
  std::vector<SweptRepository> news;
  for (const SweptRepository& one : repositories) {
    const auto before = known.find(one.key);
    if (before == known.end() || !is_same(before->second, one)) {
      news.push_back(one);
    }
  }
  return news.empty() ? Status(Ok{}) : store.note_repositories(news);
}

// Findings tell what their rules say today. That is asked for where any of the
// rules says something else than before.
Status describe(SweepStore& store, const std::vector<RuleDescription>& texts) {
  constexpr const char* kTexts = "rule_texts";
  std::string all;
  for (const RuleDescription& text : texts) {
    all += text.rule_id + "\n" + text.description + "\n" +
           std::string(to_string(text.severity)) + "\n";
  }
  const std::string hash = to_hex(sha256(all)).substr(0, 16);
  const Result<std::string> known = store.meta(kTexts);
  if (!known) return known.error();
  if (*known == hash) return Ok{};
  if (Status done = store.describe_rules(texts); !done) return done;
  return store.set_meta(kTexts, hash);
}

// Merges segments of one size of ids, so that there are never many.
Status merge_some(SweepStore& store, const std::string& folder,
                  const std::string& rules, HashKind hash) {
  const Result<SweepStore::Seen> seen = store.seen(rules);
  if (!seen) return seen.error();
  std::vector<std::string> names;
  std::vector<uint64_t> counts;
  for (const std::string& name : seen->segments) {
    const Result<SeenSegment> segment = SeenSegment::open(folder + "/" + name);
    if (!segment || segment->id_bytes() != id_size(hash)) continue;
    names.push_back(name);
    counts.push_back(segment->count());
  }
  std::vector<std::string> old;
  for (const size_t i : segments_to_merge(counts)) old.push_back(names[i]);
  if (old.empty()) return Ok{};
  const Result<std::string> merged = SeenSegment::merge(folder, old);
  if (!merged) return merged.error();
  std::erase(old, *merged);  // the others have nothing more
  if (Status done = store.replace_segments(rules, old, *merged); !done) {
    return done;
  }
  for (const std::string& name : old) ::unlink((folder + "/" + name).c_str());
  return Ok{};
}

// Returns the id of its rules.
Result<std::string> end_run(const SweepState& state, uint64_t run) {
  const auto store = SweepStore::open(state.where);
  if (!store) return store.error();
  if (Status done = (*store)->finish_run(run); !done) {
    return std::move(done).error();
  }
  const auto last = (*store)->last_run();
  if (!last) return last.error();
  if (!*last) return std::string();
  const Result<RunSummary> summary = summarize(**store, **last);
  if (!summary) return summary.error();
  if (Status noted = note_success(**store, *summary); !noted) {
    return std::move(noted).error();
  }
  return (*last)->rules;
}

}  // namespace

Result<SweepState> SweepState::open(const StateLocation& where) {
  if (Status made = make_folders(where.folder); !made) {
    return std::move(made).error();
  }
  Result<std::string> key = read_key(where.folder);
  if (!key) return std::move(key).error();
  SweepState state{where, FindingIds(*std::move(key))};
  const auto store = SweepStore::open(where);
  if (!store) return store.error();
  if (Status same = check_key(**store, where, state.ids); !same) {
    return std::move(same).error();
  }
  return state;
}

Result<FileHandle> lock_sweeps(const SweepState& state) {
  const std::string path = state.where.folder + "/lock";
  Result<FileHandle> file = open_own(path, O_CREAT, 0600);
  if (!file) return file;
  // One that was killed is gone when the last of its units is.
  if (!lock(*file, path, std::chrono::seconds(3))) {
    return Error(path +
                 ": another sweep is at work with this state; "
                 "leaksift sweep status tells how far it is");
  }
  return file;
}

Result<SweepRun> begin_sweep(const SweepState& state,
                             const std::vector<SweptRepository>& repositories,
                             std::vector<Skipped> problems,
                             const SweepOptions& options) {
  const auto store = SweepStore::open(state.where);
  if (!store) return store.error();
  const auto last = (*store)->last_run();
  if (!last) return last.error();
  if (*last && (*last)->state == RunState::kRunning) return **last;
  const auto known = (*store)->repositories();
  if (!known) return known.error();
  if (Status noted = note_rules(**store, options.rules); !noted) {
    return std::move(noted).error();
  }
  if (Status noted = describe(**store, options.texts); !noted) {
    return std::move(noted).error();
  }
  const auto change = change_to(**store, options.rules.id());
  if (!change) return change.error();
  const std::string former = *change ? (*change)->from : "";
  for (const std::string& rules : {options.rules.id(), former}) {
    const auto seen = (*store)->seen(rules);
    if (!seen) return seen.error();
    Status whole = verify_segments(state.seen_folder(), seen->segments);
    if (!whole) return std::move(whole).error();
  }
  SweepPlan plan = make_plan(repositories, *known,
                             {options.rules.id(), former, options.part_bytes});
  if (Status noted = note_new(**store, repositories, *known); !noted) {
    return std::move(noted).error();
  }
  SweepRun run;
  run.rules = options.rules.id();
  run.version = options.version;
  run.started = std::time(nullptr);
  run.repositories = plan.repositories;
  run.unchanged = plan.unchanged;
  run.problems = std::move(problems);
  run.problems.insert(run.problems.end(), plan.problems.begin(),
                      plan.problems.end());
  const Result<uint64_t> number = (*store)->begin_run(run, plan.units);
  if (!number) return number.error();
  run.number = *number;
  return run;
}

Status finish_sweep(
    const SweepState& state, uint64_t run, const SweepOptions& options,
    const std::function<Result<std::unique_ptr<Engine>>()>& engine,
    const std::function<void(const PoolProgress&)>& tell) {
  std::vector<SweepUnit> units;
  {
    // Closed before there are other processes, which must not share it.
    const auto store = SweepStore::open(state.where);
    if (!store) return store.error();
    auto all = (*store)->units(run);
    if (!all) return std::move(all).error();
    units = *std::move(all);
  }
  const bool is_idle =
      std::all_of(units.begin(), units.end(), [](const SweepUnit& unit) {
        return unit.state == UnitState::kDone ||
               unit.state == UnitState::kFailed;
      });
  if (!is_idle) {
    const Result<std::unique_ptr<Engine>> rules = engine();
    if (!rules) return rules.error();
    const UnitRun task{**rules,
                       state.ids,
                       state.where,
                       run,
                       "",
                       worker_name(),
                       {1, options.pool.memory, options.min_confidence,
                        options.rules.id(), state.seen_folder()}};
    Status done = run_pool(task, std::move(units), options.pool, tell);
    if (!done) return done;
  }
  return conclude(state, run);
}

Result<GarbageCount> collect_garbage(
    const SweepState& state, const std::vector<SweptRepository>* repositories) {
  const auto store = SweepStore::open(state.where);
  if (!store) return store.error();
  const auto last = (*store)->last_run();
  if (!last) return last.error();
  if (!*last) return GarbageCount{};
  std::vector<std::string> gone;
  if (repositories != nullptr) {
    std::set<std::string> there;
    for (const SweptRepository& one : *repositories) there.insert(one.key);
    const auto known = (*store)->repositories();
    if (!known) return known.error();
    for (const auto& [key, repository] : *known) {
      if (!there.contains(key)) gone.push_back(key);
    }
  }
  const auto unused = (*store)->collect_garbage((*last)->rules, gone);
  if (!unused) return unused.error();
  const auto seen = (*store)->seen((*last)->rules);
  if (!seen) return seen.error();
  GarbageCount count{gone.size(), 0};
  std::error_code error;
  for (fs::directory_iterator it(state.seen_folder(), error), end;
       !error && it != end; it.increment(error)) {
    const std::string name = it->path().filename().string();
    const bool is_used =
        std::binary_search(seen->segments.begin(), seen->segments.end(), name);
    if (!is_used && ::unlink(it->path().c_str()) == 0) ++count.segments;
  }
  return count;
}

Status conclude(const SweepState& state, uint64_t run) {
  Result<std::string> rules = end_run(state, run);
  if (!rules) return std::move(rules).error();
  if (Status owned = assign_owners(state.where); !owned) return owned;
  const auto store = SweepStore::open(state.where);
  if (!store) return store.error();
  for (const HashKind hash : {HashKind::kSha1, HashKind::kSha256}) {
    Status merged = merge_some(**store, state.seen_folder(), *rules, hash);
    if (!merged) return merged;
  }
  return Ok{};
}

}  // namespace leaksift
