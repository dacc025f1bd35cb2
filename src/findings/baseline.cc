#include "findings/baseline.h"

#include <simdjson.h>

#include <algorithm>
#include <utility>

#include "core/file.h"
#include "core/text.h"
#include "findings/fingerprint.h"

namespace leaksift {
namespace {

using simdjson::dom::element;

constexpr std::string_view kNoReport =
    "no report of leaksift (json, jsonl) or gitleaks (json)";

// One finding of an earlier report.
struct Entry {
  std::string fingerprint;  // empty: known by place alone
  std::string place;        // key_of_place(); empty: known by fingerprint alone
  std::string commit;
  std::string secret_start;
};

std::string key_of_place(std::string_view rule_id, uint64_t line,
                         std::string_view path) {
  if (path.starts_with("./")) path.remove_prefix(2);
  return std::string(rule_id) + ":" + std::to_string(line) + ":" +
         std::string(path);
}

// The text of a member; empty where there is none.
std::string_view text_of(element object, const char* key) {
  std::string_view text;
  if (object[key].get(text) != simdjson::SUCCESS) return {};
  return text;
}

Result<Entry> read_ours(element finding) {
  Entry entry;
  entry.fingerprint = text_of(finding, "fingerprint");
  if (!is_fingerprint(entry.fingerprint)) {
    return Error("its fingerprint is not 32 lower-case hexadecimal digits");
  }
  return entry;
}

Result<Entry> read_gitleaks(element finding) {
  constexpr std::string_view kRedacted = "REDACTED";
  constexpr std::string_view kCut = "...";
  const std::string_view rule_id = text_of(finding, "RuleID");
  const std::string_view secret = text_of(finding, "Secret");
  uint64_t line = 0;
  if (finding["StartLine"].get(line) != simdjson::SUCCESS) {
    return Error("it has no StartLine");
  }
  const bool cut = secret.ends_with(kCut);
  Entry entry;
  if (!cut && !secret.empty() && secret != kRedacted) {
    entry.fingerprint = fingerprint_of(rule_id, Secret(std::string(secret)));
    return entry;
  }
  // gitleaks counts the lines of a finding about a path from 0.
  entry.place = key_of_place(rule_id, std::max<uint64_t>(line, 1),
                             text_of(finding, "File"));
  entry.commit = ascii_lower(text_of(finding, "Commit"));
  if (cut) entry.secret_start = secret.substr(0, secret.size() - kCut.size());
  return entry;
}

Result<Entry> read_finding(element finding) {
  if (!finding.is_object()) return Error("it is no object");
  if (!text_of(finding, "fingerprint").empty()) return read_ours(finding);
  if (!text_of(finding, "RuleID").empty()) return read_gitleaks(finding);
  return Error(
      "it has neither a fingerprint (leaksift) nor a RuleID "
      "(gitleaks)");
}

Result<std::vector<Entry>> read_array(element list, const std::string& file) {
  simdjson::dom::array findings;
  if (list.get(findings) != simdjson::SUCCESS) {
    return Error(std::string(kNoReport)).in(file);
  }
  std::vector<Entry> entries;
  for (const element finding : findings) {
    Result<Entry> entry = read_finding(finding);
    if (!entry) {
      return std::move(entry)
          .error()
          .in("finding " + std::to_string(entries.size() + 1))
          .in(file);
    }
    entries.push_back(*std::move(entry));
  }
  return entries;
}

Result<std::vector<Entry>> read_document(std::string_view text,
                                         const std::string& file) {
  simdjson::dom::parser parser;
  element document;
  if (const auto error = parser.parse(text.data(), text.size()).get(document);
      error != simdjson::SUCCESS) {
    return Error(simdjson::error_message(error)).in("not JSON").in(file);
  }
  if (document.is_array()) return read_array(document, file);
  element findings;
  if (document["findings"].get(findings) != simdjson::SUCCESS) {
    return Error(std::string(kNoReport)).in(file);
  }
  return read_array(findings, file);
}

// One line of a jsonl report; the summary adds nothing.
Status read_line(simdjson::dom::parser& parser, std::string_view line,
                 std::vector<Entry>& entries) {
  element object;
  if (const auto error = parser.parse(line.data(), line.size()).get(object);
      error != simdjson::SUCCESS) {
    return Error(simdjson::error_message(error)).in("not JSON");
  }
  const std::string_view type = text_of(object, "type");
  if (type == "summary") return Ok{};
  if (type != "finding") return Error("neither a finding nor a summary");
  Result<Entry> entry = read_ours(object);
  if (!entry) return std::move(entry).error();
  entries.push_back(*std::move(entry));
  return Ok{};
}

Result<std::vector<Entry>> read_lines(std::string_view text,
                                      const std::string& file) {
  simdjson::dom::parser parser;
  std::vector<Entry> entries;
  size_t number = 0;
  for (const std::string_view line : split(text, '\n')) {
    ++number;
    if (trimmed(line).empty()) continue;
    Status read = read_line(parser, line, entries);
    if (!read) {
      return std::move(read).error().in(file + ":" + std::to_string(number));
    }
  }
  return entries;
}

// Is the first line an object that says what type of line it is?
bool looks_like_jsonl(std::string_view text) {
  simdjson::dom::parser parser;
  element first;
  const std::string_view line = text.substr(0, text.find('\n'));
  return parser.parse(line.data(), line.size()).get(first) ==
             simdjson::SUCCESS &&
         first.is_object() && !text_of(first, "type").empty();
}

}  // namespace

Result<Baseline> Baseline::read(const std::string& path) {
  const Result<std::string> text = read_file(path);
  if (!text) return text.error();
  return parse(*text, path);
}

Result<Baseline> Baseline::parse(std::string_view text,
                                 const std::string& file) {
  if (trimmed(text).empty())
    return Error("empty; " + std::string(kNoReport)).in(file);
  Result<std::vector<Entry>> entries = looks_like_jsonl(text)
                                           ? read_lines(text, file)
                                           : read_document(text, file);
  if (!entries) return std::move(entries).error();
  Baseline baseline;
  baseline.size_ = entries->size();
  for (Entry& entry : *entries) {
    if (!entry.fingerprint.empty()) {
      baseline.fingerprints_.insert(std::move(entry.fingerprint));
    } else {
      baseline.places_.emplace(
          std::move(entry.place),
          Place{std::move(entry.commit), std::move(entry.secret_start)});
    }
  }
  return baseline;
}

bool Baseline::knows_place(const Finding& finding,
                           const Occurrence& occurrence) const {
  const auto [begin, end] = places_.equal_range(
      key_of_place(finding.rule->id, occurrence.begin.line, occurrence.path));
  return std::any_of(begin, end, [&](const auto& known) {
    const Place& place = known.second;
    return finding.secret.reveal().starts_with(place.secret_start) &&
           (place.commit.empty() ||
            (occurrence.commit && occurrence.commit->id == place.commit));
  });
}

void Baseline::apply(std::vector<Finding>& findings) const {
  for (Finding& finding : findings) {
    const bool known = fingerprints_.contains(finding.fingerprint);
    if (!known && places_.empty()) continue;
    finding.suppress(Suppression::kBaseline, [&](const Occurrence& o) {
      return known || knows_place(finding, o);
    });
  }
}

}  // namespace leaksift
