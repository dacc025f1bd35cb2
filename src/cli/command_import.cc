#include <iostream>

#include "cli/commands.h"
#include "cli/deliver.h"
#include "core/file.h"
#include "core/text.h"
#include "import/import.h"

namespace leaksift {

Result<ExitCode> run(const RulesImportCommand& options) {
  constexpr uint64_t kMaxBytes = uint64_t{8} << 20;  // 80 times gitleaks' own
  std::vector<RuleText> files;
  for (const std::string& name : options.files) {
    Result<std::string> text = read_file(name, kMaxBytes);
    if (!text) return std::move(text).error();
    files.push_back({name, *std::move(text)});
  }
  const Result<ImportedRules> rules = import_rules(files, options.from);
  if (!rules) return rules.error();

  for (const std::string& line : rules->not_taken) {
    std::cerr << printable(line) << "\n";
  }
  const std::string toml = to_toml(*rules);
  if (options.output.empty()) {
    std::cout << toml;
  } else if (Status written = write_output(options.output, toml); !written) {
    return std::move(written).error();
  }
  std::cerr << rules->set.rules.size() << " rules taken over, "
            << rules->not_taken.size() << " notes\n";
  return rules->not_taken.empty() ? ExitCode::kClean : ExitCode::kIncomplete;
}

}  // namespace leaksift
