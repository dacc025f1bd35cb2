// One subcommand of the command line.
#pragma once

namespace CLI {  // NOLINT(readability-identifier-naming): the library's
class App;
}

namespace leaksift {

// Null: it was not set up, so that it cannot be.
bool is_chosen(const CLI::App* app);

// A subcommand, whose options are its own.
template <typename Options>
struct Subcommand {
  CLI::App* app = nullptr;
  Options options;
};

}  // namespace leaksift
