// leaksift rules import.
#include <filesystem>

#include "cli/program.h"
#include "support/catch.h"

using namespace leaksift;
using Catch::Contains;

namespace {

const std::string kKingfisher =
    "rules:\n"
    "  - name: Acme key\n"
    "    id: kingfisher.acme.1\n"
    "    pattern: |\n"
    "      (?x)(?i)\n"
    "      \\b acme_ ( [0-9a-f]{32} ) \\b  # of the second version\n"
    "    min_entropy: 2.5\n"
    "    pattern_requirements: {min_digits: 2, ignore_if_contains: [dead]}\n"
    "    examples: [acme_0123456789abcdef0123456789abcdef]\n"
    "    negative_examples: [acme_0123456789]\n";

}  // namespace

TEST_CASE("an imported file loads, is checked and finds", "[cli][import]") {
  const TempDir folder;
  folder.write("acme.yml", kKingfisher);
  const Ran imported = run_program(
      {"rules", "import", "acme.yml", "-o", "acme.toml"}, folder.path());
  CHECK(imported.exit_code == 0);
  CHECK(imported.out.empty());
  CHECK(imported.err == "1 rules taken over, 0 notes\n");

  const Ran checked =
      run_program({"rules", "check", "--rules", "acme.toml"}, folder.path());
  CHECK(checked.out == "1 rules, 2 examples, 0 problems\n");

  folder.write("text",
               "ACME_00112233445566778899aabbccddeeff\n"
               "acme_abcdefabcdefabcdefabcdefabcdef12\n"
               "acme_abcdefabcdefabcdefabcdefabcdefa1\n"
               "acme_dead2233445566778899aabbccddeeff\n"
               "acme_11111111111111111111111111111111\n");
  const Ran found = run_program(
      {"rules", "test", "text", "--rules", "acme.toml"}, folder.path());
  CHECK_THAT(found.out, Contains("text:1:6: kingfisher.acme.1") &&
                            Contains("text:2:6:") && !Contains("text:3") &&
                            !Contains("text:4") && !Contains("text:5"));
}

TEST_CASE("what an import leaves out is named on standard error",
          "[cli][import]") {
  const TempDir folder;
  folder.write("a.yml", kKingfisher + "    validation: {type: Http}\n");
  const Ran ran = run_program({"rules", "import", "a.yml"}, folder.path());
  CHECK(ran.exit_code == 3);
  CHECK_THAT(ran.out, Contains("id = \"kingfisher.acme.1\""));
  CHECK(ran.err ==
        "a.yml:2: rule 'kingfisher.acme.1': not taken over: validation (no "
        "requests are made)\n1 rules taken over, 1 notes\n");
}

TEST_CASE("a format can be told, and has to be one that is known",
          "[cli][import]") {
  const TempDir folder;
  folder.write("a", "# nothing\nrules :\n- {id: a, pattern: b}\n");
  const auto import = [&](const Arguments& more) {
    Arguments command = {"rules", "import", "a"};
    command.insert(command.end(), more.begin(), more.end());
    return run_program(command, folder.path());
  };
  CHECK(import({}).exit_code == 2);
  CHECK(import({"--from", "noseyparker"}).exit_code == 0);
  const Ran unknown = import({"--from", "grep"});
  CHECK(unknown.exit_code == 2);
  CHECK_THAT(unknown.err, Contains("'grep' is none of gitleaks, "));
}

TEST_CASE("an import writes through what is no regular file", "[cli][import]") {
  const TempDir folder;
  folder.write("acme.yml", kKingfisher);
  folder.write("there", "");
  std::filesystem::create_symlink("there", folder / "link");
  CHECK(
      run_program({"rules", "import", "acme.yml", "-o", "link"}, folder.path())
          .exit_code == 0);
  CHECK(std::filesystem::is_symlink(folder / "link"));
  CHECK(std::filesystem::file_size(folder / "there") > 0);
}

TEST_CASE("an import without readable files could not run", "[cli][import]") {
  const TempDir folder;
  folder.write("big.yml", "rules:" + std::string(9 << 20, ' '));
  for (const char* file : {"big.yml", "none.yml", "."}) {
    const Ran ran = run_program({"rules", "import", file}, folder.path());
    CHECK(ran.exit_code == 2);
    CHECK_THAT(ran.err, Contains(file));
    CHECK(ran.out.empty());
  }
}
