// Rule files of gitleaks, and files that extend others.
#include <algorithm>

#include "rules/loader.h"
#include "support/catch.h"
#include "support/temp_dir.h"

using namespace leaksift;

namespace {

LoadedRules loaded(const std::string& text, const RuleSet& base = {}) {
  Result<LoadedRules> rules = parse_rules(text, "rules.toml", base);
  if (!rules) FAIL(rules.error().message());
  return *std::move(rules);
}

LoadedRules loaded_file(const std::string& path, const RuleSet& base = {}) {
  Result<LoadedRules> rules = load_rule_file(path, base);
  if (!rules) FAIL(rules.error().message());
  return *std::move(rules);
}

std::string error_of(const std::string& text) {
  const Result<LoadedRules> rules = parse_rules(text, "rules.toml", {});
  return rules ? "" : rules.error().message();
}

std::string ids(const RuleSet& set) {
  std::string all;
  for (const Rule& rule : set.rules) all += rule.id + " ";
  return all;
}

std::string rule(const std::string& id, const std::string& more = "") {
  return "[[rules]]\nid = '" + id + "'\n" + more;
}

}  // namespace

TEST_CASE("gitleaks' own rules load as they are", "[rules][loader]") {
  const LoadedRules rules =
      loaded_file(LEAKSIFT_SOURCE_DIR "/tests/corpus/gitleaks-default.toml");
  CHECK(rules.warnings.empty());
  REQUIRE(rules.set.rules.size() == 222);
  for (const Rule& r : rules.set.rules) {
    INFO(r.id);
    CHECK(r.foreign);
    CHECK_FALSE(r.description.empty());
    CHECK((!r.regex.empty() || !r.path.empty()));
    CHECK(r.source.line > 0);
  }
  REQUIRE(rules.set.allowlists.size() == 1);
  CHECK(rules.set.allowlists[0].description == "global allow lists");
  CHECK(rules.set.allowlists[0].paths.size() > 20);

  const auto generic =
      std::find_if(rules.set.rules.begin(), rules.set.rules.end(),
                   [](const Rule& r) { return r.id == "generic-api-key"; });
  REQUIRE(generic != rules.set.rules.end());
  CHECK(generic->entropy == 3.5);
  CHECK(generic->keywords.size() > 5);
  REQUIRE(generic->allowlists.size() == 4);
  CHECK(generic->allowlists[1].target == AllowTarget::kMatch);
  CHECK(generic->allowlists[1].stopwords.size() > 1000);
  CHECK(generic->allowlists[3].target == AllowTarget::kLine);
  CHECK(generic->allowlists[3].all_conditions);
}

TEST_CASE("an unknown key of a foreign file is a warning", "[rules][loader]") {
  const LoadedRules rules =
      loaded("[[rules]]\nid = 'a'\nregex = 'b'\nfilter = 'x'\nentorpy = 'y'\n");
  REQUIRE(rules.warnings.size() == 2);
  CHECK(std::find(
            rules.warnings.begin(), rules.warnings.end(),
            "rules.toml:4: 'filter' in rule 'a' is not evaluated (ignored)") !=
        rules.warnings.end());
  CHECK(std::find(rules.warnings.begin(), rules.warnings.end(),
                  "rules.toml:5: unknown key 'entorpy' in rule 'a'; did you "
                  "mean 'entropy'? (ignored)") != rules.warnings.end());
}

TEST_CASE("the file-wide keys of ours have no meaning in a foreign file",
          "[rules][loader]") {
  const LoadedRules rules = loaded("provider = 'acme'\n" + rule("a"));
  CHECK(rules.warnings.size() == 1);
  CHECK(rules.set.rules[0].provider.empty());
}

TEST_CASE("allowlists are read in both spellings", "[rules][loader]") {
  const std::string list = "stopwords = ['x']\n";
  for (const std::string spelling : {"[allowlist]", "[[allowlists]]"}) {
    const LoadedRules rules = loaded(spelling + "\n" + list);
    REQUIRE(rules.set.allowlists.size() == 1);
    CHECK(rules.set.allowlists[0].stopwords == std::vector<std::string>{"x"});
    CHECK(rules.warnings.empty());
  }
  for (const std::string spelling :
       {"[rules.allowlist]", "[[rules.allowlists]]"}) {
    const LoadedRules rules = loaded(rule("a") + spelling + "\n" + list);
    CHECK(rules.set.allowlists.empty());
    REQUIRE(rules.set.rules[0].allowlists.size() == 1);
    CHECK(rules.set.rules[0].allowlists[0].stopwords ==
          std::vector<std::string>{"x"});
    CHECK(rules.warnings.empty());
  }
  CHECK(loaded("[[allowlists]]\n" + list + "[[allowlists]]\n" + list)
            .set.allowlists.size() == 2);
}

TEST_CASE("one file keeps to one spelling", "[rules][loader]") {
  const std::string list = "stopwords = ['x']\n";
  const std::string both =
      ": both 'allowlist' and 'allowlists'; keep 'allowlists'";
  CHECK(
      error_of("[allowlist]\n" + list + "[[allowlists]]\n" + list).find(both) !=
      std::string::npos);
  CHECK(error_of(rule("a") + "[rules.allowlist]\n" + list +
                 "[[rules.allowlists]]\n" + list)
            .find(both) != std::string::npos);
}

TEST_CASE("conditions and targets are read as gitleaks reads them",
          "[rules][loader]") {
  auto list_with = [](const std::string& line) {
    return loaded("[[allowlists]]\npaths = ['x']\n" + line + "\n")
        .set.allowlists[0];
  };
  for (const std::string word : {"AND", "and", "&&"}) {
    CHECK(list_with("condition = '" + word + "'").all_conditions);
  }
  for (const std::string word : {"OR", "or", "||", ""}) {
    CHECK_FALSE(list_with("condition = '" + word + "'").all_conditions);
  }
  CHECK_FALSE(list_with("").all_conditions);
  CHECK(list_with("").target == AllowTarget::kSecret);
  CHECK(list_with("regexTarget = ''").target == AllowTarget::kSecret);
  CHECK(list_with("regexTarget = 'secret'").target == AllowTarget::kSecret);
  CHECK(list_with("regexTarget = 'match'").target == AllowTarget::kMatch);
  CHECK(list_with("regexTarget = 'line'").target == AllowTarget::kLine);
}

TEST_CASE("useDefault stands for the built-in rules", "[rules][loader]") {
  const RuleSet builtin =
      loaded("format = 1\n" + rule("b", "regex = 'x'\n") + rule("c") +
             "[[allowlists]]\nstopwords = ['base']\n")
          .set;
  const LoadedRules rules =
      loaded("[extend]\nuseDefault = true\ndisabledRules = ['c', 'unknown']\n" +
                 rule("a") + "[[allowlists]]\nstopwords = ['own']\n",
             builtin);
  CHECK(ids(rules.set) == "a b ");
  CHECK(rules.set.rules[0].foreign);
  CHECK_FALSE(rules.set.rules[1].foreign);
  REQUIRE(rules.set.allowlists.size() == 2);
  CHECK(rules.set.allowlists[1].stopwords == std::vector<std::string>{"own"});
  CHECK(
      ids(loaded("[extend]\nuseDefault = false\n" + rule("a"), builtin).set) ==
      "a ");
}

TEST_CASE("a rule with a known id changes what it gives", "[rules][loader]") {
  const RuleSet builtin =
      loaded(rule("b",
                  "description = 'D'\nregex = 'x'\npath = 'p'\nentropy = 2.0\n"
                  "secretGroup = 1\nkeywords = ['k']\ntags = ['t']\n"
                  "[[rules.allowlists]]\nstopwords = ['s']\n"))
          .set;
  const std::string extend = "[extend]\nuseDefault = true\n";
  const Rule same = loaded(extend + rule("b"), builtin).set.rules[0];
  CHECK(same.description == "D");
  CHECK(same.regex == "x");
  CHECK(same.path == "p");
  CHECK(same.entropy == 2.0);
  CHECK(same.secret_group == 1);

  const LoadedRules changed =
      loaded(extend + rule("b",
                           "description = 'E'\nregex = 'y'\npath = 'q'\n"
                           "entropy = 3.0\nsecretGroup = 2\nkeywords = ['l']\n"
                           "tags = ['u']\n[[rules.required]]\nid = 'c'\n"
                           "[[rules.allowlists]]\nstopwords = ['o']\n"),
             builtin);
  REQUIRE(changed.set.rules.size() == 1);
  const Rule& b = changed.set.rules[0];
  CHECK(b.description == "E");
  CHECK(b.regex == "y");
  CHECK(b.path == "q");
  CHECK(b.entropy == 3.0);
  CHECK(b.secret_group == 2);
  CHECK(b.keywords == std::vector<std::string>{"k", "l"});
  CHECK(b.tags == std::vector<std::string>{"t", "u"});
  CHECK(b.required.size() == 1);
  CHECK(b.allowlists.size() == 2);
}

TEST_CASE("a file may extend another one", "[rules][loader]") {
  const TempDir dir;
  dir.write("base.toml", rule("a", "odd = 1\n") + rule("b"));
  dir.write("top.toml", "[extend]\npath = '" + (dir / "base.toml") +
                            "'\ndisabledRules = ['a']\n" + rule("c"));
  const LoadedRules rules = loaded_file(dir / "top.toml");
  CHECK(ids(rules.set) == "b c ");
  REQUIRE(rules.warnings.size() == 1);
  CHECK(rules.warnings[0].find((dir / "base.toml") + ":3: ") == 0);
}

TEST_CASE("an error in an extended file names both files", "[rules][loader]") {
  const TempDir dir;
  dir.write("base.toml", "[[rules]]\nid = 5\n");
  dir.write("top.toml", "[extend]\npath = '" + (dir / "base.toml") + "'\n");
  const Result<LoadedRules> rules = load_rule_file(dir / "top.toml", {});
  REQUIRE_FALSE(rules);
  CHECK(rules.error().message() == (dir / "top.toml") +
                                       ": [extend]: " + (dir / "base.toml") +
                                       ":2: expected a string");
}

TEST_CASE("files are extended two levels deep", "[rules][loader]") {
  const TempDir dir;
  auto write = [&](const std::string& id, const std::string& base) {
    dir.write(id, "[extend]\npath = '" + (dir / base) + "'\n" + rule(id));
  };
  write("a", "b");
  write("b", "c");
  write("c", "d");
  dir.write("d", rule("d"));
  const LoadedRules loaded = loaded_file(dir / "a");
  CHECK(ids(loaded.set) == "a b c ");
  CHECK(loaded.warnings ==
        std::vector<std::string>{(dir / "c") + ":1: " + (dir / "d") +
                                 " is not read: files are extended two levels "
                                 "deep"});
  CHECK(loaded_file(dir / "b").warnings.empty());
}

TEST_CASE("files that extend each other end", "[rules][loader]") {
  const TempDir dir;
  dir.write("a", "[extend]\npath = '" + (dir / "b") + "'\n" + rule("a"));
  dir.write("b", "[extend]\npath = '" + (dir / "a") + "'\n" + rule("b"));
  dir.write("self", "[extend]\npath = '" + (dir / "self") + "'\n" + rule("s"));
  CHECK(ids(loaded_file(dir / "a").set) == "a b ");
  CHECK(ids(loaded_file(dir / "self").set) == "s ");
  CHECK(loaded_file(dir / "self").warnings.size() == 1);
}

TEST_CASE("extend takes one base, and none from the network",
          "[rules][loader]") {
  CHECK(error_of("[extend]\nuseDefault = true\npath = 'x'\n") ==
        "rules.toml:1: [extend] takes path or useDefault, not both");
  CHECK(error_of("[extend]\nurl = 'https://acme.example/x'\n") ==
        "rules.toml:1: [extend] url is not read from the network; use path");
  CHECK(error_of("[extend]\npath = '/nowhere/x'\n")
            .find("rules.toml: [extend]: cannot read rules: ") == 0);
}
