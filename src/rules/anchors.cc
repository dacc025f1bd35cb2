// From a regex to its anchors.
//
// The pattern is laid out as a row of elements, each matching one after the
// other. Any stretch of fixed text in the row that every match must contain
// can serve; what follows it in the row becomes the tail. The tail makes
// everyday words usable: over curl's history (3.35 GB), "key", "token" and
// their like stand in 32 million places, but only 0.5 million of these have an
// assignment behind them. Of an alternation, every branch needs an anchor of
// its own. A rule without any text gets classes alone.
#include <algorithm>
#include <optional>
#include <set>

#include "core/text.h"
#include "rules/fixed_text.h"
#include "rules/plan.h"
#include "rules/shape.h"

namespace leaksift {
namespace {

using Kind = RegexNode::Kind;
using Row = std::vector<const RegexNode*>;

constexpr size_t kEnoughRun = 16;  // bytes of one class that a tail looks at
constexpr uint32_t kMaxShape = 48;

// What an anchor costs, in confirmed hits per KB, of 300 ns each. Without the
// hundred busiest of the built-in rules' 3,000 texts Hyperscan takes 56 ns less
// for each place of one; each of the other texts adds 0.4 to 0.6 ns to a KB, as
// it makes Hyperscan stop at more places that then are none.
constexpr double kTextCost = 56.0 / 300;
constexpr double kPerAnchor = 0.6 / 300;
constexpr double kPerPlace = 1e-6;  // of a match's possible begins
// Texts shorter than this make Hyperscan stop at them more often.
constexpr size_t kLongText = 6;
constexpr double kPerMissingByte = 2e-3;
// One anchor that may hold a newline makes known lines (match/anchor_finder.h)
// useless for all rules. The worst other text costs less.
constexpr double kSpansLines = 100;

ByteSet bytes_in(const RegexNode& node) {
  ByteSet all = node.bytes;
  for (const RegexNode& child : node.children) all |= bytes_in(child);
  return all;
}

// What each of the first `count` bytes of a match of `node` may be; `count` is
// at most the shortest match's.
std::vector<ByteSet> leading_bytes(const RegexNode& node, size_t count) {
  if (node.kind == Kind::kBytes) return std::vector<ByteSet>(count, node.bytes);
  std::vector<ByteSet> leading;
  if (node.kind == Kind::kAlternate) {
    leading.resize(count);
    for (const RegexNode& branch : node.children) {
      const std::vector<ByteSet> its = leading_bytes(branch, count);
      for (size_t i = 0; i < count; ++i) leading[i] |= its[i];
    }
    return leading;
  }
  // One part after the other, while it is known where the next one begins.
  auto append = [&](const RegexNode& part) {
    const Width width = width_of(part);
    const size_t room = count - leading.size();
    const auto its = leading_bytes(part, std::min<size_t>(width.min, room));
    leading.insert(leading.end(), its.begin(), its.end());
    return width.min == width.max;
  };
  const size_t copies = node.kind == Kind::kRepeat ? node.min : 1;
  for (size_t i = 0; i < copies && leading.size() < count; ++i) {
    const bool fixed =
        std::all_of(node.children.begin(), node.children.end(), append);
    if (!fixed) break;
  }
  leading.resize(count, bytes_in(node));
  return leading;
}

struct Option {
  std::vector<Anchor> anchors;
  double cost = 0;
};

// The bytes of a tail and how likely some text passes.
class TailDraft {
 public:
  // `before` is what the text ends with.
  explicit TailDraft(char before) : before_(before) {}

  const std::vector<TailByte>& bytes() const { return bytes_; }
  double share() const { return share_; }

  // Appends elements while they fit.
  void append_row(const Row& row, size_t first) {
    for (size_t i = first; i < row.size(); ++i) {
      if (!append(*row[i])) break;
    }
    while (!bytes_.empty() && bytes_.back().optional) bytes_.pop_back();
  }

 private:
  // False if nothing can be said of what follows the element: what begins where
  // inside of it is not followed up.
  bool append(const RegexNode& element) {
    const Width width = width_of(element);
    const size_t room = kMaxTail - bytes_.size();
    const bool whole = width.max <= room && width.min <= kEnoughRun;
    const size_t kept = std::min({size_t{width.min}, room, kEnoughRun});
    bool begins = true;
    for (const ByteSet& bytes : leading_bytes(element, kept)) {
      note_share(bytes, begins);
      bytes_.push_back({bytes, false});
      begins = false;
    }
    if (whole) {
      bytes_.insert(bytes_.end(), width.max - width.min,
                    {bytes_in(element), true});
    }
    return whole;
  }

  // After one byte of a class another one is likely, however rare the class:
  // numbers and words come in runs.
  void note_share(const ByteSet& bytes, bool begins) {
    constexpr double kLikely = 0.6;
    const double share = bytes_.empty() ? estimated_share_behind(before_, bytes)
                                        : estimated_share(bytes);
    share_ *= begins ? share : std::max(share, kLikely);
  }

  char before_;
  std::vector<TailByte> bytes_;
  double share_ = 1;
};

// Derives the anchors of one row. Texts are sought in its first `own`
// elements; the others only serve as tails.
class Deriver {
 public:
  Deriver(Row row, size_t own, uint32_t reach)
      : reach_(reach), row_(std::move(row)), own_(own) {
    Width before;
    for (const RegexNode* element : row_) {
      before_.push_back(before);
      const Width w = width_of(*element);
      before = {saturating_add(before.min, w.min),
                saturating_add(before.max, w.max)};
    }
  }

  std::optional<Option> best_by_text() const {
    std::optional<Option> best;
    for (size_t i = 0; i < own_; ++i) {
      if (!cuts_word(i)) offer(best, from_text(i));
      offer(best, from_branches(i));
    }
    return best;
  }

  // The classes that the row begins with. They are rare only by chance, so
  // where they begin does not matter.
  std::optional<Option> by_shape() const {
    const Shape shape = shape_of(row_, kMaxShape);
    if (shape.width.min == 0) return std::nullopt;
    Anchor anchor;
    anchor.shape = shape.expression;
    anchor.max_width = shape.width.max;
    anchor.spans_lines = !has_no_newline(row_.size());
    anchor.min_back = shape.width.min;
    anchor.max_back = std::min(shape.width.max, reach_);
    Option option;
    option.anchors.push_back(std::move(anchor));
    return option;
  }

 private:
  static void offer(std::optional<Option>& best, std::optional<Option> other) {
    // Of equals the later one: it is the longer text.
    if (other && (!best || other->cost <= best->cost)) best = std::move(other);
  }

  // Is there a letter on both sides of where element `at` begins? Half a word
  // is no rarer than the whole one, whatever its letters say.
  bool cuts_word(size_t at) const {
    return at > 0 && at < row_.size() && is_one_letter(*row_[at - 1]) &&
           is_one_letter(*row_[at]);
  }

  static bool is_one_letter(const RegexNode& node) {
    if (node.kind != Kind::kBytes || node.bytes.count() > 2) return false;
    const size_t first = node.bytes._Find_first();
    const size_t next = node.bytes._Find_next(first);
    return is_letter(first) &&
           (next == node.bytes.size() || next == (first | 0x20));
  }

  // Fixed text from element `first` on; of the stretches of different length
  // that begin here, the cheapest.
  std::optional<Option> from_text(size_t first) const {
    std::optional<Option> best;
    Texts texts{{"", false}};
    for (size_t end = first; end < row_.size(); ++end) {
      const std::optional<Texts> next = texts_of(*row_[end]);
      const std::optional<Texts> longer =
          next ? product(texts, *next) : std::nullopt;
      if (!longer) break;
      texts = *longer;
      if (shortest(texts) == 0 || cuts_word(end + 1)) continue;
      offer(best, option_for(first, end + 1, texts));
    }
    return best;
  }

  Option option_for(size_t first, size_t end, const Texts& texts) const {
    TailDraft tail(texts.front().bytes.back());
    tail.append_row(row_, end);
    std::set<std::string> folded;
    for (const FixedText& text : texts) {
      if (text.fold_case) folded.insert(ascii_lower(text.bytes));
    }
    Option option;
    std::set<std::string> seen;
    for (const FixedText& text : texts) {
      const std::string lower = ascii_lower(text.bytes);
      const bool fold_case = folded.contains(lower);  // covers exact ones too
      const std::string& bytes = fold_case ? lower : text.bytes;
      if (!seen.insert(bytes).second) continue;
      option.anchors.push_back(
          anchor_for(bytes, fold_case, tail.bytes(), first));
      option.cost += cost_of(option.anchors.back(), tail.share());
    }
    return option;
  }

  Anchor anchor_for(const std::string& text, bool fold_case,
                    const std::vector<TailByte>& tail, size_t first) const {
    const auto size =
        static_cast<uint32_t>(std::min(text.size(), kMaxAnchorText));
    Anchor anchor;
    anchor.text = text.substr(0, size);
    anchor.fold_case = fold_case;
    anchor.spans_lines = anchor.text.find('\n') != std::string::npos;
    anchor.tail = Tail(tail_behind(text.substr(size), fold_case, tail));
    anchor.max_width = size;
    anchor.min_back = saturating_add(size, before_[first].min);
    anchor.max_back = std::min(saturating_add(size, before_[first].max),
                               std::max(reach_, size));
    anchor.head = head_of(first);
    anchor.on_line = has_no_newline(first);
    anchor.hits_per_kb = estimated_hits_per_kb(text, fold_case);
    return anchor;
  }

  // The longest fixed text in front of element `end`; case matters in it.
  std::string head_of(size_t end) const {
    std::string head;
    std::string text;
    for (size_t i = 0; i < end; ++i) {
      const std::optional<Texts> texts = texts_of(*row_[i]);
      const bool fixed =
          texts && texts->size() == 1 && !texts->front().fold_case;
      text = fixed ? text + texts->front().bytes : "";
      if (text.size() > head.size()) head = text;
    }
    return head;
  }

  bool has_no_newline(size_t end) const {
    return std::none_of(
        row_.begin(), row_.begin() + static_cast<ptrdiff_t>(end),
        [](const RegexNode* element) { return bytes_in(*element).test('\n'); });
  }

  // The rest of a text that is too long, and then `tail`.
  static std::vector<TailByte> tail_behind(std::string_view text,
                                           bool fold_case,
                                           const std::vector<TailByte>& tail) {
    std::vector<TailByte> all;
    for (const char c : text) {
      ByteSet bytes;
      bytes.set(static_cast<unsigned char>(c));
      if (fold_case && is_letter(static_cast<unsigned char>(c))) {
        bytes.set(static_cast<unsigned char>(c ^ 0x20));
      }
      all.push_back({bytes, false});
    }
    all.insert(all.end(), tail.begin(), tail.end());
    if (all.size() > kMaxTail) all.resize(kMaxTail);
    while (!all.empty() && all.back().optional) all.pop_back();
    return all;
  }

  static double cost_of(const Anchor& anchor, double tail_share) {
    const size_t size = std::min(anchor.text.size(), kLongText);
    return (anchor.spans_lines ? kSpansLines : 0) +
           anchor.hits_per_kb * (kTextCost + tail_share) + kPerAnchor +
           kPerPlace * (anchor.max_back - anchor.min_back) +
           kPerMissingByte * static_cast<double>(kLongText - size);
  }

  // Each branch of an alternation by itself, or what is repeated.
  std::optional<Option> from_branches(size_t at) const {
    const RegexNode& node = *row_[at];
    if (node.kind == Kind::kRepeat && node.min > 0) {
      Row row = lay_out(node.children[0]);
      const size_t own = row.size();
      return shifted(Deriver(std::move(row), own, reach_).best_by_text(), at);
    }
    if (node.kind != Kind::kAlternate) return std::nullopt;
    Option all;
    for (const RegexNode& branch : node.children) {
      Row row = lay_out(branch);
      const size_t own = row.size();
      row.insert(row.end(), row_.begin() + static_cast<ptrdiff_t>(at) + 1,
                 row_.end());
      std::optional<Option> option =
          shifted(Deriver(std::move(row), own, reach_).best_by_text(), at);
      if (!option) return std::nullopt;
      all.cost += option->cost;
      std::move(option->anchors.begin(), option->anchors.end(),
                std::back_inserter(all.anchors));
    }
    return all;
  }

  std::optional<Option> shifted(std::optional<Option> option, size_t at) const {
    if (!option) return std::nullopt;
    const std::string head = head_of(at);
    const bool on_line = has_no_newline(at);
    for (Anchor& anchor : option->anchors) {
      anchor.min_back = saturating_add(anchor.min_back, before_[at].min);
      anchor.max_back =
          std::min(saturating_add(anchor.max_back, before_[at].max),
                   std::max(reach_, anchor.max_width));
      if (head.size() > anchor.head.size()) anchor.head = head;
      anchor.on_line = anchor.on_line && on_line;
    }
    return option;
  }

  uint32_t reach_;
  Row row_;
  size_t own_;
  std::vector<Width> before_;  // of each element: bytes of the row before it
};

// A text of one byte over and over stands at every place of a longer run: three
// in ten hits in curl's history were in the zeros of something in base64. With
// a byte that ends the run put behind it, it stands once in each.
void add_ended(Anchor anchor, std::vector<Anchor>& out) {
  constexpr size_t kRun = 4;
  constexpr size_t kMaxEnds = 64;
  const std::vector<TailByte>& tail = anchor.tail.bytes();
  const char repeated = anchor.text.empty() ? '\n' : anchor.text[0];
  ByteSet same;
  same.set(static_cast<unsigned char>(repeated));
  const auto end =
      std::find_if(tail.begin(), tail.end(), [&](const TailByte& byte) {
        return !byte.optional || byte.bytes != same;
      });
  const bool can =
      anchor.text.size() >= kRun && repeated != '\n' && !anchor.fold_case &&
      anchor.text.find_first_not_of(repeated) == std::string::npos &&
      end != tail.end() && !end->optional && (end->bytes & same).none() &&
      end->bytes.count() <= kMaxEnds && !end->bytes['\n'];
  if (!can) return out.push_back(std::move(anchor));
  const ByteSet ends = end->bytes;
  const auto more = static_cast<uint32_t>(end - tail.begin());
  anchor.tail = Tail({end + 1, tail.end()});
  anchor.text.resize(std::min(anchor.text.size(), kMaxAnchorText - 1));
  anchor.max_width = static_cast<uint32_t>(anchor.text.size()) + 1;
  anchor.min_back += 1;
  anchor.max_back += more + 1;
  for (size_t b = 0; b < ends.size(); ++b) {
    if (!ends[b]) continue;
    out.push_back(anchor);
    out.back().text += static_cast<char>(b);
  }
}

// The anchor with each byte that may follow its text put behind it; none if
// that is not one byte for sure.
std::vector<Anchor> with_next_byte(const Anchor& anchor) {
  const std::vector<TailByte>& tail = anchor.tail.bytes();
  const bool can = !anchor.text.empty() && !tail.empty() &&
                   anchor.text.size() < kMaxAnchorText && !tail[0].optional &&
                   !tail[0].bytes['\n'];
  if (!can) return {};
  std::set<char> following;
  for (size_t b = 0; b < tail[0].bytes.size(); ++b) {
    if (!tail[0].bytes[b]) continue;
    const auto c = static_cast<char>(b);
    following.insert(anchor.fold_case ? ascii_lower({&c, 1})[0] : c);
  }
  Anchor longer = anchor;
  longer.tail = Tail({tail.begin() + 1, tail.end()});
  ++longer.min_back;
  ++longer.max_back;
  ++longer.max_width;
  std::vector<Anchor> all;
  for (const char c : following) {
    all.push_back(longer);
    all.back().text += c;
    all.back().hits_per_kb =
        estimated_hits_per_kb(all.back().text, anchor.fold_case);
  }
  return all;
}

// Short texts stand everywhere: "pub", of which 32 hexadecimal digits must
// follow, at 88,000 places of eleven projects (250 MB), and eleven of these go
// on with one. Several longer ones in its place, if they cost less.
void add_lengthened(Anchor anchor, std::vector<Anchor>& out) {
  std::vector<Anchor> longer = with_next_byte(anchor);
  if (longer.empty()) return out.push_back(std::move(anchor));
  double spared = estimated_hits_per_kb(anchor.text, anchor.fold_case);
  for (const Anchor& one : longer) spared -= one.hits_per_kb;
  const double more = static_cast<double>(longer.size()) - 1;
  if (spared * kTextCost < more * kPerAnchor) {
    return out.push_back(std::move(anchor));
  }
  for (Anchor& one : longer) add_lengthened(std::move(one), out);
}

}  // namespace

std::vector<Anchor> derive_anchors(const RegexNode& core, uint32_t reach) {
  Row row = lay_out(core);
  const size_t own = row.size();
  const Deriver deriver(std::move(row), own, reach);
  std::optional<Option> best = deriver.best_by_text();
  if (!best) best = deriver.by_shape();
  if (!best) return {};
  std::vector<Anchor> ended;
  for (Anchor& anchor : best->anchors) add_ended(std::move(anchor), ended);
  std::vector<Anchor> anchors;
  for (Anchor& anchor : ended) add_lengthened(std::move(anchor), anchors);
  return anchors;
}

}  // namespace leaksift
