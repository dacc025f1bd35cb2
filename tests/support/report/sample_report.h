// A report of everything that makes reports go wrong: names that move cursors,
// forge lines and turn text around, bytes that are no UTF-8, secrets in places
// where nobody calls them secrets.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "findings/finding.h"
#include "findings/group.h"
#include "rules/rule.h"

namespace leaksift::testing {

// Visibly made up: `prefix` and then `length` letters and digits that depend
// on `seed` alone.
std::string fake_secret(const std::string& prefix, size_t length,
                        unsigned seed);

struct SampleReport {
  std::vector<std::unique_ptr<Rule>> rules;  // findings point to them
  std::vector<std::string> secrets;          // all that must not be seen
  std::vector<Sighting> sightings;           // what `report` was grouped from
  Report report;
};

// Three findings and two suppressed ones, of a history, with failures.
SampleReport hostile_report();

// Nothing found; `failed` things could not be read.
Report empty_report(size_t failed);

}  // namespace leaksift::testing
