// What rules and allowlists say about paths and commits. match/ decides by
// content alone, because one blob may stand in many places; who knows the
// places asks here for each of them.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_set>
#include <vector>

#include "core/regex.h"
#include "leaksift/result.h"
#include "rules/rule.h"

namespace leaksift {

// Built once, then immutable and safe to share between threads.
//
// A path is tested as it is and, as gitleaks does, with '\' for '/'. An empty
// path means that none is known (a dangling blob): no condition on a path
// matches it, and a rule with one does not apply to it. An empty commit
// matches no condition on a commit.
class PlaceRules {
 public:
  // Fails on a regex that does not compile. Keeps nothing of `rules`.
  static Result<PlaceRules> build(const RuleSet& rules);

  // Is a match of the rule a finding at this place: does the rule look there,
  // and does no allowlist allow it? `if_place_agrees` is what the match's
  // verdict says (match/verdict.h); 0 for a rule about paths alone.
  bool is_finding(uint32_t rule_index, uint64_t if_place_agrees,
                  std::string_view path, std::string_view commit) const;

  // Does the rule look at this path? One without a path regex looks anywhere.
  bool path_matches(uint32_t rule_index, std::string_view path) const;

  // Does an allowlist allow the match at this place?
  bool allows(uint32_t rule_index, uint64_t if_place_agrees,
              std::string_view path, std::string_view commit) const;

  // Rules without a regex for content: every path that matches one is a
  // finding.
  const std::vector<uint32_t>& path_only_rules() const {
    return path_only_rules_;
  }

  // Can a path that ends in the file name `name` match one of them? Quick; may
  // say yes where none does.
  bool name_may_match(std::string_view name) const {
    return names_ && names_->get().contains(name);
  }

 private:
  // The place's part of an allowlist that has one.
  struct PlaceList {
    bool all_conditions = false;
    bool has_content_conditions = false;
    std::unique_ptr<LazyRegex> paths;  // any of them
    std::unordered_set<std::string> commits;
  };
  // A list that concerns a rule, and its bit in Verdict::if_place_agrees.
  struct ListUse {
    uint32_t list = 0;  // index into lists_
    uint32_t bit = 0;
  };
  struct PlaceRule {
    std::unique_ptr<LazyRegex> path;
    std::vector<ListUse> lists;
  };

  // `is_checked`: regexes are known to compile. That spares 0.7 ms with the
  // built-in rules, of which a push meets few.
  explicit PlaceRules(bool is_checked) : is_checked_(is_checked) {}
  Result<std::unique_ptr<LazyRegex>> compile(const std::string& pattern,
                                             const RuleSource& source) const;
  // The list's index in lists_; nothing for one without place conditions.
  Result<std::optional<uint32_t>> add_list(const Allowlist& list);
  static bool agrees(const PlaceList& list, bool content_agrees,
                     std::string_view path, std::string_view commit);

  bool is_checked_;
  std::vector<PlaceList> lists_;
  std::vector<PlaceRule> rules_;  // as in the RuleSet
  std::vector<uint32_t> path_only_rules_;
  std::unique_ptr<LazyRegex> names_;  // of path_only_rules_, if any
};

}  // namespace leaksift
