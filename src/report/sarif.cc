#include "report/sarif.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <nlohmann/json.hpp>
#include <ostream>
#include <utility>

#include "core/ascii.h"
#include "report/json_frame.h"
#include "report/redactor.h"
#include "report/sarif_rule.h"
#include "report/selection.h"

namespace leaksift {
namespace {

using Json = nlohmann::ordered_json;

// Failures named for each reason; all are counted.
constexpr size_t kMaxNotifications = 100;

std::string dumped(const Json& value) {
  return value.dump(-1, ' ', true);
}

std::string text_of(std::string_view text) {
  return std::string(text);
}

// Rule ids in their order, each with its index in the driver's rules.
struct RuleEntry {
  const Rule* rule = nullptr;
  size_t index = 0;
};
using RuleIndex = std::map<std::string_view, RuleEntry>;

RuleIndex index_rules(const std::vector<const Finding*>& findings) {
  RuleIndex rules;
  for (const Finding* finding : findings) {
    rules.try_emplace(finding->rule->id, RuleEntry{finding->rule});
  }
  size_t next = 0;
  for (auto& [id, entry] : rules) entry.index = next++;
  return rules;
}

Json region_of(const Position& begin, const Position& end) {
  return {{"startLine", begin.line},
          {"startColumn", begin.column},
          {"endLine", end.line},
          {"endColumn", end.column}};
}

Json suppression_of(Suppression why) {
  const bool in_source = why == Suppression::kInlineComment;
  return {{"kind", in_source ? "inSource" : "external"},
          {"justification", to_string(why)}};
}

// Services show a result at its first location: it should be in a file, and in
// one that is still there.
void put_best_first(std::vector<const Occurrence*>& occurrences) {
  std::stable_sort(occurrences.begin(), occurrences.end(),
                   [](const Occurrence* a, const Occurrence* b) {
                     auto rank = [](const Occurrence* o) {
                       return std::make_pair(o->path.empty(),
                                             !o->in_head.value_or(false));
                     };
                     return rank(a) < rank(b);
                   });
}

class Writer {
 public:
  Writer(const Report& report, const ReportStyle& style)
      : report_(report),
        style_(style),
        redactor_(report, Redactor::Mode::kMask),
        findings_(listed_findings(report, style)),
        rules_(index_rules(findings_)) {}

  void write(JsonFrame& frame) const;

 private:
  // For names that come from what was scanned, as in json.cc.
  std::string text(std::string_view bytes) const {
    return json_text(redactor_.without_secrets(bytes));
  }
  std::string message(std::string_view bytes) const {
    return sarif_text(redactor_.without_secrets(bytes));
  }
  void write_run(JsonFrame& frame) const;
  void write_driver(JsonFrame& frame) const;
  void write_invocation(JsonFrame& frame) const;
  void write_notifications(JsonFrame& frame) const;
  void write_result(const Finding& finding, JsonFrame& frame) const;
  std::string summary_of(const Finding& finding, size_t places) const;
  Json place(const Occurrence& occurrence, const Position& begin,
             const Position& end) const;
  Json location(const Occurrence& occurrence) const;
  Json related_locations(const std::vector<const Occurrence*>& listed) const;
  Json place_properties(const Occurrence& occurrence) const;
  Json commit(const Occurrence& occurrence) const;
  Json result_properties(const Finding& finding,
                         const std::vector<const Occurrence*>& listed) const;

  const Report& report_;
  const ReportStyle& style_;
  Redactor redactor_;
  std::vector<const Finding*> findings_;
  RuleIndex rules_;
};

void Writer::write(JsonFrame& frame) const {
  frame.open('{');
  frame.key("$schema");
  frame.value("\"https://json.schemastore.org/sarif-2.1.0.json\"");
  frame.key("version");
  frame.value("\"2.1.0\"");
  frame.key("runs");
  frame.open('[');
  write_run(frame);
  frame.close();
  frame.close();
}

void Writer::write_run(JsonFrame& frame) const {
  frame.open('{');
  frame.key("tool");
  frame.open('{');
  write_driver(frame);
  frame.close();
  write_invocation(frame);
  frame.key("columnKind");
  frame.value("\"unicodeCodePoints\"");
  frame.key("results");
  frame.open('[');
  for (const Finding* finding : findings_) write_result(*finding, frame);
  frame.close();
  frame.close();
}

void Writer::write_driver(JsonFrame& frame) const {
  frame.key("driver");
  frame.open('{');
  frame.key("name");
  frame.value("\"leaksift\"");
  frame.key("version");
  frame.value(dumped(LEAKSIFT_VERSION));
  frame.key("semanticVersion");
  frame.value(dumped(LEAKSIFT_VERSION));
  frame.key("rules");
  frame.open('[');
  for (const auto& [id, entry] : rules_) frame.value(sarif_rule(*entry.rule));
  frame.close();
  frame.key("notifications");
  frame.open('[');
  for (const auto& [reason, count] : report_.coverage.skip_counts) {
    frame.value(dumped({{"id", "skipped/" + text_of(to_string(reason))}}));
  }
  frame.close();
  frame.close();
}

void Writer::write_invocation(JsonFrame& frame) const {
  const Coverage& coverage = report_.coverage;
  frame.key("invocations");
  frame.open('[');
  frame.open('{');
  frame.key("executionSuccessful");
  frame.value(dumped(coverage.complete(report_.strict)));
  frame.key("toolExecutionNotifications");
  frame.open('[');
  write_notifications(frame);
  frame.close();
  frame.key("properties");
  frame.value(dumped({{"command", json_text(report_.command)},
                      {"target", text(report_.target)},
                      {"inputs", coverage.inputs},
                      {"blobs", coverage.blobs},
                      {"bytes", coverage.bytes}}));
  frame.close();
  frame.close();
}

// The number of each reason; of failures also what could not be scanned.
void Writer::write_notifications(JsonFrame& frame) const {
  auto notify = [&](SkipReason reason, const std::string& words) {
    frame.value(dumped(
        {{"descriptor", {{"id", "skipped/" + text_of(to_string(reason))}}},
         {"level", is_failure(reason) ? "error" : "note"},
         {"message", {{"text", message(words)}}}}));
  };
  for (const auto& [reason, count] : report_.coverage.skip_counts) {
    notify(reason, "not scanned (" + text_of(to_string(reason)) +
                       "): " + std::to_string(count));
  }
  std::map<SkipReason, size_t> named;
  for (const Skipped& entry : report_.coverage.skipped) {
    if (!is_failure(entry.reason)) continue;
    if (++named[entry.reason] > kMaxNotifications) continue;
    notify(entry.reason, "not scanned (" + text_of(to_string(entry.reason)) +
                             "): " + entry.name +
                             (entry.detail.empty() ? "" : ": " + entry.detail));
  }
}

void Writer::write_result(const Finding& finding, JsonFrame& frame) const {
  std::vector<const Occurrence*> listed = listed_occurrences(finding, style_);
  put_best_first(listed);
  const Json head = {
      {"ruleId", json_text(finding.rule->id)},
      {"ruleIndex", rules_.at(finding.rule->id).index},
      {"level", sarif_level(finding.rule->severity)},
      {"message", {{"text", summary_of(finding, listed.size())}}},
      {"fingerprints", {{"leaksift/v1", finding.fingerprint}}},
      {"partialFingerprints",
       {{"secretFingerprint/v1", finding.fingerprint},
        {"primaryLocationLineHash", finding.fingerprint.substr(0, 16) + ":1"}}},
  };
  frame.open('{');
  for (const auto& [key, value] : head.items()) {
    frame.key(key);
    frame.value(dumped(value));
  }
  frame.key("locations");
  frame.open('[');
  for (size_t i = 0; i < std::min(listed.size(), kMaxSarifLocations); ++i) {
    frame.value(dumped(location(*listed[i])));
  }
  frame.close();
  if (const Json related = related_locations(listed); !related.empty()) {
    frame.key("relatedLocations");
    frame.value(dumped(related));
  }
  if (finding.suppression != Suppression::kNone) {
    frame.key("suppressions");
    frame.value(dumped(Json::array({suppression_of(finding.suppression)})));
  }
  frame.key("properties");
  frame.value(dumped(result_properties(finding, listed)));
  frame.close();
}

std::string Writer::summary_of(const Finding& finding, size_t places) const {
  std::string words =
      finding.rule->description + ": " + redactor_.shown(finding) + ", in " +
      std::to_string(places) + (places == 1 ? " place" : " places");
  if (places > kMaxSarifLocations) {
    words += ", of which the first " + std::to_string(kMaxSarifLocations) +
             " are listed";
  }
  return sarif_text(words);
}

// What is at `begin` in the file or object of `occurrence`.
Json Writer::place(const Occurrence& occurrence, const Position& begin,
                   const Position& end) const {
  Json object;
  if (!occurrence.path.empty()) {
    const std::string path = redactor_.without_secrets(occurrence.path);
    Json artifact = {{"uri", uri_of_path(path)}};
    if (!path.starts_with('/')) artifact["uriBaseId"] = "%SRCROOT%";
    object["physicalLocation"] = {{"artifactLocation", artifact},
                                  {"region", region_of(begin, end)}};
  } else {
    // A dangling blob or a commit's message: it has a name but no path.
    object["logicalLocations"] = Json::array(
        {{{"name", json_text(occurrence.blob)}, {"kind", "git object"}}});
  }
  return object;
}

Json Writer::location(const Occurrence& occurrence) const {
  Json object = place(occurrence, occurrence.begin, occurrence.end);
  Json properties = place_properties(occurrence);
  if (!properties.empty()) object["properties"] = std::move(properties);
  return object;
}

// The parts at the locations that are listed.
Json Writer::related_locations(
    const std::vector<const Occurrence*>& listed) const {
  Json all = Json::array();
  for (size_t i = 0; i < std::min(listed.size(), kMaxSarifLocations); ++i) {
    for (const Part& part : listed[i]->parts) {
      Json location = place(*listed[i], part.begin, part.end);
      location["id"] = all.size();
      location["message"]["text"] =
          sarif_text(part.rule_id + ": " + redactor_.shown(part));
      all.push_back(std::move(location));
    }
  }
  return all;
}

Json Writer::place_properties(const Occurrence& occurrence) const {
  Json object = Json::object();
  object["id"] = occurrence.id;
  if (!occurrence.repository.empty()) {
    object["repository"] = text(occurrence.repository);
  }
  if (!occurrence.blob.empty()) object["blob"] = json_text(occurrence.blob);
  if (!occurrence.object_type.empty()) {
    object["object_type"] = json_text(occurrence.object_type);
  }
  if (occurrence.commit) object["commit"] = commit(occurrence);
  if (occurrence.in_head) object["in_head"] = *occurrence.in_head;
  if (occurrence.in_tips) object["in_tips"] = *occurrence.in_tips;
  if (occurrence.state) object["state"] = to_string(*occurrence.state);
  if (occurrence.suppression != Suppression::kNone) {
    object["suppressed"] = to_string(occurrence.suppression);
  }
  return object;
}

// REQUIRES: it has one.
Json Writer::commit(const Occurrence& occurrence) const {
  return {{"id", json_text(occurrence.commit->id)},
          {"author_name", text(occurrence.commit->author_name)},
          {"author_email", text(occurrence.commit->author_email)},
          {"date", to_iso8601(occurrence.commit->date)},
          {"committer_name", text(occurrence.commit->committer_name)},
          {"committer_email", text(occurrence.commit->committer_email)},
          {"commit_date", to_iso8601(occurrence.commit->commit_date)}};
}

Json Writer::result_properties(
    const Finding& finding,
    const std::vector<const Occurrence*>& listed) const {
  Json object = {
      {"class", to_string(finding.rule->data_class)},
      {"severity", to_string(finding.rule->severity)},
      {"confidence", to_string(finding.confidence)},
      {"secret", json_text(redactor_.shown(finding))},
      {"entropy", std::round(finding.entropy * 1000) / 1000},
      {"occurrences", listed.size()},
  };
  if (finding.check.proof != Proof::kUnknown) {
    object["checksum"] = to_string(finding.check.proof);
  }
  for (const Fact& fact : finding.check.facts) {
    object["facts"][json_text(fact.name)] = text(fact.value);
  }
  Json decoded = Json::array();
  for (const TextEncoding encoding : decodings_of(listed)) {
    decoded.push_back(to_string(encoding));
  }
  if (!decoded.empty()) object["decoded_via"] = std::move(decoded);
  if (finding.state) {
    object["state"] = to_string(*finding.state);
    object["changes"] = finding.change_count;
  }
  if (const Occurrence* first = introduced_in(finding)) {
    object["introduced"] = commit(*first);
    object["introduced"]["path"] = text(first->path);
  }
  return object;
}

bool is_unreserved(char c) {
  return is_alphanumeric(c) ||
         std::string_view("-._~/").find(c) != std::string_view::npos;
}

}  // namespace

void write_sarif(const Report& report, const ReportStyle& style,
                 std::ostream& out) {
  const Writer writer(report, style);
  JsonFrame frame(out, JsonFrame::Layout::kIndented);
  writer.write(frame);
  out << '\n';
}

std::string uri_of_path(std::string_view path) {
  while (path.starts_with("./")) path.remove_prefix(2);
  constexpr std::string_view kDigits = "0123456789ABCDEF";
  std::string uri = path.starts_with('/') ? "file://" : "";
  for (const char c : path) {
    if (is_unreserved(c)) {
      uri += c;
    } else {
      const auto byte = static_cast<unsigned char>(c);
      uri += {'%', kDigits[byte >> 4], kDigits[byte & 15]};
    }
  }
  return uri;
}

}  // namespace leaksift
