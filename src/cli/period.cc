#include "cli/period.h"

#include <CLI/CLI.hpp>
#include <charconv>
#include <optional>
#include <string_view>

namespace leaksift {
namespace {

constexpr int64_t kDay = 24 * 3600;
constexpr int64_t kMaxDays = 3650;

// "12h", "30d", "8w": seconds, up to ten years.
std::optional<int64_t> parse_period(std::string_view text) {
  int64_t value = 0;
  const char* const last = text.data() + text.size();
  const auto [end, error] = std::from_chars(text.data(), last, value);
  if (error != std::errc() || value < 1 || value > kMaxDays * 24) {
    return std::nullopt;
  }
  const std::string_view unit(end, static_cast<size_t>(last - end));
  const int64_t seconds = unit == "h"   ? 3600
                          : unit == "d" ? kDay
                          : unit == "w" ? 7 * kDay
                                        : 0;
  if (seconds == 0 || value * seconds > kMaxDays * kDay) return std::nullopt;
  return value * seconds;
}

}  // namespace

void add_period(CLI::App& app, const std::string& name, int64_t& seconds,
                const std::string& description) {
  app.add_option_function<std::string>(
         name,
         [&seconds](const std::string& text) {
           seconds = parse_period(text).value_or(seconds);
         },
         description)
      ->type_name("PERIOD")
      ->check([](const std::string& text) -> std::string {
        return parse_period(text)
                   ? ""
                   : "'" + text +
                         "' is no period of up to ten years: 12h, 30d or 8w";
      });
}

}  // namespace leaksift
