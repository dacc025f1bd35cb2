#include "rules/stored.h"

#include <algorithm>
#include <cassert>
#include <cstring>
#include <map>
#include <optional>
#include <type_traits>
#include <utility>

#include "core/raw_bytes.h"

namespace leaksift {
namespace {

static_assert(std::is_trivially_copyable_v<ByteSet>);

// Their count, where each of them begins and where the last one ends, and the
// texts.
std::string in_sequence(const std::vector<std::string_view>& texts) {
  std::string begins;
  std::string all;
  append_raw(begins, static_cast<uint32_t>(texts.size()));
  for (const std::string_view text : texts) {
    append_raw(begins, static_cast<uint32_t>(all.size()));
    all += text;
  }
  append_raw(begins, static_cast<uint32_t>(all.size()));
  return begins + all;
}

// Texts by their numbers, each of them kept once.
class PoolWriter {
 public:
  uint32_t number_of(std::string bytes) {
    const auto number = static_cast<uint32_t>(numbers_.size());
    return numbers_.emplace(std::move(bytes), number).first->second;
  }

  // For SequenceReader.
  std::string finish() const {
    std::vector<std::string_view> in_order(numbers_.size());
    for (const auto& [bytes, number] : numbers_) in_order[number] = bytes;
    return in_sequence(in_order);
  }

 private:
  std::map<std::string, uint32_t> numbers_;
};

class SequenceReader {
 public:
  // Takes its own bytes from the front of `bytes`.
  explicit SequenceReader(std::string_view& bytes)
      : count_(raw_at<uint32_t>(bytes, 0)),
        begins_(bytes.substr(sizeof count_, (count_ + 1) * sizeof count_)),
        texts_(bytes.substr(sizeof count_ + begins_.size(), begin_of(count_))) {
    bytes.remove_prefix(sizeof count_ + begins_.size() + texts_.size());
  }

  uint32_t size() const { return count_; }
  std::string_view operator[](uint32_t number) const {
    const uint32_t begin = begin_of(number);
    return texts_.substr(begin, begin_of(number + 1) - begin);
  }

 private:
  uint32_t begin_of(uint32_t number) const {
    return raw_at<uint32_t>(begins_, number * sizeof(uint32_t));
  }

  uint32_t count_;
  std::string_view begins_;
  std::string_view texts_;
};

// What plans share: many thousand bytes of tails have some hundred classes, and
// thousands of anchors some hundred tails.
struct SharedWriters {
  PoolWriter classes;
  PoolWriter tails;
};

struct SharedReaders {
  explicit SharedReaders(std::string_view& bytes)
      : classes(bytes), tails(bytes), read_tails(tails.size()) {}

  SequenceReader classes;
  SequenceReader tails;
  std::vector<Tail> read_tails;  // empty: not yet
};

class Writer {
 public:
  // Rules and examples have neither classes nor tails.
  explicit Writer(SharedWriters* shared = nullptr) : shared_(shared) {}

  template <typename... Fields>
  void operator()(const Fields&... fields) {
    (put(fields), ...);
  }

  std::string finish() { return std::move(out_); }

 private:
  template <typename T>
  void put(const T& value) {
    if constexpr (std::is_arithmetic_v<T> || std::is_enum_v<T>) {
      append_raw(out_, value);
    } else {
      // One list of fields serves both directions; writing changes nothing.
      fields_of(*this, const_cast<T&>(value));
    }
  }
  void put(const std::string& value) {
    put(static_cast<uint32_t>(value.size()));
    out_ += value;
  }
  void put(const ByteSet& value) {
    put(shared_->classes.number_of(
        {reinterpret_cast<const char*>(&value), sizeof value}));
  }
  void put(const Tail& value) {
    Writer tail(shared_);
    tail(value.bytes());
    put(shared_->tails.number_of(tail.finish()));
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

  SharedWriters* shared_;
  std::string out_;
};

class Reader {
 public:
  explicit Reader(std::string_view bytes, SharedReaders* shared = nullptr)
      : bytes_(bytes), shared_(shared) {}

  template <typename... Fields>
  void operator()(Fields&... fields) {
    (get(fields), ...);
  }

  bool at_end() const { return bytes_.empty(); }

 private:
  template <typename T>
  void get(T& value) {
    if constexpr (std::is_arithmetic_v<T> || std::is_enum_v<T>) {
      value = raw_at<T>(take(sizeof value), 0);
    } else {
      fields_of(*this, value);
    }
  }
  // Most are empty.
  void get(std::string& value) {
    if (const uint32_t size = count(); size != 0) value = take(size);
  }
  void get(ByteSet& value) {
    const std::string_view bytes = shared_->classes[count()];
    assert(bytes.size() == sizeof value);
    std::memcpy(&value, bytes.data(), sizeof value);
  }
  void get(Tail& value) {
    const uint32_t number = count();
    Tail& known = shared_->read_tails[number];
    if (known.empty()) {
      std::vector<TailByte> bytes;
      Reader(shared_->tails[number], shared_)(bytes);
      known = Tail(std::move(bytes));
    }
    value = known;
  }
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
  SharedReaders* shared_;
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
  archive(p.core, p.unit, p.loose, p.lead, p.lead_max, p.leading_run, p.reach,
          p.capped, p.anchors, p.gate);
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

std::string store_rules(const RuleSet& rules) {
  Writer writer;
  writer(rules.rules, rules.allowlists);
  return writer.finish();
}

RuleSet restore_rules(std::string_view bytes) {
  RuleSet rules;
  Reader reader(bytes);
  reader(rules.rules, rules.allowlists);
  assert(reader.at_end());
  rules.is_checked = true;
  return rules;
}

// Keys in order, the plans by the same numbers, and what they share.
std::string store_plans(std::vector<StoredPlan> plans) {
  std::stable_sort(
      plans.begin(), plans.end(),
      [](const StoredPlan& a, const StoredPlan& b) { return a.key < b.key; });
  const auto end = std::unique(
      plans.begin(), plans.end(),
      [](const StoredPlan& a, const StoredPlan& b) { return a.key == b.key; });
  plans.erase(end, plans.end());
  SharedWriters shared;
  std::string keys;
  std::vector<std::string> bodies;
  append_raw(keys, static_cast<uint32_t>(plans.size()));
  for (const StoredPlan& stored : plans) {
    append_raw(keys, stored.key);
    Writer writer(&shared);
    writer(*stored.plan);
    bodies.push_back(writer.finish());
  }
  return keys + shared.classes.finish() + shared.tails.finish() +
         in_sequence({bodies.begin(), bodies.end()});
}

struct StoredPlans::Layout {
  explicit Layout(std::string_view bytes)
      : count(raw_at<uint32_t>(bytes, 0)),
        keys(bytes.substr(sizeof count, count * sizeof(uint64_t))),
        rest(bytes.substr(sizeof count + keys.size())),
        shared(rest),
        bodies(rest) {}

  uint64_t key(uint32_t number) const {
    return raw_at<uint64_t>(keys, number * sizeof(uint64_t));
  }

  uint32_t count;
  std::string_view keys;
  std::string_view rest;  // what those below take their bytes from
  SharedReaders shared;
  SequenceReader bodies;
};

StoredPlans::StoredPlans(std::string_view bytes)
    : layout_(std::make_unique<Layout>(bytes)) {}
StoredPlans::~StoredPlans() = default;

std::shared_ptr<const RulePlan> StoredPlans::find(uint64_t key) {
  uint32_t first = 0;
  for (uint32_t last = layout_->count; first < last;) {
    const uint32_t middle = first + (last - first) / 2;
    if (layout_->key(middle) < key) {
      first = middle + 1;
    } else {
      last = middle;
    }
  }
  if (first == layout_->count || layout_->key(first) != key) return nullptr;
  auto plan = std::make_shared<RulePlan>();
  const std::lock_guard lock(mutex_);
  Reader reader(layout_->bodies[first], &layout_->shared);
  reader(*plan);
  return plan;
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
