#include "match/engine.h"

#include <algorithm>
#include <unordered_map>
#include <utility>

#include "core/hash.h"

namespace leaksift {
namespace {

using SharedPlan = std::shared_ptr<const RulePlan>;

Result<SharedPlan> plan_for(const Rule& rule, EngineCache* cache) {
  if (cache != nullptr) {
    if (SharedPlan known = cache->plan(plan_key(rule))) return known;
  }
  Result<RulePlan> plan = plan_rule(rule);
  if (!plan) return std::move(plan).error();
  return SharedPlan(std::make_shared<RulePlan>(*std::move(plan)));
}

}  // namespace

struct Engine::Builder {
  struct PatternHasher {
    size_t operator()(const PrefilterPattern& pattern) const {
      return local_hash(pattern.shape.empty() ? pattern.text : pattern.shape);
    }
  };
  std::unordered_map<PrefilterPattern, uint32_t, PatternHasher> patterns;
  std::vector<std::vector<Use>> uses;  // by pattern

  // Numbers of Engine::tails_.
  std::unordered_map<Tail, uint32_t, Tail::Hasher> tails;
};

Engine::Engine(RuleSet rules) : rules_(std::move(rules)), judge_(rules_) {}

Result<std::unique_ptr<Engine>> Engine::build(RuleSet rules,
                                              EngineCache* cache) {
  std::unique_ptr<Engine> engine(new Engine(std::move(rules)));
  Builder builder;
  engine->find_companions();
  if (Status status = engine->compile_rules(builder, cache); !status) {
    return std::move(status).error();
  }
  engine->lay_out_uses(builder);
  if (Status status = engine->compile_prefilter(cache); !status) {
    return std::move(status).error();
  }
  return engine;
}

void Engine::find_companions() {
  std::unordered_map<std::string_view, uint32_t> unreported;
  for (uint32_t i = 0; i < rules_.rules.size(); ++i) {
    const Rule& rule = rules_.rules[i];
    if (rule.skip_report && !rule.regex.empty()) unreported.emplace(rule.id, i);
  }
  is_companion_.assign(rules_.rules.size(), false);
  companions_.resize(rules_.rules.size());
  std::vector<bool> is_needed(rules_.rules.size(), false);
  for (const Rule& rule : rules_.rules) {
    for (const RequiredRule& required : rule.required) {
      const auto named = unreported.find(required.id);
      if (named == unreported.end()) continue;
      is_companion_[named->second] = true;
      if (!required.optional || !required.within_lines) {
        is_needed[named->second] = true;
      }
    }
  }
  for (uint32_t i = 0; i < rules_.rules.size(); ++i) {
    is_companion_[i] = is_companion_[i] && !is_needed[i];
  }
  for (uint32_t i = 0; i < rules_.rules.size(); ++i) {
    for (const RequiredRule& required : rules_.rules[i].required) {
      const auto named = unreported.find(required.id);
      if (named == unreported.end() || !is_companion_[named->second]) continue;
      companions_[i].push_back({named->second, *required.within_lines});
    }
  }
}

Status Engine::compile_rules(Builder& builder, EngineCache* cache) {
  compiled_ = std::make_unique<LazyRule[]>(rules_.rules.size());
  for (uint32_t i = 0; i < rules_.rules.size(); ++i) {
    const Rule& rule = rules_.rules[i];
    plans_.emplace_back();
    gate_of_.push_back(kNoGate);
    contexts_.emplace_back();
    if (rule.regex.empty()) continue;
    Result<SharedPlan> planned = plan_for(rule, cache);
    if (!planned) {
      return std::move(planned)
          .error()
          .in("rule '" + rule.id + "'")
          .in(rule.source.to_string());
    }
    plans_.back() = *std::move(planned);
    const RulePlan& plan = *plans_.back();
    const uint64_t reach = uint64_t{plan.reach} + plan.lead_max;
    margin_ = std::max(margin_, reach + kLineReach + 1);
    if (is_companion(i)) continue;
    set_context(i);
    add_anchors(i, builder);
    add_gate(i, builder);
  }
  return Ok{};
}

const CompiledRule& Engine::rule(uint32_t index) const {
  LazyRule& lazy = compiled_[index];
  std::call_once(lazy.once, [&] {
    lazy.rule.emplace(rules_.rules[index], plans_[index]);
  });
  return *lazy.rule;
}

// One byte on each side is for \b and the like.
void Engine::set_context(uint32_t rule) {
  const RulePlan& plan = *plans_[rule];
  contexts_[rule] = {plan.lead_max + 1, saturating_add(plan.reach, 1)};
}

void Engine::add_anchors(uint32_t rule, Builder& builder) {
  const RulePlan& plan = *plans_[rule];
  if (plan.anchors.empty()) unanchored_.push_back(rule);
  for (const Anchor& anchor : plan.anchors) {
    const auto [pattern, fresh] = builder.patterns.emplace(
        PrefilterPattern{anchor.text, anchor.fold_case, anchor.shape},
        static_cast<uint32_t>(builder.uses.size()));
    if (fresh) builder.uses.emplace_back();
    Use use{rule,         anchor.min_back, anchor.max_back, anchor.max_width,
            Use::kNoTail, &anchor};
    if (!anchor.tail.empty()) use.tail = number_of_tail(anchor.tail, builder);
    // The first byte before a seam or the last one of the tail behind it, and
    // the last byte of the text behind a seam or the first one before it.
    seam_left_ =
        std::max<uint64_t>(seam_left_, use.width + tail_reach(use) - 1);
    seam_right_ = std::max<uint64_t>(seam_right_, use.width - 1);
    anchors_span_lines_ = anchors_span_lines_ || anchor.spans_lines;
    builder.uses[pattern->second].push_back(use);
  }
}

uint32_t Engine::number_of_tail(const Tail& tail, Builder& builder) {
  const auto [known, is_new] =
      builder.tails.emplace(tail, static_cast<uint32_t>(tails_.size()));
  if (is_new) tails_.emplace_back(tail);
  return known->second;
}

void Engine::add_gate(uint32_t rule, Builder& builder) {
  const RulePlan& plan = *plans_[rule];
  if (plan.gate.empty()) return;
  gate_of_[rule] = gate_count_++;
  for (const std::string& keyword : plan.gate) {
    const auto [pattern, fresh] =
        builder.patterns.emplace(PrefilterPattern{keyword, true, ""},
                                 static_cast<uint32_t>(builder.uses.size()));
    if (fresh) builder.uses.emplace_back();
    gates_of_pattern_.resize(
        std::max<size_t>(gates_of_pattern_.size(), pattern->second + 1));
    gates_of_pattern_[pattern->second].push_back(gate_of_[rule]);
  }
}

void Engine::lay_out_uses(const Builder& builder) {
  patterns_.resize(builder.uses.size());
  gates_of_pattern_.resize(builder.uses.size());
  for (const auto& [pattern, number] : builder.patterns) {
    patterns_[number] = pattern;
  }
  for (const std::vector<Use>& uses : builder.uses) {
    first_use_.push_back(static_cast<uint32_t>(uses_.size()));
    uses_.insert(uses_.end(), uses.begin(), uses.end());
  }
  first_use_.push_back(static_cast<uint32_t>(uses_.size()));
  for (const std::vector<Use>& uses : builder.uses) note_next_bytes(uses);
}

// Going back to the beginning of a match takes RE2 ten times as long as looking
// for a head: "-u" stands in many places that no "curl" stands before.
std::optional<Span> Engine::begins_of(const Use& use, std::string_view text,
                                      uint64_t end) const {
  Span begins{back_from(end, use.max_back), end - use.min_back};
  std::string_view before = text.substr(0, back_from(end, use.width));
  before.remove_prefix(std::min<uint64_t>(begins.begin, before.size()));
  if (use.anchor->on_line) {
    const size_t newline = before.rfind('\n');
    if (newline != std::string_view::npos) {
      begins.begin += newline + 1;
      before.remove_prefix(newline + 1);
    }
  }
  const bool possible = begins.begin <= begins.end &&
                        before.find(use.anchor->head) != std::string_view::npos;
  return possible ? std::optional(begins) : std::nullopt;
}

void Engine::note_next_bytes(const std::vector<Use>& uses) {
  ByteSet bytes;
  for (const Use& use : uses) {
    if (use.tail == Use::kNoTail) {
      bytes.set();
    } else {
      bytes |= first_bytes(use.anchor->tail.bytes());
    }
  }
  next_bytes_.push_back(bytes);
}

uint64_t Engine::anchors_key() const {
  std::string all;
  for (const PrefilterPattern& pattern : patterns_) {
    all += pattern.fold_case ? 'i' : '-';
    all += std::to_string(pattern.text.size());
    all += ':';
    all += pattern.text;
    all += pattern.shape;
    all += '\n';
  }
  return stable_hash(all);
}

Status Engine::compile_prefilter(EngineCache* cache) {
  if (cache != nullptr) prefilter_ = cache->load(anchors_key());
  if (prefilter_) return Ok{};
  Result<Prefilter> prefilter = Prefilter::compile(patterns_);
  if (!prefilter) return std::move(prefilter).error();
  prefilter_ = std::make_unique<Prefilter>(*std::move(prefilter));
  if (cache != nullptr) cache->store(anchors_key(), *prefilter_);
  return Ok{};
}

}  // namespace leaksift
