// Lists of repositories that somebody wrote, or a program.
//
//     # blank lines and those with '#' in front say nothing
//     https://git.example/pay/api
//     git@git.example:pay/web.git<TAB>archived=true<TAB>size_bytes=52428800
//     ../mirrors/tools.git
//     {"url":"https://git.example/pay/api","fork_of":"git.example/core/api"}
//
// Behind a tab stands a member of the record (sweep/inventory.h), as key=value.
#pragma once

#include <string>
#include <string_view>

#include "leaksift/result.h"
#include "sweep/inventory.h"

namespace leaksift {

// Adds what the list at `path` ("-": standard input) names. Paths begin at the
// list's folder, those of standard input here. A path that is no repository is
// named in out.coverage; a line that cannot be understood is an error that says
// which and why.
Status list_file(const std::string& path, Inventory& out);

// The same of a text. `name`: of the list, for errors; `folder`: where its
// paths begin.
Status list_text(std::string_view text, const std::string& name,
                 const std::string& folder, Inventory& out);

}  // namespace leaksift
