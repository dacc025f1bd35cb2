// What a change of the rules leaves as it was.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "leaksift/finding.h"
#include "rules/rule.h"

namespace leaksift {

// What decides on a sweep's results, each rule by itself: short enough for the
// store, from where the next sweep compares it with its own.
//
// What only describes a rule (description, severity, remedy, tags, references,
// examples, where it is written) is no part of it.
class RuleProfile {
 public:
  RuleProfile() = default;
  RuleProfile(const RuleSet& rules, Confidence min_confidence,
              std::string_view version);

  // 16 hexadecimal digits: of all of it.
  const std::string& id() const { return id_; }

  std::string to_text() const;
  // Nothing where the text comes from another leaksift, or is no such thing.
  static std::optional<RuleProfile> from_text(std::string_view text);

  struct Entry {
    std::string hash;
    // Its matches depend on nothing but it, and nobody else's on whether it is
    // there, but for those in the same object.
    bool is_local = false;
    // Where it has any say about an object, a sighting of its own is kept.
    bool leaves_traces = false;
    std::vector<std::string> required;  // ids
  };
  const std::map<std::string, Entry>& entries() const { return entries_; }
  // Of all else: leaksift's version, the least confidence, global allowlists.
  const std::string& frame() const { return frame_; }

 private:
  void set_id();

  std::string frame_;
  std::map<std::string, Entry> entries_;  // by the rule's id
  std::string id_;
};

// From earlier rules to others, where it can be proven what that leaves: what
// becomes of an object's matches depends on them alone (match/resolve.h). So
// the results in an object are the same as before unless a rule matches there
// that was lost or gained; one that changed was both.
struct RuleChange {
  std::string from;              // RuleProfile::id()
  std::set<std::string> lost;    // ids of rules, as they were before
  std::set<std::string> gained;  // as they are now

  std::string to_text() const;
  static std::optional<RuleChange> from_text(std::string_view text);
};

// Nothing where all is to be scanned anew: something else changed than rules,
// a rule about paths alone did, one that serves others was lost, or one whose
// matches the store need not know.
std::optional<RuleChange> provable_change(const RuleProfile& before,
                                          const RuleProfile& now);

// Rules that match in every object in which a rule of these ids does, and maybe
// in more: without all that keeps matches back.
RuleSet eager_rules(const RuleSet& rules, const std::set<std::string>& ids);

}  // namespace leaksift
