#include <exception>
#include <iostream>

#include "cli/commands.h"
#include "core/text.h"

namespace leaksift {
namespace {

int report(const Error& error) {
  std::cerr << "leaksift: ";
  for (const std::string_view line : split(error.message(), '\n')) {
    std::cerr << printable(line) << "\n";
  }
  return static_cast<int>(ExitCode::kCouldNotRun);
}

}  // namespace

int run_leaksift(int argc, char** argv) {
  // Nothing of ours throws; what the libraries throw ends here.
  try {
    const std::variant<Command, int> parsed = parse_command_line(argc, argv);
    if (const int* code = std::get_if<int>(&parsed)) return *code;
    const Result<ExitCode> code =
        std::visit([](const auto& options) { return run(options); },
                   std::get<Command>(parsed));
    if (!code) return report(code.error());
    if (!std::cout.flush()) {
      return report(Error("standard output: cannot write"));
    }
    return static_cast<int>(*code);
  } catch (const std::exception& e) {
    return report(Error(e.what()));
  }
}

}  // namespace leaksift
