// Where git, or what serves repositories with it, looks for hooks.
#pragma once

#include <string>
#include <string_view>

#include "leaksift/result.h"

namespace leaksift {

enum class HookScope {
  kRepository,  // the one around `folder`
  kGlobal,      // all of this user's
  kServer,      // a bare repository, or a folder of hooks for several
  kTemplate,    // what new repositories are made from
};

struct HookFolder {
  // `hook`'s file in it.
  std::string file_of(std::string_view hook) const;

  std::string path;
  // Each hook has a folder there, "pre-receive.d", all files in which are run:
  // those of GitLab, Gitea and Forgejo.
  bool has_parts = false;
  // Made by leaksift for core.hooksPath: then git runs no other hooks, and
  // those of the repositories have to be run from here.
  bool stands_in = false;
  // What the user should know about the folder; may be empty.
  std::string note;
};

// `folder`: of a repository, a bare one or a template, by scope; not used for
// kGlobal. Asks git for what its configuration says (core.hooksPath). Makes
// nothing; an error says what to do instead.
Result<HookFolder> find_hook_folder(HookScope scope, const std::string& folder);

// For a folder that stands in: tells git of it, or no longer.
Status set_global_hooks(const HookFolder& folder);
Status unset_global_hooks(const HookFolder& folder);

}  // namespace leaksift
