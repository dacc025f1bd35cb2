#include "hook/push_options.h"

#include "support/catch.h"
#include "unit/hook/environment.h"

using namespace leaksift;

namespace {

constexpr const char* kIdA = "0123456789ab";
constexpr const char* kIdB = "ffffffffffff";

Result<PushOptions> read(const std::vector<std::string>& options) {
  std::map<std::string, std::string> variables;
  variables["GIT_PUSH_OPTION_COUNT"] = std::to_string(options.size());
  for (size_t i = 0; i < options.size(); ++i) {
    variables["GIT_PUSH_OPTION_" + std::to_string(i)] = options[i];
  }
  return read_push_options(environment_of(variables));
}

std::string error_of(const std::string& option) {
  const Result<PushOptions> options = read({option});
  REQUIRE_FALSE(options);
  return options.error().message();
}

Policy policy_of(const std::string& text) {
  const Result<PolicyFile> file = parse_policy("version = 1\n" + text, "p");
  REQUIRE(file);
  return file->policy;
}

}  // namespace

TEST_CASE("push options name findings and a reason", "[hook][options]") {
  const Result<PushOptions> options = read(
      {"ci.skip", std::string("leaksift.allow=") + kIdA,
       std::string("leaksift.allow=") + kIdA + "," + kIdB + ": a test: really",
       "leaksift.skip=urgent"});
  REQUIRE(options);
  REQUIRE(options->allow.size() == 2);
  CHECK(options->allow[0].id == kIdA);
  CHECK(options->allow[0].reason.empty());
  CHECK(options->allow[1].id == kIdB);
  CHECK(options->allow[1].reason == "a test: really");
  CHECK(options->skip == "urgent");

  CHECK(read({"leaksift.skip"})->skip == "");
  CHECK_FALSE(read({"other"})->skip);
}

TEST_CASE("a client without push options asks for nothing", "[hook][options]") {
  const Result<PushOptions> options = read_push_options(environment_of({}));
  REQUIRE(options);
  CHECK(options->allow.empty());
  CHECK_FALSE(options->skip);
}

TEST_CASE("a slip in a push option is an error that says what is meant",
          "[hook][options]") {
  auto [option, message] = GENERATE(table<std::string, std::string>({
      {"leaksift.alow=0123456789ab", "did you mean 'leaksift.allow'?"},
      {"leaksift.format=json", "leaksift.skip[=REASON]"},
      {"Leaksift.Skip", "did you mean 'leaksift.skip'?"},
      {"leaksift.allow", "'' is no finding's id"},
      {"leaksift.allow=", "'' is no finding's id"},
      {"leaksift.allow=0123456789AB", "'0123456789AB' is no finding's id"},
      {"leaksift.allow=0123456789abc", "is no finding's id"},
      {"leaksift.allow=0123456789ab,", "'' is no finding's id"},
      {"leaksift.skip=" + std::string(1001, 'x'), "1000 bytes"},
  }));
  CHECK(error_of(option).find(message) != std::string::npos);
  CHECK_FALSE(read({"leaksift.skip", "leaksift.skip=again"}));
}

TEST_CASE("push options are bounded", "[hook][options]") {
  CHECK(read(std::vector<std::string>(1000, "x")));
  CHECK_FALSE(read(std::vector<std::string>(1001, "x")));
  CHECK_FALSE(read_push_options(
      environment_of({{"GIT_PUSH_OPTION_COUNT", "99999999999999999999"}})));
  CHECK_FALSE(
      read_push_options(environment_of({{"GIT_PUSH_OPTION_COUNT", "-1"}})));
  std::string many = "leaksift.allow=";
  for (int i = 0; i < 1001; ++i) {
    const std::string digits = std::to_string(i);
    many += std::string(12 - digits.size(), '0') + digits + ",";
  }
  many.pop_back();
  CHECK(error_of(many).find("1000 ids") != std::string::npos);
}

TEST_CASE("without a reason that is required nothing is allowed",
          "[hook][options]") {
  const Policy policy = built_in_policy().policy;
  PushOptions options;
  options.allow = {{kIdA, ""}, {kIdB, "a fixture"}};
  options.skip = "because";
  const Bypasses bypasses = decide_bypasses(options, policy, "ann", {}, "r", 0);
  REQUIRE(bypasses.granted.size() == 1);
  CHECK(bypasses.of_finding(kIdB)->by == "ann");
  CHECK(bypasses.of_finding(kIdB)->reason == "a fixture");
  CHECK(bypasses.of_finding(kIdA) == nullptr);
  CHECK(bypasses.of_push() == nullptr);
  REQUIRE(bypasses.refused.size() == 2);
  CHECK(bypasses.refused[0].refusal == "a reason is required");
  CHECK(bypasses.refused[1].kind == Bypass::Kind::kSkip);
  CHECK(bypasses.refused[1].refusal == "the policy does not let ann do this");
}

TEST_CASE("a push may be skipped by whom the policy names", "[hook][options]") {
  const Policy policy =
      policy_of("[[bypass]]\nwho = [\"ann\"]\nkinds = [\"skip\"]");
  PushOptions options;
  options.skip = "";
  options.allow = {{kIdA, "x"}};
  const Bypasses ann = decide_bypasses(options, policy, "ann", {}, "r", 0);
  CHECK(ann.of_push() != nullptr);
  CHECK(ann.of_finding(kIdA) == nullptr);
  const Bypasses bob = decide_bypasses(options, policy, "bob", {}, "r", 0);
  CHECK(bob.of_push() == nullptr);
  const Bypasses unknown = decide_bypasses(options, policy, "", {}, "r", 0);
  REQUIRE(unknown.refused.size() == 2);
  CHECK(unknown.refused[0].refusal ==
        "the policy lets nobody do this who is not known");
}

TEST_CASE("no more findings of a push are allowed than the policy says",
          "[hook][options]") {
  const Policy policy = policy_of(
      "[[bypass]]\nwho = [\"*\"]\nkinds = [\"allow\"]\nmax_per_push = 1");
  PushOptions options;
  options.allow = {{kIdA, ""}, {kIdB, ""}};
  const Bypasses bypasses = decide_bypasses(options, policy, "ann", {}, "r", 0);
  CHECK(bypasses.of_finding(kIdA) != nullptr);
  CHECK(bypasses.of_finding(kIdB) == nullptr);
  REQUIRE(bypasses.refused.size() == 1);
  CHECK(bypasses.refused[0].refusal ==
        "the policy lets no more than 1 of one push's findings be allowed");
}

TEST_CASE("an approval counts for its repository until it expires",
          "[hook][options][approvals]") {
  const Policy policy = policy_of("bypass = []");
  const std::vector<Approval> approvals = {
      {kIdA, "team/r", "eve", "a fixture", 100, 200}};
  const auto granted = [&](const std::string& repository, int64_t now) {
    return decide_bypasses({}, policy, "ann", approvals, repository, now)
               .of_finding(kIdA) != nullptr;
  };
  CHECK(granted("team/r", 199));
  CHECK_FALSE(granted("team/r", 200));
  CHECK_FALSE(granted("team/other", 150));
  // It does not use up what the pusher may allow, nor need his options.
  PushOptions options;
  options.allow = {{kIdA, ""}};
  const Bypasses bypasses =
      decide_bypasses(options, policy, "ann", approvals, "team/r", 150);
  CHECK(bypasses.refused.empty());
  CHECK(bypasses.of_finding(kIdA)->kind == Bypass::Kind::kApproval);
  CHECK(bypasses.of_finding(kIdA)->by == "eve");
}
