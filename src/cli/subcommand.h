// One subcommand of the command line.
#pragma once

namespace CLI {  // NOLINT(readability-identifier-naming): the library's
class App;
}

namespace leaksift {

// A subcommand, whose options are its own.
template <typename Options>
struct Subcommand {
  CLI::App* app = nullptr;
  Options options;
};

}  // namespace leaksift
