#include "findings/finding.h"

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdio>
#include <numeric>

namespace leaksift {
namespace {

constexpr int64_t kSecondsPerDay = 86'400;
constexpr int kMinutesPerDay = 1'440;
// 0001-01-01T00:00:00Z and 9999-12-31T23:59:59Z.
constexpr int64_t kFirstSecond = -62'135'596'800;
constexpr int64_t kLastSecond = 253'402'300'799;

constexpr std::array<std::string_view, 6> kSuppressionWords = {
    "none", "inline-comment", "ignore-file", "baseline", "confidence", "part"};

constexpr std::array<std::string_view, 7> kLivenessWords = {
    "head", "tip", "history", "note", "stash", "reflog", "dangling"};

std::string offset_text(int minutes) {
  if (minutes == 0) return "Z";
  std::array<char, 16> text;
  const int size = minutes < 0 ? -minutes : minutes;
  std::snprintf(text.data(), text.size(), "%c%02d:%02d",
                minutes < 0 ? '-' : '+', size / 60, size % 60);
  return text.data();
}

// The local time that `seconds` since 1970 stands for, without its offset.
std::string date_and_time(int64_t seconds) {
  int64_t days = seconds / kSecondsPerDay;
  int64_t rest = seconds % kSecondsPerDay;
  if (rest < 0) {
    rest += kSecondsPerDay;
    --days;
  }
  const std::chrono::year_month_day date{
      std::chrono::sys_days(std::chrono::days(days))};
  std::array<char, 64> text;
  std::snprintf(
      text.data(), text.size(), "%04d-%02u-%02uT%02d:%02d:%02d",
      static_cast<int>(date.year()), static_cast<unsigned>(date.month()),
      static_cast<unsigned>(date.day()), static_cast<int>(rest / 3600),
      static_cast<int>(rest / 60 % 60), static_cast<int>(rest % 60));
  return text.data();
}

}  // namespace

std::string to_iso8601(const Timestamp& time) {
  const int64_t seconds = std::clamp(time.seconds, kFirstSecond, kLastSecond);
  int offset = time.offset_minutes;
  if (offset <= -kMinutesPerDay || offset >= kMinutesPerDay) offset = 0;
  const int64_t local = seconds + int64_t{60} * offset;
  const bool fits =
      seconds == time.seconds && local >= kFirstSecond && local <= kLastSecond;
  return fits ? date_and_time(local) + offset_text(offset)
              : date_and_time(seconds) + offset_text(0);
}

std::string_view to_string(Suppression suppression) {
  return kSuppressionWords[static_cast<size_t>(suppression)];
}

std::string_view to_string(Liveness state) {
  return kLivenessWords[static_cast<size_t>(state)];
}

std::string_view to_string(Change::Kind kind) {
  return kind == Change::Kind::kAdded ? "added" : "removed";
}

bool Finding::suppress(Suppression why,
                       const std::function<bool(const Occurrence&)>& chosen) {
  bool picked_any = false;
  bool any_left = false;
  for (Occurrence& occurrence : occurrences) {
    const bool picked = chosen(occurrence);
    picked_any |= picked;
    if (occurrence.suppression != Suppression::kNone) continue;
    if (picked) {
      occurrence.suppression = why;
    } else {
      any_left = true;
    }
  }
  if (!any_left && suppression == Suppression::kNone) suppression = why;
  return picked_any;
}

uint64_t Report::count(Suppression suppression) const {
  return static_cast<uint64_t>(std::count_if(
      findings.begin(), findings.end(), [&](const Finding& finding) {
        return finding.suppression == suppression;
      }));
}

uint64_t Report::count_occurrences(Suppression suppression) const {
  return std::accumulate(
      findings.begin(), findings.end(), uint64_t{0},
      [&](uint64_t sum, const Finding& finding) {
        const auto& all = finding.occurrences;
        return sum + static_cast<uint64_t>(std::count_if(
                         all.begin(), all.end(), [&](const Occurrence& one) {
                           return one.suppression == suppression;
                         }));
      });
}

}  // namespace leaksift
