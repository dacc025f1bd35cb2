// Base58, in which Bitcoin writes addresses and keys.
#pragma once

#include <string>
#include <string_view>

namespace leaksift {

// Its digits: without 0, O, I and l.
inline constexpr std::string_view kBase58 =
    "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz";

// What Base58Check wraps (version byte and payload) if its four check bytes
// are right; empty otherwise, or if `text` has more than 128 characters (the
// time it takes grows with their square).
std::string from_base58check(std::string_view text);

}  // namespace leaksift
