// Whatever a user's or a repository's files say: they are read or refused.
#include "decode/archive.h"
#include "decode/encoding.h"
#include "findings/baseline.h"
#include "fuzz/fuzz.h"
#include "rules/loader.h"
#include "rules/plan.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace leaksift;
  const std::string_view input = bytes_of(data, size);
  (void)archive_kind(input);
  (void)to_utf8(input, detect_encoding(input));
  (void)static_cast<bool>(Baseline::parse(input, "baseline.json"));
  const Result<LoadedRules> rules = parse_rules(input, "rules.toml", {});
  if (!rules) return 0;
  for (const Rule& rule : rules->set.rules) {
    if (!rule.regex.empty()) (void)static_cast<bool>(plan_rule(rule));
  }
  return 0;
}
