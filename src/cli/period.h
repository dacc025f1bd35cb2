// Periods of time on the command line.
#pragma once

#include <cstdint>
#include <string>

namespace CLI {  // NOLINT(readability-identifier-naming): the library's
class App;
}

namespace leaksift {

// An option for hours, days or weeks, up to ten years: "12h", "30d", "8w".
void add_period(CLI::App& app, const std::string& name, int64_t& seconds,
                const std::string& description);

}  // namespace leaksift
