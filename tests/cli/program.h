// The built leaksift, as a user runs it.
#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "support/command.h"
#include "support/temp_dir.h"

namespace leaksift {

using Arguments = std::vector<std::string>;
using Lines = std::vector<std::string>;

// Runs it in `directory`, with a cache folder and a home of its own.
Ran run_program(const Arguments& arguments, const std::string& directory = "/",
                std::string_view input = {});

// A rule file with two rules, acme-token and acme-key: quick to load, and what
// they find is nobody's.
const std::string& acme_rules();
// A token for each number: "acme_" and 32 hexadecimal digits.
std::string acme_token(unsigned number);

// A report in jsonl, read.
struct Reported {
  Ran ran;
  std::vector<nlohmann::json> findings;
  nlohmann::json summary;

  // "path:line:column" of all occurrences, sorted; `key` of each instead, if
  // given.
  Lines places() const;
  Lines of_occurrences(const char* key) const;
  // How many things were skipped for this reason, and their names.
  uint64_t skipped(const char* reason) const;
  Lines names_skipped(const char* reason) const;
};

// Runs `command` (scan, history) with --format jsonl, and with acme_rules()
// unless it names other --rules.
Reported report(const Arguments& command, const std::string& directory = "/",
                std::string_view input = {});

// Of a run of leaksift with whatever rules, and --format jsonl.
Reported read_report(Ran ran);

// A folder outside of any repository, to be scanned as ".".
class Tree : public TempDir {
 public:
  Reported scan(Arguments more = {}) const;
};

}  // namespace leaksift
