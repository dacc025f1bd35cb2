// Small questions about text that more than one module asks.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace leaksift {

// `text` with A-Z turned into a-z, or the other way; other bytes stay.
std::string ascii_lower(std::string_view text);
std::string ascii_upper(std::string_view text);

bool equal_ignoring_case(std::string_view a, std::string_view b);

// Does `text` hold `needle` (in lower case) when its own case is ignored?
bool contains_ignoring_case(std::string_view text, std::string_view needle);

// "; did you mean 'X'?" of the one of `words` that is closest to `word` (by
// edits, at most a third of its length); `otherwise` where none is close.
std::string did_you_mean(std::string_view word,
                         const std::vector<std::string_view>& words,
                         std::string_view otherwise = {});

// `text` without blanks, tabs and line ends at both ends.
std::string_view trimmed(std::string_view text);

// What is behind the last slash.
std::string_view last_component(std::string_view path);

std::vector<std::string_view> split(std::string_view text, char separator);

// Untrusted text for a terminal or a log line: control characters, bytes that
// are no UTF-8 and characters that change the direction of text are shown as
// \xNN or \u{N}, so that a file name cannot move the cursor or forge a line.
std::string printable(std::string_view untrusted);

// A word for sh that stands for exactly these bytes, in single quotes.
std::string shell_word(std::string_view text);

// "3.35 GB", "612 B": powers of 1000, three digits.
std::string human_bytes(uint64_t bytes);

}  // namespace leaksift
