// Values that stand for a secret without being one.
#pragma once

#include <string_view>

namespace leaksift {

// Is `secret` a value that documentation and templates put where a secret
// belongs: "EXAMPLE", "your_token_here", "xxxxxxxx", "${TOKEN}", mostly one
// character over and over, "1234567890"? Meant for the secrets of rules that
// know their format: none of these comes out of a random generator in practice.
bool is_placeholder(std::string_view secret);

}  // namespace leaksift
