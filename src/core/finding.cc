#include "leaksift/finding.h"

#include <array>
#include <cstddef>

#include "core/words.h"

namespace leaksift {
namespace {

constexpr std::array<std::string_view, 5> kClasses = {"secret", "pii", "pci",
                                                      "phi", "code"};
constexpr std::array<std::string_view, 5> kSeverities = {
    "info", "low", "medium", "high", "critical"};
constexpr std::array<std::string_view, 4> kConfidences = {"low", "medium",
                                                          "high", "certain"};

}  // namespace

std::string_view to_string(DataClass value) {
  return kClasses[static_cast<size_t>(value)];
}
std::string_view to_string(Severity value) {
  return kSeverities[static_cast<size_t>(value)];
}
std::string_view to_string(Confidence value) {
  return kConfidences[static_cast<size_t>(value)];
}

template <>
std::optional<DataClass> from_string(std::string_view word) {
  return value_of_word<DataClass>(kClasses, word);
}
template <>
std::optional<Severity> from_string(std::string_view word) {
  return value_of_word<Severity>(kSeverities, word);
}
template <>
std::optional<Confidence> from_string(std::string_view word) {
  return value_of_word<Confidence>(kConfidences, word);
}

}  // namespace leaksift
