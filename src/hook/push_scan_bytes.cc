#include "hook/push_scan_bytes.h"

#include <nlohmann/json.hpp>

namespace leaksift {
namespace {

using Json = nlohmann::json;

Json to_json(const PushFinding::Place& place) {
  return {place.path,   place.line,   place.object_type, place.object,
          place.commit, place.author, place.subject};
}

PushFinding::Place place_from(const Json& json) {
  PushFinding::Place place;
  json.at(0).get_to(place.path);
  json.at(1).get_to(place.line);
  json.at(2).get_to(place.object_type);
  json.at(3).get_to(place.object);
  json.at(4).get_to(place.commit);
  json.at(5).get_to(place.author);
  json.at(6).get_to(place.subject);
  return place;
}

Json to_json(const PushFinding& finding) {
  Json places = Json::array();
  for (const PushFinding::Place& place : finding.places) {
    places.push_back(to_json(place));
  }
  Json parts = Json::array();
  for (const PushFinding::Part& part : finding.parts) {
    parts.push_back(Json::array({part.rule_id, part.masked, part.line}));
  }
  return {static_cast<int>(finding.kind),
          finding.fingerprint,
          finding.rule_id,
          finding.description,
          finding.masked,
          static_cast<int>(finding.data_class),
          static_cast<int>(finding.severity),
          static_cast<int>(finding.confidence),
          finding.place_count,
          std::move(places),
          std::move(parts)};
}

template <typename Enum>
Enum enum_from(const Json& json) {
  return static_cast<Enum>(json.get<int>());
}

PushFinding finding_from(const Json& json) {
  PushFinding finding;
  finding.kind = enum_from<PushFinding::Kind>(json.at(0));
  json.at(1).get_to(finding.fingerprint);
  json.at(2).get_to(finding.rule_id);
  json.at(3).get_to(finding.description);
  json.at(4).get_to(finding.masked);
  finding.data_class = enum_from<DataClass>(json.at(5));
  finding.severity = enum_from<Severity>(json.at(6));
  finding.confidence = enum_from<Confidence>(json.at(7));
  json.at(8).get_to(finding.place_count);
  for (const Json& place : json.at(9)) {
    finding.places.push_back(place_from(place));
  }
  for (const Json& part : json.at(10)) {
    finding.parts.push_back({part.at(0).get<std::string>(),
                             part.at(1).get<std::string>(),
                             part.at(2).get<uint64_t>()});
  }
  return finding;
}

Json to_json(const PushScan& scan) {
  Json json = {{"commits", scan.commits},  {"tags", scan.tags},
               {"objects", scan.objects},  {"bytes", scan.bytes},
               {"strays", scan.strays},    {"left_out", scan.findings_left_out},
               {"late", scan.out_of_time}, {"refs", scan.refs},
               {"texts", scan.texts},      {"findings", Json::array()},
               {"skipped", Json::array()}, {"counts", Json::array()}};
  for (const PushFinding& finding : scan.findings) {
    json["findings"].push_back(to_json(finding));
  }
  for (const Skipped& skipped : scan.skipped) {
    json["skipped"].push_back(Json::array(
        {static_cast<int>(skipped.reason), skipped.name, skipped.detail}));
  }
  for (const auto& [reason, count] : scan.skip_counts) {
    json["counts"].push_back(Json::array({static_cast<int>(reason), count}));
  }
  return json;
}

PushScan scan_from(const Json& json) {
  PushScan scan;
  json.at("commits").get_to(scan.commits);
  json.at("tags").get_to(scan.tags);
  json.at("objects").get_to(scan.objects);
  json.at("bytes").get_to(scan.bytes);
  json.at("strays").get_to(scan.strays);
  json.at("left_out").get_to(scan.findings_left_out);
  json.at("late").get_to(scan.out_of_time);
  json.at("refs").get_to(scan.refs);
  json.at("texts").get_to(scan.texts);
  for (const Json& finding : json.at("findings")) {
    scan.findings.push_back(finding_from(finding));
  }
  for (const Json& skipped : json.at("skipped")) {
    scan.skipped.push_back({enum_from<SkipReason>(skipped.at(0)),
                            skipped.at(1).get<std::string>(),
                            skipped.at(2).get<std::string>()});
  }
  for (const Json& count : json.at("counts")) {
    scan.skip_counts[enum_from<SkipReason>(count.at(0))] =
        count.at(1).get<uint64_t>();
  }
  return scan;
}

}  // namespace

std::string to_bytes(const Result<PushScan>& scan) {
  const Json json =
      scan ? to_json(*scan) : Json{{"error", scan.error().message()}};
  std::string bytes;
  Json::to_cbor(json, bytes);
  return bytes;
}

Result<PushScan> push_scan_from(std::string_view bytes) {
  try {
    const Json json = Json::from_cbor(bytes);
    if (const auto error = json.find("error"); error != json.end()) {
      return Error(error->get<std::string>());
    }
    return scan_from(json);
  } catch (const Json::exception&) {
    return Error("the scan did not say what it found");
  }
}

}  // namespace leaksift
