#include "hook/identity.h"

#include <map>

#include "support/catch.h"
#include "unit/hook/environment.h"

using namespace leaksift;

TEST_CASE("each forge's variables name the user and the repository",
          "[hook][identity]") {
  using Variables = std::map<std::string, std::string>;
  auto [variables, user, repository] =
      GENERATE(table<Variables, std::string, std::string>({
          {{{"GITHUB_USER_LOGIN", "ann"}, {"GITHUB_REPO_NAME", "o/r"}},
           "ann",
           "o/r"},
          {{{"GL_USERNAME", "ann"}, {"GL_PROJECT_PATH", "o/sub/r"}},
           "ann",
           "o/sub/r"},
          {{{"GITEA_PUSHER_NAME", "ann"},
            {"GITEA_REPO_USER_NAME", "o"},
            {"GITEA_REPO_NAME", "r"}},
           "ann",
           "o/r"},
          {{{"BB_USER_NAME", "ann"},
            {"BB_PROJECT_KEY", "O"},
            {"BB_REPO_SLUG", "r"}},
           "ann",
           "O/r"},
          {{{"GL_USER", "ann"}, {"GL_REPO", "o/r"}}, "ann", "o/r"},
          {{{"GITHUB_USER_LOGIN", ""}, {"REMOTE_USER", "ann"}}, "ann", ""},
          {{{"GITEA_REPO_NAME", "r"}}, "", ""},
          {{}, "", ""},
      }));
  const IdentityVariables names;
  CHECK(user_of(names, environment_of(variables)) == user);
  CHECK(repository_of(names, environment_of(variables)) == repository);
}

TEST_CASE("a push certificate names the user only if git found it good",
          "[hook][identity]") {
  auto [status, nonce, user] =
      GENERATE(table<std::string, std::string, std::string>({
          {"G", "OK", "ann"},
          {"G", "SLOP", "ann"},
          {"G", "BAD", ""},
          {"G", "UNSOLICITED", ""},
          {"B", "OK", ""},
          {"U", "OK", ""},
          {"N", "OK", ""},
      }));
  CHECK(user_of({}, environment_of({{"GIT_PUSH_CERT_SIGNER", "ann"},
                                    {"GIT_PUSH_CERT_STATUS", status},
                                    {"GIT_PUSH_CERT_NONCE_STATUS", nonce}})) ==
        user);
  CHECK(user_of({}, environment_of({{"GIT_PUSH_CERT_SIGNER", "ann"}})).empty());
}
