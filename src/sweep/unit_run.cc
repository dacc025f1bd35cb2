#include "sweep/unit_run.h"

#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <utility>

#include "git/refs.h"
#include "git/repository.h"
#include "hook/isolated.h"
#include "sweep/part_scan.h"
#include "sweep/stamp.h"

namespace leaksift {
namespace {

// Is it a failure that lies with the machine rather than with the repository?
bool may_pass(SkipReason reason) {
  return reason == SkipReason::kUnreadable || reason == SkipReason::kVanished ||
         reason == SkipReason::kTooLarge || reason == SkipReason::kTimeout;
}

double seconds(const timeval& time) {
  return static_cast<double>(time.tv_sec) +
         static_cast<double>(time.tv_usec) * 1e-6;
}

struct Usage {
  double cpu_seconds = 0;
  uint64_t peak_memory = 0;
};

Usage usage() {
  rusage now{};
  ::getrusage(RUSAGE_SELF, &now);
  return {seconds(now.ru_utime) + seconds(now.ru_stime),
          static_cast<uint64_t>(now.ru_maxrss) * 1024};
}

}  // namespace

Status run_unit(const UnitRun& task) {
  const auto begin = std::chrono::steady_clock::now();
  const Usage before = usage();
  const auto store = SweepStore::open(task.state);
  if (!store) return store.error();
  const auto unit = (*store)->unit(task.run, task.unit);
  if (!unit) return unit.error();
  if (!*unit) {
    return Error("run " + std::to_string(task.run) + " has no unit " +
                 task.unit);
  }
  const auto started = (*store)->start_unit(task.run, task.unit, task.worker);
  if (!started) return started.error();
  if (*started == UnitState::kDone) return Ok{};
  if (*started == UnitState::kFailed) return Error((*unit)->error);
  const auto about = (*store)->repository((*unit)->repository);
  if (!about) return about.error();
  if (!*about) return Error((*unit)->repository + ": not in the store");
  const Result<Repository> repository = open_repository((*about)->path);
  if (!repository) return repository.error();
  // What changes from now on is for the next run.
  const std::string stamp = stamp_of(*repository, read_refs(*repository));
  Result<UnitResult> result =
      (*unit)->shard == 0 ? scan_unit(task.engine, task.ids, *repository,
                                      **store, **about, task.options)
                          : scan_part(task.engine, task.ids, *repository,
                                      **store, **unit, task.options);
  if (!result) return std::move(result).error();
  // What may be different next time is looked at again, even if the repository
  // is the same.
  const bool try_again =
      std::any_of(result->skipped.begin(), result->skipped.end(),
                  [](const Skipped& one) { return may_pass(one.reason); });
  result->repository.stamp = try_again ? "" : stamp;
  result->repository.run = task.run;
  const std::chrono::duration<double> passed =
      std::chrono::steady_clock::now() - begin;
  const Usage after = usage();
  result->cost.wall_seconds = passed.count();
  result->cost.cpu_seconds = after.cpu_seconds - before.cpu_seconds;
  result->cost.peak_memory = after.peak_memory;
  return (*store)->finish_unit(task.run, task.unit, *result);
}

Result<UnitState> note_failure(const StateLocation& state, uint64_t run,
                               const std::string& unit,
                               const std::string& why) {
  const auto store = SweepStore::open(state);
  if (!store) return store.error();
  const auto known = (*store)->unit(run, unit);
  if (!known) return known.error();
  if (!*known || (*known)->state == UnitState::kDone) return UnitState::kDone;
  const bool again = (*known)->attempts < kMaxAttempts;
  if (Status noted = (*store)->fail_unit(run, unit, why, again); !noted) {
    return std::move(noted).error();
  }
  return again ? UnitState::kWaiting : UnitState::kFailed;
}

Result<UnitState> run_unit_isolated(const UnitRun& task,
                                    std::chrono::seconds time) {
  const Outcome outcome = run_isolated(
      [&] {
        const Status done = run_unit(task);
        return done ? std::string() : done.error().message();
      },
      std::chrono::steady_clock::now() + time);
  const std::string why = failure_of(outcome, time);
  if (why.empty()) return UnitState::kDone;
  return note_failure(task.state, task.run, task.unit, why);
}

std::string failure_of(const Outcome& outcome, std::chrono::seconds time) {
  switch (outcome.kind) {
    case Outcome::Kind::kDone:
      return outcome.bytes;
    case Outcome::Kind::kLate:
      return "not done after " + std::to_string(time.count()) + " s";
    case Outcome::Kind::kFailed:
      break;
  }
  return outcome.detail;
}

std::string worker_name() {
  std::array<char, 256> host{};
  if (::gethostname(host.data(), host.size() - 1) != 0) host[0] = '?';
  return std::string(host.data()) + ":" + std::to_string(::getpid());
}

}  // namespace leaksift
