// What a rule says about a finding: its class, how bad, how sure.
#pragma once

#include <optional>
#include <string_view>

namespace leaksift {

// kCode: how code is written (pack "python"); what it matches is no secret.
enum class DataClass { kSecret, kPii, kPci, kPhi, kCode };
enum class Severity { kInfo, kLow, kMedium, kHigh, kCritical };
enum class Confidence { kLow, kMedium, kHigh, kCertain };

// The words of rule files and reports: "secret", "critical", "certain"...
std::string_view to_string(DataClass value);
std::string_view to_string(Severity value);
std::string_view to_string(Confidence value);

// The value that `word` names; nothing where it names none.
template <typename Enum>
std::optional<Enum> from_string(std::string_view word);
template <>
std::optional<DataClass> from_string(std::string_view word);
template <>
std::optional<Severity> from_string(std::string_view word);
template <>
std::optional<Confidence> from_string(std::string_view word);

}  // namespace leaksift
