#include "match/companions.h"

#include <algorithm>
#include <compare>
#include <optional>
#include <utility>

namespace leaksift {
namespace {

// The text around a secret, and where its bytes and lines are in the blob.
class Surroundings {
 public:
  // The lines of the secret and `lines` to either side, as far as
  // kCompanionReach goes; of other lines than its own only whole ones.
  Surroundings(std::string_view text, uint64_t offset, const PlacedMatch& match,
               uint32_t lines)
      : match_(match), secret_(match.match.secret) {
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

  // How far away a part is, the nearest first; nothing where both share bytes.
  struct Distance {
    bool beyond_empty_line = false;
    uint64_t bytes = 0;  // between the beginnings
    friend auto operator<=>(const Distance&, const Distance&) = default;
  };
  std::optional<Distance> distance(const Span& part) const {
    if (part.begin < secret_.end && secret_.begin < part.end) {
      return std::nullopt;
    }
    const bool in_front = part.begin < secret_.begin;
    const Span& left = in_front ? part : secret_;
    const Span& right = in_front ? secret_ : part;
    const std::string_view between =
        text_.substr(left.end, right.begin - left.end);
    return Distance{between.find("\n\n") != std::string_view::npos,
                    right.begin - left.begin};
  }

  PlacedPart place(const Match& part) const {
    return {part.rule,
            {part.secret.begin + shift_, part.secret.end + shift_},
            position(part.secret.begin),
            position(part.secret.end)};
  }

 private:
  uint64_t begin_of_lines(std::string_view text, uint64_t first,
                          uint32_t lines) const {
    uint64_t begin = secret_.begin;
    for (uint32_t n = 0;; ++n) {
      const size_t newline = text.substr(first, begin - first).rfind('\n');
      if (newline == std::string_view::npos) {
        return first == 0 || n == 0 ? first : begin + 1;
      }
      begin = first + newline + 1;
      if (n == lines) return begin;
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
      if (n == lines) return end;
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
  uint64_t begin_ = 0;
  uint64_t shift_ = 0;  // from text_ to the blob
  std::string_view text_;
};

std::optional<PlacedPart> nearest(Worker& worker, uint32_t rule,
                                  const Surroundings& around) {
  std::vector<Match> found;
  worker.find(rule, around.text(), found);
  const Match* best = nullptr;
  std::optional<Surroundings::Distance> least;
  for (const Match& part : found) {
    const auto distance = around.distance(part.secret);
    if (!distance || (least && *distance >= *least)) continue;
    best = &part;
    least = distance;
  }
  return best == nullptr ? std::nullopt : std::optional(around.place(*best));
}

}  // namespace

void add_companions(const Engine& engine, Worker& worker, std::string_view text,
                    uint64_t offset, std::vector<PlacedMatch>& matches) {
  for (PlacedMatch& match : matches) {
    if (worker.was_stopped()) return;
    for (const Companion& one : engine.companions(match.match.rule)) {
      const Surroundings around(text, offset, match, one.within_lines);
      if (const auto part = nearest(worker, one.rule, around)) {
        match.parts.push_back(*part);
      }
    }
  }
}

std::vector<PlacedMatch> place_whole(const Engine& engine, Worker& worker,
                                     std::string_view text,
                                     std::vector<Match> matches) {
  PositionCounter counter;
  std::vector<PlacedMatch> placed =
      place_matches(text, 0, std::move(matches), counter);
  add_companions(engine, worker, text, 0, placed);
  return placed;
}

}  // namespace leaksift
