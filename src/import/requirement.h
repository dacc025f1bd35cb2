// Conditions on a secret's characters as regexes of an allowlist: each matches
// the secrets that do not meet it.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace leaksift {

// Matches a whole text with fewer than `count` bytes of the class [members].
// REQUIRES: 0 < count <= 1000
std::string fewer_than(uint32_t count, const std::string& members);

// `characters` as members of a bracket class.
std::string class_members(std::string_view characters);

}  // namespace leaksift
