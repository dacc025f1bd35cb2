// What a scan asks about the anchors of a rule set: plain tables, which take no
// time to set up where the build has made them.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string_view>
#include <vector>

#include "match/delta_plan.h"
#include "match/prefilter.h"
#include "match/tail_check.h"
#include "rules/plan.h"
#include "rules/rule.h"

namespace leaksift {

// By the index of RuleSet::rules; null for a rule about paths alone.
using RulePlans = std::vector<std::shared_ptr<const RulePlan>>;

// What a hit of one anchor asks to be tried, if the tail behind it fits:
// `rule`, from each place min_back to max_back bytes before the hit's end that
// Engine::begins_of() leaves.
struct AnchorUse {
  static constexpr uint32_t kNoTail = ~uint32_t{0};

  uint32_t rule = 0;
  uint32_t min_back = 0;
  uint32_t max_back = 0;
  uint32_t width = 0;  // bytes of the anchor's text
  uint32_t tail = kNoTail;
  uint32_t head = 0;  // its Anchor::head; EngineTables::head()
  uint16_t head_size = 0;
  uint16_t on_line = 0;  // its Anchor::on_line
};

// All that a hit of one use and the verdicts around it depend on: bytes before
// its end, and behind it.
struct AnchorReach {
  uint32_t before = 0;
  uint32_t after = 0;
};

// A rule that another one names (RuleSet::rules[i].required) and that is looked
// for only around the matches of that one.
struct Companion {
  uint32_t rule = 0;
  uint32_t within_lines = 0;
};

// Immutable and safe to share between threads. All of it is in one piece of
// bytes, which these point into.
class EngineTables {
 public:
  // Bytes that in_place() takes begin at a multiple of this.
  static constexpr size_t kAlignment = 64;
  static constexpr uint32_t kNoGate = ~uint32_t{0};

  // REQUIRES: every rule with a regex has a plan.
  static EngineTables make(const RuleSet& rules, const RulePlans& plans);

  // REQUIRES: `bytes` are those of tables of the same build, aligned, and
  // outlive these. They are trusted.
  static EngineTables in_place(std::string_view bytes);
  std::string_view bytes() const { return bytes_; }

  // The same for sets of rules that have the same tables.
  static uint64_t key_of(const RuleSet& rules);

  size_t pattern_count() const { return patterns_.size(); }
  PrefilterPattern pattern(uint32_t number) const;
  std::vector<PrefilterPattern> patterns() const;
  // The same for the same patterns, on every machine.
  uint64_t anchors_key() const { return sums_[0].anchors_key; }

  // Uses are numbered; those of one pattern follow each other.
  uint32_t first_use(uint32_t pattern) const { return first_use_[pattern]; }
  uint32_t end_use(uint32_t pattern) const { return first_use_[pattern + 1]; }
  const AnchorUse& use(uint32_t number) const { return uses_[number]; }
  AnchorReach reach(uint32_t use) const { return reaches_[use]; }
  std::string_view head(const AnchorUse& use) const {
    return {texts_.data() + use.head, use.head_size};
  }
  // REQUIRES: use.tail != kNoTail
  const TailCheck& tail(const AnchorUse& use) const { return tails_[use.tail]; }
  // What may stand behind a hit of the pattern for one of its uses.
  const ByteSet& next_bytes(uint32_t pattern) const {
    return next_bytes_[pattern];
  }

  std::span<const Companion> companions(uint32_t rule) const {
    const RuleRow* const row = &rules_[rule];
    return companions_.subspan(row->first_companion,
                               row[1].first_companion - row->first_companion);
  }
  bool is_companion(uint32_t rule) const {
    return rules_[rule].is_companion != 0;
  }
  RuleContext context(uint32_t rule) const { return rules_[rule].context; }

  uint32_t gate_count() const { return sums_[0].gate_count; }
  uint32_t gate_of(uint32_t rule) const { return rules_[rule].gate; }
  std::span<const uint32_t> gates_of_pattern(uint32_t pattern) const {
    const uint32_t begin = first_gate_[pattern];
    return gates_.subspan(begin, first_gate_[pattern + 1] - begin);
  }
  std::span<const uint32_t> unanchored() const { return unanchored_; }

  uint64_t margin() const { return sums_[0].margin; }
  uint64_t seam_left() const { return sums_[0].seam_left; }
  uint64_t seam_right() const { return sums_[0].seam_right; }
  bool anchors_span_lines() const { return sums_[0].anchors_span_lines != 0; }

 private:
  class Builder;

  struct Sums {
    uint64_t margin = 0;
    uint64_t seam_left = 0;
    uint64_t seam_right = 0;
    uint64_t anchors_key = 0;
    uint32_t gate_count = 0;
    uint32_t anchors_span_lines = 0;
  };
  struct PatternRow {
    uint32_t text = 0;  // in texts_; its shape stands behind it
    uint16_t text_size = 0;
    uint16_t fold_case = 0;
    uint32_t shape_size = 0;
  };
  // There is one more than rules, for its first_companion.
  struct RuleRow {
    RuleContext context;
    uint32_t gate = kNoGate;
    uint32_t first_companion = 0;
    uint32_t is_companion = 0;
  };
  struct alignas(kAlignment) Block {
    char bytes[kAlignment];
  };

  EngineTables() = default;

  // All of them, in the order in which they stand in the bytes.
  template <typename Tables, typename Visit>
  static void for_each_table(Tables& t, Visit visit) {
    visit(t.sums_);
    visit(t.patterns_);
    visit(t.first_use_);
    visit(t.uses_);
    visit(t.reaches_);
    visit(t.next_bytes_);
    visit(t.tails_);
    visit(t.rules_);
    visit(t.companions_);
    visit(t.first_gate_);
    visit(t.gates_);
    visit(t.unanchored_);
    visit(t.texts_);
  }

  std::vector<Block> own_;  // empty where the bytes are somebody else's
  std::string_view bytes_;
  std::span<const Sums> sums_;  // one
  std::span<const PatternRow> patterns_;
  std::span<const uint32_t> first_use_;  // by pattern, and one more
  std::span<const AnchorUse> uses_;
  std::span<const AnchorReach> reaches_;  // by use
  std::span<const ByteSet> next_bytes_;   // by pattern
  std::span<const TailCheck> tails_;
  std::span<const RuleRow> rules_;
  std::span<const Companion> companions_;
  std::span<const uint32_t> first_gate_;  // by pattern, and one more
  std::span<const uint32_t> gates_;
  std::span<const uint32_t> unanchored_;
  std::span<const char> texts_;
};

}  // namespace leaksift
