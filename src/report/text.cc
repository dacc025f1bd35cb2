#include "report/text.h"

#include <algorithm>
#include <array>
#include <cstdio>
#include <ostream>
#include <string>
#include <string_view>
#include <tuple>
#include <vector>

#include "core/text.h"
#include "report/redactor.h"
#include "report/selection.h"
#include "report/text_summary.h"

namespace leaksift {
namespace {

constexpr size_t kMaxPlaces = 5;
constexpr size_t kMaxRefsShown = 3;
constexpr size_t kShortId = 12;  // digits of an object id

constexpr std::string_view kBold = "\x1b[1m";
constexpr std::string_view kReset = "\x1b[0m";
constexpr std::array<std::string_view, 5> kSeverityColors = {
    "\x1b[36m", "\x1b[36m", "\x1b[33m", "\x1b[31m", "\x1b[1;31m"};

// The stages of building software that rules about code are tagged with.
struct Stage {
  std::string_view tag;
  std::string_view title;
};
constexpr std::array<Stage, 5> kStages = {{
    {"faise:foundational", "Foundational"},
    {"faise:architectural", "Architectural"},
    {"faise:implementation", "Implementation"},
    {"faise:security-controls", "Security Controls"},
    {"faise:evaluation", "Evaluation"},
}};

// 0: none, else the place in kStages, counted from 1.
size_t stage_of(const Rule& rule) {
  for (size_t i = 0; i < kStages.size(); ++i) {
    if (std::find(rule.tags.begin(), rule.tags.end(), kStages[i].tag) !=
        rule.tags.end()) {
      return i + 1;
    }
  }
  return 0;
}

// Occurrences at one line of one path: versions of a file in a history.
struct Place {
  const Occurrence* first = nullptr;
  size_t versions = 0;
  bool in_head = false;
};

// Those in HEAD first: they are what can still be changed.
std::vector<Place> places_of(std::vector<const Occurrence*> listed) {
  std::vector<Place> places;
  auto key = [](const Occurrence& o) {
    // Without a path it is the object that tells places apart.
    return std::make_tuple(
        std::string_view(o.path), o.begin,
        o.path.empty() ? std::string_view(o.blob) : std::string_view(),
        std::string_view(o.repository));
  };
  // Of several repositories each has its own places.
  if (!listed.empty() && !listed.front()->repository.empty()) {
    std::stable_sort(listed.begin(), listed.end(),
                     [&](const Occurrence* a, const Occurrence* b) {
                       return key(*a) < key(*b);
                     });
  }
  for (const Occurrence* one : listed) {
    if (places.empty() || key(*places.back().first) != key(*one)) {
      places.push_back({one});
    }
    ++places.back().versions;
    places.back().in_head |= one->in_head.value_or(false);
  }
  std::stable_partition(places.begin(), places.end(),
                        [](const Place& place) { return place.in_head; });
  return places;
}

// Where something is that does not stand in HEAD.
std::string_view words_of(Liveness state) {
  switch (state) {
    case Liveness::kHead:
      break;
    case Liveness::kTip:
      return "but in another ref";
    case Liveness::kHistory:
      return "only in the history";
    case Liveness::kNote:
      return "only in notes";
    case Liveness::kStash:
      return "only in a stash";
    case Liveness::kReflog:
      return "only in what reflogs remember";
    case Liveness::kDangling:
      return "nothing leads to it";
  }
  return "but in places that are suppressed";
}

class Writer {
 public:
  Writer(const Report& report, const ReportStyle& style, std::ostream& out)
      : report_(report),
        style_(style),
        out_(out),
        redactor_(report, style.show_secrets ? Redactor::Mode::kShow
                                             : Redactor::Mode::kMask) {}

  void write() {
    std::vector<const Finding*> findings = listed_findings(report_, style_);
    std::stable_sort(findings.begin(), findings.end(),
                     [](const Finding* a, const Finding* b) {
                       return stage_of(*a->rule) < stage_of(*b->rule);
                     });
    size_t stage = 0;
    for (const Finding* finding : findings) {
      if (stage_of(*finding->rule) != stage) {
        stage = stage_of(*finding->rule);
        out_ << colored("== " + std::string(kStages[stage - 1].title) + " ==",
                        kBold)
             << "\n\n";
      }
      write_finding(*finding);
    }
    write_text_summary(report_, style_, redactor_, out_);
  }

 private:
  // For names that come from what was scanned, as in json.cc.
  std::string text(std::string_view bytes) const {
    return printable(redactor_.without_secrets(bytes));
  }
  std::string colored(std::string_view text, std::string_view color) const;
  std::ostream& line(std::string_view label);
  void write_finding(const Finding& finding);
  void write_heading(const Finding& finding);
  void write_check(const CheckResult& check);
  void write_introduced(const Finding& finding);
  void write_in_head(const Finding& finding, const std::vector<Place>& places,
                     const std::vector<const Occurrence*>& listed);
  void write_refs(const Finding& finding);
  void write_places(const std::vector<Place>& places);
  void write_parts(const std::vector<Part>& parts);
  std::string name_of(const Occurrence& occurrence) const;

  const Report& report_;
  const ReportStyle& style_;
  std::ostream& out_;
  Redactor redactor_;
};

std::string Writer::colored(std::string_view text,
                            std::string_view color) const {
  if (!style_.color) return std::string(text);
  return std::string(color) + std::string(text) + std::string(kReset);
}

// Begins a line of a finding's block.
std::ostream& Writer::line(std::string_view label) {
  constexpr size_t kLabelWidth = 12;
  std::string padded(label);
  padded.resize(kLabelWidth, ' ');
  return out_ << "  " << padded;
}

void Writer::write_finding(const Finding& finding) {
  const std::vector<const Occurrence*> listed =
      listed_occurrences(finding, style_);
  const std::vector<Place> places = places_of(listed);
  write_heading(finding);
  std::array<char, 32> entropy;
  std::snprintf(entropy.data(), entropy.size(), "%.2f", finding.entropy);
  line(finding.rule->data_class == DataClass::kCode ? "code" : "secret")
      << printable(redactor_.shown(finding)) << " (entropy " << entropy.data()
      << ")\n";
  write_check(finding.check);
  if (!finding.rule->remedy.empty()) {
    line("remedy") << printable(finding.rule->remedy) << "\n";
  }
  line("fingerprint") << finding.fingerprint << "\n";
  write_introduced(finding);
  write_in_head(finding, places, listed);
  write_refs(finding);
  write_places(places);
  if (const size_t left_out = finding.occurrences.size() - listed.size();
      left_out > 0) {
    line("") << "and " << count_of(left_out, "suppressed place") << "\n";
  }
  out_ << "\n";
}

void Writer::write_heading(const Finding& finding) {
  const Rule& rule = *finding.rule;
  const auto severity = static_cast<size_t>(rule.severity);
  out_ << colored(printable(rule.id), kBold) << ": "
       << printable(rule.description) << " ["
       << colored(to_string(rule.severity), kSeverityColors[severity])
       << ", confidence " << to_string(finding.confidence);
  if (finding.suppression != Suppression::kNone) {
    out_ << ", suppressed: " << to_string(finding.suppression);
  }
  out_ << "]\n";
}

// "checksum  holds; algorithm HS256, expires 2026-01-31"
void Writer::write_check(const CheckResult& check) {
  if (check.proof == Proof::kUnknown && check.facts.empty()) return;
  line("checksum") << to_string(check.proof);
  std::string_view separator = "; ";
  for (const Fact& fact : check.facts) {
    out_ << separator << printable(fact.name) << " " << text(fact.value);
    separator = ", ";
  }
  out_ << "\n";
}

void Writer::write_introduced(const Finding& finding) {
  const Occurrence* first = introduced_in(finding);
  if (first == nullptr) return;
  const CommitInfo& commit = *first->commit;
  line("introduced") << printable(
                            std::string_view(commit.id).substr(0, kShortId))
                     << " " << to_iso8601(commit.date) << " "
                     << text(commit.author_name) << " <"
                     << text(commit.author_email) << ">";
  if (!first->path.empty()) out_ << " in " << text(first->path);
  out_ << "\n";
}

// Says nothing where there is no history.
void Writer::write_in_head(const Finding& finding,
                           const std::vector<Place>& places,
                           const std::vector<const Occurrence*>& listed) {
  const bool known =
      finding.state ||
      std::any_of(listed.begin(), listed.end(), [](const Occurrence* one) {
        return one->in_head.has_value();
      });
  if (!known) return;
  const auto still =
      std::count_if(places.begin(), places.end(),
                    [](const Place& place) { return place.in_head; });
  if (still == 0) {
    line("in HEAD") << "no, "
                    << words_of(finding.state.value_or(Liveness::kHistory))
                    << "\n";
  } else {
    line("in HEAD") << "yes, still in "
                    << count_of(static_cast<uint64_t>(still), "place") << "\n";
  }
}

// Those that reach the commit that brought it in.
void Writer::write_refs(const Finding& finding) {
  const Occurrence* first = introduced_in(finding);
  if (first == nullptr || first->refs.empty()) return;
  const size_t shown = std::min(first->refs.size(), kMaxRefsShown);
  line("refs");
  for (size_t i = 0; i < shown; ++i) {
    out_ << (i == 0 ? "" : ", ") << text(first->refs[i]);
  }
  if (first->ref_count > shown) {
    out_ << " and " << first->ref_count - shown << " more";
  }
  out_ << "\n";
}

void Writer::write_places(const std::vector<Place>& places) {
  const size_t shown = std::min(places.size(), kMaxPlaces);
  for (size_t i = 0; i < shown; ++i) {
    const Place& place = places[i];
    const Occurrence& first = *place.first;
    line(i > 0                ? ""
         : places.size() == 1 ? "place"
                              : "places")
        << name_of(first) << ":" << first.begin.line << ":"
        << first.begin.column;
    if (place.versions > 1) out_ << " (in " << place.versions << " versions)";
    if (place.in_head && !places.back().in_head) out_ << " (in HEAD)";
    if (first.encoding != TextEncoding::kBytes) {
      out_ << " (" << to_string(first.encoding) << ")";
    }
    write_parts(first.parts);
    out_ << "\n";
  }
  if (places.size() > shown) {
    line("") << "and " << places.size() - shown << " more\n";
  }
}

// " with acme-key-id acme**** at 3:14"
void Writer::write_parts(const std::vector<Part>& parts) {
  std::string_view word = " with ";
  for (const Part& part : parts) {
    out_ << word << printable(part.rule_id) << " "
         << printable(redactor_.shown(part)) << " at " << part.begin.line << ":"
         << part.begin.column;
    word = " and ";
  }
}

std::string Writer::name_of(const Occurrence& occurrence) const {
  const std::string repository =
      occurrence.repository.empty() ? "" : text(occurrence.repository) + ": ";
  if (!occurrence.path.empty()) return repository + text(occurrence.path);
  if (occurrence.blob.empty()) return repository + "(no path)";
  const std::string type =
      occurrence.object_type.empty() ? "object" : occurrence.object_type;
  return repository + printable(type) + " " +
         printable(std::string_view(occurrence.blob).substr(0, kShortId));
}

}  // namespace

void write_text(const Report& report, const ReportStyle& style,
                std::ostream& out) {
  Writer(report, style, out).write();
}

}  // namespace leaksift
