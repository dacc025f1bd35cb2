// How a rule is to be looked for: derived from its regex when it is loaded.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "core/regex.h"
#include "leaksift/result.h"
#include "rules/regex_syntax.h"
#include "rules/rule.h"

namespace leaksift {

// One byte of what follows an anchor's text.
struct TailByte {
  ByteSet bytes;
  bool optional = false;

  friend bool operator==(const TailByte&, const TailByte&) = default;
};

// All of it. Copies share the bytes: the built-in rules have 4,500 tails of 4.6
// MB, and 600 of them differ.
class Tail {
 public:
  Tail() = default;
  explicit Tail(std::vector<TailByte> bytes);

  bool empty() const { return content_ == nullptr; }
  const std::vector<TailByte>& bytes() const;

  friend bool operator==(const Tail& a, const Tail& b) {
    return a.content_ == b.content_ || a.bytes() == b.bytes();
  }
  struct Hasher {
    size_t operator()(const Tail& tail) const {
      return tail.empty() ? 0 : tail.content_->hash;
    }
  };

 private:
  struct Content {
    std::vector<TailByte> bytes;
    size_t hash = 0;
  };
  std::shared_ptr<const Content> content_;  // null if there are none
};

// A short expression that every match of a rule contains: a text, and what has
// to follow it for the text to be worth a look. The prefilter finds the texts
// of all rules in one pass; the tail is checked where one ends.
struct Anchor {
  std::string text;  // lower case if fold_case; at most kMaxAnchorText
  bool fold_case = false;
  Tail tail;  // at most kMaxTail; ends with one that must be

  // Instead of a text, for a rule without any: classes, in Hyperscan's syntax.
  std::string shape;

  // The match begins this many bytes before the end of the text (the shape).
  uint32_t min_back = 0;
  uint32_t max_back = 0;
  uint32_t max_width = 0;  // bytes of the text, or of the shape's longest match

  // What stands in a match before the text: a fixed text, or empty if there is
  // none to rely on; and no newline, if `on_line`. The shape has neither.
  std::string head;
  bool on_line = false;

  double hits_per_kb = 0;    // of the text alone; an estimate, for source code
  bool spans_lines = false;  // may the text (the shape) hold a newline?
};

inline constexpr size_t kMaxTail = 63;
inline constexpr size_t kMaxAnchorText = 16;

// Bytes that a match may take at most where its regex sets no limit. Matching
// stops there, so that a verdict depends on a bounded neighbourhood.
inline constexpr uint32_t kDefaultReach = 4096;

struct RulePlan {
  // The rule's regex without its lead: a lazy optional run of one class at the
  // front, as in `[\w.-]{0,50}?token`. It decides nothing about the secret but
  // would make RE2 try every place before it; the match is extended over it
  // afterwards instead.
  std::string core;
  RegexUnit unit = RegexUnit::kByte;
  // Matches wherever `core` does (rules/loose_regex.h); may be empty.
  std::string loose;
  ByteSet lead;
  uint32_t lead_max = 0;
  // A regex that begins with an unlimited run of a class matches from every
  // place inside such a run; only the run's first byte counts as a begin. As
  // gitleaks' search from left to right has it, but decided by one byte.
  ByteSet leading_run;

  uint32_t reach = 0;   // bytes that a match of `core` takes at most
  bool capped = false;  // `reach` is a limit that the regex does not have

  // Empty: the core is searched for in every blob that passes the gate.
  std::vector<Anchor> anchors;
  // Lower case; unless empty, one of these must be somewhere in the blob. Only
  // the keywords of foreign rules whose matches need not contain one: their
  // verdict is not local.
  std::vector<std::string> gate;
};

// REQUIRES: !rule.regex.empty(). Fails on a bad regex, without naming the rule.
Result<RulePlan> plan_rule(const Rule& rule);

// The same for rules whose plans are the same. The text grows by all that
// plan_rule() asks for.
uint64_t plan_key(const Rule& rule);
void add_to_plan_key(const Rule& rule, std::string& text);

// The best anchors for `core`, every match of which contains at least one of
// them; empty if it has neither texts nor a usable shape. `reach` limits
// max_back.
std::vector<Anchor> derive_anchors(const RegexNode& core, uint32_t reach);

// Does every match of `core` hold one of `keywords` (lower case), its own case
// ignored? May say no where it cannot tell.
bool always_holds(const RegexNode& core,
                  const std::vector<std::string>& keywords);

// The share of a source's bytes that are in `bytes`; an estimate.
double estimated_share(const ByteSet& bytes);
// The same of the bytes that stand behind a `before`.
double estimated_share_behind(char before, const ByteSet& bytes);

// Expected occurrences of `text` in 1 KB of source code.
double estimated_hits_per_kb(std::string_view text, bool fold_case);

}  // namespace leaksift
