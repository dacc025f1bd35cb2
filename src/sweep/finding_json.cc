#include "sweep/finding_json.h"

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>

#include "core/digest.h"
#include "report/json_frame.h"

namespace leaksift {
namespace {

using Json = nlohmann::ordered_json;

void add_text(Json& object, const char* key, std::string_view text) {
  if (!text.empty()) object[key] = json_text(text);
}

// Rounded: the rest is noise.
double in_milliseconds(double seconds) {
  return std::round(seconds * 1000) / 1000;
}

Json to_json(const RepositoryOccurrence& in) {
  const SweptOccurrence& one = in.occurrence;
  Json json;
  json["repository"] = json_text(in.repository);
  add_text(json, "path", one.path);
  json["line"] = one.begin.line;
  json["column"] = one.begin.column;
  json["end_line"] = one.end.line;
  json["end_column"] = one.end.column;
  if (one.encoding != TextEncoding::kBytes) {
    json["encoding"] = to_string(one.encoding);
  }
  add_text(json, "object", to_hex(one.object));
  json["object_type"] = one.object_type;
  add_text(json, "commit", to_hex(one.commit));
  add_text(json, "author_name", one.author_name);
  add_text(json, "author_email", one.author_email);
  if (!one.commit.empty()) json["date"] = to_iso8601(one.date);
  json["standing"] = to_string(one.standing);
  if (one.versions > 1) json["versions"] = one.versions;
  return json;
}

Json to_json(const Decision& decision) {
  Json json;
  json["reason"] = json_text(decision.reason);
  add_text(json, "note", decision.note);
  add_text(json, "by", decision.by);
  json["at"] = to_iso8601({decision.at, 0});
  if (decision.until != 0) json["until"] = to_iso8601({decision.until, 0});
  return json;
}

}  // namespace

std::string_view to_string(SweptStanding standing) {
  switch (standing) {
    case SweptStanding::kHead:
      return "head";
    case SweptStanding::kTip:
      return "tip";
    case SweptStanding::kMessage:
      return "message";
    case SweptStanding::kHistory:
      break;
  }
  return "history";
}

std::string_view to_string(FindingState state) {
  return state == FindingState::kOpen ? "open" : "resolved";
}

std::string_view to_string(EventKind kind) {
  switch (kind) {
    case EventKind::kNew:
      return "new";
    case EventKind::kResolved:
      return "resolved";
    case EventKind::kReopened:
      break;
  }
  return "reopened";
}

std::string_view to_string(UnitState state) {
  switch (state) {
    case UnitState::kWaiting:
      return "waiting";
    case UnitState::kRunning:
      return "running";
    case UnitState::kDone:
      return "done";
    case UnitState::kFailed:
      break;
  }
  return "failed";
}

std::string to_jsonl(const FindingLife& life,
                     const std::vector<RepositoryOccurrence>& occurrences,
                     std::optional<EventKind> event, size_t most) {
  const SweptFinding& finding = life.finding;
  Json json;
  json["type"] = "finding";
  json["id"] = to_hex(finding.id);
  json["rule_id"] = finding.rule_id;
  add_text(json, "description", finding.description);
  json["class"] = to_string(finding.data_class);
  json["severity"] = to_string(finding.severity);
  json["confidence"] = to_string(finding.confidence);
  json["secret"] = json_text(finding.masked);
  json["state"] = to_string(life.state);
  if (life.state == FindingState::kResolved) {
    json["in_history"] = life.in_history;
  }
  json["first_run"] = life.first_run;
  json["state_run"] = life.state_run;
  if (life.decision) json["decision"] = to_json(*life.decision);
  add_text(json, "owner", life.owner);
  if (event) json["event"] = to_string(*event);
  Json places = Json::array();
  const size_t count =
      most == 0 ? occurrences.size() : std::min(most, occurrences.size());
  for (size_t i = 0; i < count; ++i) places.push_back(to_json(occurrences[i]));
  json["occurrences"] = std::move(places);
  json["occurrence_count"] = occurrences.size();
  return json.dump(-1, ' ', true) + "\n";
}

std::string to_jsonl(const SweepUnit& unit) {
  Json json;
  json["type"] = "unit";
  json["id"] = unit.id;
  json["repository"] = json_text(unit.repository);
  if (unit.shards != 0) {
    json["shard"] = unit.shard;
    json["shards"] = unit.shards;
  }
  if (!unit.after.empty()) json["after"] = unit.after;
  json["bytes"] = unit.size;
  json["state"] = to_string(unit.state);
  json["attempts"] = unit.attempts;
  if (unit.began != 0) json["began"] = to_iso8601({unit.began, 0});
  add_text(json, "worker", unit.worker);
  add_text(json, "error", unit.error);
  if (unit.state == UnitState::kDone) {
    json["objects"] = unit.cost.objects;
    json["new_objects"] = unit.cost.new_objects;
    json["bytes_scanned"] = unit.cost.bytes;
    json["cpu_seconds"] = in_milliseconds(unit.cost.cpu_seconds);
    json["wall_seconds"] = in_milliseconds(unit.cost.wall_seconds);
    json["peak_memory"] = unit.cost.peak_memory;
  }
  return json.dump(-1, ' ', true) + "\n";
}

std::string to_jsonl(const RunSummary& summary) {
  const SweepRun& run = summary.run;
  Json json;
  json["type"] = "summary";
  json["run"] = run.number;
  json["rules"] = run.rules;
  json["version"] = run.version;
  json["started"] = to_iso8601({run.started, 0});
  if (run.finished != 0) json["finished"] = to_iso8601({run.finished, 0});
  json["repositories"] = run.repositories;
  json["unchanged"] = run.unchanged;
  json["units"] = {{"done", summary.units_done},
                   {"failed", summary.units_failed},
                   {"left", summary.units_left},
                   {"running", summary.running.size()}};
  json["bytes"] = {{"all", summary.bytes_all}, {"left", summary.bytes_left}};
  if (const auto left = seconds_left(summary); left && *left > 0) {
    json["seconds_left"] = std::ceil(*left);
  }
  json["objects"] = summary.cost.objects;
  json["new_objects"] = summary.cost.new_objects;
  json["bytes_scanned"] = summary.cost.bytes;
  json["cpu_seconds"] = in_milliseconds(summary.cost.cpu_seconds);
  json["peak_memory"] = summary.cost.peak_memory;
  json["findings"] = {{"new", summary.new_findings},
                      {"resolved", summary.resolved},
                      {"reopened", summary.reopened}};
  json["incomplete"] = summary.incomplete;
  json["complete"] = summary.is_complete();
  Json problems = Json::array();
  for (const Skipped& one : run.problems) {
    problems.push_back({{"reason", to_string(one.reason)},
                        {"name", json_text(one.name)},
                        {"detail", json_text(one.detail)}});
  }
  json["problems"] = std::move(problems);
  return json.dump(-1, ' ', true) + "\n";
}

}  // namespace leaksift
