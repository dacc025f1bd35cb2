#include "match/companions.h"

#include <algorithm>
#include <optional>

namespace leaksift {
namespace {

enum class Extent { kBlock, kLines };

// The text around a secret, and where its bytes and lines are in the blob.
class Surroundings {
 public:
  // The lines of the secret and `lines` to either side, as far as
  // kCompanionReach or, of a block, an empty line goes; of other lines than its
  // own only whole ones.
  Surroundings(std::string_view text, uint64_t offset, const PlacedMatch& match,
               uint32_t lines, Extent extent)
      : match_(match), secret_(match.match.secret), extent_(extent) {
    secret_.begin -= offset;
    secret_.end -= offset;
    const uint64_t first = back_from(secret_.begin, kCompanionReach);
    const uint64_t last =
        std::min<uint64_t>(secret_.end + kCompanionReach, text.size());
    begin_ = begin_of_lines(text, first, lines);
    text_ = text.substr(begin_, end_of_lines(text, last, lines) - begin_);
    shift_ = begin_ + offset;
    secret_.begin -= begin_;
    secret_.end -= begin_;
  }

  std::string_view text() const { return text_; }

  // Bytes between the beginnings; nothing where both share bytes.
  std::optional<uint64_t> distance(const Span& part) const {
    if (part.begin < secret_.end && secret_.begin < part.end) {
      return std::nullopt;
    }
    return part.begin < secret_.begin ? secret_.begin - part.begin
                                      : part.begin - secret_.begin;
  }

  PlacedPart place(const Match& part) const {
    return {part.rule,
            {part.secret.begin + shift_, part.secret.end + shift_},
            position(part.secret.begin),
            position(part.secret.end)};
  }

 private:
  bool ends_here(bool line_is_empty) const {
    return line_is_empty && extent_ == Extent::kBlock;
  }

  uint64_t begin_of_lines(std::string_view text, uint64_t first,
                          uint32_t lines) const {
    uint64_t begin = secret_.begin;
    for (uint32_t n = 0;; ++n) {
      const size_t newline = text.substr(first, begin - first).rfind('\n');
      if (newline == std::string_view::npos) {
        return first == 0 || n == 0 ? first : begin + 1;
      }
      begin = first + newline + 1;
      const bool is_empty = newline > 0 && text[first + newline - 1] == '\n';
      if (n == lines || ends_here(is_empty)) return begin;
      --begin;  // over the newline
    }
  }

  uint64_t end_of_lines(std::string_view text, uint64_t last,
                        uint32_t lines) const {
    uint64_t end = secret_.end;
    for (uint32_t n = 0;; ++n) {
      const size_t newline = text.substr(0, last).find('\n', end);
      if (newline == std::string_view::npos) {
        return last == text.size() || n == 0 ? last : end - 1;
      }
      end = newline;
      const bool is_empty = text.substr(end + 1).starts_with('\n');
      if (n == lines || ends_here(is_empty)) return end;
      ++end;  // over the newline
    }
  }

  // Counted from the beginning of the text at hand, and moved by how far the
  // secret is then off its place.
  Position position(uint64_t at) const {
    PositionCounter there;
    there.advance(text_.substr(0, at));
    PositionCounter secret;
    secret.advance(text_.substr(0, secret_.begin));
    Position result = there.here();
    if (result.line == 1) {
      const bool shares_line = secret.here().line == 1;
      const uint32_t cut =
          shares_line ? match_.begin.column - secret.here().column : 0;
      result.column += cut;
    }
    result.line += match_.begin.line - secret.here().line;
    return result;
  }

  const PlacedMatch& match_;
  Span secret_;  // in text_
  Extent extent_;
  uint64_t begin_ = 0;
  uint64_t shift_ = 0;  // from text_ to the blob
  std::string_view text_;
};

std::optional<PlacedPart> nearest(Worker& worker, uint32_t rule,
                                  const Surroundings& around) {
  std::optional<PlacedPart> best;
  uint64_t least = 0;
  std::vector<Match> found;
  worker.find(rule, around.text(), found);
  for (const Match& part : found) {
    const std::optional<uint64_t> distance = around.distance(part.secret);
    if (!distance || (best && *distance >= least)) continue;
    best = around.place(part);
    least = *distance;
  }
  return best;
}

}  // namespace

void add_companions(const Engine& engine, Worker& worker, std::string_view text,
                    uint64_t offset, std::vector<PlacedMatch>& matches) {
  for (PlacedMatch& match : matches) {
    for (const Engine::Companion& one : engine.companions(match.match.rule)) {
      for (const Extent extent : {Extent::kBlock, Extent::kLines}) {
        const Surroundings around(text, offset, match, one.within_lines,
                                  extent);
        const auto part = nearest(worker, one.rule, around);
        if (!part) continue;
        match.parts.push_back(*part);
        break;
      }
    }
  }
}

}  // namespace leaksift
