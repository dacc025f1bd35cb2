#include "review/clean_report.h"

#include <nlohmann/json.hpp>
#include <ostream>

#include "core/text.h"
#include "report/json_frame.h"
#include "report/redactor.h"
#include "report/text_summary.h"

namespace leaksift {
namespace {

using Json = nlohmann::ordered_json;

constexpr size_t kMaxNames = 20;  // of one secret in one kind of place
constexpr size_t kMaxShown = 3;   // of those, in text
constexpr size_t kMaxListed = 100;

// The secrets of the review and those of the new scan.
class Redactors {
 public:
  Redactors(const CleanCheck& check, const ReviewedSecrets& reviewed)
      : reviewed_(reviewed.secrets),
        found_(check.scan, Redactor::Mode::kMask) {}

  std::string operator()(std::string_view text) const {
    return found_.without_secrets(reviewed_.without_secrets(text));
  }

 private:
  Redactor reviewed_;
  Redactor found_;
};

std::vector<const Finding*> new_findings(const CleanCheck& check) {
  std::vector<const Finding*> all;
  for (const Finding& finding : check.scan.findings) {
    if (finding.suppression == Suppression::kNone) all.push_back(&finding);
  }
  return all;
}

std::map<SkipReason, uint64_t> skip_counts(const CleanCheck& check) {
  std::map<SkipReason, uint64_t> counts = check.scan.coverage.skip_counts;
  for (const auto& [reason, count] : check.coverage.skip_counts) {
    counts[reason] = std::max(counts[reason], count);
  }
  return counts;
}

class TextWriter {
 public:
  TextWriter(const CleanCheck& check, const ReviewedSecrets& reviewed,
             std::ostream& out)
      : check_(check),
        reviewed_(reviewed),
        out_(out),
        redact_(check, reviewed) {}

  void write() {
    for (const Left& left : check_.left) write_left(left);
    write_list(check_.unstripped,
               "blob that was to be dropped is still there: ");
    write_new_findings();
    write_list(check_.structure, "not whole: ");
    write_verdict();
  }

 private:
  std::string text(std::string_view bytes) const {
    return printable(redact_(bytes));
  }

  void write_left(const Left& left) {
    out_ << printable(reviewed_.secrets[left.secret].masked()) << " ["
         << printable(reviewed_.tags[left.secret]) << "] still stands, "
         << to_string(left.form)
         << (left.rewrapped ? ", wrapped otherwise" : "") << ", in "
         << count_of(left.where.count, to_string(left.place)) << "\n";
    size_t shown = 0;
    for (const std::string& name : left.where.names) {
      if (shown == kMaxShown) break;
      out_ << "    " << text(name) << "\n";
      ++shown;
    }
    if (left.where.count > shown) {
      out_ << "    and " << left.where.count - shown << " more\n";
    }
  }

  void write_new_findings() {
    const std::vector<const Finding*> all = new_findings(check_);
    const size_t shown = std::min(all.size(), kMaxListed);
    for (size_t i = 0; i < shown; ++i) write_new(*all[i]);
    if (all.size() > shown) {
      out_ << "new finding: and " << all.size() - shown << " more\n";
    }
  }

  void write_new(const Finding& finding) {
    const Occurrence& first = finding.occurrences.front();
    out_ << "new finding: " << printable(finding.secret.masked()) << " ["
         << finding.fingerprint << "] " << printable(finding.rule->id) << " in "
         << text(first.path.empty() ? first.blob : first.path) << ":"
         << first.begin.line << "\n";
  }

  void write_list(const std::vector<std::string>& all,
                  std::string_view before) {
    const size_t shown = std::min(all.size(), kMaxListed);
    for (size_t i = 0; i < shown; ++i) out_ << before << text(all[i]) << "\n";
    if (all.size() > shown) {
      out_ << before << "and " << all.size() - shown << " more\n";
    }
  }

  void write_verdict() {
    out_ << "Looked for " << count_of(reviewed_.secrets.size(), "secret")
         << " in " << count_of(check_.coverage.inputs, "input") << ", "
         << human_bytes(check_.coverage.bytes) << ".\n";
    for (const auto& [reason, count] : skip_counts(check_)) {
      out_ << "  " << to_string(reason) << ": " << count << "\n";
    }
    const uint64_t known = check_.scan.count(Suppression::kBaseline);
    if (known > 0) {
      out_ << "The rules still find " << count_of(known, "secret")
           << " that the review knew.\n";
    }
    if (check_.found_something()) {
      out_ << "NOT CLEAN.\n";
    } else if (!check_.complete()) {
      out_ << "Nothing found, but not everything could be looked at.\n";
    } else {
      out_ << "CLEAN.\n";
    }
  }

  const CleanCheck& check_;
  const ReviewedSecrets& reviewed_;
  std::ostream& out_;
  Redactors redact_;
};

}  // namespace

void write_clean_text(const CleanCheck& check, const ReviewedSecrets& reviewed,
                      std::ostream& out) {
  TextWriter(check, reviewed, out).write();
}

void write_clean_json(const CleanCheck& check, const ReviewedSecrets& reviewed,
                      std::ostream& out) {
  const Redactors redact(check, reviewed);
  auto text = [&](std::string_view bytes) { return json_text(redact(bytes)); };
  Json object = {{"tool", "leaksift"},
                 {"target", text(check.scan.target)},
                 {"clean", !check.found_something() && check.complete()},
                 {"complete", check.complete()},
                 {"secrets", reviewed.secrets.size()}};
  Json& lefts = object["left"] = Json::array();
  for (const Left& left : check.left) {
    Json names = Json::array();
    for (const std::string& name : left.where.names) {
      if (names.size() == kMaxNames) break;
      names.push_back(text(name));
    }
    lefts.push_back(
        {{"tag", json_text(reviewed.tags[left.secret])},
         {"secret", json_text(reviewed.secrets[left.secret].masked())},
         {"form", to_string(left.form)},
         {"rewrapped", left.rewrapped},
         {"place", to_string(left.place)},
         {"count", left.where.count},
         {"names", names}});
  }
  object["unstripped"] = check.unstripped;
  object["structure"] = check.structure;
  Json& found = object["new_findings"] = Json::array();
  for (const Finding* finding : new_findings(check)) {
    const Occurrence& first = finding->occurrences.front();
    found.push_back({{"fingerprint", finding->fingerprint},
                     {"rule_id", json_text(finding->rule->id)},
                     {"secret", json_text(finding->secret.masked())},
                     {"path", text(first.path)},
                     {"blob", json_text(first.blob)},
                     {"commit", first.commit ? first.commit->id : ""}});
  }
  object["inputs"] = check.coverage.inputs;
  object["bytes"] = check.coverage.bytes;
  Json skipped = Json::object();
  for (const auto& [reason, count] : skip_counts(check)) {
    skipped[std::string(to_string(reason))] = count;
  }
  object["skipped"] = skipped;
  out << object.dump(2, ' ', true) << "\n";
}

}  // namespace leaksift
