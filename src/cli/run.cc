#include <exception>
#include <iostream>
#include <string_view>

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

int run_command_line(int argc, char** argv) {
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

// Does git run it to hear whether a push may come in?
bool is_gate(int argc, char** argv) {
  return argc > 2 && std::string_view(argv[1]) == "hook" &&
         std::string_view(argv[2]) == "pre-receive";
}

}  // namespace

int run_leaksift(int argc, char** argv) {
  const int code = run_command_line(argc, argv);
  return is_gate(argc, argv) && code != 0 ? 1 : code;
}

}  // namespace leaksift
