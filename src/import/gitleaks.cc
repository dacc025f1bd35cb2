// Rule files of gitleaks and betterleaks, which the loader reads as they are.
#include "import/collector.h"
#include "rules/loader.h"

namespace leaksift {

Status read_gitleaks(std::string_view text, Collector& out) {
  Result<LoadedRules> loaded = parse_rules(text, out.file(), {});
  if (!loaded) return std::move(loaded).error();
  for (std::string& warning : loaded->warnings) {
    out.not_taken(std::move(warning));
  }
  if (loaded->extends_builtin) {
    out.not_taken(out.file() +
                  ": [extend] useDefault: leaksift's own rules stand in for "
                  "the other tool's");
    out.extend_builtin(loaded->disabled_builtin);
  }
  for (Rule& rule : loaded->set.rules) {
    out.add(std::move(rule), RegexDialect::kGo);
  }
  for (Allowlist& list : loaded->set.allowlists) {
    out.add(std::move(list), RegexDialect::kGo);
  }
  return Ok{};
}

}  // namespace leaksift
