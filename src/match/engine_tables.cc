#include "match/engine_tables.h"

#include <algorithm>
#include <cassert>
#include <cstring>
#include <string>
#include <type_traits>
#include <unordered_map>

#include "core/hash.h"
#include "core/raw_bytes.h"
#include "match/compiled_rule.h"

namespace leaksift {
namespace {

void append(std::string& out, const std::string& text) {
  append_raw(out, text.size());
  out += text;
}

constexpr size_t blocks_for(size_t bytes) {
  return (bytes + EngineTables::kAlignment - 1) / EngineTables::kAlignment;
}

// A table in the bytes: a block with its size, then its rows.
template <typename Row>
constexpr size_t blocks_of(std::span<const Row> table) {
  // Bytes between fields would differ from build to build.
  static_assert(std::is_trivially_copyable_v<Row> &&
                std::has_unique_object_representations_v<Row>);
  static_assert(alignof(Row) <= EngineTables::kAlignment);
  return 1 + blocks_for(table.size_bytes());
}

}  // namespace

// The tables while rules are added to them.
class EngineTables::Builder {
 public:
  EngineTables build(const RuleSet& rules, const RulePlans& plans) {
    find_companions(rules.rules);
    for (uint32_t i = 0; i < rules.rules.size(); ++i) {
      if (plans[i] != nullptr) add(i, *plans[i]);
    }
    lay_out_patterns();
    sums_.anchors_key = anchors_key();
    return laid_out();
  }

 private:
  struct PatternHasher {
    size_t operator()(const PrefilterPattern& pattern) const {
      return local_hash(pattern.shape.empty() ? pattern.text : pattern.shape);
    }
  };
  struct Pattern {
    PrefilterPattern pattern;
    std::vector<AnchorUse> uses;
    std::vector<uint32_t> gates;
    ByteSet next_bytes;
  };

  void find_companions(const std::vector<Rule>& rules);
  void add(uint32_t rule, const RulePlan& plan);
  void add_anchor(uint32_t rule, const Anchor& anchor);
  void add_gate(uint32_t rule, const RulePlan& plan);
  Pattern& pattern_of(PrefilterPattern pattern);
  uint32_t number_of_tail(const Tail& tail);
  uint32_t place_of_text(const std::string& text);
  AnchorReach reach_of(const AnchorUse& use) const;
  void lay_out_patterns();
  uint64_t anchors_key() const;
  EngineTables laid_out() const;

  std::unordered_map<PrefilterPattern, uint32_t, PatternHasher> numbers_;
  std::vector<Pattern> patterns_;
  std::unordered_map<Tail, uint32_t, Tail::Hasher> tail_numbers_;
  std::unordered_map<std::string, uint32_t> text_places_;

  Sums sums_;
  std::vector<PatternRow> pattern_rows_;
  std::vector<uint32_t> first_use_;
  std::vector<AnchorUse> uses_;
  std::vector<AnchorReach> reaches_;
  std::vector<ByteSet> next_bytes_;
  std::vector<TailCheck> tails_;
  std::vector<RuleRow> rules_;
  std::vector<Companion> companions_;
  std::vector<uint32_t> first_gate_;
  std::vector<uint32_t> gates_;
  std::vector<uint32_t> unanchored_;
  std::string texts_;
};

// A companion is a rule that is not reported, and that others name only within
// lines and only as optional.
void EngineTables::Builder::find_companions(const std::vector<Rule>& rules) {
  std::unordered_map<std::string_view, uint32_t> unreported;
  for (uint32_t i = 0; i < rules.size(); ++i) {
    if (!rules[i].skip_report || rules[i].regex.empty()) continue;
    unreported.emplace(rules[i].id, i);
  }
  rules_.resize(rules.size() + 1);
  std::vector<bool> is_needed(rules.size(), false);
  for (const Rule& rule : rules) {
    for (const RequiredRule& required : rule.required) {
      const auto named = unreported.find(required.id);
      if (named == unreported.end()) continue;
      rules_[named->second].is_companion = 1;
      if (!required.optional || !required.within_lines) {
        is_needed[named->second] = true;
      }
    }
  }
  for (uint32_t i = 0; i < rules.size(); ++i) {
    if (is_needed[i]) rules_[i].is_companion = 0;
  }
  for (uint32_t i = 0; i < rules.size(); ++i) {
    for (const RequiredRule& required : rules[i].required) {
      const auto named = unreported.find(required.id);
      if (named == unreported.end()) continue;
      if (rules_[named->second].is_companion == 0) continue;
      companions_.push_back({named->second, *required.within_lines});
    }
    rules_[i + 1].first_companion = static_cast<uint32_t>(companions_.size());
  }
}

void EngineTables::Builder::add(uint32_t rule, const RulePlan& plan) {
  const uint64_t reach = uint64_t{plan.reach} + plan.lead_max;
  sums_.margin = std::max(sums_.margin, reach + kLineReach + 1);
  // The prefilter would find a companion everywhere.
  if (rules_[rule].is_companion != 0) return;
  // One byte on each side is for \b and the like.
  rules_[rule].context = {plan.lead_max + 1, saturating_add(plan.reach, 1)};
  if (plan.anchors.empty()) unanchored_.push_back(rule);
  for (const Anchor& anchor : plan.anchors) add_anchor(rule, anchor);
  if (!plan.gate.empty()) add_gate(rule, plan);
}

void EngineTables::Builder::add_anchor(uint32_t rule, const Anchor& anchor) {
  AnchorUse use{rule, anchor.min_back, anchor.max_back, anchor.max_width};
  use.head = place_of_text(anchor.head);
  use.head_size = static_cast<uint16_t>(anchor.head.size());
  use.on_line = anchor.on_line ? 1 : 0;
  Pattern& pattern = pattern_of({anchor.text, anchor.fold_case, anchor.shape});
  uint64_t tail_reach = 0;
  if (anchor.tail.empty()) {
    pattern.next_bytes.set();
  } else {
    use.tail = number_of_tail(anchor.tail);
    pattern.next_bytes |= first_bytes(anchor.tail.bytes());
    tail_reach = anchor.tail.bytes().size();
  }
  // The first byte before a seam or the last one of the tail behind it, and
  // the last byte of the text behind a seam or the first one before it.
  sums_.seam_left = std::max(sums_.seam_left, use.width + tail_reach - 1);
  sums_.seam_right = std::max<uint64_t>(sums_.seam_right, use.width - 1);
  if (anchor.spans_lines) sums_.anchors_span_lines = 1;
  pattern.uses.push_back(use);
}

void EngineTables::Builder::add_gate(uint32_t rule, const RulePlan& plan) {
  const uint32_t gate = sums_.gate_count++;
  rules_[rule].gate = gate;
  for (const std::string& keyword : plan.gate) {
    pattern_of({keyword, true, ""}).gates.push_back(gate);
  }
}

// Patterns, tails and texts that are the same are one.
EngineTables::Builder::Pattern& EngineTables::Builder::pattern_of(
    PrefilterPattern pattern) {
  const auto [known, is_new] =
      numbers_.emplace(pattern, static_cast<uint32_t>(patterns_.size()));
  if (is_new) patterns_.push_back({std::move(pattern), {}, {}, {}});
  return patterns_[known->second];
}

uint32_t EngineTables::Builder::number_of_tail(const Tail& tail) {
  const auto [known, is_new] =
      tail_numbers_.emplace(tail, static_cast<uint32_t>(tails_.size()));
  if (is_new) tails_.emplace_back(tail.bytes());
  return known->second;
}

uint32_t EngineTables::Builder::place_of_text(const std::string& text) {
  const auto [known, is_new] =
      text_places_.emplace(text, static_cast<uint32_t>(texts_.size()));
  if (is_new) texts_ += text;
  return known->second;
}

AnchorReach EngineTables::Builder::reach_of(const AnchorUse& use) const {
  const RuleContext context = rules_[use.rule].context;
  const uint32_t tail =
      use.tail == AnchorUse::kNoTail ? 0 : tails_[use.tail].reach();
  return {
      std::max(use.width, saturating_add(use.max_back, context.before)),
      std::max(tail, context.after - std::min(context.after, use.min_back))};
}

void EngineTables::Builder::lay_out_patterns() {
  first_use_.push_back(0);
  first_gate_.push_back(0);
  for (const Pattern& p : patterns_) {
    PatternRow row;
    row.text = place_of_text(p.pattern.text + p.pattern.shape);
    row.text_size = static_cast<uint16_t>(p.pattern.text.size());
    row.shape_size = static_cast<uint32_t>(p.pattern.shape.size());
    row.fold_case = p.pattern.fold_case ? 1 : 0;
    pattern_rows_.push_back(row);
    for (const AnchorUse& use : p.uses) {
      uses_.push_back(use);
      reaches_.push_back(reach_of(use));
    }
    first_use_.push_back(static_cast<uint32_t>(uses_.size()));
    gates_.insert(gates_.end(), p.gates.begin(), p.gates.end());
    first_gate_.push_back(static_cast<uint32_t>(gates_.size()));
    next_bytes_.push_back(p.next_bytes);
  }
}

uint64_t EngineTables::Builder::anchors_key() const {
  std::string all;
  for (const Pattern& p : patterns_) {
    all += p.pattern.fold_case ? 'i' : '-';
    append(all, p.pattern.text);
    append(all, p.pattern.shape);
  }
  return stable_hash(all);
}

EngineTables EngineTables::Builder::laid_out() const {
  EngineTables tables;
  tables.sums_ = {&sums_, 1};
  tables.patterns_ = pattern_rows_;
  tables.first_use_ = first_use_;
  tables.uses_ = uses_;
  tables.reaches_ = reaches_;
  tables.next_bytes_ = next_bytes_;
  tables.tails_ = tails_;
  tables.rules_ = rules_;
  tables.companions_ = companions_;
  tables.first_gate_ = first_gate_;
  tables.gates_ = gates_;
  tables.unanchored_ = unanchored_;
  tables.texts_ = texts_;

  size_t blocks = 0;
  for_each_table(tables, [&](auto table) { blocks += blocks_of(table); });
  std::vector<Block> own(blocks);
  size_t block = 0;
  for_each_table(tables, [&](auto table) {
    const uint64_t size = table.size();
    std::memcpy(&own[block], &size, sizeof size);
    if (size != 0) {
      std::memcpy(&own[block + 1], table.data(), table.size_bytes());
    }
    block += blocks_of(table);
  });
  EngineTables same = in_place({own.front().bytes, blocks * kAlignment});
  same.own_ = std::move(own);
  return same;
}

EngineTables EngineTables::make(const RuleSet& rules, const RulePlans& plans) {
  return Builder().build(rules, plans);
}

EngineTables EngineTables::in_place(std::string_view bytes) {
  assert(reinterpret_cast<uintptr_t>(bytes.data()) % kAlignment == 0);
  EngineTables tables;
  tables.bytes_ = bytes;
  const char* at = bytes.data();
  for_each_table(tables, [&]<typename Row>(std::span<const Row>& table) {
    uint64_t size = 0;
    std::memcpy(&size, at, sizeof size);
    table = {reinterpret_cast<const Row*>(at + kAlignment), size};
    at += blocks_of(table) * kAlignment;
  });
  assert(at == bytes.data() + bytes.size());
  return tables;
}

// All that make() asks for.
uint64_t EngineTables::key_of(const RuleSet& rules) {
  constexpr size_t kUsualRule = 256;
  std::string all;
  all.reserve(rules.rules.size() * kUsualRule);
  for (const Rule& rule : rules.rules) {
    append_raw(all, all.size());  // tells where the last one ends
    add_to_plan_key(rule, all);
    append_raw(all, rule.skip_report);
    if (rule.skip_report) append(all, rule.id);
    append_raw(all, rule.required.size());
    for (const RequiredRule& required : rule.required) {
      append(all, required.id);
      append_raw(all, required.optional);
      append_raw(all, required.within_lines.value_or(~uint32_t{0}));
    }
  }
  return stable_hash(all);
}

PrefilterPattern EngineTables::pattern(uint32_t number) const {
  const PatternRow& row = patterns_[number];
  const std::string_view texts(texts_.data(), texts_.size());
  return {std::string(texts.substr(row.text, row.text_size)),
          row.fold_case != 0,
          std::string(texts.substr(row.text + row.text_size, row.shape_size))};
}

std::vector<PrefilterPattern> EngineTables::patterns() const {
  std::vector<PrefilterPattern> all;
  for (uint32_t i = 0; i < pattern_count(); ++i) all.push_back(pattern(i));
  return all;
}

}  // namespace leaksift
