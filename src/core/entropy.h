// Shannon entropy, the same on every machine.
#pragma once

#include <string_view>

namespace leaksift {

// Bits per symbol of `text`, its symbols being UTF-8 characters (a byte that
// is no part of one counts by itself) and their shares taken of the length in
// bytes, as gitleaks does it, so that thresholds mean the same. For ASCII this
// is the textbook figure. 0 for an empty text.
//
// Computed from a table of fixed-point logarithms: libm's log2 may differ in
// its last bit between machines, which would let a finding come and go.
double shannon_entropy(std::string_view text);

}  // namespace leaksift
