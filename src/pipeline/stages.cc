#include "pipeline/stages.h"

namespace leaksift {
namespace {

double seconds(uint64_t nanoseconds) {
  return static_cast<double>(nanoseconds) / 1e9;
}

}  // namespace

StageTimer::StageTimer(StageClock& clock, std::string name)
    : clock_(clock), name_(std::move(name)), start_(std::clock()) {}

StageTimer::~StageTimer() {
  const std::clock_t spent = std::clock() - start_;
  clock_.add({name_,
              static_cast<double>(spent) / static_cast<double>(CLOCKS_PER_SEC),
              0, 0});
}

std::vector<StageStats> StageClock::take(const MatchStats& match,
                                         const ObjectWalkStats& walk) {
  std::vector<StageStats> all;
  if (walk.objects > 0) {
    all.push_back(
        {"inflate", seconds(walk.inflate_ns), walk.packed_bytes, walk.objects});
    all.push_back(
        {"delta", seconds(walk.apply_ns), walk.logical_bytes, walk.objects});
  }
  all.push_back({"prefilter", seconds(match.prefilter_ns), match.scanned_bytes,
                 match.hits});
  all.push_back({"confirm", seconds(match.confirm_ns), 0, match.tries});
  all.insert(all.end(), stages_.begin(), stages_.end());
  return all;
}

}  // namespace leaksift
