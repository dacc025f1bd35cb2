// All rules, compiled: what every worker shares.
#pragma once

#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <string_view>

#include "leaksift/result.h"
#include "match/compiled_rule.h"
#include "match/delta_plan.h"
#include "match/engine_tables.h"
#include "match/prefilter.h"
#include "match/verdict.h"
#include "rules/rule.h"

namespace leaksift {

// What was worked out before: plans, by their plan_key, tables, by
// EngineTables::key_of, and prefilter databases, by the key of the anchors that
// they were compiled from (EngineTables::anchors_key). Thread-safe.
class EngineCache {
 public:
  virtual ~EngineCache() = default;

  // Null if there is none.
  virtual std::shared_ptr<const RulePlan> plan(uint64_t plan_key) = 0;
  // Nothing if there are none. They are for a program's life.
  virtual std::optional<EngineTables> tables(uint64_t tables_key) = 0;
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
  static Result<std::unique_ptr<Engine>> build(
      RuleSet rules, std::shared_ptr<EngineCache> cache = nullptr);

  const RuleSet& rules() const { return rules_; }
  // All of these by the index of RuleSet::rules.
  size_t rule_count() const { return rules_.rules.size(); }
  // False for a rule about paths alone.
  bool has_content(uint32_t index) const {
    return !rules_.rules[index].regex.empty();
  }
  // REQUIRES: has_content(index)
  const CompiledRule& rule(uint32_t index) const;

  // In the order in which `rule` names them.
  std::span<const Companion> companions(uint32_t rule) const {
    return tables_.companions(rule);
  }
  // Is the rule of no use but as somebody's companion? It has no anchors in the
  // prefilter.
  bool is_companion(uint32_t rule) const { return tables_.is_companion(rule); }

  const Judge& judge() const { return judge_; }
  const Prefilter& prefilter() const { return *prefilter_; }
  const EngineTables& tables() const { return tables_; }
  // Uses are numbered; those of one pattern follow each other.
  uint32_t first_use(uint32_t pattern) const {
    return tables_.first_use(pattern);
  }
  uint32_t end_use(uint32_t pattern) const { return tables_.end_use(pattern); }
  const AnchorUse& use(uint32_t number) const { return tables_.use(number); }
  AnchorReach reach(uint32_t use) const { return tables_.reach(use); }

  // May `next`, behind a hit of the pattern, begin the tail of one of its uses?
  bool may_go_on(uint32_t pattern, char next) const {
    return tables_.next_bytes(pattern)[static_cast<uint8_t>(next)];
  }

  // Does the tail stand behind a hit, or might it if the text went on?
  bool tail_passes(const AnchorUse& use, std::string_view text,
                   uint64_t at) const {
    return use.tail == AnchorUse::kNoTail || tables_.tail(use).passes(text, at);
  }
  bool tail_may_pass(const AnchorUse& use, std::string_view text,
                     uint64_t at) const {
    return use.tail == AnchorUse::kNoTail ||
           tables_.tail(use).may_pass(text, at);
  }
  // Bytes that these look at.
  uint32_t tail_reach(const AnchorUse& use) const {
    return use.tail == AnchorUse::kNoTail ? 0 : tables_.tail(use).reach();
  }

  // The places where a match around a hit that ends at `end` may begin, both
  // ends included; none where the bytes before the hit allow none.
  // REQUIRES: use.min_back <= end
  std::optional<Span> begins_of(const AnchorUse& use, std::string_view text,
                                uint64_t end) const;

  // Gates: bit `gate` is set in a blob that holds one of the rule's keywords.
  static constexpr uint32_t kNoGate = EngineTables::kNoGate;
  uint32_t gate_count() const { return tables_.gate_count(); }
  uint32_t gate_of(uint32_t rule) const { return tables_.gate_of(rule); }
  std::span<const uint32_t> gates_of_pattern(uint32_t pattern) const {
    return tables_.gates_of_pattern(pattern);
  }
  // Rules without anchors: their regex is run over every blob whose gate is
  // open (kNoGate: over every blob).
  std::span<const uint32_t> unanchored() const { return tables_.unanchored(); }

  // Bytes around a secret's beginning that its verdict may depend on: a window
  // of a larger blob needs as many on both sides to decide like the whole.
  uint64_t margin() const { return tables_.margin(); }

  // For blobs that are made out of others (match/delta_plan.h).
  RuleContext context(uint32_t rule) const { return tables_.context(rule); }
  // Bytes around a seam that anchors and their tails may reach across it.
  uint64_t seam_left() const { return tables_.seam_left(); }
  uint64_t seam_right() const { return tables_.seam_right(); }
  // False for rules that ask for keywords anywhere in a blob.
  bool is_local() const { return gate_count() == 0; }

  // May an anchor hold a newline?
  bool anchors_span_lines() const { return tables_.anchors_span_lines(); }

 private:
  // Made when it is first asked for: a blob has hits of a few rules, and to
  // make all of them takes a millisecond.
  struct LazyRule {
    std::once_flag once;
    std::optional<CompiledRule> rule;
  };

  Engine(RuleSet rules, std::shared_ptr<EngineCache> cache, RulePlans plans,
         EngineTables tables);
  Status compile_prefilter();

  const RuleSet rules_;
  const Judge judge_;
  const std::shared_ptr<EngineCache> cache_;  // or null
  const RulePlans plans_;  // empty where the cache has all of them
  const EngineTables tables_;
  const std::unique_ptr<LazyRule[]> compiled_;  // by rule
  std::unique_ptr<Prefilter> prefilter_;
};

}  // namespace leaksift
