// Repositories that a forge knows of, asked by its API.
//
// On the command line a source is a folder, a list ("-": standard input), or
//
//     FORGE:OWNER                   github, gitlab, gitea, forgejo, bitbucket:
//                                   the public one of each
//     FORGE+https://HOST/OWNER      one's own server
//     FORGE+https://HOST            all that the token shows there
//     FORGE+https://HOST/BASE#OWNER     one that does not stand at its host's
//                                   root; #: all
//
// OWNER is an organisation, a user, a group with its subgroups (GitLab:
// "group/subgroup"), a workspace or a project (Bitbucket Cloud, Data Center).
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "leaksift/result.h"
#include "leaksift/secret.h"
#include "sweep/http.h"
#include "sweep/inventory.h"

namespace leaksift {

enum class ForgeKind {
  kGithub,
  kGitlab,
  kGitea,            // and Forgejo
  kBitbucketCloud,   // bitbucket.org
  kBitbucketServer,  // Data Center
};

struct ForgeSource {
  ForgeKind kind = ForgeKind::kGithub;
  std::string origin;  // of its API: "https://api.github.com"
  std::string base;    // in front of the API's paths; "/git" or empty
  std::string owner;   // empty: all
};

// Nothing if `text` is no source of a forge: then it is a path. Fails on what
// begins as one and goes on otherwise.
Result<std::optional<ForgeSource>> parse_forge(std::string_view text);

// What a forge is asked with.
struct ForgeAccess {
  Secret token;      // "user:password" for a basic login; empty: none
  HttpOptions http;  // without origin, authorization and accept
};

// Adds what the forge has. Fails where it cannot be asked, or not so: no such
// owner, no valid token, no JSON. If that happens on a later page, what came
// before is kept, and out.coverage names the source. Entries that make no sense
// are named there as well.
Status list_forge(const ForgeSource& source, const ForgeAccess& access,
                  Inventory& out);

// The user that this forge wants beside a token when git asks for it.
std::string_view git_user_of(ForgeKind kind);

// The token in the environment's `variable`, or else, where that is not set, in
// the file at `path`, which nobody else may read; none if both are empty. No
// error shows any of it.
Result<Secret> read_token(const std::string& variable, const std::string& path);

}  // namespace leaksift
