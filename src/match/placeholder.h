// Values that stand for a secret without being one.
#pragma once

#include <string_view>

namespace leaksift {

// Is `secret` a value that documentation and templates put where a secret
// belongs: "EXAMPLE", "your_token_here", "xxxxxxxx", "${TOKEN}", mostly one
// character over and over, "1234567890", an example of an RFC, or nothing but
// words for passwords and counting digits ("test-pass123")? None of these comes
// out of a random generator in practice. Passwords that people choose are kept:
// a word with other digits ("admin739") or signs inside ("P@ssw0rd").
bool is_placeholder(std::string_view secret);

// Of a number whose own digits agree: is it one that everybody knows, because
// it only counts ("123-456-782") or was published to test with? Digits that
// repeat say nothing here: one in a thousand persons has such a number.
bool is_specimen(std::string_view number);

}  // namespace leaksift
