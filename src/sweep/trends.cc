#include "sweep/trends.h"

#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>
#include <unordered_map>
#include <utility>

#include "leaksift/finding.h"
#include "report/json.h"

namespace leaksift {
namespace {

// A finding while the runs are gone through.
struct Life {
  Severity severity = Severity::kInfo;
  std::optional<int64_t> decided_at;
  std::optional<int64_t> open_since;
};

class Trends {
 public:
  explicit Trends(const std::vector<FindingLife>& findings) {
    for (const FindingLife& one : findings) {
      Life life;
      life.severity = one.finding.severity;
      if (one.decision) life.decided_at = one.decision->at;
      lives_.emplace(one.finding.id, life);
    }
  }

  TrendPoint add(const SweepRun& run, const std::vector<FindingEvent>& events) {
    TrendPoint point;
    point.run = run.number;
    point.finished = run.finished;
    int64_t seconds_to_resolve = 0;
    for (const FindingEvent& event : events) {
      Life& life = lives_[event.finding];
      if (event.kind == EventKind::kResolved) {
        ++point.resolved;
        seconds_to_resolve +=
            run.finished - life.open_since.value_or(run.finished);
        life.open_since.reset();
      } else {
        ++(event.kind == EventKind::kNew ? point.new_findings : point.reopened);
        life.open_since = run.finished;
      }
    }
    if (point.resolved != 0) {
      point.mean_time_to_resolve =
          seconds_to_resolve / static_cast<int64_t>(point.resolved);
    }
    count_open(run.finished, point);
    return point;
  }

 private:
  void count_open(int64_t now, TrendPoint& point) const {
    std::vector<int64_t> ages;
    for (const auto& [id, life] : lives_) {
      if (!life.open_since) continue;
      if (life.decided_at && *life.decided_at <= now) {
        ++point.decided;
        continue;
      }
      ++point.open;
      ++point.open_by_severity[static_cast<size_t>(life.severity)];
      ages.push_back(now - *life.open_since);
    }
    if (ages.empty()) return;
    const auto middle =
        ages.begin() + static_cast<std::ptrdiff_t>(ages.size() / 2);
    std::nth_element(ages.begin(), middle, ages.end());
    point.median_age = *middle;
  }

  std::unordered_map<std::string, Life> lives_;  // by finding
};

}  // namespace

Result<std::vector<TrendPoint>> read_trends(SweepStore& store) {
  const auto runs = store.runs();
  if (!runs) return runs.error();
  FindingFilter all;
  all.decided = true;
  const auto findings = store.findings(all);
  if (!findings) return findings.error();
  return find_trends(*runs, *findings,
                     [&](uint64_t run) { return store.events(run); });
}

Result<std::vector<TrendPoint>> find_trends(
    const std::vector<SweepRun>& runs, const std::vector<FindingLife>& findings,
    const EventsOf& events_of) {
  Trends trends(findings);
  std::vector<TrendPoint> points;
  for (const SweepRun& run : runs) {
    if (run.state != RunState::kDone) continue;
    const auto events = events_of(run.number);
    if (!events) return events.error();
    points.push_back(trends.add(run, *events));
  }
  return points;
}

std::string to_jsonl(const TrendPoint& point) {
  nlohmann::ordered_json json;
  json["type"] = "trend";
  json["run"] = point.run;
  json["finished"] = to_iso8601({point.finished, 0});
  json["open"] = point.open;
  nlohmann::ordered_json severities;
  for (size_t i = 0; i < kSeverities; ++i) {
    severities[std::string(to_string(static_cast<Severity>(i)))] =
        point.open_by_severity[i];
  }
  json["open_by_severity"] = std::move(severities);
  json["decided"] = point.decided;
  json["new"] = point.new_findings;
  json["resolved"] = point.resolved;
  json["reopened"] = point.reopened;
  if (point.median_age) json["median_age_seconds"] = *point.median_age;
  if (point.mean_time_to_resolve) {
    json["mean_seconds_to_resolve"] = *point.mean_time_to_resolve;
  }
  return json.dump() + "\n";
}

}  // namespace leaksift
