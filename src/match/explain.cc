#include "match/explain.h"

#include <algorithm>
#include <array>
#include <cstdio>
#include <utility>

#include "core/text.h"
#include "leaksift/secret.h"
#include "match/companions.h"
#include "match/resolve.h"
#include "match/wordiness.h"
#include "match/worker.h"

namespace leaksift {
namespace {

std::string in_bits(double entropy) {
  std::array<char, 32> text;
  std::snprintf(text.data(), text.size(), "%.2f bits", entropy);
  return text.data();
}

std::string bytes_of(Span span) {
  return "bytes " + std::to_string(span.begin) + "-" + std::to_string(span.end);
}

// Goes through the stages for one rule and one text.
class Explainer {
 public:
  Explainer(const Engine& engine, uint32_t index, std::string_view text)
      : engine_(engine),
        index_(index),
        rule_(engine.rule(index)),
        text_(text) {}

  Explanation run() {
    anchors();
    gate();
    if (regex()) verdict();
    return std::move(result_);
  }

 private:
  void say(const std::string& stage, const std::string& what) {
    result_.stages.push_back(stage + ": " + what);
  }

  void anchors() {
    if (engine_.is_companion(index_)) {
      return say("anchor",
                 "none; it is looked for around matches that name it");
    }
    if (rule_.plan.anchors.empty()) {
      return say("anchor", "none; the regex is run over every blob" +
                               std::string(rule_.plan.gate.empty()
                                               ? ""
                                               : " that has a keyword"));
    }
    PrefilterScanner scanner(engine_.prefilter());
    std::vector<PrefilterHit> hits;
    scanner.scan(text_, hits);
    for (uint32_t p = 0; p < engine_.tables().pattern_count(); ++p) {
      for (uint32_t u = engine_.first_use(p); u < engine_.end_use(p); ++u) {
        if (engine_.use(u).rule == index_) anchor(p, engine_.use(u), hits);
      }
    }
  }

  void anchor(uint32_t pattern, const AnchorUse& use,
              const std::vector<PrefilterHit>& hits) {
    const PrefilterPattern p = engine_.tables().pattern(pattern);
    std::string what = p.shape.empty() ? "\"" + p.text + "\"" : p.shape;
    if (p.fold_case) what += " in any case";
    bool in_text = false;
    for (const PrefilterHit& hit : hits) {
      if (hit.pattern != pattern) continue;
      in_text = true;
      const bool passes = engine_.tail_passes(use, text_, hit.end);
      say("anchor", what + " ends at byte " + std::to_string(hit.end) +
                        (passes ? "" : ", but what follows does not fit"));
    }
    if (!in_text) say("anchor", what + " is not in the text");
  }

  void gate() {
    if (rule_.plan.gate.empty()) return;
    std::string words;
    bool open = false;
    for (const std::string& word : rule_.plan.gate) {
      words += (words.empty() ? "" : ", ") + word;
      open = open || contains_ignoring_case(text_, word);
    }
    say("keywords",
        (open ? "one is in the text: " : "none is in the text: ") + words);
  }

  bool regex() {
    Captures captures;
    bool any = false;
    for (uint64_t at = 0; at <= text_.size(); ++at) {
      if (!rule_.core.get().search(text_, at, text_.size(), captures)) break;
      any = true;
      judge(captures);
      at = std::max(captures[0].begin, captures[0].end - 1);
    }
    if (!any) say("regex", "matches nowhere: " + rule_.plan.core);
    return any;
  }

  void judge(const Captures& captures) {
    Verdict verdict = engine_.judge().judge(rule_, text_, captures);
    if (verdict.rejection == Rejection::kNone) {
      engine_.judge().judge_lines(rule_, text_, verdict);
    }
    say("regex", "matches " + bytes_of(verdict.match));
    const std::string_view bytes =
        text_.substr(verdict.secret.begin, verdict.secret.size());
    say("secret",
        bytes_of(verdict.secret) + ", " + Secret(std::string(bytes)).masked());
    if (rule_.rule.entropy != 0) {
      say("entropy", in_bits(verdict.entropy) + ", more than " +
                         in_bits(rule_.rule.entropy) + " needed");
    }
    const int score = wordiness(bytes);
    say("spelling",
        in_bits(score / 4.0) +
            (score > 0 ? ": reads like words" : ": reads like no words"));
    if (verdict.rejection != Rejection::kNone) {
      std::string why(to_string(verdict.rejection));
      if (verdict.allowlist != nullptr) {
        why += " (" + verdict.allowlist->source.to_string() + ")";
      }
      say("filters", why);
    } else if (verdict.if_place_agrees != 0) {
      say("filters", "passed; an allowlist allows it in certain paths");
    } else {
      say("filters", "passed");
    }
    if (verdict.rejection == Rejection::kNone) {
      say("confidence", std::string(to_string(verdict.confidence)));
    }
    if (verdict.allowed_inline) say("comment", "an inline comment allows it");
  }

  void verdict() {
    Worker worker(engine_);
    std::vector<Match> matches;
    worker.scan(text_, matches);
    const std::vector<PlacedMatch> placed =
        place_whole(engine_, worker, text_, std::move(matches));
    auto is_mine = [&](const PlacedMatch& m) { return m.match.rule == index_; };
    const bool matched = std::any_of(placed.begin(), placed.end(), is_mine);
    const std::vector<PlacedMatch> resolved = resolve(engine_.rules(), placed);
    const auto mine = std::find_if(resolved.begin(), resolved.end(), is_mine);
    if (mine == resolved.end()) {
      return say("verdict", matched ? "no finding: a required rule does not "
                                      "match nearby, or a more specific rule "
                                      "has the secret"
                                    : "no finding");
    }
    result_.is_finding = !mine->match.allowed_inline;
    for (const PlacedPart& part : mine->parts) {
      say("part", engine_.rules().rules[part.rule].id + " at " +
                      std::to_string(part.begin.line) + ":" +
                      std::to_string(part.begin.column));
    }
    if (!mine->parts.empty()) {
      say("confidence", std::string(to_string(mine->match.confidence)) +
                            ", with these parts");
    }
    say("verdict", result_.is_finding ? "finding" : "suppressed inline");
  }

  const Engine& engine_;
  uint32_t index_;
  const CompiledRule& rule_;
  std::string_view text_;
  Explanation result_;
};

}  // namespace

Explanation explain(const Engine& engine, uint32_t index,
                    std::string_view text) {
  if (!engine.has_content(index)) {
    return {{"rule: is about paths alone; its path regex is " +
             engine.rules().rules[index].path},
            false};
  }
  return Explainer(engine, index, text).run();
}

}  // namespace leaksift
