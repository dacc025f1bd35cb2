#include "sweep/code_owners.h"

#include <string>

#include "support/catch.h"

namespace leaksift {
namespace {

using enum CodeOwnersKind;

std::string github(std::string_view text, std::string_view path) {
  return CodeOwners(text, kGitHub).owners_of(path);
}
std::string gitlab(std::string_view text, std::string_view path) {
  return CodeOwners(text, kGitLab).owners_of(path);
}

// The example in GitHub's "About code owners".
constexpr std::string_view kGitHubExample = R"(# This is a comment.
*       @global-owner1 @global-owner2
*.js    @js-owner #This is an inline comment.
*.go docs@example.com
*.txt @octo-org/octocats
/build/logs/ @doctocat
docs/* docs@example.com
apps/ @octocat
/docs/ @doctocat
/scripts/ @doctocat @octocat
**/logs @octocat
/apps/ @octocat
/apps/github
)";

TEST_CASE("code owners are who GitHub's own example says") {
  CodeOwners owners(kGitHubExample, kGitHub);
  const std::vector<std::pair<std::string, std::string>> kExpected = {
      {"main.c", "@global-owner1 @global-owner2"},
      {"deep/in/some/main.c", "@global-owner1 @global-owner2"},
      {"web/index.js", "@js-owner"},
      {"cmd/main.go", "docs@example.com"},
      {"notes.txt", "@octo-org/octocats"},
      {"build/logs/a/b.c", "@octocat"},  // "**/logs" comes later
      {"docs/getting-started.md", "@doctocat"},
      {"docs/build-app/troubleshooting.md", "@doctocat"},
      {"x/apps/main.c", "@octocat"},
      {"deeply/nested/logs/x.c", "@octocat"},
      {"apps/main.c", "@octocat"},
      {"apps/github/main.c", ""},
      {"apps/github", ""},
  };
  for (const auto& [path, expected] : kExpected) {
    CAPTURE(path);
    CHECK(owners.owners_of(path) == expected);
  }
}

TEST_CASE("a pattern of GitHub's matches what its rules say") {
  // Right in the folder, not below it.
  CHECK(github("docs/* @a", "docs/x.md") == "@a");
  CHECK(github("docs/* @a", "docs/y/x.md").empty());
  CHECK(github("docs/* @a", "z/docs/x.md").empty());
  // Without a slash at any depth, with one from the top.
  CHECK(github("docs @a", "z/docs/x.md") == "@a");
  CHECK(github("docs/ @a", "z/docs/y/x.md") == "@a");
  CHECK(github("docs/ @a", "docs").empty());
  CHECK(github("/docs @a", "docs/y/x.md") == "@a");
  CHECK(github("/docs @a", "docs2/x.md").empty());
  CHECK(github("/*.js @a", "x.js") == "@a");
  CHECK(github("/*.js @a", "y/x.js").empty());
  CHECK(github("/a/**/b @a", "a/b") == "@a");
  CHECK(github("/a/**/b @a", "a/x/y/b") == "@a");
  CHECK(github("foo?.c @a", "x/foo1.c") == "@a");
  CHECK(github("foo?.c @a", "foo/.c").empty());
  CHECK(github("with\\ blank.c @a", "with blank.c") == "@a");
  // What is special in .gitignore is not here.
  CHECK(github("f[ab].c @a", "fa.c").empty());
  CHECK(github("f[ab].c @a", "f[ab].c") == "@a");
  CHECK(github("* @a\n!x.c @b", "x.c") == "@a");
  // Case counts.
  CHECK(github("README @a", "readme").empty());
}

TEST_CASE("a line of GitHub's with a slip is passed over") {
  CHECK(github("* @a\nx.c someone", "x.c") == "@a");
  CHECK(github("* @a\r\nx.c @b\r\n", "x.c") == "@b");
  CHECK(github("x.c @\x1b[31m", "x.c").empty());
  CHECK(github("x.c @" + std::string(200, 'a'), "x.c").empty());
}

TEST_CASE("sections are GitLab's") {
  // From "Code Owners", on sections, defaults and exclusions.
  constexpr std::string_view kText = R"([README Owners]
README.md @user1 @user2
internal/README.md @user4

[README other owners]
README.md @user3

[Documentation] @docs-team
docs/
README.md

^[Database][2] @database-team
model/db/
config/db/database-setup.md @docs-team

[Ruby]
*.rb @ruby-team
!spec/**/*.rb
/spec/special.rb @nobody
)";
  CodeOwners owners(kText, kGitHub);
  CHECK(owners.owners_of("README.md") == "@user1 @user2 @user3 @docs-team");
  CHECK(owners.owners_of("internal/README.md") == "@user4 @user3 @docs-team");
  CHECK(owners.owners_of("docs/x/y.md") == "@docs-team");
  CHECK(owners.owners_of("x/model/db/y.sql") == "@database-team");
  CHECK(owners.owners_of("config/db/database-setup.md") == "@docs-team");
  CHECK(owners.owners_of("lib/a.rb") == "@ruby-team");
  CHECK(owners.owners_of("spec/a.rb").empty());
  CHECK(owners.owners_of("spec/special.rb").empty());
}

TEST_CASE("sections of one name are one, whatever the case of its letters") {
  CHECK(gitlab("[A] @x\nf\n[B]\ng @y\n[a]\nf @z\n", "f") == "@z");
  CHECK(gitlab("[A] @x\nf\n[B]\ng @y\n[a] @w\nh\n", "h") == "@x");
}

TEST_CASE("a folder of GitLab's ends in a slash") {
  CHECK(gitlab("/docs @a", "docs/x.md").empty());
  CHECK(gitlab("/docs/ @a", "docs/y/x.md") == "@a");
  CHECK(gitlab("/docs/* @a", "docs/y/x.md").empty());
  CHECK(gitlab("/docs/**/*.md @a", "docs/y/z/x.md") == "@a");
  CHECK(gitlab("internal/x @a", "y/internal/x") == "@a");
  CHECK(gitlab("* @@maintainers", "x") == "@@maintainers");
}

TEST_CASE("a file of code owners that is made to be slow costs seconds") {
  std::string text;
  while (text.size() < CodeOwners::kMaxBytes - 200) {
    text += "/" + std::string(40, '*') + "a*b*c*d*e*f*g* @a\n";
  }
  CodeOwners owners(text, kGitHub);
  const std::string path(4000, 'a');
  for (int i = 0; i < 100; ++i) CHECK(owners.owners_of(path).empty());
  CHECK(CodeOwners(std::string(CodeOwners::kMaxBytes, ' ') + "\n* @a", kGitHub)
            .owners_of("x")
            .empty());
}

}  // namespace
}  // namespace leaksift
