#include "match/engine.h"

#include <algorithm>
#include <utility>

#include "core/hash.h"

namespace leaksift {
namespace {

// The largest context of a rule that is not wide. With 256 and 96 bytes around
// every seam, a fifth of curl's and git's history is scanned.
constexpr uint32_t kMaxAfter = 256;
constexpr uint32_t kMaxBefore = 96;  // from an anchor's end back to the seam

}  // namespace

Engine::Engine(RuleSet rules) : rules_(std::move(rules)), judge_(rules_) {}

Result<std::unique_ptr<Engine>> Engine::build(RuleSet rules,
                                              PrefilterCache* cache) {
  std::unique_ptr<Engine> engine(new Engine(std::move(rules)));
  if (Status status = engine->compile_rules(); !status) {
    return std::move(status).error();
  }
  if (Status status = engine->compile_prefilter(cache); !status) {
    return std::move(status).error();
  }
  return engine;
}

Status Engine::compile_rules() {
  for (uint32_t i = 0; i < rules_.rules.size(); ++i) {
    const Rule& rule = rules_.rules[i];
    compiled_.emplace_back();
    gate_of_.push_back(kNoGate);
    contexts_.emplace_back();
    wide_.push_back(false);
    if (rule.regex.empty()) continue;
    Result<RulePlan> plan = plan_rule(rule);
    if (!plan) {
      return std::move(plan)
          .error()
          .in("rule '" + rule.id + "'")
          .in(rule.source.to_string());
    }
    const uint64_t reach = uint64_t{plan->reach} + plan->lead_max;
    margin_ = std::max(margin_, reach + kLineReach + 1);
    compiled_.back() = std::make_unique<CompiledRule>(rule, *std::move(plan));
    set_context(i);
    add_anchors(i);
    add_gate(i);
  }
  return Ok{};
}

// One byte on each side is for \b and the like.
void Engine::set_context(uint32_t rule) {
  const RulePlan& plan = compiled_[rule]->plan;
  const RuleContext context{plan.lead_max + 1, saturating_add(plan.reach, 1)};
  contexts_[rule] = context;
  uint32_t furthest = 0;  // from a match's begin to the end of its anchor
  for (const Anchor& anchor : plan.anchors) {
    furthest = std::max(furthest, anchor.max_back);
  }
  const uint32_t before = saturating_add(context.before, furthest);
  wide_[rule] = context.after > kMaxAfter || before > kMaxBefore;
  if (wide_[rule]) return;
  seam_left_ = std::max<uint64_t>(seam_left_, context.after);
  seam_right_ = std::max<uint64_t>(seam_right_, before);
}

void Engine::add_anchors(uint32_t rule) {
  const RulePlan& plan = compiled_[rule]->plan;
  if (plan.anchors.empty()) unanchored_.push_back(rule);
  for (const Anchor& anchor : plan.anchors) {
    const uint32_t pattern =
        pattern_index({anchor.expression, anchor.fold_case}, anchor.max_width);
    uses_[pattern].push_back({rule, anchor.min_back, anchor.max_back});
    if (!wide_[rule]) continue;
    wide_use_[pattern] = true;
    seam_left_ = std::max<uint64_t>(seam_left_, anchor.max_width);
    seam_right_ = std::max<uint64_t>(seam_right_, anchor.max_width);
  }
}

void Engine::add_gate(uint32_t rule) {
  const RulePlan& plan = compiled_[rule]->plan;
  if (plan.gate.empty()) return;
  gate_of_[rule] = gate_count_++;
  for (const std::string& keyword : plan.gate) {
    std::string expression;
    for (const char c : keyword) {
      const bool plain = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
      if (!plain) expression += '\\';
      expression += c;
    }
    const uint32_t pattern = pattern_index(
        {expression, true}, static_cast<uint32_t>(keyword.size()));
    gates_of_pattern_[pattern].push_back(gate_of_[rule]);
  }
}

// Rules that share an anchor share its pattern.
uint32_t Engine::pattern_index(PrefilterPattern pattern, uint32_t width) {
  const auto known = std::find(patterns_.begin(), patterns_.end(), pattern);
  if (known != patterns_.end()) {
    return static_cast<uint32_t>(known - patterns_.begin());
  }
  patterns_.push_back(std::move(pattern));
  uses_.emplace_back();
  gates_of_pattern_.emplace_back();
  width_.push_back(width);
  wide_use_.push_back(false);
  return static_cast<uint32_t>(patterns_.size() - 1);
}

uint64_t Engine::anchors_key() const {
  std::string all;
  for (const PrefilterPattern& pattern : patterns_) {
    all += pattern.fold_case ? "i" : "-";
    all += pattern.expression + "\n";
  }
  return stable_hash(all);
}

Status Engine::compile_prefilter(PrefilterCache* cache) {
  if (cache != nullptr) prefilter_ = cache->load(anchors_key());
  if (prefilter_) return Ok{};
  Result<Prefilter> prefilter = Prefilter::compile(patterns_);
  if (!prefilter) return std::move(prefilter).error();
  prefilter_ = std::make_unique<Prefilter>(*std::move(prefilter));
  if (cache != nullptr) cache->store(anchors_key(), *prefilter_);
  return Ok{};
}

}  // namespace leaksift
