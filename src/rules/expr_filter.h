// betterleaks' filters, as far as they say what a rule here says too.
#pragma once

#include <optional>
#include <string_view>

namespace leaksift {

// The bits per character that a secret must exceed, if that is all that
// `filter` asks: `entropy(finding["secret"]) <= 3.5` drops the others.
std::optional<double> entropy_of_filter(std::string_view filter);

}  // namespace leaksift
