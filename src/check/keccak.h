// Keccak-256 as Ethereum uses it: FIPS 202's SHA3-256 has another padding, and
// libcrypto has only that.
#pragma once

#include <string>
#include <string_view>

namespace leaksift {

// 32 raw bytes.
std::string keccak_256(std::string_view message);

}  // namespace leaksift
