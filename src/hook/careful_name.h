// Names and words that nobody has looked at, to be written down all the same.
#pragma once

#include <string>
#include <string_view>

namespace leaksift {

// `text` with "***" for every run of it that may be a secret or a piece of one:
// what stays are words, short numbers and the likes of "v2", between blanks
// and '/', '.', '_', '-'. For names of refs and reasons where the scan that
// would have found secrets in them did not come to its end.
std::string careful_name(std::string_view text);

}  // namespace leaksift
