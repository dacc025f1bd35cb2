// Text of 32 characters with a polymer checksum: BIP 173 and BIP 350.
#pragma once

#include <string_view>

namespace leaksift {

enum class Bech32 { kNone, kBech32, kBech32m };

// Which of the two the checksum of `text` is one of: a prefix, '1', data of
// five bits a character and six check characters, all in one case.
Bech32 bech32_kind(std::string_view text);

}  // namespace leaksift
