// All rules, compiled: what every worker shares.
#pragma once

#include <algorithm>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "leaksift/result.h"
#include "match/compiled_rule.h"
#include "match/delta_plan.h"
#include "match/prefilter.h"
#include "match/tail_check.h"
#include "match/verdict.h"
#include "rules/rule.h"

namespace leaksift {

// What was worked out before: plans, by their plan_key, and prefilter
// databases, by the key of the anchors that they were compiled from
// (Engine::anchors_key).
class EngineCache {
 public:
  virtual ~EngineCache() = default;

  // Null if there is none.
  virtual std::shared_ptr<const RulePlan> plan(uint64_t plan_key) = 0;
  // Null if there is none that works on this machine.
  virtual std::unique_ptr<Prefilter> load(uint64_t anchors_key) = 0;
  virtual void store(uint64_t anchors_key, const Prefilter& prefilter) = 0;
};

// The rule set in the form that blobs are scanned with. Immutable once built;
// one Engine serves any number of threads.
class Engine {
 public:
  // Fails where a rule's regex is bad, naming the rule's file and line. With a
  // cache, only what it does not have is worked out.
  static Result<std::unique_ptr<Engine>> build(RuleSet rules,
                                               EngineCache* cache = nullptr);

  // What a hit of one anchor asks to be tried, if the tail behind it fits:
  // `rule`, from each place min_back to max_back bytes before the hit's end
  // that begins_of() leaves.
  struct Use {
    static constexpr uint32_t kNoTail = ~uint32_t{0};

    uint32_t rule = 0;
    uint32_t min_back = 0;
    uint32_t max_back = 0;
    uint32_t width = 0;  // bytes of the anchor's text
    uint32_t tail = kNoTail;
    const Anchor* anchor = nullptr;
  };

  const RuleSet& rules() const { return rules_; }
  // All of these by the index of RuleSet::rules.
  size_t rule_count() const { return plans_.size(); }
  // False for a rule about paths alone.
  bool has_content(uint32_t index) const { return plans_[index] != nullptr; }
  // REQUIRES: has_content(index)
  const CompiledRule& rule(uint32_t index) const;

  // A rule that another one names (RuleSet::rules[i].required) and that is
  // looked for only around the matches of that one.
  struct Companion {
    uint32_t rule = 0;
    uint32_t within_lines = 0;
  };
  // In the order in which `rule` names them.
  const std::vector<Companion>& companions(uint32_t rule) const {
    return companions_[rule];
  }
  // Is the rule of no use but as somebody's companion? One that is not
  // reported, and that others name only within lines and only as optional. It
  // has no anchors in the prefilter, which would find it everywhere.
  bool is_companion(uint32_t rule) const { return is_companion_[rule]; }

  const Judge& judge() const { return judge_; }
  const Prefilter& prefilter() const { return *prefilter_; }
  const std::vector<PrefilterPattern>& patterns() const { return patterns_; }
  // Uses are numbered; those of one pattern follow each other.
  uint32_t first_use(uint32_t pattern) const { return first_use_[pattern]; }
  uint32_t end_use(uint32_t pattern) const { return first_use_[pattern + 1]; }
  const Use& use(uint32_t number) const { return uses_[number]; }

  // May `next`, behind a hit of the pattern, begin the tail of one of its uses?
  bool may_go_on(uint32_t pattern, char next) const {
    return next_bytes_[pattern][static_cast<uint8_t>(next)];
  }

  // Does the tail stand behind a hit, or might it if the text went on?
  bool tail_passes(const Use& use, std::string_view text, uint64_t at) const {
    return use.tail == Use::kNoTail || tails_[use.tail].get().passes(text, at);
  }
  bool tail_may_pass(const Use& use, std::string_view text, uint64_t at) const {
    return use.tail == Use::kNoTail ||
           tails_[use.tail].get().may_pass(text, at);
  }
  // Bytes that these look at.
  uint32_t tail_reach(const Use& use) const {
    return use.tail == Use::kNoTail ? 0 : tails_[use.tail].reach();
  }

  // The places where a match around a hit that ends at `end` may begin, both
  // ends included; none where the bytes before the hit allow none.
  // REQUIRES: use.min_back <= end
  std::optional<Span> begins_of(const Use& use, std::string_view text,
                                uint64_t end) const;

  // Gates: bit `gate` is set in a blob that holds one of the rule's keywords.
  static constexpr uint32_t kNoGate = ~uint32_t{0};
  uint32_t gate_count() const { return gate_count_; }
  uint32_t gate_of(uint32_t rule) const { return gate_of_[rule]; }
  const std::vector<uint32_t>& gates_of_pattern(uint32_t pattern) const {
    return gates_of_pattern_[pattern];
  }
  // Rules without anchors: their regex is run over every blob whose gate is
  // open (kNoGate: over every blob).
  const std::vector<uint32_t>& unanchored() const { return unanchored_; }

  // Bytes around a secret's beginning that its verdict may depend on: a window
  // of a larger blob needs as many on both sides to decide like the whole.
  uint64_t margin() const { return margin_; }

  // For blobs that are made out of others (match/delta_plan.h).
  RuleContext context(uint32_t rule) const { return contexts_[rule]; }
  // Bytes around a seam that anchors and their tails may reach across it.
  uint64_t seam_left() const { return seam_left_; }
  uint64_t seam_right() const { return seam_right_; }
  // False for rules that ask for keywords anywhere in a blob.
  bool is_local() const { return gate_count_ == 0; }

  // May an anchor hold a newline?
  bool anchors_span_lines() const { return anchors_span_lines_; }

  // The same for the same patterns, on every machine.
  uint64_t anchors_key() const;

 private:
  // Patterns and tails while rules are added: those that are the same are one.
  struct Builder;
  // Made when it is first asked for: a blob has hits of a few rules, and to
  // make all of them takes a millisecond.
  struct LazyRule {
    std::once_flag once;
    std::optional<CompiledRule> rule;
  };

  explicit Engine(RuleSet rules);
  void find_companions();
  Status compile_rules(Builder& builder, EngineCache* cache);
  void add_anchors(uint32_t rule, Builder& builder);
  uint32_t number_of_tail(const Tail& tail, Builder& builder);
  void add_gate(uint32_t rule, Builder& builder);
  void set_context(uint32_t rule);
  void lay_out_uses(const Builder& builder);
  void note_next_bytes(const std::vector<Use>& uses);
  Status compile_prefilter(EngineCache* cache);

  RuleSet rules_;
  Judge judge_;
  std::vector<bool> is_companion_;                  // by rule
  std::vector<std::vector<Companion>> companions_;  // by rule
  std::vector<std::shared_ptr<const RulePlan>> plans_;
  std::unique_ptr<LazyRule[]> compiled_;
  std::vector<PrefilterPattern> patterns_;
  std::vector<uint32_t> first_use_;  // by pattern, and one more
  std::vector<Use> uses_;
  std::vector<ByteSet> next_bytes_;  // by pattern
  std::vector<LazyTailCheck> tails_;
  std::vector<std::vector<uint32_t>> gates_of_pattern_;
  std::vector<uint32_t> gate_of_;  // by rule
  uint32_t gate_count_ = 0;
  std::vector<uint32_t> unanchored_;
  uint64_t margin_ = 0;
  std::vector<RuleContext> contexts_;  // by rule
  uint64_t seam_left_ = 0;
  uint64_t seam_right_ = 0;
  bool anchors_span_lines_ = false;
  std::unique_ptr<Prefilter> prefilter_;
};

}  // namespace leaksift
