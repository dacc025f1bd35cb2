// Whatever a user's or a repository's files say: they are read or refused.
#include "decode/archive.h"
#include "decode/encoding.h"
#include "findings/baseline.h"
#include "fuzz/fuzz.h"
#include "hook/audit_chain.h"
#include "hook/policy.h"
#include "hook/spool_entry.h"
#include "rules/loader.h"
#include "rules/plan.h"

namespace leaksift {

void fuzz_one(std::string_view input) {
  (void)archive_kind(input);
  (void)to_utf8(input, detect_encoding(input));
  (void)static_cast<bool>(Baseline::parse(input, "baseline.json"));
  (void)static_cast<bool>(parse_policy(input, "push.toml"));
  (void)static_cast<bool>(parse_entry(input));
  (void)parse_link(input);
  const Result<LoadedRules> rules = parse_rules(input, "rules.toml", {});
  if (!rules) return;
  for (const Rule& rule : rules->set.rules) {
    if (!rule.regex.empty()) (void)static_cast<bool>(plan_rule(rule));
  }
}

std::vector<std::string> fuzz_seeds() {
  DeferredPush deferred;
  deferred.git_dir = "/r.git";
  deferred.updates = {{ObjectId(), ObjectId(), "refs/heads/\xff"}};
  deferred.excluded = {ObjectId()};
  return {
      "[[rules]]\nid = \"a\"\nregex = '''ab[0-9]{4}'''\n"
      "keywords = [\"ab\"]\nentropy = 2.5\n"
      "[[rules.allowlists]]\nregexes = ['''x$''']\npaths = ['''y''']\n",
      "[{\"RuleID\": \"a\", \"File\": \"b\", \"StartLine\": 1, "
      "\"Fingerprint\": \"c\"}]",
      std::string("\xff\xfe\x61\0b\0", 6),
      std::string("a\0b\0c\0", 6),
      std::string("\x1f\x8b\x08\0", 4),
      "PK\3\4",
      "version = 1\n[[repo]]\nmatch = \"a/*\"\n[[repo.rule_action]]\n"
      "rules = [\"b-*\"]\naction = \"warn\"\n[groups]\ng = [\"c\"]\n"
      "[[bypass]]\nwho = [\"group:g\"]\nkinds = [\"allow\"]\n",
      write_entry(deferred),
      "{\"seq\":1,\"prev\":\"" + hash_of_nothing() + "\"}",
  };
}

}  // namespace leaksift
