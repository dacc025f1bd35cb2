// Puts leaksift into folders of hooks, and takes it out again.
#pragma once

#include <string>
#include <vector>

#include "hook/hook_folder.h"
#include "leaksift/result.h"

namespace leaksift {

struct InstallRequest {
  std::vector<std::string> hooks;    // "pre-commit", "pre-push", "pre-receive"
  std::string program;               // absolute path of leaksift
  std::vector<std::string> options;  // of each `leaksift hook <hook>`
};

// A hook that is there already is kept under another name and runs first
// (hook/hook_script.h); one of leaksift's is made anew. Into a folder that
// stands in for those of the repositories come all hooks: what leaksift has no
// part in is only forwarded. Returns what was done, in lines. On an error all
// is as it was, but hooks that were named before it.
Result<std::vector<std::string>> install_hooks(const HookFolder& folder,
                                               const InstallRequest& request);

// Takes out those hooks that leaksift installed; an earlier one gets its name
// back and is otherwise not touched. Other hooks stay. In a folder that stands
// in, the last one takes the forwarding ones and the folder with it.
Result<std::vector<std::string>> uninstall_hooks(
    const HookFolder& folder, const std::vector<std::string>& hooks);

// The path under which a script should call this program: as PATH has it, which
// a new version leaves as it is, else where it is.
std::string path_of_this_program();

}  // namespace leaksift
