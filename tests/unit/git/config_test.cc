#include "git/config.h"

#include "support/catch.h"
#include "support/git/object_oracle.h"

using namespace leaksift;

namespace {

// What git reads as core.value, and whether it takes the file.
std::string value_by_git(const GitFixture& repo, const std::string& text) {
  repo.around().write("config", text);
  std::string value = repo.git({"config", "-f", repo.around() / "config",
                                "--default", "(none)", "--get", "core.value"});
  value.pop_back();
  return value;
}

}  // namespace

TEST_CASE("values are read as git reads them", "[git][config]") {
  const GitFixture repo;
  for (const std::string text : {
           "[core]\nvalue = plain\n",
           "[core]\n\tvalue=1\n\tvalue = 2\n",
           "[CORE]\n  VaLue = x # comment\n",
           "[core] value = on the same line ; comment\n",
           "[core]\nvalue = \"quoted # ; \" and not\n",
           "[core]\nvalue = \"with \\\"quotes\\\" and \\\\ and \\t\"\n",
           "[core]\nvalue = \" blanks \"\n",
           "[core]\nvalue = goes \\\n  on\n",
           "[core]\nvalue = first\\\\\n[other]\nvalue = other\n",
           "[other]\npath = C:\\\\folder\\\\\n[core]\nvalue = after\n",
           "[other]\n# a comment \\\n[core]\nvalue = after\n",
           "[other] ; a comment \\\n[core]\nvalue = after\n",
           "[core] # see [1]\nvalue = x\n",
           "[core] value = a]b\n",
           "[core \"sub\"]\nvalue = of the subsection\n",
           "[other \"]\"]\nvalue = 1\n[core]\nvalue = 2\n",
           "[core]\nvalue =\n",
           "[core]\r\nvalue = dos\r\n",
           "[core]\nvalue = no end of line",
           "[other]\nvalue = 3\n",
           "",
           "# only a comment",
       }) {
    CAPTURE(text);
    CHECK(GitConfig(text).get("core", "value").value_or("(none)") ==
          value_by_git(repo, text));
  }
}

TEST_CASE("a key without a value is true", "[git][config]") {
  CHECK(GitConfig("[core]\nbare\n").get("core", "bare") == "true");
  CHECK(GitConfig("[core]\nbare").get("core", "bare") == "true");
}

TEST_CASE("what is no configuration has no values", "[git][config]") {
  for (const std::string text : {"[", "[core", "[core \"", "[core \"x", "]",
                                 "=", "\\", "[]\n=\n\"", "[core]\n= 3\n"}) {
    CAPTURE(text);
    CHECK_FALSE(GitConfig(text).get("core", "value"));
  }
}
