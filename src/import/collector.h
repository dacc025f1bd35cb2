// Where the readers of the formats leave their rules.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_set>

#include "import/import.h"
#include "import/regex_translation.h"

namespace leaksift {

class Collector {
 public:
  // What is told from here on is about this file.
  void begin(const std::string& file) { file_ = file; }
  const std::string& file() const { return file_; }

  // A rule that begins at `line`, to be filled in and handed to add().
  Rule new_rule(std::string id, uint32_t line) const;

  // Says that `what` was not taken over, of the rule `id` if it is not empty.
  void not_taken(uint32_t line, std::string_view id, const std::string& what);
  void not_taken(const Rule& rule, const std::string& what) {
    not_taken(rule.source.line, rule.id, what);
  }
  // The same for a text that names file and line itself.
  void not_taken(std::string what) {
    rules_.not_taken.push_back(std::move(what));
  }

  void extend_builtin(const std::vector<std::string>& disabled);

  // Takes the rule, its regexes written in `dialect`. One that does not
  // compile, or whose id is taken, is named instead. Conditions of its
  // allowlists that do not compile are left out and named.
  void add(Rule rule, RegexDialect dialect);

  // The same for an allowlist of all rules.
  void add(Allowlist list, RegexDialect dialect);

  // All of it, without the rules whose required ones are not there.
  Result<ImportedRules> finish();

 private:
  void translate(Allowlist& list, std::string_view id, RegexDialect dialect);
  bool drop_incomplete();

  std::string file_;
  ImportedRules rules_;
  std::unordered_set<std::string> ids_;
  size_t tried_ = 0;  // rules whose regexes were compiled
};

// The readers. Each fails only on what cannot be read as its format at all.
Status read_gitleaks(std::string_view text, Collector& out);
Status read_kingfisher(std::string_view text, Collector& out);
Status read_trufflehog(std::string_view text, Collector& out);
Status read_detect_secrets(std::string_view text, Collector& out);

}  // namespace leaksift
