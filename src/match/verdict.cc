#include "match/verdict.h"

#include <algorithm>

#include "core/ascii.h"
#include "core/entropy.h"
#include "core/hash.h"
#include "core/text.h"
#include "match/placeholder.h"
#include "match/wordiness.h"

namespace leaksift {
namespace {

constexpr uint64_t kMaxLists = 64;  // bits of Verdict::if_place_agrees

std::string_view slice(std::string_view text, Span span) {
  return text.substr(span.begin, span.size());
}

Span without_line_ends(std::string_view text, Span span) {
  while (span.begin < span.end && text[span.begin] == '\n') ++span.begin;
  while (span.begin < span.end && text[span.end - 1] == '\n') --span.end;
  return span;
}

// The group that the rule names; else the first that is not empty; else the
// whole match.
Span secret_span(const Rule& rule, std::string_view text,
                 const Captures& captures) {
  if (rule.secret_group > 0) {
    if (rule.secret_group >= captures.size()) return {};
    const Span group = captures[rule.secret_group];
    return group.begin == kNoGroup ? Span{} : group;
  }
  for (size_t i = 1; i < captures.size(); ++i) {
    const Span group = captures[i];
    if (group.begin != kNoGroup && group.size() > 0) return group;
  }
  return without_line_ends(text, captures[0]);
}

bool in_charset(const CompiledRule& rule, std::string_view secret) {
  return rule.charset.all() ||
         std::all_of(secret.begin(), secret.end(), [&](char c) {
           return rule.charset[static_cast<unsigned char>(c)];
         });
}

// A word says what the number is and its digits agree; in a table any number
// of those that pass for others has them by chance.
bool is_proven_number(const CompiledRule& rule, std::string_view secret) {
  return rule.rule.data_class != DataClass::kSecret && rule.check != nullptr &&
         rule.rule.min_count <= 1 &&
         rule.check->look(secret).proof == Proof::kHolds;
}

Rejection filter(const CompiledRule& rule, std::string_view secret,
                 double entropy) {
  if (secret.empty()) return Rejection::kNoSecret;
  if (!in_charset(rule, secret)) return Rejection::kCharset;
  if (rule.rule.entropy != 0 && entropy <= rule.rule.entropy) {
    return Rejection::kEntropy;
  }
  // A rule that only serves others may look for a word: "kind: Secret". So may
  // one about code.
  const bool tells_secrets = !rule.rule.foreign && !rule.rule.skip_report &&
                             rule.rule.data_class != DataClass::kCode;
  if (!tells_secrets) return Rejection::kNone;
  if (is_proven_number(rule, secret) ? is_specimen(secret)
                                     : is_placeholder(secret)) {
    return Rejection::kPlaceholder;
  }
  return Rejection::kNone;
}

void ask_wordiness(const Rule& rule, std::string_view secret,
                   Verdict& verdict) {
  if (!rule.if_words && !rule.no_words) return;
  if (wordiness(secret) <= 0) return;
  verdict.confidence = rule.if_words.value_or(verdict.confidence);
  if (rule.no_words) verdict.rejection = Rejection::kWords;
}

Confidence one_lower(Confidence confidence) {
  return confidence == Confidence::kLow
             ? confidence
             : static_cast<Confidence>(static_cast<int>(confidence) - 1);
}

// A token whose checksum fails may be a real one that was mistyped or masked
// in part; a number with a wrong check digit is just a number, and one of ten
// has the right one by chance.
void ask_checksum(const CompiledRule& rule, std::string_view secret,
                  Verdict& verdict) {
  if (rule.check == nullptr) return;
  const Proof proof = rule.check->look(secret).proof;
  if (rule.rule.data_class != DataClass::kSecret) {
    if (proof == Proof::kFails) verdict.rejection = Rejection::kChecksum;
    return;
  }
  if (proof == Proof::kHolds) verdict.confidence = Confidence::kCertain;
  if (proof == Proof::kFails) {
    verdict.confidence = one_lower(verdict.confidence);
  }
}

bool concerns(const Allowlist& list, const Rule& rule) {
  const auto& targets = list.target_rules;  // a rule's own list has none
  return targets.empty() ||
         std::find(targets.begin(), targets.end(), rule.id) != targets.end();
}

bool is_id_character(char c) {
  return is_alphanumeric(c) || c == '-' || c == '_' || c == '.';
}

}  // namespace

std::string_view to_string(Rejection rejection) {
  switch (rejection) {
    case Rejection::kNone:
      return "accepted";
    case Rejection::kNoSecret:
      return "the secret's group is empty";
    case Rejection::kCharset:
      return "a character outside of the rule's charset";
    case Rejection::kEntropy:
      return "too little entropy";
    case Rejection::kPlaceholder:
      return "a placeholder";
    case Rejection::kWords:
      return "it reads like words";
    case Rejection::kChecksum:
      return "its checksum fails";
    case Rejection::kAllowlist:
      return "an allowlist allows it";
  }
  return "";
}

Judge::Judge(const RuleSet& rules) : rules_(rules.rules) {
  for (const Allowlist& list : rules.allowlists) {
    global_.push_back(std::make_unique<CompiledAllowlist>(list));
  }
}

Verdict Judge::judge(const CompiledRule& rule, std::string_view text,
                     const Captures& captures) const {
  Verdict verdict;
  verdict.match = captures[0];
  verdict.match.begin = rule.extended_over_lead(text, verdict.match.begin);
  verdict.secret = secret_span(rule.rule, text, captures);
  const std::string_view secret = slice(text, verdict.secret);
  verdict.entropy = shannon_entropy(secret);
  verdict.rejection = filter(rule, secret, verdict.entropy);
  if (verdict.rejection != Rejection::kNone) return verdict;
  verdict.confidence = rule.rule.confidence;
  if (rule.rule.min_count > 1) verdict.secret_hash = local_hash(secret);
  ask_wordiness(rule.rule, secret, verdict);
  ask_checksum(rule, secret, verdict);
  if (verdict.rejection != Rejection::kNone) return verdict;

  ask_allowlists(rule, false, {secret, slice(text, verdict.match), {}},
                 verdict);
  return verdict;
}

void Judge::judge_lines(const CompiledRule& rule, std::string_view text,
                        Verdict& verdict) const {
  const std::string_view lines = lines_around(text, verdict.match);
  ask_allowlists(
      rule, true,
      {slice(text, verdict.secret), slice(text, verdict.match), lines},
      verdict);
  verdict.allowed_inline = is_allowed_inline(lines, rule.rule.id);
}

// Goes through them in the order that Verdict::if_place_agrees counts in.
void Judge::ask_allowlists(const CompiledRule& rule, bool about_lines,
                           const CompiledAllowlist::Subject& subject,
                           Verdict& verdict) const {
  uint64_t index = 0;
  auto ask = [&](const CompiledAllowlist& list) {
    const uint64_t bit = index < kMaxLists ? uint64_t{1} << index : 0;
    ++index;
    const bool is_about_lines = list.source().target == AllowTarget::kLine;
    if (is_about_lines != about_lines || !concerns(list.source(), rule.rule)) {
      return;
    }
    const auto answer = list.ask(subject);
    if (answer == CompiledAllowlist::Answer::kYes) {
      verdict.rejection = Rejection::kAllowlist;
      verdict.allowlist = &list.source();
    } else if (answer == CompiledAllowlist::Answer::kIfPlaceAgrees) {
      verdict.if_place_agrees |= bit;
    }
  };
  for (const auto& list : rule.allowlists) ask(*list);
  for (const auto& list : global_) ask(*list);
}

bool Judge::is_allowed_inline(std::string_view lines,
                              std::string_view rule_id) const {
  constexpr std::string_view kOurs = "leaksift:allow";
  if (lines.find("gitleaks:allow") != std::string_view::npos) return true;
  for (size_t at = lines.find(kOurs); at != std::string_view::npos;
       at = lines.find(kOurs, at + 1)) {
    if (!names_only_others(lines.substr(at + kOurs.size()), rule_id)) {
      return true;
    }
  }
  return false;
}

bool Judge::is_rule(std::string_view id) const {
  const auto found =
      std::lower_bound(rules_.begin(), rules_.end(), id,
                       [](const Rule& rule, std::string_view wanted) {
                         return rule.id < wanted;
                       });
  return found != rules_.end() && found->id == id;
}

// Are rules listed behind the comment's word, and is this one not among them?
bool Judge::names_only_others(std::string_view rest,
                              std::string_view rule_id) const {
  constexpr std::string_view kBetween = " \t=:([,";
  bool named_any = false;
  for (;;) {
    const size_t begin = rest.find_first_not_of(kBetween);
    if (begin == std::string_view::npos) return named_any;
    rest.remove_prefix(begin);
    const auto end = static_cast<size_t>(
        std::find_if_not(rest.begin(), rest.end(), is_id_character) -
        rest.begin());
    // Ids of other tools have dots inside ("kingfisher.aws.1"); one behind an
    // id ends a sentence.
    std::string_view id = rest.substr(0, end);
    while (id.ends_with('.')) id.remove_suffix(1);
    if (id == rule_id) return false;
    const bool names_rule =
        is_rule(id) ||
        (id.size() > 1 && id.find('-', 1) != std::string_view::npos &&
         id.front() != '-');
    if (!names_rule) return named_any;
    named_any = true;
    rest.remove_prefix(id.size());
  }
}

std::string_view lines_around(std::string_view text, Span match) {
  const uint64_t first =
      match.begin - std::min<uint64_t>(match.begin, kLineReach);
  const uint64_t last = std::min<uint64_t>(match.end + kLineReach, text.size());
  const std::string_view before = text.substr(first, match.begin - first);
  const size_t line_end = before.rfind('\n');
  const uint64_t begin =
      line_end == std::string_view::npos ? first : first + line_end + 1;
  const uint64_t end =
      std::min<uint64_t>(text.substr(0, last).find('\n', match.end), last);
  return text.substr(begin, end - begin);
}

}  // namespace leaksift
