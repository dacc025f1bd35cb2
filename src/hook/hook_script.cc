#include "hook/hook_script.h"

#include "core/text.h"

namespace leaksift {
namespace {

constexpr std::string_view kFirstLines =
    "#!/bin/sh\n"
    "# Installed by leaksift. `leaksift hook install` makes it anew,\n"
    "# `leaksift hook uninstall` takes it away.\n";

constexpr std::string_view kProgramLine = "\nprogram=";

bool reads_input(std::string_view hook) {
  return hook == "pre-push" || hook == "pre-receive" ||
         hook == "post-receive" || hook == "post-rewrite" ||
         hook == "reference-transaction";
}

std::string_view what_stops(std::string_view hook) {
  return hook == "pre-commit" ? "nothing is committed"
         : hook == "pre-push" ? "nothing is pushed"
                              : "the push is rejected";
}

std::string earlier_hook(const HookScript& script) {
  if (!script.runs_own) {
    return "earlier=\"$0" + std::string(kEarlierSuffix) + "\"\n";
  }
  return "earlier=\"$(git rev-parse --git-common-dir)/hooks/" + script.hook +
         "\"\n";
}

std::string check_program(const HookScript& script) {
  return "program=" + shell_word(script.program) +
         "\n"
         "if [ ! -x \"$program\" ]; then\n"
         "  printf '%s\\n' \\\n"
         "    \"leaksift is not at $program any more: " +
         std::string(what_stops(script.hook)) +
         ".\" \\\n"
         "    \"Put it back, or run 'leaksift hook install' from where it is "
         "now,\" \\\n"
         "    \"or take this hook out: $0\" >&2\n"
         "  exit 1\n"
         "fi\n";
}

std::string run_program(const HookScript& script) {
  std::string line = "\"$program\" hook " + script.hook;
  for (const std::string& option : script.options)
    line += " " + shell_word(option);
  line += " \"$@\"";
  // What a push says is for programs to read.
  return line + (script.hook == "pre-push" ? " >&2\n" : "\n");
}

}  // namespace

std::string text_of(const HookScript& script) {
  std::string text(kFirstLines);
  text += earlier_hook(script);
  const bool scans = !script.program.empty();
  if (scans && reads_input(script.hook)) {
    text +=
        "if [ -x \"$earlier\" ]; then\n"
        "  input=$(cat; echo .)\n"
        "  input=${input%.}\n"
        "  printf %s \"$input\" 2>/dev/null | \"$earlier\" \"$@\" || exit\n";
    text += "fi\n" + check_program(script);
    return text +
           "if [ -x \"$earlier\" ]; then\n"
           "  printf %s \"$input\" | " +
           run_program(script) + "else\n  exec " + run_program(script) + "fi\n";
  }
  if (scans) {
    text += "if [ -x \"$earlier\" ]; then\n  \"$earlier\" \"$@\" || exit\nfi\n";
    return text + check_program(script) + "exec " + run_program(script);
  }
  return text + "[ -x \"$earlier\" ] || exit 0\nexec \"$earlier\" \"$@\"\n";
}

bool is_our_script(std::string_view text) {
  return text.starts_with(kFirstLines);
}

bool runs_leaksift(std::string_view text) {
  return is_our_script(text) && text.find(kProgramLine) != text.npos;
}

}  // namespace leaksift
