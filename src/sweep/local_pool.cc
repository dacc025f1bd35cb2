#include "sweep/local_pool.h"

#include <poll.h>

#include <algorithm>
#include <cmath>
#include <list>
#include <set>
#include <string>
#include <utility>

namespace leaksift {
namespace {

using Clock = std::chrono::steady_clock;

class Pool {
 public:
  Pool(const UnitRun& task, std::vector<SweepUnit> units,
       const PoolOptions& options,
       const std::function<void(const PoolProgress&)>& tell)
      : task_(task), units_(std::move(units)), options_(options), tell_(tell) {
    for (const SweepUnit& unit : units_) {
      ++progress_.units;
      progress_.bytes += unit.size;
      const bool is_over =
          unit.state == UnitState::kDone || unit.state == UnitState::kFailed;
      if (is_over) end(unit, unit.state);
    }
    std::erase_if(
        units_, [&](const SweepUnit& unit) { return over_.contains(unit.id); });
  }

  Status run() {
    while (!units_.empty() || !running_.empty()) {
      while (start_one()) {
      }
      tell_(progress_);
      wait();
      if (Status ended = end_those_done(); !ended) return ended;
    }
    tell_(progress_);
    return Ok{};
  }

 private:
  struct Running {
    SweepUnit unit;
    unsigned threads = 1;
    Clock::time_point until;
    IsolatedWork work;
    bool ended = false;
  };

  // Where nothing runs any more, whatever is left may go.
  bool may_start(const SweepUnit& unit) const {
    return running_.empty() || std::all_of(unit.after.begin(), unit.after.end(),
                                           [&](const std::string& id) {
                                             return over_.contains(id) ||
                                                    !is_waiting(id);
                                           });
  }
  // Is it one of this run that is still to end?
  bool is_waiting(const std::string& id) const {
    auto is_it = [&](const SweepUnit& unit) { return unit.id == id; };
    return std::any_of(units_.begin(), units_.end(), is_it) ||
           std::any_of(running_.begin(), running_.end(),
                       [&](const Running& one) { return is_it(one.unit); });
  }

  // A unit gets its share of the threads: a giant all of them.
  unsigned threads_for(const SweepUnit& unit) const {
    const uint64_t left = progress_.bytes - progress_.bytes_done;
    if (left == 0) return 1;
    const double share =
        static_cast<double>(unit.size) / static_cast<double>(left);
    const auto threads =
        static_cast<unsigned>(std::lround(share * options_.jobs));
    return std::clamp(threads, 1U, options_.jobs);
  }

  bool start_one() {
    const auto next =
        std::find_if(units_.begin(), units_.end(),
                     [&](const SweepUnit& unit) { return may_start(unit); });
    if (next == units_.end()) return false;
    const unsigned threads = threads_for(*next);
    if (!running_.empty() && threads_ + threads > options_.jobs) return false;
    SweepUnit unit = std::move(*next);
    units_.erase(next);
    UnitRun task = task_;
    task.unit = unit.id;
    task.options.jobs = threads;
    task.options.memory = options_.memory / options_.jobs * threads;
    threads_ += threads;
    running_.push_back({std::move(unit), threads,
                        Clock::now() + options_.unit_time,
                        IsolatedWork::start([task] {
                          const Status done = run_unit(task);
                          return done ? std::string() : done.error().message();
                        })});
    return true;
  }

  void wait() {
    std::vector<pollfd> waiting;
    for (const Running& one : running_) {
      waiting.push_back({one.work.fd(), POLLIN, 0});
    }
    constexpr int kSecond = 1000;
    if (::poll(waiting.data(), waiting.size(), kSecond) < 0) return;
    size_t i = 0;
    for (Running& one : running_) {
      const bool is_ready = waiting[i++].revents != 0;
      if (one.work.fd() < 0) {
        one.ended = true;
      } else if (is_ready) {
        one.ended = !one.work.take();
      } else if (Clock::now() > one.until) {
        one.work.stop();
        one.ended = true;
      }
    }
  }

  Status end_those_done() {
    for (auto one = running_.begin(); one != running_.end();) {
      if (!one->ended) {
        ++one;
        continue;
      }
      threads_ -= one->threads;
      const std::string why =
          failure_of(one->work.outcome(), options_.unit_time);
      SweepUnit unit = std::move(one->unit);
      one = running_.erase(one);
      UnitState state = UnitState::kDone;
      if (!why.empty()) {
        const Result<UnitState> noted =
            note_failure(task_.state, task_.run, unit.id, why);
        if (!noted) return noted.error();
        state = *noted;
      }
      if (state == UnitState::kWaiting) {
        units_.push_back(std::move(unit));
      } else {
        end(unit, state);
      }
    }
    return Ok{};
  }

  void end(const SweepUnit& unit, UnitState state) {
    over_.insert(unit.id);
    ++(state == UnitState::kFailed ? progress_.failed : progress_.done);
    progress_.bytes_done += unit.size;
  }

  const UnitRun& task_;
  std::vector<SweepUnit> units_;  // to be begun
  const PoolOptions& options_;
  const std::function<void(const PoolProgress&)>& tell_;
  std::list<Running> running_;
  unsigned threads_ = 0;        // of these
  std::set<std::string> over_;  // ids
  PoolProgress progress_;
};

}  // namespace

Status run_pool(const UnitRun& task, std::vector<SweepUnit> units,
                const PoolOptions& options,
                const std::function<void(const PoolProgress&)>& tell) {
  return Pool(task, std::move(units), options, tell).run();
}

}  // namespace leaksift
