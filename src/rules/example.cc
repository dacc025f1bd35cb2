#include "rules/example.h"

#include <charconv>
#include <cstdint>
#include <optional>
#include <vector>

#include "core/hash.h"
#include "rules/regex_syntax.h"

namespace leaksift {
namespace {

// SplitMix64 (Steele, Lea, Flood: Fast splittable pseudorandom number
// generators, 2014).
class Generator {
 public:
  explicit Generator(uint64_t seed) : state_(seed) {}

  uint64_t below(uint64_t limit) {
    state_ += 0x9e3779b97f4a7c15;
    uint64_t z = state_;
    z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9;
    z = (z ^ z >> 27) * 0x94d049bb133111eb;
    return (z ^ z >> 31) % limit;
  }

 private:
  uint64_t state_;
};

struct Placeholder {
  std::string members;
  size_t count = 0;
};

// "[class]{count}"
std::optional<Placeholder> parse_placeholder(std::string_view text) {
  const size_t brace = text.rfind('{');
  if (!text.starts_with('[') || !text.ends_with('}') ||
      brace == std::string_view::npos || brace == 0) {
    return std::nullopt;
  }
  Placeholder result;
  const char* const first = text.data() + brace + 1;
  const char* const last = text.data() + text.size() - 1;
  const auto [end, error] = std::from_chars(first, last, result.count);
  constexpr size_t kMaxCount = 10'000;
  if (error != std::errc() || end != last || result.count > kMaxCount) {
    return std::nullopt;
  }
  const Result<RegexNode> tree =
      parse_regex(text.substr(0, brace), RegexUnit::kByte);
  if (!tree || tree->children.size() != 1 ||
      tree->children[0].kind != RegexNode::Kind::kBytes) {
    return std::nullopt;
  }
  const ByteSet& bytes = tree->children[0].bytes;
  for (size_t b = 0; b < bytes.size(); ++b) {
    if (bytes[b]) result.members.push_back(static_cast<char>(b));
  }
  return result;
}

}  // namespace

Result<std::string> expand_example(std::string_view text,
                                   std::string_view seed) {
  Generator generator(stable_hash(seed));
  std::string out;
  for (;;) {
    const size_t open = text.find("{{[");
    out += text.substr(0, open);
    if (open == std::string_view::npos) return out;
    text.remove_prefix(open + 2);
    const size_t close = text.find("}}}");
    const std::optional<Placeholder> placeholder =
        close == std::string_view::npos
            ? std::nullopt
            : parse_placeholder(text.substr(0, close + 1));
    if (!placeholder) {
      return Error("bad placeholder '{{" + std::string(text.substr(0, 20)) +
                   "…': it is written {{[class]{count}}}");
    }
    for (size_t i = 0; i < placeholder->count; ++i) {
      out += placeholder->members[generator.below(placeholder->members.size())];
    }
    text.remove_prefix(close + 3);
  }
}

}  // namespace leaksift
