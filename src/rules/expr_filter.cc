#include "rules/expr_filter.h"

#include <charconv>

#include "core/text.h"

namespace leaksift {

std::optional<double> entropy_of_filter(std::string_view filter) {
  constexpr std::string_view kAsks = "entropy(finding[\"secret\"]) <= ";
  filter = trimmed(filter);
  if (!filter.starts_with(kAsks)) return std::nullopt;
  filter.remove_prefix(kAsks.size());
  double bits = 0;
  const char* const end = filter.data() + filter.size();
  const auto [stop, error] =
      std::from_chars(filter.data(), end, bits, std::chars_format::fixed);
  if (error != std::errc() || stop != end) return std::nullopt;
  return bits;
}

}  // namespace leaksift
