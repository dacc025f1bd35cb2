#include "rules/example.h"

#include <algorithm>
#include <cstdint>

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

constexpr uint32_t kMaxCount = 10'000;

std::string members_of(const ByteSet& bytes) {
  std::string members;
  for (size_t b = 0; b < bytes.size(); ++b) {
    if (bytes[b]) members.push_back(static_cast<char>(b));
  }
  return members;
}

// Appends what a class, a counted class or a plain character stands for.
bool draw(const RegexNode& node, Generator& generator, std::string& out) {
  const bool repeats = node.kind == RegexNode::Kind::kRepeat;
  const RegexNode& one = repeats ? node.children[0] : node;
  if (one.kind != RegexNode::Kind::kBytes || one.bytes.none()) return false;
  uint64_t count = 1;
  if (repeats) {
    if (node.max > kMaxCount) return false;
    count = node.min;
    if (node.max > node.min) count += generator.below(node.max - node.min + 1);
  }
  const std::string members = members_of(one.bytes);
  const bool is_brace = members == "{" || members == "}" || members == " ";
  if (is_brace) return false;  // of a count that is none
  for (uint64_t i = 0; i < count; ++i) {
    out += members[members.size() == 1 ? 0 : generator.below(members.size())];
  }
  return true;
}

// "[class]{count}", or several of these with plain characters between them.
bool draw_all(std::string_view text, Generator& generator, std::string& out) {
  if (!text.ends_with('}') || text.find("}}") != text.npos) return false;
  const Result<RegexNode> tree = parse_regex(text, RegexUnit::kByte);
  return tree && std::all_of(tree->children.begin(), tree->children.end(),
                             [&](const RegexNode& node) {
                               return draw(node, generator, out);
                             });
}

}  // namespace

Result<std::string> expand_example(std::string_view text,
                                   std::string_view seed) {
  Generator generator(stable_hash(seed));
  std::string out;
  for (;;) {
    const size_t open = text.find("{{");
    out += text.substr(0, open);
    if (open == std::string_view::npos) return out;
    text.remove_prefix(open + 2);
    const size_t close = text.find("}}}");
    std::string drawn;
    if (close != std::string_view::npos &&
        draw_all(text.substr(0, close + 1), generator, drawn)) {
      out += drawn;
      text.remove_prefix(close + 3);
    } else if (text.starts_with('[')) {
      return Error("bad placeholder '{{" + std::string(text.substr(0, 20)) +
                   "…': it is written {{[class]{count}}}");
    } else {
      out += "{{";  // of a template: "{{ password }}"
    }
  }
}

}  // namespace leaksift
