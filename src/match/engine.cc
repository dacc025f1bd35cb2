#include "match/engine.h"

#include <algorithm>
#include <utility>

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

Result<RulePlans> plans_for(const RuleSet& rules, EngineCache* cache) {
  RulePlans plans;
  for (const Rule& rule : rules.rules) {
    plans.emplace_back();
    if (rule.regex.empty()) continue;
    Result<SharedPlan> planned = plan_for(rule, cache);
    if (!planned) {
      return std::move(planned)
          .error()
          .in("rule '" + rule.id + "'")
          .in(rule.source.to_string());
    }
    plans.back() = *std::move(planned);
  }
  return plans;
}

}  // namespace

Engine::Engine(RuleSet rules, std::shared_ptr<EngineCache> cache,
               RulePlans plans, EngineTables tables)
    : rules_(std::move(rules)),
      judge_(rules_),
      cache_(std::move(cache)),
      plans_(std::move(plans)),
      tables_(std::move(tables)),
      compiled_(std::make_unique<LazyRule[]>(rules_.rules.size())) {}

Result<std::unique_ptr<Engine>> Engine::build(
    RuleSet rules, std::shared_ptr<EngineCache> cache) {
  RulePlans plans;
  std::optional<EngineTables> tables;
  if (cache) tables = cache->tables(EngineTables::key_of(rules));
  if (!tables) {
    Result<RulePlans> planned = plans_for(rules, cache.get());
    if (!planned) return std::move(planned).error();
    plans = *std::move(planned);
    tables = EngineTables::make(rules, plans);
  }
  std::unique_ptr<Engine> engine(new Engine(std::move(rules), std::move(cache),
                                            std::move(plans),
                                            *std::move(tables)));
  if (Status status = engine->compile_prefilter(); !status) {
    return std::move(status).error();
  }
  return engine;
}

const CompiledRule& Engine::rule(uint32_t index) const {
  LazyRule& lazy = compiled_[index];
  std::call_once(lazy.once, [&] {
    const Rule& rule = rules_.rules[index];
    lazy.rule.emplace(
        rule, plans_.empty() ? *plan_for(rule, cache_.get()) : plans_[index]);
  });
  return *lazy.rule;
}

// Going back to the beginning of a match takes RE2 ten times as long as looking
// for a head: "-u" stands in many places that no "curl" stands before.
std::optional<Span> Engine::begins_of(const AnchorUse& use,
                                      std::string_view text,
                                      uint64_t end) const {
  Span begins{back_from(end, use.max_back), end - use.min_back};
  std::string_view before = text.substr(0, back_from(end, use.width));
  before.remove_prefix(std::min<uint64_t>(begins.begin, before.size()));
  if (use.on_line != 0) {
    const size_t newline = before.rfind('\n');
    if (newline != std::string_view::npos) {
      begins.begin += newline + 1;
      before.remove_prefix(newline + 1);
    }
  }
  const bool possible =
      begins.begin <= begins.end &&
      before.find(tables_.head(use)) != std::string_view::npos;
  return possible ? std::optional(begins) : std::nullopt;
}

Status Engine::compile_prefilter() {
  const uint64_t key = tables_.anchors_key();
  if (cache_) prefilter_ = cache_->load(key);
  if (prefilter_) return Ok{};
  Result<Prefilter> prefilter = Prefilter::compile(tables_.patterns());
  if (!prefilter) return std::move(prefilter).error();
  prefilter_ = std::make_unique<Prefilter>(*std::move(prefilter));
  if (cache_) cache_->store(key, *prefilter_);
  return Ok{};
}

}  // namespace leaksift
