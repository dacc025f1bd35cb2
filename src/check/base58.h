// The alphabet of Bitcoin's addresses and keys: no 0, O, I or l.
#pragma once

#include <string>
#include <string_view>

namespace leaksift {

// What Base58Check wraps (version byte and payload) if its four check bytes
// are right; empty otherwise, or if `text` has more than 128 characters (the
// time it takes grows with their square).
std::string from_base58check(std::string_view text);

}  // namespace leaksift
