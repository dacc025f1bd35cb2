// Families: rules that differ only in a name and the shape of a token, written
// as one pattern and a list.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "leaksift/result.h"
#include "rules/rule.h"

namespace leaksift {

// One line of the list: "acme-mail [0-9a-f]{32} [0-9a-z]{40}".
struct FamilyMember {
  std::string name;  // "acme-mail": small letters, digits, dashes
  std::vector<std::string> shapes;  // RE2, at least one
};
Result<FamilyMember> parse_family_member(std::string_view line);

// The rule of one member. In the texts of `pattern` (id, description, provider,
// regex, examples, counter_examples) stand for the member's
//   {name}   its name; in the regex a dash may be missing or be a blank, a dot
//            or an underscore
//   {NAME}   its name in capitals, with underscores
//   {shape}  its shapes; in examples the first of them
Rule member_rule(const Rule& pattern, const FamilyMember& member);

}  // namespace leaksift
