// A text's lines, each with a hash: to know those again that came before.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

namespace leaksift {

// A line with its newline, or several short ones: of kMinLine bytes or more,
// but for the text's last. Never a part of a line.
struct HashedLine {
  uint32_t begin = 0;
  uint32_t end = 0;
  uint64_t hash = 0;  // kNoHash for one of more than kMaxLine bytes
};

inline constexpr uint32_t kMinLine = 64;
inline constexpr uint32_t kMaxLine = 1024;
inline constexpr uint64_t kNoHash = 0;

// Appends the lines of text[begin, end), each with its local_hash().
// REQUIRES: text.size() < 2^32.
void hash_lines(std::string_view text, uint32_t begin, uint32_t end,
                std::vector<HashedLine>& lines);

}  // namespace leaksift
