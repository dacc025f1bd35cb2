#include "rules/plan.h"

#include <algorithm>

#include "core/hash.h"
#include "rules/loose_regex.h"

namespace leaksift {
namespace {

using Kind = RegexNode::Kind;

// The first thing in `node` that takes bytes, if nothing but assertion-free
// groups that are not kept stand before it.
const RegexNode* first_element(const RegexNode& node) {
  if (node.kind != Kind::kConcat) return &node;
  return node.children.empty() ? nullptr : first_element(node.children[0]);
}

bool is_lead(const RegexNode& node) {
  return node.kind == Kind::kRepeat && !node.greedy && node.min == 0 &&
         node.max != kUnbounded && node.children[0].kind == Kind::kBytes;
}

// Takes the leads off the front of `plan.core`. Leaving such a run out keeps
// the set of secrets: a match with k bytes of lead is a match of the rest k
// bytes later, and the lazy run prefers k = 0 there.
Result<RegexNode> strip_leads(RulePlan& plan) {
  for (;;) {
    Result<RegexNode> tree = parse_regex(plan.core, plan.unit);
    if (!tree) return tree;
    const RegexNode* first = first_element(*tree);
    if (first == nullptr || !is_lead(*first)) return tree;
    const ByteSet& bytes = first->children[0].bytes;
    if (plan.lead_max != 0 && bytes != plan.lead) return tree;
    plan.lead = bytes;
    plan.lead_max = saturating_add(plan.lead_max, first->max);
    plan.core.erase(first->source.begin, first->source.size());
  }
}

// The class of the unlimited run that `node` begins with, if it does.
ByteSet run_in_front(const RegexNode& node) {
  switch (node.kind) {
    case Kind::kConcat:
      return node.children.empty() ? ByteSet() : run_in_front(node.children[0]);
    case Kind::kCapture:
      return run_in_front(node.children[0]);
    case Kind::kRepeat:
      if (node.max != kUnbounded) return {};
      return node.children[0].kind == Kind::kBytes ? node.children[0].bytes
                                                   : ByteSet();
    default:
      return {};
  }
}

bool has_text(const Anchor& anchor) {
  constexpr size_t kMinSize = 3;
  return anchor.text.size() >= kMinSize;
}

size_t hash_of(const std::vector<TailByte>& tail) {
  size_t hash = tail.size();
  for (const TailByte& byte : tail) {
    const size_t mixed = std::hash<ByteSet>()(byte.bytes) + byte.optional;
    hash = (hash ^ mixed) * 0x9e3779b97f4a7c15;
  }
  return hash;
}

}  // namespace

Tail::Tail(std::vector<TailByte> bytes) {
  if (bytes.empty()) return;
  const size_t hash = hash_of(bytes);
  content_ = std::make_shared<const Content>(Content{std::move(bytes), hash});
}

const std::vector<TailByte>& Tail::bytes() const {
  static const std::vector<TailByte> kNone;
  return content_ ? content_->bytes : kNone;
}

Result<RulePlan> plan_rule(const Rule& rule) {
  RulePlan plan;
  plan.core = rule.regex;
  plan.unit = regex_unit(rule.regex);
  // Our parser takes a few patterns that RE2 refuses.
  if (const auto regex = Regex::compile(rule.regex, plan.unit); !regex) {
    return regex.error();
  }
  const Result<RegexNode> tree = strip_leads(plan);
  if (!tree) return tree.error();
  plan.leading_run = run_in_front(*tree);
  plan.loose = loosened(plan.core);
  if (!plan.loose.empty() && !Regex::compile(plan.loose, plan.unit)) {
    plan.loose.clear();
  }

  const Width width = width_of(*tree);
  plan.capped = !width.bounded() || rule.context_after;
  plan.reach =
      plan.capped ? rule.context_after.value_or(kDefaultReach) : width.max;
  plan.anchors = derive_anchors(*tree, plan.reach);
  if (rule.keywords.empty() || always_holds(*tree, rule.keywords)) return plan;

  plan.gate = rule.keywords;
  // Few blobs hold the keyword: reading those twice is cheaper than having the
  // prefilter look for classes everywhere.
  if (!std::all_of(plan.anchors.begin(), plan.anchors.end(), has_text)) {
    plan.anchors.clear();
  }
  return plan;
}

uint64_t plan_key(const Rule& rule) {
  std::string all;
  add_to_plan_key(rule, all);
  return stable_hash(all);
}

void add_to_plan_key(const Rule& rule, std::string& text) {
  text += rule.regex;
  for (const std::string& keyword : rule.keywords) {
    text += '\0';
    text += keyword;
  }
  if (rule.context_after) text += '\1' + std::to_string(*rule.context_after);
}

}  // namespace leaksift
