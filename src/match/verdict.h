// From a match of a rule's regex to the verdict: is this a finding?
#pragma once

#include <cstdint>
#include <memory>
#include <string_view>
#include <vector>

#include "core/regex.h"
#include "leaksift/span.h"
#include "match/compiled_rule.h"

namespace leaksift {

// Why a match of the regex became no finding.
enum class Rejection {
  kNone,
  kNoSecret,  // the secret's group is empty
  kCharset,
  kEntropy,
  kPlaceholder,
  kWords,
  kChecksum,
  kAllowlist,
};
std::string_view to_string(Rejection rejection);

struct Verdict {
  Rejection rejection = Rejection::kNone;
  Span match;  // with the lead
  Span secret;
  double entropy = 0;
  // The rule's, raised or lowered by how the secret reads and by what its
  // checksum says.
  Confidence confidence = Confidence::kMedium;
  // Bit i: allowlist i (the rule's own first, then the global ones) agrees by
  // content and leaves the rest to path and commit.
  uint64_t if_place_agrees = 0;
  // Tells secrets of one rule apart; only of rules with min_count.
  uint64_t secret_hash = 0;
  const Allowlist* allowlist = nullptr;  // which one, if kAllowlist
  // An inline comment on the match's lines allows it: not a finding, counted.
  bool allowed_inline = false;
};

// Judges matches. Immutable and safe to share between threads.
class Judge {
 public:
  // `rules` must outlive the Judge.
  explicit Judge(const RuleSet& rules);

  // Judges one match of `rule` by its own bytes and those of its lead. Nothing
  // else in the text has a say, so the verdict is the same wherever these
  // bytes stand.
  Verdict judge(const CompiledRule& rule, std::string_view text,
                const Captures& captures) const;

  // What the lines of a match that judge() accepted add to the verdict:
  // allowlists about lines, and inline comments.
  void judge_lines(const CompiledRule& rule, std::string_view text,
                   Verdict& verdict) const;

  // Is there a comment in `lines` that allows a finding of `rule_id`?
  //   leaksift:allow                       every rule
  //   leaksift:allow jwt, aws-secret why   these rules; the rest is a reason
  //   gitleaks:allow                       every rule
  // A word is a rule's id if a rule has it, or if there is a dash in it.
  bool is_allowed_inline(std::string_view lines,
                         std::string_view rule_id) const;

 private:
  // Asks the allowlists about lines, or all others.
  void ask_allowlists(const CompiledRule& rule, bool about_lines,
                      const CompiledAllowlist::Subject& subject,
                      Verdict& verdict) const;
  bool names_only_others(std::string_view rest, std::string_view rule_id) const;
  bool is_rule(std::string_view id) const;

  std::vector<std::unique_ptr<CompiledAllowlist>> global_;
  const std::vector<Rule>& rules_;  // in the order of their ids
};

// The whole lines that `match` touches, cut at kLineReach bytes beyond it.
std::string_view lines_around(std::string_view text, Span match);

}  // namespace leaksift
