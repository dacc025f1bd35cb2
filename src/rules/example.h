// Examples of rules: texts with made-up secrets in them.
//
// A rule file spells the random part of a secret as a class and a count, so
// that nothing in it looks like a live credential:
//     examples = ["token: ghp_{{[A-Za-z0-9]{36}}}"]
// Expanding draws the characters from a generator seeded by the rule's id and
// the example's place: the same text everywhere, every time.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "leaksift/result.h"

namespace leaksift {

// `text` with every {{[class]{count}}} replaced by `count` characters of the
// class, drawn by `seed`; several classes may stand in one placeholder, with
// plain characters between them and counts {min,max}: {{[a-f]{8}-[0-9]{2,4}}}.
// Fails on a placeholder that is not of this form.
Result<std::string> expand_example(std::string_view text,
                                   std::string_view seed);

}  // namespace leaksift
