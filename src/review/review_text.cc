#include "review/review_text.h"

#include <algorithm>
#include <array>
#include <map>
#include <set>
#include <sstream>
#include <string_view>

#include "core/text.h"
#include "report/redactor.h"
#include "report/selection.h"
#include "report/text_summary.h"

namespace leaksift {
namespace {

constexpr size_t kMaxListed = 20;
constexpr size_t kShortId = 12;

constexpr std::array kStates = {
    Liveness::kHead,  Liveness::kTip,    Liveness::kHistory, Liveness::kNote,
    Liveness::kStash, Liveness::kReflog, Liveness::kDangling};

constexpr std::string_view kChecklist =
    R"(## Checklist: what no rewriting reaches

- [ ] every secret that is still valid is revoked or rotated
- [ ] Git LFS objects: they are not in the history; scan `lfs/objects`
- [ ] repositories of submodules: each needs a review of its own
- [ ] forks, mirrors and clones elsewhere, pull requests and cached views of the
      hosting service: delete them, or publish under a new name
- [ ] wiki, issues, release assets, packages, container images
- [ ] logs and caches of continuous integration
- [ ] signatures of commits and tags: rewriting removes them
)";

// As a code span of Markdown, which nothing in it can end.
std::string code(std::string_view printable_text) {
  size_t longest = 0;
  size_t run = 0;
  for (const char c : printable_text) {
    run = c == '`' ? run + 1 : 0;
    longest = std::max(longest, run);
  }
  const std::string fence(longest + 1, '`');
  const char* pad = longest > 0 ? " " : "";
  return fence + pad + std::string(printable_text) + pad + fence;
}

// "a, b and 3 more"
std::string listed(const std::vector<std::string>& items, uint64_t count) {
  std::string text;
  const size_t shown = std::min(items.size(), kMaxListed);
  for (size_t i = 0; i < shown; ++i) text += (i > 0 ? ", " : "") + items[i];
  if (count > shown) text += " and " + std::to_string(count - shown) + " more";
  return text;
}

class Cards {
 public:
  explicit Cards(const Report& report)
      : redactor_(report, Redactor::Mode::kMask) {}

  std::string card(const Card& card, size_t number) const {
    const Finding& finding = *card.finding;
    const Rule& rule = *finding.rule;
    std::string text = "### " + std::to_string(number) + ". " +
                       code(printable(redactor_.shown(finding.secret))) +
                       "\n\n";
    line(text, "what", escaped(rule.description) + " (" + code(rule.id) + ")");
    line(text, "class",
         std::string(to_string(rule.data_class)) + ", severity " +
             std::string(to_string(rule.severity)) + ", confidence " +
             std::string(to_string(rule.confidence)));
    line(text, "fingerprint", code(finding.fingerprint));
    if (finding.state) {
      line(text, "lives in", std::string(to_string(*finding.state)));
    }
    line(text, "where", paths(finding));
    add_origin(text, finding);
    line(text, "removed by", removals(finding));
    line(text, "reached by", refs(finding));
    for (const Remedy remedy : card.remedies) {
      line(text, "remedy",
           std::string(1, letter_of(remedy)) + ", " +
               std::string(description_of(remedy)));
    }
    for (const std::string& form : card.other_forms) {
      line(text, "also", shown(form));
    }
    for (const std::string& rest : card.by_hand) {
      line(text, "left to you", shown(rest));
    }
    return text + "\n";
  }

 private:
  static void line(std::string& text, std::string_view what,
                   const std::string& value) {
    if (!value.empty()) text += "- " + std::string(what) + ": " + value + "\n";
  }

  std::string shown(std::string_view bytes) const {
    return code(printable(redactor_.without_secrets(bytes)));
  }

  // A rule's own words, which may come from somebody's file.
  static std::string escaped(std::string_view text) {
    std::string result;
    for (const char c : printable(text)) {
      if (std::string_view("\\`*_{}[]<>#|!&").find(c) != std::string::npos) {
        result.push_back('\\');
      }
      result.push_back(c);
    }
    return result;
  }

  std::string paths(const Finding& finding) const {
    struct Versions {
      size_t count = 0;
      bool in_head = false;
    };
    std::map<std::string, Versions> places;
    for (const Occurrence& o : finding.occurrences) {
      if (o.suppression != Suppression::kNone) continue;
      const std::string name =
          o.path.empty() ? o.object_type + " " + o.blob.substr(0, kShortId)
                         : o.path + ":" + std::to_string(o.begin.line);
      Versions& versions = places[name];
      ++versions.count;
      versions.in_head |= o.in_head.value_or(false);
    }
    std::vector<std::string> items;
    for (const auto& [name, versions] : places) {
      std::string item = shown(name);
      if (versions.in_head) item += " (in HEAD)";
      if (versions.count > 1) {
        item += " (" + std::to_string(versions.count) + " versions)";
      }
      items.push_back(std::move(item));
    }
    std::stable_partition(items.begin(), items.end(), [](const auto& item) {
      return item.find(" (in HEAD)") != std::string::npos;
    });
    return listed(items, items.size());
  }

  void add_origin(std::string& text, const Finding& finding) const {
    const Occurrence* first = introduced_in(finding);
    if (first == nullptr) return;
    const CommitInfo& commit = *first->commit;
    line(text, "since",
         to_iso8601(commit.date) + ", commit " + code(commit.id) +
             (first->path.empty() ? "" : " in " + shown(first->path)));
    line(text, "author",
         shown(commit.author_name + " <" + commit.author_email + ">"));
    line(text, "committer",
         shown(commit.committer_name + " <" + commit.committer_email + ">"));
  }

  std::string removals(const Finding& finding) const {
    std::vector<std::string> items;
    for (const Change& change : finding.changes) {
      if (change.kind != Change::Kind::kRemoved) continue;
      items.push_back(code(change.commit.substr(0, kShortId)) + " in " +
                      shown(change.path));
    }
    std::string text = listed(items, items.size());
    if (finding.change_count > finding.changes.size()) {
      text += " (not all of its " + std::to_string(finding.change_count) +
              " changes were kept)";
    }
    return text;
  }

  std::string refs(const Finding& finding) const {
    std::set<std::string> names;
    uint64_t count = 0;
    for (const Occurrence& o : finding.occurrences) {
      names.insert(o.refs.begin(), o.refs.end());
      count = std::max(count, o.ref_count);
    }
    std::vector<std::string> items;
    for (const std::string& name : names) items.push_back(shown(name));
    return listed(items, std::max<uint64_t>(count, items.size()));
  }

  Redactor redactor_;
};

std::string gate(const Report& report, const RewritePlan& plan) {
  if (is_ready(report, plan)) {
    return "**READY**: nothing found, and everything was looked at.\n\n";
  }
  std::map<Liveness, size_t> counts;
  for (const Card& card : plan.cards) {
    ++counts[card.finding->state.value_or(Liveness::kHead)];
  }
  std::string text = "**NOT READY**: " + count_of(plan.cards.size(), "secret");
  const char* before = " (";
  for (const Liveness state : kStates) {
    if (!counts.contains(state)) continue;
    text += before + std::to_string(counts[state]) + " " +
            std::string(to_string(state));
    before = ", ";
  }
  if (!counts.empty()) text += ")";
  if (plan.cards.empty()) text += ", but not everything was looked at";
  return text + ".\n\n";
}

// As a block of code, which nothing in it can end.
std::string indented(const std::string& text) {
  std::string result;
  for (const std::string_view line : split(text, '\n')) {
    result += line.empty() ? "\n" : "    " + std::string(line) + "\n";
  }
  return result;
}

}  // namespace

bool is_ready(const Report& report, const RewritePlan& plan) {
  return plan.cards.empty() && report.coverage.complete(report.strict) &&
         plan.coverage.complete(false);
}

std::string review_text(const Report& report, const RewritePlan& plan) {
  const Redactor redactor(report, Redactor::Mode::kMask);
  std::ostringstream summary;
  write_text_summary(report, {}, redactor, summary);
  std::string text = "# Release review of " +
                     code(printable(redactor.without_secrets(report.target))) +
                     "\n\n";
  text += gate(report, plan);
  text += "## What was looked at\n\n" + indented(summary.str()) + "\n";
  text += "In addition every object, ref name and file of the git folder (" +
          count_of(plan.coverage.inputs, "thing") + ", " +
          human_bytes(plan.coverage.bytes) +
          ") was searched for these secrets in other encodings.\n\n";
  if (!plan.cards.empty()) text += "## Secrets\n\n";
  const Cards cards(report);
  for (size_t i = 0; i < plan.cards.size(); ++i) {
    text += cards.card(plan.cards[i], i + 1);
  }
  text += "See README.md for how they are removed.\n\n";
  return text + std::string(kChecklist);
}

}  // namespace leaksift
