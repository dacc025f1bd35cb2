#include "store/rows.h"

#include "core/text.h"

namespace leaksift {
namespace {

void put_span(const Position& begin, const Position& end, Values& values) {
  for (const Position& position : {begin, end}) {
    values.push_back(number(position.line));
    values.push_back(number(position.column));
  }
}

void take_span(Row& row, Position& begin, Position& end) {
  for (Position* position : {&begin, &end}) {
    position->line = row.as<uint32_t>();
    position->column = row.as<uint32_t>();
  }
}

}  // namespace

void put(const SweepRun& run, Values& values) {
  values.insert(
      values.end(),
      {Text{run.rules}, Text{run.version}, run.started, run.finished,
       number(run.state), number(run.repositories), number(run.unchanged)});
}

void take(Row& row, SweepRun& run) {
  run.number = row.as<uint64_t>();
  run.rules = row.text();
  run.version = row.text();
  run.started = row.integer();
  run.finished = row.integer();
  run.state = row.as<RunState>();
  run.repositories = row.as<uint64_t>();
  run.unchanged = row.as<uint64_t>();
}

void put(const Skipped& skipped, Values& values) {
  values.insert(values.end(), {Text{to_string(skipped.reason)},
                               Text{skipped.name}, Text{skipped.detail}});
}

void take(Row& row, Skipped& skipped) {
  // One of a newer leaksift: it could not be read then, whatever the reason.
  skipped.reason = to_skip_reason(row.text()).value_or(SkipReason::kUnreadable);
  skipped.name = row.text();
  skipped.detail = row.text();
}

void put(const SweepUnit& unit, Values& values) {
  values.insert(values.end(),
                {Text{unit.id}, Text{unit.repository}, Text{unit.rules},
                 Blob{unit.stamp}, number(unit.shard), number(unit.shards),
                 number(unit.size), number(unit.state), number(unit.attempts),
                 number(unit.began), Text{unit.worker}, Text{unit.error}});
  put(unit.cost, values);
}

void take(Row& row, SweepUnit& unit) {
  unit.id = row.text();
  unit.repository = row.text();
  unit.rules = row.text();
  unit.stamp = row.blob();
  unit.shard = row.as<uint32_t>();
  unit.shards = row.as<uint32_t>();
  unit.size = row.as<uint64_t>();
  unit.state = row.as<UnitState>();
  unit.attempts = row.as<uint32_t>();
  unit.began = row.as<int64_t>();
  unit.worker = row.text();
  unit.error = row.text();
  unit.cost.objects = row.as<uint64_t>();
  unit.cost.new_objects = row.as<uint64_t>();
  unit.cost.bytes = row.as<uint64_t>();
  unit.cost.cpu_seconds = row.real();
  unit.cost.wall_seconds = row.real();
  unit.cost.peak_memory = row.as<uint64_t>();
}

void put(const UnitCost& cost, Values& values) {
  values.insert(values.end(), {number(cost.objects), number(cost.new_objects),
                               number(cost.bytes), cost.cpu_seconds,
                               cost.wall_seconds, number(cost.peak_memory)});
}

std::string joined(const std::vector<std::string>& ids) {
  std::string all;
  for (const std::string& id : ids) all += (all.empty() ? "" : " ") + id;
  return all;
}

std::vector<std::string> unjoined(const std::string& ids) {
  if (ids.empty()) return {};
  const auto parts = split(ids, ' ');
  return {parts.begin(), parts.end()};
}

void put_itself(const SweptRepository& repository, Values& values) {
  values.insert(values.end(),
                {Text{repository.key}, Text{repository.path},
                 Text{repository.url}, Text{repository.pool},
                 Text{repository.fork_of}, number(repository.archived)});
}

void put_scan(const SweptRepository& repository, Values& values) {
  values.insert(
      values.end(),
      {number(repository.run), Text{repository.rules}, Blob{repository.stamp},
       number(repository.objects), number(repository.complete)});
}

void take(Row& row, SweptRepository& repository) {
  repository.key = row.text();
  repository.path = row.text();
  repository.url = row.text();
  repository.pool = row.text();
  repository.fork_of = row.text();
  repository.archived = row.as<bool>();
  repository.run = row.as<uint64_t>();
  repository.rules = row.text();
  repository.stamp = row.blob();
  repository.objects = row.as<uint64_t>();
  repository.complete = row.as<bool>();
}

void put(const SweptFinding& finding, Values& values) {
  values.insert(
      values.end(),
      {Blob{finding.id}, Text{finding.rule_id}, Text{finding.description},
       number(finding.data_class), number(finding.severity),
       number(finding.confidence), Text{finding.masked}});
}

void take(Row& row, SweptFinding& finding) {
  finding.id = row.blob();
  finding.rule_id = row.text();
  finding.description = row.text();
  finding.data_class = row.as<DataClass>();
  finding.severity = row.as<Severity>();
  finding.confidence = row.as<Confidence>();
  finding.masked = row.text();
}

void put(const ObjectSighting& sighting, Values& values) {
  values.insert(values.end(),
                {Blob{sighting.finding}, Text{sighting.object_type},
                 Text{sighting.path}});
  put_span(sighting.begin, sighting.end, values);
  values.insert(values.end(),
                {number(sighting.encoding), number(sighting.if_place_agrees),
                 number(sighting.allowed_inline)});
}

void take(Row& row, ObjectSighting& sighting) {
  sighting.finding = row.blob();
  sighting.object_type = row.text();
  sighting.path = row.text();
  take_span(row, sighting.begin, sighting.end);
  sighting.encoding = row.as<TextEncoding>();
  sighting.if_place_agrees = row.as<uint64_t>();
  sighting.allowed_inline = row.as<bool>();
}

void put(const ObjectPlace& place, Values& values) {
  values.insert(values.end(), {Text{place.path}, Blob{place.commit}});
}

void take(Row& row, ObjectPlace& place) {
  place.path = row.text();
  place.commit = row.blob();
}

void put(const SweptOccurrence& occurrence, Values& values) {
  values.insert(values.end(),
                {Blob{occurrence.finding}, Blob{occurrence.object},
                 Text{occurrence.object_type}, Text{occurrence.path}});
  put_span(occurrence.begin, occurrence.end, values);
  values.insert(
      values.end(),
      {number(occurrence.encoding), number(occurrence.standing),
       number(occurrence.versions), Blob{occurrence.commit},
       Text{occurrence.author_name}, Text{occurrence.author_email},
       occurrence.date.seconds, number(occurrence.date.offset_minutes)});
}

void take(Row& row, SweptOccurrence& occurrence) {
  occurrence.finding = row.blob();
  occurrence.object = row.blob();
  occurrence.object_type = row.text();
  occurrence.path = row.text();
  take_span(row, occurrence.begin, occurrence.end);
  occurrence.encoding = row.as<TextEncoding>();
  occurrence.standing = row.as<SweptStanding>();
  occurrence.versions = row.as<uint64_t>();
  occurrence.commit = row.blob();
  occurrence.author_name = row.text();
  occurrence.author_email = row.text();
  occurrence.date.seconds = row.integer();
  occurrence.date.offset_minutes = row.as<int16_t>();
}

void put(const Decision& decision, Values& values) {
  values.insert(
      values.end(),
      {Blob{decision.finding}, Text{decision.repository}, Text{decision.reason},
       Text{decision.note}, Text{decision.by}, decision.at, decision.until});
}

void take(Row& row, Decision& decision) {
  decision.finding = row.blob();
  decision.repository = row.text();
  decision.reason = row.text();
  decision.note = row.text();
  decision.by = row.text();
  decision.at = row.integer();
  decision.until = row.integer();
}

void put(const FindingEvent& event, Values& values) {
  values.insert(values.end(),
                {number(event.run), Blob{event.finding}, number(event.kind)});
}

void take(Row& row, FindingEvent& event) {
  event.run = row.as<uint64_t>();
  event.finding = row.blob();
  event.kind = row.as<EventKind>();
}

}  // namespace leaksift
