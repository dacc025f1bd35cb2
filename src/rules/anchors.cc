// From a regex to its anchors.
//
// The pattern is laid out as a row of elements, each matching one after the
// other. Any stretch of the row that every match must contain can serve:
//  - a stretch of fixed text, taken by itself where it is rare enough;
//  - a stretch with classes and short gaps behind the text, where the text is
//    an everyday word or too short (measured on curl's history, 3.35 GB: bare
//    everyday words give 18-32 million hits, with their structure 0.5);
//  - classes alone, where there is no text at all.
// Of an alternation, every branch needs an anchor of its own.
#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>
#include <optional>
#include <set>

#include "core/text.h"
#include "rules/fixed_text.h"
#include "rules/plan.h"

namespace leaksift {
namespace {

using Kind = RegexNode::Kind;

constexpr uint32_t kMaxAnchorWidth = 48;
constexpr uint32_t kClassRun = 6;     // bytes of a closing class run kept
constexpr size_t kMinPlainSize = 4;   // Hyperscan finds shorter texts slowly
constexpr size_t kMinTextSize = 2;    // less fixed text is no text at all
constexpr double kRareEnough = 0.02;  // hits per KB

// Costs beside the hits themselves, in hits per KB that would cost as much.
// Estimates below kNoise are all the same: rarer is no better.
constexpr double kNoise = 1e-3;
constexpr double kPerAnchor = 1e-4;
constexpr double kPerPlace = 1e-6;        // of a match's possible begins
constexpr double kPerMissingByte = 1e-5;  // of text, below kLongText
constexpr size_t kLongText = 12;
constexpr double kStructure = 5e-3;
constexpr double kShortText = 0.02;  // Hyperscan stops at it more often

struct Option {
  std::vector<Anchor> anchors;
  double cost = 0;  // hits per KB, and penalties
};

void append_byte(std::string& out, size_t byte) {
  const bool plain =
      is_letter(byte) || (byte >= '0' && byte <= '9') || byte == '_';
  if (plain) {
    out.push_back(static_cast<char>(byte));
    return;
  }
  std::array<char, 8> hex;
  std::snprintf(hex.data(), hex.size(), "\\x%02x", static_cast<unsigned>(byte));
  out += hex.data();
}

std::string write_bytes(const ByteSet& bytes) {
  std::string out;
  if (bytes.count() == 1) {
    append_byte(out, bytes._Find_first());
    return out;
  }
  out = "[";
  for (size_t first = 0; first < bytes.size(); ++first) {
    if (!bytes[first]) continue;
    size_t last = first;
    while (last + 1 < bytes.size() && bytes[last + 1]) ++last;
    append_byte(out, first);
    if (last > first) {
      out.push_back('-');
      append_byte(out, last);
    }
    first = last;
  }
  return out + "]";
}

std::string write_text(const std::string& bytes) {
  std::string out;
  for (const char c : bytes) append_byte(out, static_cast<unsigned char>(c));
  return out;
}

std::string write_count(uint32_t min, uint32_t max) {
  if (min == max) return min == 1 ? "" : "{" + std::to_string(min) + "}";
  return "{" + std::to_string(min) + "," + std::to_string(max) + "}";
}

// The node in Hyperscan's syntax. REQUIRES: its width is bounded.
std::string write_node(const RegexNode& node) {
  switch (node.kind) {
    case Kind::kEmpty:
    case Kind::kAssert:
      return "";
    case Kind::kBytes:
      return write_bytes(node.bytes);
    case Kind::kCapture:
      return write_node(node.children[0]);
    case Kind::kRepeat: {
      if (node.max == 0) return "";
      const std::string inner = write_node(node.children[0]);
      return "(?:" + inner + ")" + write_count(node.min, node.max);
    }
    case Kind::kConcat: {
      std::string out;
      for (const RegexNode& child : node.children) out += write_node(child);
      return out;
    }
    case Kind::kAlternate: {
      std::string out = "(?:";
      for (const RegexNode& child : node.children) {
        if (&child != &node.children.front()) out += "|";
        out += write_node(child);
      }
      return out + ")";
    }
  }
  return "";
}

double share_of(const ByteSet& bytes) {
  double share = 0;
  for (size_t b = 0; b < bytes.size(); ++b) {
    if (!bytes[b]) continue;
    const std::string text(1, static_cast<char>(b));
    share += estimated_hits_per_kb(is_letter(b) ? text + "\n" : text, false) /
             (is_letter(b) ? .032 : 1) / 1024;
  }
  return std::min(share, 1.0);
}

double cost_of(const Texts& texts) {
  double cost = 0;
  for (const FixedText& text : texts) {
    cost += estimated_hits_per_kb(ascii_lower(text.bytes), text.fold_case);
  }
  return cost;
}

// Of `count` bytes in a row. After one byte of a class another one is likely,
// however rare the class: numbers and words come in runs.
double share_of_run(const ByteSet& bytes, uint32_t count) {
  constexpr double kLikely = 0.6;
  if (count == 0) return 1;
  const double share = share_of(bytes);
  return share * std::pow(std::max(share, kLikely), count - 1);
}

double share_of_node(const RegexNode& node);

// What every match of a node begins with: at least one byte and at most the
// bytes asked for.
struct Head {
  std::string expression;
  Width width;
  double share = 1;
};

Head head_of(const RegexNode& node, uint32_t size);

Head head_of_row(const std::vector<const RegexNode*>& row, uint32_t size) {
  Head head;
  for (const RegexNode* element : row) {
    const Width w = width_of(*element);
    if (head.width.max + uint64_t{w.max} <= size) {
      head.expression += write_node(*element);
      head.width = {head.width.min + w.min, head.width.max + w.max};
      head.share *= share_of_node(*element);
      continue;
    }
    if (w.min == 0 || head.width.max >= size) break;
    const Head rest = head_of(*element, size - head.width.max);
    head.expression += rest.expression;
    head.width = {head.width.min + rest.width.min,
                  head.width.max + rest.width.max};
    head.share *= rest.share;
    break;
  }
  return head;
}

Head head_of_branches(const RegexNode& node, uint32_t size) {
  Head all;
  all.width = {kUnbounded, 0};
  all.share = 0;
  for (const RegexNode& branch : node.children) {
    const Head head = head_of(branch, size);
    all.expression += (all.expression.empty() ? "(?:" : "|") + head.expression;
    all.width = {std::min(all.width.min, head.width.min),
                 std::max(all.width.max, head.width.max)};
    all.share += head.share;
  }
  all.expression += ")";
  all.share = std::min(all.share, 1.0);
  return all.width.min == 0 ? Head() : all;
}

Head head_of(const RegexNode& node, uint32_t size) {
  if (node.kind == Kind::kAlternate) return head_of_branches(node, size);
  if (node.kind == Kind::kRepeat && node.children[0].kind == Kind::kBytes) {
    const uint32_t kept = std::min(node.min, size);
    const ByteSet& bytes = node.children[0].bytes;
    return {write_bytes(bytes) + write_count(kept, kept),
            {kept, kept},
            share_of_run(bytes, kept)};
  }
  if (node.kind == Kind::kRepeat) return head_of(node.children[0], size);
  const std::vector<const RegexNode*> row = lay_out(node);
  if (row.size() == 1 && row[0] == &node) {
    return {write_node(node), width_of(node), share_of_node(node)};
  }
  return head_of_row(row, size);
}

double share_of_node(const RegexNode& node) {
  if (node.kind == Kind::kBytes) return share_of(node.bytes);
  if (node.kind == Kind::kRepeat) {
    const RegexNode& child = node.children[0];
    if (child.kind == Kind::kBytes) return share_of_run(child.bytes, node.min);
    return std::pow(share_of_node(child), std::min(node.min, kClassRun));
  }
  if (const std::optional<Texts> texts = texts_of(node)) {
    return std::min(1.0, cost_of(*texts) / 1024);
  }
  double share = node.kind == Kind::kAlternate ? 0 : 1;
  for (const RegexNode& child : node.children) {
    if (node.kind == Kind::kAlternate) {
      share += share_of_node(child);
    } else {
      share *= share_of_node(child);
    }
  }
  return std::min(share, 1.0);
}

// Derives the anchors of one row.
class Deriver {
 public:
  Deriver(const RegexNode& node, uint32_t reach)
      : reach_(reach), row_(lay_out(node)) {
    Width before;
    for (const RegexNode* element : row_) {
      before_.push_back(before);
      const Width w = width_of(*element);
      before = {saturating_add(before.min, w.min),
                saturating_add(before.max, w.max)};
    }
  }

  // By text if there is any, else by classes.
  std::optional<Option> best() const {
    std::optional<Option> best = best_by_text();
    return best ? best : best_by_shape();
  }

  std::optional<Option> best_by_text() const {
    std::optional<Option> best;
    for (size_t i = 0; i < row_.size(); ++i) {
      if (!cuts_word(i)) offer(best, from_text(i));
      offer(best, from_branches(i));
    }
    return best;
  }

 private:
  static void offer(std::optional<Option>& best, std::optional<Option> other) {
    // Of equals the later one: it is the longer text.
    if (other && (!best || other->cost <= best->cost)) best = std::move(other);
  }

  std::optional<Option> best_by_shape() const {
    std::optional<Option> best;
    for (size_t i = 0; i < row_.size(); ++i) offer(best, from_shape(i));
    return best;
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

  // Fixed text from element `first` on, by itself or with structure behind;
  // of the stretches of different length that begin here, the cheapest.
  std::optional<Option> from_text(size_t first) const {
    std::optional<Option> best;
    Texts texts{{"", false}};
    for (size_t end = first; end < row_.size(); ++end) {
      const std::optional<Texts> next = texts_of(*row_[end]);
      const std::optional<Texts> longer =
          next ? product(texts, *next) : std::nullopt;
      if (!longer) break;
      texts = *longer;
      if (shortest(texts) < kMinTextSize || cuts_word(end + 1)) continue;
      const double hits = cost_of(texts);
      const bool rare = hits <= kRareEnough && shortest(texts) >= kMinPlainSize;
      offer(best, rare ? plain(first, texts)
                       : structured(first, end + 1, texts, hits));
    }
    return best;
  }

  Option plain(size_t first, const Texts& texts) const {
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
      const auto size = static_cast<uint32_t>(bytes.size());
      Anchor anchor;
      anchor.expression = write_text(bytes);
      anchor.fold_case = fold_case;
      anchor.literals = {lower};
      anchor.hits_per_kb = estimated_hits_per_kb(lower, fold_case);
      place(anchor, first, {size, size});
      option.anchors.push_back(std::move(anchor));
    }
    set_cost(option);
    return option;
  }

  // Behind the text of elements [first, end): what follows it, until the
  // anchor is rare or as wide as it may get.
  Option structured(size_t first, size_t end, const Texts& texts,
                    double hits) const {
    Anchor anchor;
    for (const FixedText& text : texts) {
      anchor.literals.push_back(ascii_lower(text.bytes));
    }
    stretch(anchor, first, end, hits);
    Option option;
    option.anchors.push_back(std::move(anchor));
    set_cost(option);
    option.cost += kStructure;
    if (shortest(texts) < kMinPlainSize) option.cost += kShortText;
    if (shortest(texts) == kMinTextSize) option.cost += kShortText;
    return option;
  }

  static void set_cost(Option& option) {
    double hits = 0;
    for (const Anchor& anchor : option.anchors) {
      hits += anchor.hits_per_kb;
      option.cost +=
          kPerAnchor + kPerPlace * (anchor.max_back - anchor.min_back);
      for (const std::string& text : anchor.literals) {
        const size_t size = std::min(text.size(), kLongText);
        option.cost += kPerMissingByte * static_cast<double>(kLongText - size);
      }
    }
    option.cost += std::max(hits, kNoise);
  }

  // Classes from element `first` on, with no text among them.
  std::optional<Option> from_shape(size_t first) const {
    if (width_of(*row_[first]).min == 0) return std::nullopt;
    Anchor anchor;
    stretch(anchor, first, first, 1024);
    Option option;
    option.anchors.push_back(std::move(anchor));
    set_cost(option);
    return option;
  }

  // Each branch of an alternation by itself.
  std::optional<Option> from_branches(size_t at) const {
    const RegexNode& node = *row_[at];
    if (node.kind == Kind::kRepeat && node.min > 0) {
      return shifted(Deriver(node.children[0], reach_).best_by_text(), at);
    }
    if (node.kind != Kind::kAlternate) return std::nullopt;
    Option all;
    for (const RegexNode& branch : node.children) {
      std::optional<Option> option =
          shifted(Deriver(branch, reach_).best_by_text(), at);
      if (!option) return std::nullopt;
      all.cost += option->cost;
      std::move(option->anchors.begin(), option->anchors.end(),
                std::back_inserter(all.anchors));
    }
    return all;
  }

  std::optional<Option> shifted(std::optional<Option> option, size_t at) const {
    if (!option) return std::nullopt;
    for (Anchor& anchor : option->anchors) {
      anchor.min_back = saturating_add(anchor.min_back, before_[at].min);
      anchor.max_back =
          std::min(saturating_add(anchor.max_back, before_[at].max), reach_);
    }
    return option;
  }

  // Elements [first, end) whole, then as many more as help and fit; the last
  // one cut to its required beginning.
  void stretch(Anchor& anchor, size_t first, size_t end, double cost) const {
    Width width;
    std::string pending;  // optional elements, of use only if more follows
    Width pending_width;
    size_t i = first;
    for (; i < end; ++i) append(anchor, width, *row_[i]);
    for (; i < row_.size() && cost > kRareEnough / 100; ++i) {
      const RegexNode& element = *row_[i];
      const Width w = width_of(element);
      const Width sum{width.min + pending_width.min,
                      saturating_add(width.max, pending_width.max)};
      if (w.min > 0 && append_cut(anchor, pending, sum, element, cost, width)) {
        break;
      }
      if (!fits(saturating_add(sum.max, w.max))) break;
      if (w.min == 0) {
        pending += write_node(element);
        pending_width.max = saturating_add(pending_width.max, w.max);
        continue;
      }
      anchor.expression += pending + write_node(element);
      width = {sum.min + w.min, sum.max + w.max};
      pending.clear();
      pending_width = {};
      cost *= share_of_node(element);
    }
    anchor.hits_per_kb = cost;
    place(anchor, first, width);
  }

  static bool fits(uint32_t width) { return width <= kMaxAnchorWidth; }

  static void append(Anchor& anchor, Width& width, const RegexNode& element) {
    const Width w = width_of(element);
    anchor.expression += write_node(element);
    width = {width.min + w.min, width.max + w.max};
  }

  // An element that varies or is too long to keep whole: the first bytes of
  // it close the anchor.
  static bool append_cut(Anchor& anchor, const std::string& pending, Width sum,
                         const RegexNode& element, double& cost, Width& width) {
    const Width whole = width_of(element);
    const bool keep_whole =
        whole.min <= kClassRun && fits(saturating_add(sum.max, whole.max));
    if (keep_whole || sum.max >= kMaxAnchorWidth) return false;
    const Head head =
        head_of(element, std::min(kClassRun, kMaxAnchorWidth - sum.max));
    if (head.width.min == 0) return false;
    anchor.expression += pending + head.expression;
    width = {sum.min + head.width.min, sum.max + head.width.max};
    cost *= head.share;
    return true;
  }

  void place(Anchor& anchor, size_t first, Width width) const {
    anchor.max_width = width.max;
    anchor.min_back = saturating_add(width.min, before_[first].min);
    anchor.max_back =
        std::min(saturating_add(width.max, before_[first].max), reach_);
  }

  uint32_t reach_;
  std::vector<const RegexNode*> row_;
  std::vector<Width> before_;  // of each element: bytes of the row before it
};

}  // namespace

std::vector<Anchor> derive_anchors(const RegexNode& core, uint32_t reach) {
  std::optional<Option> best = Deriver(core, reach).best();
  return best ? std::move(best->anchors) : std::vector<Anchor>();
}

}  // namespace leaksift
