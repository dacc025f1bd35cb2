#include "rules/stored.h"

#include <cassert>
#include <cstring>
#include <map>
#include <optional>
#include <type_traits>
#include <utility>

namespace leaksift {
namespace {

// The classes of tails: many thousand bytes of tails share some hundreds. Tails
// are shared likewise.
constexpr size_t kClassSize = ByteSet().size() / 8;

static_assert(std::is_trivially_copyable_v<ByteSet> &&
              sizeof(ByteSet) == kClassSize);

std::string packed(const ByteSet& set) {
  return {reinterpret_cast<const char*>(&set), sizeof set};
}

ByteSet unpacked(std::string_view bytes) {
  ByteSet set;
  std::memcpy(&set, bytes.data(), sizeof set);
  return set;
}

class Writer {
 public:
  template <typename... Fields>
  void operator()(const Fields&... fields) {
    (put(fields), ...);
  }

  // Classes and tails come first: a reader needs them for the rest.
  std::string finish() const {
    std::string all;
    for (const Numbers* numbers : {&classes_, &tails_}) {
      Writer head;
      head.put(static_cast<uint32_t>(numbers->size()));
      std::vector<std::string_view> in_order(numbers->size());
      for (const auto& [bytes, number] : *numbers) in_order[number] = bytes;
      all += head.out_;
      for (const std::string_view bytes : in_order) all += bytes;
    }
    return all + out_;
  }

 private:
  using Numbers = std::map<std::string, uint32_t>;

  static uint32_t number_in(Numbers& numbers, std::string bytes) {
    const auto number = static_cast<uint32_t>(numbers.size());
    return numbers.emplace(std::move(bytes), number).first->second;
  }

  template <typename T>
  void put(const T& value) {
    if constexpr (std::is_arithmetic_v<T> || std::is_enum_v<T>) {
      out_.append(reinterpret_cast<const char*>(&value), sizeof value);
    } else {
      // One list of fields serves both directions; writing changes nothing.
      fields_of(*this, const_cast<T&>(value));
    }
  }
  void put(const std::string& value) {
    put(static_cast<uint32_t>(value.size()));
    out_ += value;
  }
  void put(const ByteSet& value) { put(number_in(classes_, packed(value))); }
  void put(const Tail& value) {
    std::string before = std::exchange(out_, {});
    put(value.bytes());
    put(number_in(tails_, std::exchange(out_, std::move(before))));
  }
  template <typename T>
  void put(const std::vector<T>& values) {
    put(static_cast<uint32_t>(values.size()));
    for (const T& value : values) put(value);
  }
  template <typename T>
  void put(const std::optional<T>& value) {
    put(value.has_value());
    if (value) put(*value);
  }

  std::string out_;
  Numbers classes_;
  Numbers tails_;
};

class Reader {
 public:
  explicit Reader(std::string_view bytes) : bytes_(bytes) {
    uint32_t count = 0;
    get(count);
    for (; count > 0; --count) classes_.push_back(unpacked(take(kClassSize)));
    get(count);
    for (; count > 0; --count) {
      std::vector<TailByte> tail;
      get(tail);
      tails_.emplace_back(std::move(tail));
    }
  }

  template <typename... Fields>
  void operator()(Fields&... fields) {
    (get(fields), ...);
  }

  bool at_end() const { return bytes_.empty(); }

 private:
  template <typename T>
  void get(T& value) {
    if constexpr (std::is_arithmetic_v<T> || std::is_enum_v<T>) {
      std::memcpy(&value, take(sizeof value).data(), sizeof value);
    } else {
      fields_of(*this, value);
    }
  }
  void get(std::string& value) { value = take(count()); }
  void get(ByteSet& value) { value = classes_[count()]; }
  void get(Tail& value) { value = tails_[count()]; }
  template <typename T>
  void get(std::vector<T>& values) {
    values.resize(count());
    for (T& value : values) get(value);
  }
  template <typename T>
  void get(std::optional<T>& value) {
    bool given = false;
    get(given);
    if (given) get(value.emplace());
  }

  uint32_t count() {
    uint32_t value = 0;
    get(value);
    return value;
  }
  std::string_view take(size_t size) {
    assert(size <= bytes_.size());
    const std::string_view taken = bytes_.substr(0, size);
    bytes_.remove_prefix(size);
    return taken;
  }

  std::string_view bytes_;
  std::vector<ByteSet> classes_;
  std::vector<Tail> tails_;
};

template <typename Archive>
void fields_of(Archive& archive, RuleSource& s) {
  archive(s.file, s.line);
}
template <typename Archive>
void fields_of(Archive& archive, Allowlist& a) {
  archive(a.description, a.all_conditions, a.commits, a.paths, a.target,
          a.regexes, a.stopwords, a.target_rules, a.source);
}
template <typename Archive>
void fields_of(Archive& archive, RequiredRule& r) {
  archive(r.id, r.optional, r.within_lines, r.within_columns);
}
template <typename Archive>
void fields_of(Archive& archive, Rule& r) {
  archive(r.id, r.description, r.provider, r.regex, r.path, r.secret_group,
          r.entropy, r.keywords, r.tags, r.allowlists, r.required,
          r.skip_report, r.data_class, r.severity, r.states_severity,
          r.confidence, r.references, r.if_words, r.no_words, r.if_paired,
          r.remedy, r.pack, r.min_count, r.checksum, r.charset, r.context_after,
          r.foreign, r.source);
}
template <typename Archive>
void fields_of(Archive& archive, TailByte& t) {
  archive(t.bytes, t.optional);
}
template <typename Archive>
void fields_of(Archive& archive, Anchor& a) {
  archive(a.text, a.fold_case, a.tail, a.shape, a.min_back, a.max_back,
          a.max_width, a.head, a.on_line, a.hits_per_kb, a.spans_lines);
}
template <typename Archive>
void fields_of(Archive& archive, RulePlan& p) {
  archive(p.core, p.unit, p.lead, p.lead_max, p.leading_run, p.reach, p.capped,
          p.anchors, p.gate);
}
template <typename Archive>
void fields_of(Archive& archive, StoredPlan& p) {
  if (!p.plan) p.plan = std::make_shared<RulePlan>();
  archive(p.key, *p.plan);
}

struct StoredExamples {
  std::string id;
  RuleSource source;
  std::vector<std::string> examples;
  std::vector<std::string> counter_examples;
};
template <typename Archive>
void fields_of(Archive& archive, StoredExamples& e) {
  archive(e.id, e.source, e.examples, e.counter_examples);
}

}  // namespace

std::string store_rules(const StoredRules& rules) {
  Writer writer;
  writer(rules.set.rules, rules.set.allowlists, rules.plans);
  return writer.finish();
}

StoredRules restore_rules(std::string_view bytes) {
  StoredRules rules;
  Reader reader(bytes);
  reader(rules.set.rules, rules.set.allowlists, rules.plans);
  assert(reader.at_end());
  rules.set.is_checked = true;
  return rules;
}

std::string store_examples(const RuleSet& rules) {
  std::vector<StoredExamples> all;
  for (const Rule& rule : rules.rules) {
    all.push_back({rule.id, rule.source, rule.examples, rule.counter_examples});
  }
  Writer writer;
  writer(all);
  return writer.finish();
}

void restore_examples(std::string_view bytes, RuleSet& rules) {
  std::vector<StoredExamples> all;
  Reader reader(bytes);
  reader(all);
  std::map<std::string_view, StoredExamples*> by_id;
  for (StoredExamples& one : all) by_id.emplace(one.id, &one);
  for (Rule& rule : rules.rules) {
    const auto found = by_id.find(rule.id);
    if (found == by_id.end()) continue;
    StoredExamples& one = *found->second;
    if (one.source.file != rule.source.file ||
        one.source.line != rule.source.line) {
      continue;
    }
    rule.examples = std::move(one.examples);
    rule.counter_examples = std::move(one.counter_examples);
  }
}

}  // namespace leaksift
