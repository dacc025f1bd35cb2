#include "report/json.h"

#include <cmath>
#include <nlohmann/json.hpp>
#include <ostream>
#include <string>

#include "report/json_frame.h"
#include "report/redactor.h"
#include "report/selection.h"

namespace leaksift {
namespace {

using Json = nlohmann::ordered_json;

std::string dumped(const Json& value) {
  return value.dump(-1, ' ', true);
}

double rounded(double value) {
  return std::round(value * 1000) / 1000;
}

void write_members(JsonFrame& frame, const Json& object) {
  for (const auto& [key, value] : object.items()) {
    frame.key(key);
    frame.value(dumped(value));
  }
}

// Adds what is not empty.
void add_text(Json& object, const char* key, std::string text) {
  if (!text.empty()) object[key] = std::move(text);
}

void add_range(const Position& begin, const Position& end, Json& object) {
  object["line"] = begin.line;
  object["column"] = begin.column;
  object["end_line"] = end.line;
  object["end_column"] = end.column;
}

Json suppressed_counts(const Report& report,
                       uint64_t (Report::*count)(Suppression) const) {
  Json counts = Json::object();
  for (const Suppression kind : kSuppressions) {
    counts[std::string(to_string(kind))] = (report.*count)(kind);
  }
  return counts;
}

class Writer {
 public:
  Writer(const Report& report, const ReportStyle& style)
      : report_(report),
        style_(style),
        redactor_(report, style.show_secrets ? Redactor::Mode::kShow
                                             : Redactor::Mode::kMask) {}

  // The members of a finding, into an object that is open.
  void write_finding(const Finding& finding, JsonFrame& frame) const;
  void write_summary(JsonFrame& frame) const;

 private:
  // For names that come from what was scanned. Rules and object ids are not
  // redacted: nobody can write them, but somebody can write a "secret" that
  // equals one, to blot it out.
  std::string text(std::string_view bytes) const {
    return json_text(redactor_.without_secrets(bytes));
  }
  Json head(const Finding& finding) const;
  Json tail(const Finding& finding,
            const std::vector<const Occurrence*>& listed) const;
  Json part(const Part& part) const;
  Json occurrence(const Occurrence& occurrence) const;
  void add_git(const Occurrence& occurrence, Json& object) const;
  void add_commit(const CommitInfo& commit, Json& object) const;
  void write_coverage(JsonFrame& frame) const;

  const Report& report_;
  const ReportStyle& style_;
  Redactor redactor_;
};

void Writer::write_finding(const Finding& finding, JsonFrame& frame) const {
  const std::vector<const Occurrence*> listed =
      listed_occurrences(finding, style_);
  write_members(frame, head(finding));
  frame.key("occurrences");
  frame.open('[');
  for (const Occurrence* one : listed) frame.value(dumped(occurrence(*one)));
  frame.close();
  write_members(frame, tail(finding, listed));
}

Json Writer::head(const Finding& finding) const {
  const Rule& rule = *finding.rule;
  Json object;
  object["rule_id"] = json_text(rule.id);
  object["description"] = json_text(rule.description);
  object["class"] = to_string(rule.data_class);
  object["severity"] = to_string(rule.severity);
  object["confidence"] = to_string(finding.confidence);
  if (finding.check.proof != Proof::kUnknown) {
    object["checksum"] = to_string(finding.check.proof);
  }
  for (const Fact& fact : finding.check.facts) {
    object["facts"][json_text(fact.name)] = text(fact.value);
  }
  add_text(object, "remedy", json_text(rule.remedy));
  add_text(object, "provider", json_text(rule.provider));
  if (!rule.tags.empty()) {
    Json& tags = object["tags"] = Json::array();
    for (const std::string& tag : rule.tags) tags.push_back(json_text(tag));
  }
  object["fingerprint"] = finding.fingerprint;
  object["secret"] = json_text(redactor_.shown(finding));
  object["entropy"] = rounded(finding.entropy);
  return object;
}

Json Writer::tail(const Finding& finding,
                  const std::vector<const Occurrence*>& listed) const {
  Json object = Json::object();
  if (const Occurrence* first = introduced_in(finding)) {
    Json& introduced = object["introduced"];
    introduced["commit"] = json_text(first->commit->id);
    introduced["path"] = text(first->path);
    add_commit(*first->commit, introduced);
  }
  Json& decoded = object["decoded_via"] = Json::array();
  for (const TextEncoding encoding : decodings_of(listed)) {
    decoded.push_back(to_string(encoding));
  }
  if (finding.suppression != Suppression::kNone) {
    object["suppressed"] = to_string(finding.suppression);
  }
  if (!finding.state) return object;
  object["state"] = to_string(*finding.state);
  Json& changes = object["changes"] = Json::array();
  for (const Change& change : finding.changes) {
    changes.push_back({{"commit", json_text(change.commit)},
                       {"change", to_string(change.kind)},
                       {"path", text(change.path)}});
  }
  object["change_count"] = finding.change_count;
  return object;
}

Json Writer::part(const Part& part) const {
  Json object;
  object["rule_id"] = json_text(part.rule_id);
  object["secret"] = json_text(redactor_.shown(part));
  add_range(part.begin, part.end, object);
  return object;
}

Json Writer::occurrence(const Occurrence& occurrence) const {
  Json object;
  object["id"] = occurrence.id;
  object["path"] = text(occurrence.path);
  add_range(occurrence.begin, occurrence.end, object);
  if (occurrence.encoding != TextEncoding::kBytes) {
    object["encoding"] = to_string(occurrence.encoding);
  }
  for (const Part& one : occurrence.parts) {
    object["parts"].push_back(part(one));
  }
  add_git(occurrence, object);
  if (occurrence.suppression != Suppression::kNone) {
    object["suppressed"] = to_string(occurrence.suppression);
  }
  return object;
}

void Writer::add_git(const Occurrence& occurrence, Json& object) const {
  add_text(object, "repository", text(occurrence.repository));
  add_text(object, "blob", json_text(occurrence.blob));
  add_text(object, "object_type", json_text(occurrence.object_type));
  if (occurrence.commit) {
    object["commit"] = json_text(occurrence.commit->id);
    add_commit(*occurrence.commit, object);
  }
  if (occurrence.in_head) object["in_head"] = *occurrence.in_head;
  if (occurrence.in_tips) object["in_tips"] = *occurrence.in_tips;
  if (occurrence.state) object["state"] = to_string(*occurrence.state);
  if (occurrence.refs.empty()) return;
  Json& refs = object["refs"] = Json::array();
  for (const std::string& ref : occurrence.refs) refs.push_back(text(ref));
  object["ref_count"] = occurrence.ref_count;
}

void Writer::add_commit(const CommitInfo& commit, Json& object) const {
  object["author_name"] = text(commit.author_name);
  object["author_email"] = text(commit.author_email);
  object["date"] = to_iso8601(commit.date);
  object["committer_name"] = text(commit.committer_name);
  object["committer_email"] = text(commit.committer_email);
  object["commit_date"] = to_iso8601(commit.commit_date);
}

void Writer::write_summary(JsonFrame& frame) const {
  Json object;
  object["tool"] = "leaksift";
  object["version"] = LEAKSIFT_VERSION;
  object["command"] = json_text(report_.command);
  object["target"] = text(report_.target);
  object["finding_count"] = report_.count(Suppression::kNone);
  object["occurrence_count"] = report_.count_occurrences(Suppression::kNone);
  object["suppressed"] = suppressed_counts(report_, &Report::count);
  object["suppressed_occurrences"] =
      suppressed_counts(report_, &Report::count_occurrences);
  object["complete"] = report_.coverage.complete(report_.strict);
  object["strict"] = report_.strict;
  write_members(frame, object);
  write_coverage(frame);
  frame.key("seconds");
  frame.value(dumped(rounded(report_.wall_seconds)));
  if (!style_.stats) return;
  frame.key("stages");
  frame.open('[');
  for (const StageStats& stage : report_.stages) {
    frame.value(dumped({{"name", json_text(stage.name)},
                        {"seconds", rounded(stage.seconds)},
                        {"bytes", stage.bytes},
                        {"count", stage.count}}));
  }
  frame.close();
}

void Writer::write_coverage(JsonFrame& frame) const {
  const Coverage& coverage = report_.coverage;
  Json skipped = Json::object();
  for (const auto& [reason, count] : coverage.skip_counts) {
    skipped[std::string(to_string(reason))] = count;
  }
  frame.key("coverage");
  frame.open('{');
  write_members(frame, {{"inputs", coverage.inputs},
                        {"blobs", coverage.blobs},
                        {"bytes", coverage.bytes},
                        {"skipped", skipped}});
  frame.key("skipped_items");
  frame.open('[');
  for (const Skipped& entry : coverage.skipped) {
    Json item = {{"reason", to_string(entry.reason)},
                 {"name", text(entry.name)}};
    add_text(item, "detail", text(entry.detail));
    frame.value(dumped(item));
  }
  frame.close();
  frame.close();
}

}  // namespace

void write_json(const Report& report, const ReportStyle& style,
                std::ostream& out) {
  const Writer writer(report, style);
  JsonFrame frame(out, JsonFrame::Layout::kIndented);
  frame.open('{');
  frame.key("findings");
  frame.open('[');
  for (const Finding* finding : listed_findings(report, style)) {
    frame.open('{');
    writer.write_finding(*finding, frame);
    frame.close();
  }
  frame.close();
  frame.key("summary");
  frame.open('{');
  writer.write_summary(frame);
  frame.close();
  frame.close();
  out << '\n';
}

void write_jsonl(const Report& report, const ReportStyle& style,
                 std::ostream& out) {
  const Writer writer(report, style);
  auto write_line = [&](const char* type, const auto& write_rest) {
    JsonFrame frame(out, JsonFrame::Layout::kOneLine);
    frame.open('{');
    frame.key("type");
    frame.value('"' + std::string(type) + '"');
    write_rest(frame);
    frame.close();
    out << '\n';
  };
  for (const Finding* finding : listed_findings(report, style)) {
    write_line("finding", [&](JsonFrame& frame) {
      writer.write_finding(*finding, frame);
    });
  }
  write_line("summary", [&](JsonFrame& frame) { writer.write_summary(frame); });
}

}  // namespace leaksift
