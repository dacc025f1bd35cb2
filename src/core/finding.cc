#include "leaksift/finding.h"

#include <array>
#include <cstddef>

namespace leaksift {
namespace {

constexpr std::array<std::string_view, 5> kClasses = {"secret", "pii", "pci",
                                                      "phi", "code"};
constexpr std::array<std::string_view, 5> kSeverities = {
    "info", "low", "medium", "high", "critical"};
constexpr std::array<std::string_view, 4> kConfidences = {"low", "medium",
                                                          "high", "certain"};

template <typename Enum, size_t N>
std::optional<Enum> find(const std::array<std::string_view, N>& words,
                         std::string_view word) {
  for (size_t i = 0; i < N; ++i) {
    if (words[i] == word) return static_cast<Enum>(i);
  }
  return std::nullopt;
}

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
  return find<DataClass>(kClasses, word);
}
template <>
std::optional<Severity> from_string(std::string_view word) {
  return find<Severity>(kSeverities, word);
}
template <>
std::optional<Confidence> from_string(std::string_view word) {
  return find<Confidence>(kConfidences, word);
}

}  // namespace leaksift
