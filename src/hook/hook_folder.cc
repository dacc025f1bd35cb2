#include "hook/hook_folder.h"

#include <cstdlib>
#include <filesystem>
#include <optional>

#include "core/text.h"
#include "hook/run_git.h"

namespace leaksift {
namespace {

namespace fs = std::filesystem;

bool is_folder(const fs::path& path) {
  std::error_code error;
  return fs::is_directory(path, error);
}

std::string made_absolute(const fs::path& path) {
  std::error_code error;
  const fs::path full = fs::absolute(path, error);
  return (error ? path : full).lexically_normal().string();
}

// The value of core.hooksPath, and whose it is: "local", "global"…
struct HooksPath {
  std::string scope;
  std::string path;
};

// With ~ and the like worked out. An exit code but 1 is git's error.
Result<std::optional<HooksPath>> hooks_path(const std::string& folder,
                                            bool only_global) {
  std::vector<std::string> command = {"config", "--show-scope", "--type=path",
                                      "--get", "core.hooksPath"};
  if (only_global) command.insert(command.begin() + 1, "--global");
  Result<GitAnswer> answer = ask_git(folder, command);
  if (!answer) return std::move(answer).error();
  if (answer->exit_code > 1) return Error("git config: " + answer->err);
  const size_t tab = answer->out.find('\t');
  if (answer->exit_code == 1 || tab == std::string::npos) {
    return std::optional<HooksPath>();
  }
  return std::optional(
      HooksPath{answer->out.substr(0, tab), answer->out.substr(tab + 1)});
}

Result<std::string> ask_path(const std::string& folder,
                             const std::vector<std::string>& question) {
  Result<GitAnswer> answer = ask_git(folder, question);
  if (!answer) return std::move(answer).error();
  if (answer->exit_code != 0) return Error(folder + ": git: " + answer->err);
  return std::move(answer->out);
}

// Where git would run hooks of this repository: the top of its work tree, or
// the folder of a bare one.
Result<std::string> top_of(const std::string& folder) {
  Result<std::string> is_bare =
      ask_path(folder, {"rev-parse", "--is-bare-repository"});
  if (!is_bare) return std::move(is_bare).error();
  return ask_path(
      folder, {"rev-parse",
               *is_bare == "true" ? "--absolute-git-dir" : "--show-toplevel"});
}

// A link leads to hooks that others may share, or that nobody meant to change.
Status check_no_link(const std::string& path) {
  std::error_code error;
  if (!fs::is_symlink(fs::symlink_status(path, error))) return Ok{};
  return Error(path + " is a symbolic link to " +
               fs::read_symlink(path, error).string() +
               ": replace it by a folder, or set core.hooksPath to where it "
               "leads if all that uses it is to have the hook");
}

Result<HookFolder> of_repository(const std::string& folder) {
  const Result<std::string> top = top_of(folder);
  if (!top) return top.error();
  const Result<std::optional<HooksPath>> chosen = hooks_path(*top, false);
  if (!chosen) return chosen.error();
  HookFolder hooks;
  if (!*chosen) {
    Result<std::string> path =
        ask_path(*top, {"rev-parse", "--git-path", "hooks"});
    if (!path) return std::move(path).error();
    hooks.path = made_absolute(fs::path(*top) / *path);
    if (Status link = check_no_link(hooks.path); !link) {
      return std::move(link).error();
    }
    return hooks;
  }
  const auto& [scope, path] = **chosen;
  if (scope == "global" || scope == "system") {
    return Error("core.hooksPath is " + path + " (" + scope +
                 " configuration), so that git runs no hooks of single "
                 "repositories; install for all of them: leaksift hook "
                 "install --global");
  }
  hooks.path = made_absolute(fs::path(*top) / path);
  if ((hooks.path + "/").starts_with(*top + "/") &&
      hooks.path.find("/.git/") == std::string::npos) {
    hooks.note = hooks.path +
                 " (core.hooksPath) is in the work tree: do not commit a hook "
                 "that names this machine's leaksift";
  }
  return hooks;
}

std::string own_folder() {
  const char* const config = std::getenv("XDG_CONFIG_HOME");
  if (config != nullptr && *config == '/') {
    return std::string(config) + "/leaksift/hooks";
  }
  const char* const home = std::getenv("HOME");
  return home == nullptr ? "" : std::string(home) + "/.config/leaksift/hooks";
}

Result<HookFolder> of_user() {
  const std::string own = own_folder();
  if (own.empty()) return Error("HOME is not set: git has no configuration");
  const Result<std::optional<HooksPath>> chosen = hooks_path("/", true);
  if (!chosen) return chosen.error();
  HookFolder hooks;
  hooks.stands_in = !*chosen || (*chosen)->path == own;
  if (hooks.stands_in) {
    hooks.path = own;
    return hooks;
  }
  hooks.path = (*chosen)->path;
  if (!fs::path(hooks.path).is_absolute()) {
    return Error("core.hooksPath is " + hooks.path +
                 " (global configuration), another folder for each "
                 "repository: install in each of them, or unset it");
  }
  return hooks;
}

Result<HookFolder> of_server(const std::string& folder) {
  if (!is_folder(folder)) return Error(folder + ": no such folder");
  const fs::path top = made_absolute(folder);
  const bool is_repository = is_folder(top / "objects");
  HookFolder hooks;
  if (is_repository && is_folder(top / "custom_hooks")) {
    hooks.path = (top / "custom_hooks").string();
    hooks.has_parts = true;
  } else if (is_repository) {
    hooks.path = (top / "hooks").string();
    hooks.has_parts = is_folder(top / "hooks/pre-receive.d");
  } else {
    hooks.path = top.string();
    hooks.has_parts =
        is_folder(top / "pre-receive.d") || top.filename() == "custom_hooks";
    if (!hooks.has_parts && top.filename() != "hooks") {
      return Error(folder +
                   ": neither a bare repository nor a folder of hooks (named "
                   "hooks or custom_hooks, or with pre-receive.d in it)");
    }
  }
  if (Status link = check_no_link(hooks.path); !link) {
    return std::move(link).error();
  }
  return hooks;
}

Result<HookFolder> of_template(const std::string& folder) {
  if (!is_folder(folder)) return Error(folder + ": no such folder");
  HookFolder hooks;
  hooks.path = made_absolute(folder) + "/hooks";
  if (Status link = check_no_link(hooks.path); !link) {
    return std::move(link).error();
  }
  return hooks;
}

Status run_config(const std::vector<std::string>& arguments) {
  std::vector<std::string> command = {"config", "--global"};
  command.insert(command.end(), arguments.begin(), arguments.end());
  const Result<GitAnswer> answer = ask_git("/", command);
  if (!answer) return answer.error();
  if (answer->exit_code != 0) return Error("git config: " + answer->err);
  return Ok{};
}

}  // namespace

std::string HookFolder::file_of(std::string_view hook) const {
  const std::string file = path + "/" + std::string(hook);
  return has_parts ? file + ".d/leaksift" : file;
}

Result<HookFolder> find_hook_folder(HookScope scope,
                                    const std::string& folder) {
  switch (scope) {
    case HookScope::kRepository:
      return of_repository(folder);
    case HookScope::kGlobal:
      return of_user();
    case HookScope::kServer:
      return of_server(folder);
    case HookScope::kTemplate:
      break;
  }
  return of_template(folder);
}

Status set_global_hooks(const HookFolder& folder) {
  return run_config({"core.hooksPath", folder.path});
}

Status unset_global_hooks(const HookFolder& folder) {
  const Result<std::optional<HooksPath>> chosen = hooks_path("/", true);
  if (!chosen) return chosen.error();
  if (!*chosen || (*chosen)->path != folder.path) return Ok{};
  return run_config({"--unset", "core.hooksPath"});
}

}  // namespace leaksift
