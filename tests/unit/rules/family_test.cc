#include "rules/family.h"

#include "rules/loader.h"
#include "support/catch.h"

using namespace leaksift;

namespace {

const std::string kFamily = R"(
format = 1
[[families]]
id = "{name}-key"
description = "Key of {name}"
provider = "{name}"
regex = '{name}=({shape})'
severity = "low"
examples = ['{NAME} {name}={{{shape}}}']
counter_examples = ['{name}=']
)";

Result<LoadedRules> parse(const std::string& members) {
  return parse_rules(kFamily + "members = [" + members + "]\n", "rules.toml",
                     RuleSet());
}

}  // namespace

TEST_CASE("each member of a family is a rule with its own line",
          "[rules][family]") {
  const Result<LoadedRules> rules =
      parse("\n'beta-mail [a-f]{4} [0-9]{8}',\n'acme [a-z]{3}']\n#");
  REQUIRE(rules);
  REQUIRE(rules->set.rules.size() == 2);
  const Rule& acme = rules->set.rules[0];
  CHECK(acme.id == "acme-key");
  CHECK(acme.provider == "acme");
  CHECK(acme.regex == "acme=([a-z]{3})");
  CHECK(acme.severity == Severity::kLow);
  CHECK(acme.source.to_string() == "rules.toml:13");

  const Rule& beta = rules->set.rules[1];
  CHECK(beta.description == "Key of beta-mail");
  CHECK(beta.regex == "beta[ _.\\-]?mail=((?:[a-f]{4}|[0-9]{8}))");
  CHECK(beta.examples ==
        std::vector<std::string>{"BETA_MAIL beta_mail={{[a-f]{4}}}"});
  CHECK(beta.source.to_string() == "rules.toml:12");
}

TEST_CASE("a member that is no name with a shape is an error of its line",
          "[rules][family]") {
  for (const std::string member :
       {"''", "'acme'", "'Acme [a-z]{3}'", "'ac/me [a-z]{3}'", "3"}) {
    INFO(member);
    const Result<LoadedRules> rules = parse("\n" + member);
    REQUIRE_FALSE(rules);
    CHECK(rules.error().message().find("rules.toml:12: ") == 0);
  }
  CHECK_FALSE(parse(""));
}
