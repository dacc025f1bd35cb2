// A rule made ready for confirming hits: its regexes compiled when first
// needed, its allowlists split by what they look at.
#pragma once

#include <atomic>
#include <bitset>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "check/check.h"
#include "core/regex.h"
#include "leaksift/result.h"
#include "match/tree_match.h"
#include "rules/plan.h"
#include "rules/rule.h"

namespace leaksift {

// The content conditions of one allowlist. Paths and commits are the business
// of whoever knows where the blob stands: findings/allowed.h.
class CompiledAllowlist {
 public:
  explicit CompiledAllowlist(const Allowlist& list);

  const Allowlist& source() const { return list_; }

  // What the content says: allowed whatever the path, allowed if the path
  // says so too, or nothing.
  enum class Answer { kNo, kIfPlaceAgrees, kYes };
  struct Subject {
    std::string_view secret;
    std::string_view match;
    std::string_view line;  // the whole lines of the match, cut at kLineReach
  };
  Answer ask(const Subject& subject) const;

 private:
  bool regex_agrees(const Subject& subject) const;
  bool stopword_agrees(std::string_view secret) const;

  const Allowlist& list_;
  std::unique_ptr<LazyRegex> regex_;
  std::unique_ptr<LazyRegex> stopwords_;
};

// Bytes of a match's first and last line that count as its line, on each side:
// a verdict may not depend on the whole of a minified file.
inline constexpr uint32_t kLineReach = 1024;

// Immutable but for the lazy parts, which are thread-safe.
struct CompiledRule {
  CompiledRule(const Rule& rule, std::shared_ptr<const RulePlan> plan);

  const Rule& rule;
  const std::shared_ptr<const RulePlan> shared_plan;
  const RulePlan& plan;
  LazyRegex core;
  std::optional<LazyRegex> loose;
  std::optional<TreeMatch> tree;  // of the core
  std::vector<std::unique_ptr<CompiledAllowlist>> allowlists;
  std::bitset<256> charset;  // all set where the rule gives none
  const Check* check;        // null where the rule names none

  // Can a match begin in [first, last]? To ask first spares most runs most of
  // the cores: RE2 takes up to 9 ms to compile one. The tree is asked until
  // it says yes or no too often: 16 times take 10 us, to compile the
  // loose regex 250.
  bool may_match(std::string_view text, uint64_t first, uint64_t last) const;
  // Where a match of the rule that begins at `at` is taken to begin: before
  // its lead.
  uint64_t extended_over_lead(std::string_view text, uint64_t at) const;
  bool may_begin_at(std::string_view text, uint64_t at) const;

 private:
  mutable std::atomic<uint32_t> asked_{0};  // times, of the tree
};

}  // namespace leaksift
