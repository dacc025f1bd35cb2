// Places in a text as people count them.
#pragma once

#include <compare>
#include <cstdint>
#include <string_view>

namespace leaksift {

// A place in a text as people count: from 1, columns in characters (bytes that
// do not continue a UTF-8 character).
struct Position {
  uint32_t line = 1;
  uint32_t column = 1;
  friend auto operator<=>(const Position&, const Position&) = default;
};

// Counts lines and columns while it moves through a text, which may come in
// pieces.
class PositionCounter {
 public:
  void advance(std::string_view bytes);
  Position here() const { return here_; }

 private:
  Position here_;
};

}  // namespace leaksift
