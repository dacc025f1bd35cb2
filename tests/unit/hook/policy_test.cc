#include "hook/policy.h"

#include <chrono>

#include "support/catch.h"

using namespace leaksift;

namespace {

PolicyFile policy_of(const std::string& text) {
  Result<PolicyFile> file = parse_policy(text, "/etc/leaksift/push.toml");
  INFO((file ? "" : file.error().message()));
  REQUIRE(file);
  return *std::move(file);
}

std::string error_of(const std::string& text) {
  const Result<PolicyFile> file = parse_policy(text, "p.toml");
  REQUIRE_FALSE(file);
  return file.error().message();
}

FindingTraits secret(Confidence confidence, std::string_view rule = "r") {
  return {rule, DataClass::kSecret, Severity::kHigh, confidence};
}

}  // namespace

TEST_CASE("without a policy secrets of high confidence are blocked",
          "[hook][policy]") {
  const PolicyFile file = built_in_policy();
  const Policy& policy = file.policy_for("any/repository");
  CHECK(policy.action_for(secret(Confidence::kCertain)) == Action::kBlock);
  CHECK(policy.action_for(secret(Confidence::kHigh)) == Action::kBlock);
  CHECK(policy.action_for(secret(Confidence::kMedium)) == Action::kWarn);
  CHECK(policy.action_for(secret(Confidence::kLow)) == Action::kOff);
  FindingTraits card = secret(Confidence::kCertain);
  card.data_class = DataClass::kPci;
  CHECK(policy.action_for(card) == Action::kOff);

  CHECK(policy.on_timeout == Fallback::kDefer);
  CHECK(policy.on_error == Fallback::kDefer);
  CHECK(policy.on_partial == Fallback::kDefer);
  CHECK(policy.deadline_ms == 3500);
  CHECK(policy.mode == PushMode::kIntroduced);
  CHECK_FALSE(policy.repository_config.ignore_file);
  CHECK_FALSE(policy.repository_config.inline_comments);
  CHECK(policy.bypass_for("", BypassKind::kAllow) != nullptr);
  CHECK(policy.bypass_for("ann", BypassKind::kSkip) == nullptr);
}

TEST_CASE("a policy changes what it names and nothing else", "[hook][policy]") {
  const PolicyFile file = policy_of(R"(
version = 1
mode = "touched"
deadline_ms = 4500
on_timeout = "block"
on_error = "allow"
jobs = 1
memory_mib = 64
max_file_mib = 32
packs = ["pii"]
rules = ["rules/", "/opt/rules.toml"]
config = "ours.toml"
repository_config = ["ignore-file"]
state = "/var/lib/leaksift"
message = { max_findings = 5, help_url = "https://wiki.example/", contact = "sec" }
[audit]
file = "/var/log/push.jsonl"
max_mib = 8
[spool]
dir = "spool"
[approvals]
file = "approvals.jsonl"
[identity]
user_env = ["WHO"]
)");
  const Policy& policy = file.policy;
  CHECK(policy.mode == PushMode::kTouched);
  CHECK(policy.deadline_ms == 4500);
  CHECK(policy.on_timeout == Fallback::kBlock);
  CHECK(policy.on_error == Fallback::kAllow);
  CHECK(policy.on_partial == Fallback::kDefer);
  CHECK(policy.jobs == 1);
  CHECK(policy.memory_mib == 64);
  CHECK(policy.max_file_mib == 32U);
  CHECK(policy.packs == std::vector<std::string>{"pii"});
  CHECK(policy.rules ==
        std::vector<std::string>{"/etc/leaksift/rules/", "/opt/rules.toml"});
  CHECK(policy.config == "/etc/leaksift/ours.toml");
  CHECK(policy.repository_config.ignore_file);
  CHECK_FALSE(policy.repository_config.inline_comments);
  CHECK(policy.max_findings == 5);
  CHECK(policy.help_url == "https://wiki.example/");
  CHECK(policy.contact == "sec");
  CHECK(policy.audit_max_mib == 8);
  CHECK(policy.rule_actions.size() == 2);
  CHECK(file.identity.user == std::vector<std::string>{"WHO"});
  CHECK(file.identity.repository == IdentityVariables().repository);
  CHECK(file.hash.size() == 64);
  const HookPlaces places = places_of(policy, "/srv/r.git");
  CHECK(places.state == "/var/lib/leaksift");
  CHECK(places.audit == "/var/log/push.jsonl");
  CHECK(places.spool == "/etc/leaksift/spool");
  CHECK(places.approvals == "/etc/leaksift/approvals.jsonl");
  CHECK(places_of(Policy(), "/srv/r.git").audit ==
        "/srv/r.git/leaksift/audit.jsonl");
}

TEST_CASE("the first rule action that fits decides", "[hook][policy]") {
  const PolicyFile file = policy_of(R"(
version = 1
[[rule_action]]
rules = ["aws-*", "private-key"]
min_confidence = "high"
action = "block"
[[rule_action]]
rules = ["test-?"]
action = "off"
[[rule_action]]
classes = ["pii", "pci"]
min_severity = "critical"
action = "block"
[[rule_action]]
classes = ["secret"]
action = "warn"
)");
  auto [rule, data_class, severity, confidence, action] =
      GENERATE(table<std::string, DataClass, Severity, Confidence, Action>({
          {"aws-key", DataClass::kSecret, Severity::kLow, Confidence::kHigh,
           Action::kBlock},
          {"private-key", DataClass::kSecret, Severity::kLow,
           Confidence::kCertain, Action::kBlock},
          {"aws-key", DataClass::kSecret, Severity::kHigh, Confidence::kMedium,
           Action::kWarn},
          {"private-key-2", DataClass::kSecret, Severity::kHigh,
           Confidence::kHigh, Action::kWarn},
          {"test-1", DataClass::kSecret, Severity::kCritical,
           Confidence::kCertain, Action::kOff},
          {"card", DataClass::kPci, Severity::kCritical, Confidence::kLow,
           Action::kBlock},
          {"card", DataClass::kPci, Severity::kHigh, Confidence::kCertain,
           Action::kOff},
          {"code", DataClass::kCode, Severity::kCritical, Confidence::kCertain,
           Action::kOff},
      }));
  CHECK(file.policy.action_for({rule, data_class, severity, confidence}) ==
        action);
}

TEST_CASE("the first [[repo]] whose glob is the name holds for it",
          "[hook][policy]") {
  const PolicyFile file = policy_of(R"(
version = 1
on_error = "allow"
deadline_ms = 1000
bypass = []
[[repo]]
match = "payments/legacy"
action_max = "warn"
[[repo]]
match = "payments/*"
on_error = "block"
[[repo.bypass]]
who = ["ann"]
kinds = ["skip"]
[[repo.rule_action]]
action = "block"
[[repo]]
match = "sandbox/**"
action_max = "off"
)");
  const FindingTraits sure = secret(Confidence::kCertain);
  CHECK(file.policy_for("payments/legacy").action_for(sure) == Action::kWarn);
  CHECK(file.policy_for("payments/legacy").on_error == Fallback::kAllow);
  const Policy& payments = file.policy_for("payments/api");
  CHECK(payments.on_error == Fallback::kBlock);
  CHECK(payments.deadline_ms == 1000);
  CHECK(payments.action_for(secret(Confidence::kLow)) == Action::kBlock);
  CHECK(payments.bypass_for("ann", BypassKind::kSkip) != nullptr);
  CHECK(file.policy.bypass_for("ann", BypassKind::kSkip) == nullptr);
  CHECK(file.policy_for("sandbox/a/b").action_for(sure) == Action::kOff);
  CHECK(file.override_for("payments/api")->source ==
        "/etc/leaksift/push.toml:9");
  // A glob is the whole name.
  for (const char* other : {"payments/a/b", "my/payments/api", "sandbox",
                            "payments", "Payments/api", ""}) {
    INFO(other);
    CHECK(file.override_for(other) == nullptr);
  }
}

TEST_CASE("a bypass is for whom the policy names", "[hook][policy]") {
  const PolicyFile file = policy_of(R"(
version = 1
[groups]
release-eng = ["bob", "carol"]
[[bypass]]
who = ["alice", "group:release-eng"]
kinds = ["allow", "skip"]
[[bypass]]
who = ["*"]
kinds = ["allow"]
reason_required = true
max_per_push = 2
)");
  const Policy& policy = file.policy;
  for (const char* trusted : {"alice", "bob", "carol"}) {
    INFO(trusted);
    CHECK(policy.bypass_for(trusted, BypassKind::kSkip) != nullptr);
    CHECK_FALSE(
        policy.bypass_for(trusted, BypassKind::kAllow)->reason_required);
  }
  for (const char* other :
       {"dave", "", "release-eng", "group:release-eng", "*", "Alice"}) {
    INFO(other);
    CHECK(policy.bypass_for(other, BypassKind::kSkip) == nullptr);
    const BypassRule* rule = policy.bypass_for(other, BypassKind::kAllow);
    REQUIRE(rule != nullptr);
    CHECK(rule->reason_required);
    CHECK(rule->max_per_push == 2U);
  }
}

TEST_CASE("a slip in a policy is an error with file, line and remedy",
          "[hook][policy]") {
  auto [text, message] = GENERATE(table<std::string, std::string>({
      {"", "p.toml:1: a policy begins with version = 1"},
      {"version = 2", "p.toml:1: the only known version is 1"},
      {"version = 1\nmodes = \"touched\"",
       "p.toml:2: unknown key 'modes' in a policy; did you mean 'mode'?"},
      {"version = 1\nmode = \"new\"",
       "p.toml:2: expected one of introduced, touched"},
      {"version = 1\nmode = \"touched\"\nMode = \"introduced\"",
       "'mode' twice in a policy"},
      {"version = 1\ndeadline_ms = \"3s\"",
       "p.toml:2: expected a whole number from 1 to 2^30"},
      {"version = 1\njobs = 0",
       "p.toml:2: expected a whole number from 1 to 1024"},
      {"version = 1\nmemory_mib = 8",
       "p.toml:2: expected a whole number from 32 to 2^30"},
      {"version = 1\non_error = true",
       "p.toml:2: expected one of block, defer, allow"},
      {"version = 1\nrepository_config = [\"all\"]",
       "p.toml:2: expected some of inline-comments, ignore-file"},
      {"version = 1\nrepository_config = \"ignore-file\"",
       "p.toml:2: expected an array of strings"},
      {"version = 1\nstate = \"\"", "p.toml:2: expected a path"},
      {"version = 1\naudit = \"push.jsonl\"", "p.toml:2: expected a table"},
      {"version = 1\n[audit]\nfiles = \"x\"",
       "p.toml:3: unknown key 'files' in [audit]; did you mean 'file'?"},
      {"version = 1\n[[rule_action]]\nrules = [\"a\"]",
       "p.toml:2: a [[rule_action]] without action"},
      {"version = 1\n[[rule_action]]\naction = \"deny\"",
       "p.toml:3: expected one of block, warn, off"},
      {"version = 1\n[[rule_action]]\naction = \"off\"\nclasses = [\"x\"]",
       "p.toml:4: expected one of secret, pii, pci, phi, code"},
      {"version = 1\n[[rule_action]]\naction = \"off\"\nrules = [\"a[b\"]",
       "p.toml:4: "},
      {"version = 1\n[[rule_action]]\naction = \"off\"\nrules = [\"\"]",
       "p.toml:4: "},
      {"version = 1\n[[bypass]]\nwho = [\"a\"]",
       "p.toml:2: a [[bypass]] needs who and kinds"},
      {"version = 1\n[[bypass]]\nwho = [\"group:relase\"]\nkinds = "
       "[\"skip\"]\n[groups]\nrelease = []",
       "p.toml:2: no group 'relase' in [groups]; did you mean 'release'?"},
      {"version = 1\n[[repo]]\non_error = \"block\"",
       "p.toml:2: a [[repo]] without match"},
      {"version = 1\n[[repo]]\nmatch = \"a\"\n[repo.groups]\nx = []",
       "unknown key 'groups' in [[repo]]"},
      {"version = 1\n[groups]\nx = \"ann\"",
       "p.toml:3: expected an array of strings"},
      {"version = 1\nmode = ", "p.toml:2: "},
  }));
  INFO(text);
  CHECK(error_of(text).find(message) != std::string::npos);
}

TEST_CASE("a policy that cannot be read is an error", "[hook][policy]") {
  const Result<PolicyFile> file = load_policy("/nonexistent/push.toml");
  REQUIRE_FALSE(file);
  CHECK(file.error().message().find("/nonexistent/push.toml") !=
        std::string::npos);
}

TEST_CASE("a policy of 200 lines is read in a millisecond", "[hook][policy]") {
  std::string text = "version = 1\n";
  for (int i = 0; i < 20; ++i) {
    const std::string n = std::to_string(i);
    text += "[[rule_action]]\nrules = [\"rule-" + n + "-*\", \"other-" + n +
            "\"]\nmin_confidence = \"high\"\naction = \"block\"\n";
    text += "[[repo]]\nmatch = \"team-" + n +
            "/*\"\non_error = \"block\"\ndeadline_ms = 2000\n"
            "action_max = \"warn\"\n";
  }
  double best = 1;
  for (int i = 0; i < 20; ++i) {
    const auto begin = std::chrono::steady_clock::now();
    REQUIRE(parse_policy(text, "p.toml"));
    const std::chrono::duration<double> took =
        std::chrono::steady_clock::now() - begin;
    best = std::min(best, took.count());
  }
#ifdef NDEBUG
  CHECK(best < 0.001);
#else
  CHECK(best < 0.1);
#endif
}
