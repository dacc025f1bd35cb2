// What the stages of a run cost, for --stats.
#pragma once

#include <ctime>
#include <string>
#include <utility>
#include <vector>

#include "findings/finding.h"
#include "git/object_walk.h"
#include "match/worker.h"

namespace leaksift {

class StageClock;

// Adds the CPU time of the whole process from its making to its end to a stage.
class StageTimer {
 public:
  StageTimer(StageClock& clock, std::string name);
  ~StageTimer();
  StageTimer(const StageTimer&) = delete;
  StageTimer& operator=(const StageTimer&) = delete;

 private:
  StageClock& clock_;
  std::string name_;
  std::clock_t start_;
};

// Collects stages, in the order in which they end. Not thread-safe.
class StageClock {
 public:
  [[nodiscard]] StageTimer time(std::string name) {
    return {*this, std::move(name)};
  }
  void add(StageStats stage) { stages_.push_back(std::move(stage)); }

  // The stages so far behind those of the workers.
  std::vector<StageStats> take(const MatchStats& match,
                               const ObjectWalkStats& walk);

 private:
  std::vector<StageStats> stages_;
};

}  // namespace leaksift
