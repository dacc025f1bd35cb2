// Whatever a user's or a repository's files say: they are read or refused.
#include "decode/archive.h"
#include "decode/encoding.h"
#include "findings/baseline.h"
#include "fuzz/fuzz.h"
#include "rules/loader.h"
#include "rules/plan.h"

namespace leaksift {

void fuzz_one(std::string_view input) {
  (void)archive_kind(input);
  (void)to_utf8(input, detect_encoding(input));
  (void)static_cast<bool>(Baseline::parse(input, "baseline.json"));
  const Result<LoadedRules> rules = parse_rules(input, "rules.toml", {});
  if (!rules) return;
  for (const Rule& rule : rules->set.rules) {
    if (!rule.regex.empty()) (void)static_cast<bool>(plan_rule(rule));
  }
}

std::vector<std::string> fuzz_seeds() {
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
  };
}

}  // namespace leaksift
