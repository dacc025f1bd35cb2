// Who pushes, and to what: what the forge says in the hook's environment.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace leaksift {

// The value of an environment variable; nothing if it is not set.
using Environment =
    std::function<std::optional<std::string>(const std::string& name)>;
Environment process_environment();

// Names of environment variables; of each list the first that is set and not
// empty counts. "A/B" is the values of both with a slash between.
struct IdentityVariables {
  std::vector<std::string> user = {
      "GITHUB_USER_LOGIN",  // GitHub Enterprise Server
      "GL_USERNAME",        // GitLab
      "GITEA_PUSHER_NAME",  // Gitea, Forgejo
      "BB_USER_NAME",       // Bitbucket Data Center
      "GL_USER",            // gitolite
      "REMOTE_USER",        // git http-backend
      "GIT_PUSH_CERT_SIGNER"};
  std::vector<std::string> repository = {"GITHUB_REPO_NAME", "GL_PROJECT_PATH",
                                         "GITEA_REPO_USER_NAME/GITEA_REPO_NAME",
                                         "BB_PROJECT_KEY/BB_REPO_SLUG",
                                         "GL_REPO"};
};

// Empty where the forge does not say. git sets GIT_PUSH_CERT_SIGNER for bad
// signatures and old certificates, too: it counts only if git found the
// signature good and the nonce its own.
std::string user_of(const IdentityVariables& variables,
                    const Environment& environment);
// Empty likewise: then the name is for the caller to find.
std::string repository_of(const IdentityVariables& variables,
                          const Environment& environment);

}  // namespace leaksift
