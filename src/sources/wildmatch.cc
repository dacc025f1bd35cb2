#include "sources/wildmatch.h"

#include <bitset>
#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

namespace leaksift {
namespace {

using ByteSet = std::bitset<256>;

uint8_t byte_of(char c) {
  return static_cast<uint8_t>(c);
}

// One step of a pattern.
struct Element {
  enum class Kind {
    kByte,         // `byte`
    kAny,          // any one byte but a slash in a path
    kSet,          // one byte of `set`, never a slash in a path
    kInSegment,    // any number of bytes without a slash
    kAcross,       // any number of bytes
    kDirectories,  // nothing, or any number of bytes and a slash
    kNothing,      // does not match: the pattern makes no sense
  };
  Kind kind = Kind::kNothing;
  char byte = 0;
  ByteSet set;
};

// The classes of the C locale, but for [:space:], in which git has no vertical
// tab and no form feed.
bool is_in_class(uint8_t c, std::string_view name, bool& known) {
  const bool digit = c >= '0' && c <= '9';
  const bool lower = c >= 'a' && c <= 'z';
  const bool upper = c >= 'A' && c <= 'Z';
  const bool alnum = digit || lower || upper;
  const bool graph = c > ' ' && c < 0x7f;
  if (name == "alnum") return alnum;
  if (name == "alpha") return lower || upper;
  if (name == "blank") return c == ' ' || c == '\t';
  if (name == "cntrl") return c < ' ' || c == 0x7f;
  if (name == "digit") return digit;
  if (name == "graph") return graph;
  if (name == "lower") return lower;
  if (name == "print") return graph || c == ' ';
  if (name == "punct") return graph && !alnum;
  if (name == "space") return c == ' ' || c == '\t' || c == '\n' || c == '\r';
  if (name == "upper") return upper;
  if (name == "xdigit") {
    return digit || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
  }
  known = false;
  return false;
}

// Takes a pattern apart from its front.
class PatternReader {
 public:
  PatternReader(std::string_view pattern, WildText kind)
      : pattern_(pattern), kind_(kind) {}

  bool at_end() const { return at_ == pattern_.size(); }

  Element next() {
    const char c = pattern_[at_++];
    switch (c) {
      case '*':
        return read_stars();
      case '?':
        return {Element::Kind::kAny, 0, {}};
      case '[':
        return read_set();
      case '\\':
        if (at_end()) return {};
        return {Element::Kind::kByte, pattern_[at_++], {}};
      default:
        return {Element::Kind::kByte, c, {}};
    }
  }

 private:
  // Behind a star: any more of them, too.
  Element read_stars() {
    const size_t first = at_ - 1;
    while (front() == '*') ++at_;
    if (kind_ == WildText::kName) return {Element::Kind::kAcross, 0, {}};

    // Two stars and more are special only as a whole component. One that ends
    // at an escaped slash reaches across slashes, but not across none.
    const std::string_view rest = pattern_.substr(at_);
    const bool component =
        at_ - first > 1 && (first == 0 || pattern_[first - 1] == '/') &&
        (rest.empty() || rest[0] == '/' || rest.starts_with("\\/"));
    if (!component) return {Element::Kind::kInSegment, 0, {}};
    if (rest.empty() || rest[0] != '/') return {Element::Kind::kAcross, 0, {}};
    ++at_;
    return {Element::Kind::kDirectories, 0, {}};
  }

  // Behind a "[".
  Element read_set() {
    Element element{Element::Kind::kSet, 0, {}};
    const bool negated = front() == '!' || front() == '^';
    if (negated) ++at_;
    int previous = -1;  // what a "-" would be a range from
    do {
      if (at_end() || !read_set_item(element.set, previous)) return {};
    } while (front() != ']');
    ++at_;
    if (negated) element.set.flip();
    return element;
  }

  bool read_set_item(ByteSet& set, int& previous) {
    const char c = pattern_[at_++];
    if (c == '[' && front() == ':') {
      const size_t end = pattern_.find(']', at_ + 1);
      if (end == pattern_.npos) return false;
      // "[:" without ":]" is a set like any other.
      if (end > at_ + 1 && pattern_[end - 1] == ':') {
        previous = -1;
        return read_class(set, end);
      }
    }
    if (c == '-' && previous >= 0 && !at_end() && front() != ']') {
      if (front() == '\\') ++at_;
      if (at_end()) return false;
      const int last = byte_of(pattern_[at_++]);
      for (int i = previous; i <= last; ++i) set.set(static_cast<size_t>(i));
      previous = -1;
      return true;
    }
    if (c == '\\' && at_end()) return false;
    previous = byte_of(c == '\\' ? pattern_[at_++] : c);
    set.set(static_cast<size_t>(previous));
    return true;
  }

  // Behind "[", with ":name:]" in front, whose bracket is at `end`.
  bool read_class(ByteSet& set, size_t end) {
    const std::string_view name = pattern_.substr(at_ + 1, end - at_ - 2);
    bool known = true;
    for (size_t c = 0; c < set.size(); ++c) {
      if (is_in_class(static_cast<uint8_t>(c), name, known)) set.set(c);
    }
    at_ = end + 1;
    return known;
  }

  char front() const { return at_end() ? '\0' : pattern_[at_]; }

  std::string_view pattern_;
  WildText kind_;
  size_t at_ = 0;
};

// The places of a text that the part of the pattern read so far may reach.
class Places {
 public:
  Places(std::string_view text, WildText kind)
      : text_(text), kind_(kind), places_{0} {}

  bool none() const { return places_.empty(); }
  bool reach_end() const {
    return !places_.empty() && places_.back() == text_.size();
  }

  void advance(const Element& element) {
    switch (element.kind) {
      case Element::Kind::kByte:
        return step([&](char c) { return c == element.byte; });
      case Element::Kind::kAny:
        return step([&](char c) { return !bars(c); });
      case Element::Kind::kSet:
        return step(
            [&](char c) { return !bars(c) && element.set[byte_of(c)]; });
      case Element::Kind::kInSegment:
        return spread_in_segments();
      case Element::Kind::kAcross:
        return spread([](size_t) { return true; });
      case Element::Kind::kDirectories:
        return spread([&](size_t at) { return text_[at - 1] == '/'; });
      case Element::Kind::kNothing:
        return places_.clear();
    }
  }

 private:
  bool bars(char c) const { return kind_ == WildText::kPath && c == '/'; }

  template <typename Accepts>
  void step(Accepts accepts) {
    size_t kept = 0;
    for (const size_t at : places_) {
      if (at < text_.size() && accepts(text_[at])) places_[kept++] = at + 1;
    }
    places_.resize(kept);
  }

  void spread_in_segments() {
    std::vector<size_t> reached;
    size_t next = 0;  // places before this one are dealt with
    for (size_t at : places_) {
      if (at < next) continue;
      reached.push_back(at);
      while (at < text_.size() && text_[at] != '/') reached.push_back(++at);
      next = at + 1;
    }
    places_ = std::move(reached);
  }

  // Keeps all places and adds those behind the first that `accepts` takes.
  template <typename Accepts>
  void spread(Accepts accepts) {
    std::vector<size_t> reached;
    auto kept = places_.begin();
    for (size_t at = places_.front(); at <= text_.size(); ++at) {
      const bool had = kept != places_.end() && *kept == at;
      if (had) ++kept;
      if (had || accepts(at)) reached.push_back(at);
    }
    places_ = std::move(reached);
  }

  std::string_view text_;
  WildText kind_;
  std::vector<size_t> places_;  // ascending
};

}  // namespace

bool is_wild(char c) {
  return c == '*' || c == '?' || c == '[' || c == '\\';
}

bool wildmatch(std::string_view pattern, std::string_view text, WildText kind) {
  // Most patterns are ruled out by what they begin with.
  for (size_t i = 0; i < pattern.size() && !is_wild(pattern[i]); ++i) {
    if (i == text.size() || text[i] != pattern[i]) return false;
  }
  PatternReader reader(pattern, kind);
  Places places(text, kind);
  while (!reader.at_end() && !places.none()) places.advance(reader.next());
  return places.reach_end() && reader.at_end();
}

}  // namespace leaksift
