#include "git/delta.h"

#include <cstring>
#include <random>

#include "support/catch.h"
#include "support/git/pack_writer.h"

using namespace leaksift;

namespace {

// Bytes with just the slack behind them that apply_delta() asks for, so that
// the address sanitizer sees every byte more.
class Padded {
 public:
  explicit Padded(std::string_view bytes) : Padded(bytes.size()) {
    std::memcpy(bytes_.data(), bytes.data(), bytes.size());
  }
  explicit Padded(size_t size) : size_(size), bytes_(size + kDeltaSlack) {}

  char* data() { return bytes_.data(); }
  std::string_view view() const { return {bytes_.data(), size_}; }

 private:
  size_t size_;
  std::vector<char> bytes_;
};

struct Applied {
  std::string result;
  std::vector<CopyRun> runs;
};

constexpr uint64_t kMostTried = 1 << 24;

std::optional<Applied> make(std::string_view base, std::string_view delta) {
  const Padded padded_base(base);
  const Padded padded_delta(delta);
  const auto sizes = read_delta_sizes(padded_delta.view());
  if (!sizes || sizes->result > kMostTried) return std::nullopt;
  Padded out(sizes->result);
  Applied applied;
  if (!apply_delta(padded_base.view(), padded_delta.view(), *sizes, out.data(),
                   applied.runs)) {
    return std::nullopt;
  }
  applied.result = out.view();
  return applied;
}

// The same by the letter of gitformat-pack, byte by byte, with at() to check.
class NaiveDelta {
 public:
  NaiveDelta(std::string_view base, std::string_view delta)
      : base_(base), delta_(delta) {}

  std::optional<std::string> apply() {
    try {
      if (size() != base_.size()) return std::nullopt;
      const uint64_t expected = size();
      std::string result;
      while (at_ < delta_.size()) {
        const unsigned op = byte();
        if (op == 0) return std::nullopt;
        result += (op & 0x80) != 0 ? copied(op) : inserted(op);
        if (result.size() > expected) return std::nullopt;
      }
      if (result.size() != expected) return std::nullopt;
      return result;
    } catch (const std::out_of_range&) {
      return std::nullopt;
    }
  }

 private:
  unsigned byte() { return static_cast<uint8_t>(delta_.at(at_++)); }

  uint64_t size() {
    uint64_t value = 0;
    for (unsigned shift = 0;; shift += 7) {
      const uint64_t next = byte();
      if (shift > 56) throw std::out_of_range("a size of more than 63 bits");
      value |= (next & 0x7f) << shift;
      if (next < 0x80) return value;
    }
  }

  std::string copied(unsigned op) {
    uint64_t offset = 0, size = 0;
    for (unsigned i = 0; i < 7; ++i) {
      if ((op >> i & 1) == 0) continue;
      (i < 4 ? offset : size) |= uint64_t{byte()} << 8 * (i < 4 ? i : i - 4);
    }
    if (size == 0) size = 0x10000;
    if (offset + size > base_.size()) throw std::out_of_range("copy");
    return std::string(base_.substr(offset, size));
  }

  std::string inserted(unsigned size) {
    std::string bytes;
    while (size-- > 0) bytes += static_cast<char>(byte());
    return bytes;
  }

  std::string_view base_;
  std::string_view delta_;
  size_t at_ = 0;
};

std::string random_text(std::mt19937& random, size_t size) {
  std::string text(size, '\0');
  for (char& c : text) c = static_cast<char>('a' + random() % 26);
  return text;
}

std::string random_delta(std::mt19937& random, const std::string& base) {
  std::string ops;
  uint64_t result_size = 0;
  for (auto count = random() % 12; count-- > 0;) {
    if (random() % 2 == 0) {
      const std::string text = random_text(random, 1 + random() % 127);
      ops += insert_op(text);
      result_size += text.size();
      continue;
    }
    const auto size = static_cast<uint32_t>(
        1 + random() % std::min<size_t>(base.size(), 0x10000));
    ops += copy_op(static_cast<uint32_t>(random() % (base.size() - size + 1)),
                   size);
    result_size += size;
  }
  return delta_header(base.size(), result_size) + ops;
}

// Runs ascend, stay inside of both, never touch where they could be one, and
// are what they say.
void check_runs(std::string_view base, const Applied& applied) {
  const CopyRun* last = nullptr;
  for (const CopyRun& run : applied.runs) {
    REQUIRE(run.to + run.size <= applied.result.size());
    REQUIRE(run.from + run.size <= base.size());
    CHECK(applied.result.compare(run.to, run.size, base, run.from, run.size) ==
          0);
    if (last != nullptr) {
      CHECK(last->to + last->size <= run.to);
      CHECK_FALSE((last->to + last->size == run.to &&
                   last->from + last->size == run.from));
    }
    last = &run;
  }
}

}  // namespace

TEST_CASE("deltas give what the format says, and their runs are the copies",
          "[git][delta]") {
  std::mt19937 random(1);
  for (int round = 0; round < 300; ++round) {
    const size_t size = round % 10 == 0 ? 300'000 : 1 + random() % 2000;
    const std::string base = random_text(random, size);
    const std::string delta = random_delta(random, base);
    const auto expected = NaiveDelta(base, delta).apply();
    REQUIRE(expected);
    const auto applied = make(base, delta);
    REQUIRE(applied);
    const bool same = applied->result == *expected;
    CHECK(same);
    check_runs(base, *applied);
  }
}

TEST_CASE("a changed or cut delta is refused just where the format is broken",
          "[git][delta]") {
  std::mt19937 random(2);
  size_t refused = 0, taken = 0;
  for (int round = 0; round < 3000; ++round) {
    const std::string base = random_text(random, 1 + random() % 300);
    std::string delta = random_delta(random, base);
    if (random() % 4 == 0) {
      delta.resize(random() % delta.size());
    } else {
      for (auto n = 1 + random() % 2; n-- > 0;) {
        delta[random() % delta.size()] = static_cast<char>(random());
      }
    }
    const auto expected = NaiveDelta(base, delta).apply();
    const auto applied = make(base, delta);
    REQUIRE(applied.has_value() == expected.has_value());
    if (applied) CHECK(applied->result == *expected);
    (applied ? taken : refused) += 1;
  }
  CHECK(refused > 1000);
  CHECK(taken > 100);
}

TEST_CASE("copies that continue each other are one run", "[git][delta]") {
  const std::string base(200'000, 'x');
  const auto applied =
      make(base, delta_header(base.size(), 0x20000 + 4) + copy_op(5, 0x10000) +
                     copy_op(5 + 0x10000, 0x10000) + insert_op("a") +
                     copy_op(5 + 0x20000, 1) + copy_op(0, 2));
  REQUIRE(applied);
  REQUIRE(applied->runs.size() == 3);
  CHECK(applied->runs[0].from == 5);
  CHECK(applied->runs[0].size == 0x20000);
  CHECK(applied->runs[1].to == 0x20001);
  CHECK(applied->runs[2].from == 0);
}

TEST_CASE("offsets and sizes take all of their bytes", "[git][delta]") {
  std::string base(0x01020304 + 0x030201, '.');
  base.replace(0x01020304, 4, "here");
  const auto applied = make(base, delta_header(base.size(), 0x030201) +
                                      copy_op(0x01020304, 0x030201));
  REQUIRE(applied);
  const bool same = applied->result == base.substr(0x01020304);
  CHECK(same);
}

TEST_CASE("a delta that does not fit is refused", "[git][delta]") {
  const std::string base = "0123456789";
  const std::string good =
      delta_header(10, 5) + copy_op(2, 3) + insert_op("ab");
  REQUIRE(make(base, good));
  CHECK(make(base, good)->result == "234ab");

  CHECK_FALSE(make(base + "!", good));
  CHECK_FALSE(make(base.substr(1), good));
  CHECK_FALSE(make("", good));
  for (size_t size = 0; size < good.size(); ++size) {
    CAPTURE(size);
    CHECK_FALSE(make(base, good.substr(0, size)));
  }
  const std::string copy_past_end = delta_header(10, 5) + copy_op(6, 5);
  const std::string copy_from_behind = delta_header(10, 1) + copy_op(10, 1);
  const std::string copy_far_behind = delta_header(10, 1) + copy_op(~0U, 1);
  const std::string too_much = delta_header(10, 4) + copy_op(0, 5);
  const std::string too_little = delta_header(10, 6) + copy_op(0, 5);
  const std::string reserved = delta_header(10, 0) + '\0';
  for (const std::string& delta :
       {copy_past_end, copy_from_behind, copy_far_behind, too_much, too_little,
        reserved, good + insert_op("c")}) {
    CHECK_FALSE(make(base, delta));
  }
}

TEST_CASE("an empty result needs no operation", "[git][delta]") {
  const auto applied = make("base", delta_header(4, 0));
  REQUIRE(applied);
  CHECK(applied->result.empty());
  CHECK(applied->runs.empty());
}

TEST_CASE("sizes of any length are read, endless ones are not",
          "[git][delta]") {
  const uint64_t large = (uint64_t{1} << 62) + 12345;
  const auto sizes = read_delta_sizes(delta_header(large, uint64_t{2} << 30));
  REQUIRE(sizes);
  CHECK(sizes->base == large);
  CHECK(sizes->result == uint64_t{2} << 30);
  CHECK(sizes->header == 9 + 5);
  CHECK_FALSE(read_delta_sizes(std::string(30, '\x80')));
  CHECK_FALSE(read_delta_sizes(std::string(30, '\xff')));
  CHECK_FALSE(read_delta_sizes(""));
  CHECK_FALSE(read_delta_sizes("\x05"));
}
