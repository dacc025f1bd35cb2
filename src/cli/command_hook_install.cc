#include <filesystem>
#include <iostream>

#include "cli/commands.h"
#include "core/text.h"
#include "hook/hook_folder.h"
#include "hook/install.h"

namespace leaksift {
namespace {

Result<HookFolder> folder_of(const HookTarget& target) {
  switch (target.scope()) {
    case HookScope::kServer:
      return find_hook_folder(HookScope::kServer, target.server);
    case HookScope::kTemplate:
      return find_hook_folder(HookScope::kTemplate, target.template_);
    case HookScope::kGlobal:
    case HookScope::kRepository:
      break;
  }
  return find_hook_folder(target.scope(), ".");
}

Result<ExitCode> print(const Result<std::vector<std::string>>& lines) {
  if (!lines) return lines.error();
  for (const std::string& line : *lines) std::cout << printable(line) << "\n";
  return ExitCode::kClean;
}

}  // namespace

Result<ExitCode> run(const HookInstallCommand& command) {
  if (!command.options.empty() && command.options[0][0] != '-') {
    return Error("'" + command.options[0] +
                 "': what to install for is said by --server, --template or "
                 "--global, or is the repository of this folder; options of "
                 "the hook stand behind --");
  }
  const Result<HookFolder> folder = folder_of(command.target);
  if (!folder) return folder.error();
  InstallRequest request;
  request.hooks = command.target.hooks;
  if (request.hooks.empty()) {
    request.hooks = {command.target.server.empty() ? "pre-commit"
                                                   : "pre-receive"};
  }
  request.program = path_of_this_program();
  request.options = command.options;
  return print(install_hooks(*folder, request));
}

Result<ExitCode> run(const HookUninstallCommand& command) {
  const Result<HookFolder> folder = folder_of(command.target);
  if (!folder) return folder.error();
  std::vector<std::string> hooks = command.target.hooks;
  if (hooks.empty()) hooks = {"pre-commit", "pre-push", "pre-receive"};
  return print(uninstall_hooks(*folder, hooks));
}

}  // namespace leaksift
