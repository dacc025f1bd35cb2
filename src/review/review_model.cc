#include "review/review_model.h"

#include <algorithm>
#include <array>
#include <map>
#include <set>
#include <sstream>

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

constexpr std::array<std::string_view, 7> kChecklist = {
    "every secret that is still valid is revoked or rotated",
    "Git LFS objects: they are not in the history; scan lfs/objects",
    "repositories of submodules: each needs a review of its own",
    "forks, mirrors and clones elsewhere, pull requests and cached views of "
    "the hosting service: delete them, or publish under a new name",
    "wiki, issues, release assets, packages, container images",
    "logs and caches of continuous integration",
    "signatures of commits and tags: rewriting removes them"};

Words code(std::string text) {
  return {std::move(text), true};
}

Words words(std::string_view text) {
  return {std::string(text), false};
}

class CardMaker {
 public:
  explicit CardMaker(const Redactor& redactor) : redactor_(redactor) {}

  ReviewCard make(const Card& card) {
    const Finding& finding = *card.finding;
    const Rule& rule = *finding.rule;
    made_ = {};
    made_.secret = printable(redactor_.shown(finding));
    made_.severity = rule.severity;
    if (finding.state) made_.state = to_string(*finding.state);
    made_.what = {words(printable(rule.description)), words(" ("),
                  code(printable(rule.id)), words(")")};
    add("class", {words(to_string(rule.data_class)), words(", severity "),
                  words(to_string(rule.severity)), words(", confidence "),
                  words(to_string(finding.confidence))});
    add("fingerprint", {code(finding.fingerprint)});
    if (finding.state) add("lives in", {words(to_string(*finding.state))});
    add_places(finding);
    add_parts(finding);
    add_origin(finding);
    add_removals(finding);
    add_refs(finding);
    for (const Remedy remedy : card.remedies) {
      add("remedy", {words(std::string(1, letter_of(remedy)) + ", "),
                     words(description_of(remedy))});
    }
    for (const std::string& form : card.other_forms) add("also", {shown(form)});
    for (const std::string& rest : card.by_hand) {
      add("left to you", {shown(rest)});
    }
    return std::move(made_);
  }

 private:
  void add(std::string_view label, Line line) {
    made_.fields.push_back({label, {std::move(line)}, 1, ""});
  }

  void add_list(std::string_view label, std::vector<Line> items, uint64_t count,
                std::string note = {}) {
    if (items.empty() && note.empty()) return;
    items.resize(std::min(items.size(), kMaxListed));
    made_.fields.push_back({label, std::move(items), count, std::move(note)});
  }

  Words shown(std::string_view bytes) const {
    return code(printable(redactor_.without_secrets(bytes)));
  }

  void add_places(const Finding& finding) {
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
    std::vector<Line> in_head;
    std::vector<Line> others;
    for (const auto& [name, versions] : places) {
      Line line = {shown(name)};
      if (versions.in_head) line.push_back(words(" (in HEAD)"));
      if (versions.count > 1) {
        line.push_back(
            words(" (" + std::to_string(versions.count) + " versions)"));
      }
      (versions.in_head ? in_head : others).push_back(std::move(line));
    }
    std::move(others.begin(), others.end(), std::back_inserter(in_head));
    add_list("where", std::move(in_head), places.size());
  }

  // Each once, whatever the number of places and versions.
  void add_parts(const Finding& finding) {
    std::set<std::pair<std::string, std::string>> parts;
    for (const Occurrence& o : finding.occurrences) {
      if (o.suppression != Suppression::kNone) continue;
      for (const Part& part : o.parts) {
        parts.emplace(part.rule_id, redactor_.shown(part) + " at " + o.path +
                                        ":" + std::to_string(part.begin.line));
      }
    }
    std::vector<Line> items;
    for (const auto& [rule_id, place] : parts) {
      items.push_back({code(printable(rule_id)), words(": "), shown(place)});
    }
    add_list("used with", std::move(items), parts.size());
  }

  void add_origin(const Finding& finding) {
    const Occurrence* first = introduced_in(finding);
    if (first == nullptr) return;
    const CommitInfo& commit = *first->commit;
    Line since = {words(to_iso8601(commit.date)), words(", commit "),
                  code(commit.id)};
    if (!first->path.empty()) {
      since.push_back(words(" in "));
      since.push_back(shown(first->path));
    }
    add("since", std::move(since));
    add("author",
        {shown(commit.author_name + " <" + commit.author_email + ">")});
    add("committer",
        {shown(commit.committer_name + " <" + commit.committer_email + ">")});
  }

  void add_removals(const Finding& finding) {
    std::vector<Line> items;
    for (const Change& change : finding.changes) {
      if (change.kind != Change::Kind::kRemoved) continue;
      items.push_back({code(change.commit.substr(0, kShortId)), words(" in "),
                       shown(change.path)});
    }
    std::string note;
    if (finding.change_count > finding.changes.size()) {
      note = "not all of its " + std::to_string(finding.change_count) +
             " changes were kept";
    }
    const size_t count = items.size();
    add_list("removed by", std::move(items), count, std::move(note));
  }

  void add_refs(const Finding& finding) {
    std::set<std::string> names;
    uint64_t count = 0;
    for (const Occurrence& o : finding.occurrences) {
      names.insert(o.refs.begin(), o.refs.end());
      count = std::max(count, o.ref_count);
    }
    std::vector<Line> items;
    for (const std::string& name : names) items.push_back({shown(name)});
    add_list("reached by", std::move(items),
             std::max<uint64_t>(count, names.size()));
  }

  const Redactor& redactor_;
  ReviewCard made_;
};

std::string verdict_of(const RewritePlan& plan, bool ready) {
  if (ready) return "nothing found, and everything was looked at";
  std::map<Liveness, size_t> counts;
  for (const Card& card : plan.cards) {
    ++counts[card.finding->state.value_or(Liveness::kHead)];
  }
  std::string text = count_of(plan.cards.size(), "secret");
  const char* before = " (";
  for (const Liveness state : kStates) {
    if (!counts.contains(state)) continue;
    text += before + std::to_string(counts[state]) + " " +
            std::string(to_string(state));
    before = ", ";
  }
  if (!counts.empty()) text += ")";
  if (plan.cards.empty()) text += ", but not everything was looked at";
  return text;
}

}  // namespace

bool is_ready(const Report& report, const RewritePlan& plan) {
  return plan.cards.empty() && report.coverage.complete(report.strict) &&
         plan.coverage.complete(false);
}

ReviewModel review_model(const Report& report, const RewritePlan& plan) {
  const Redactor redactor(report, Redactor::Mode::kMask);
  std::ostringstream summary;
  write_text_summary(report, {}, redactor, summary);
  ReviewModel model;
  model.target = printable(redactor.without_secrets(report.target));
  model.ready = is_ready(report, plan);
  model.verdict = verdict_of(plan, model.ready);
  model.summary = summary.str();
  model.searched =
      "In addition every object, ref name and file of the git "
      "folder (" +
      count_of(plan.coverage.inputs, "thing") + ", " +
      human_bytes(plan.coverage.bytes) +
      ") was searched for these secrets in other encodings.";
  CardMaker maker(redactor);
  for (const Card& card : plan.cards) model.cards.push_back(maker.make(card));
  model.checklist.assign(kChecklist.begin(), kChecklist.end());
  return model;
}

}  // namespace leaksift
