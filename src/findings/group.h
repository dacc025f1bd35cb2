// From what a scan comes across, in whatever order, to its findings.
#pragma once

#include <vector>

#include "findings/finding.h"
#include "leaksift/secret.h"
#include "rules/rule.h"

namespace leaksift {

// One secret seen in one place.
struct Sighting {
  const Rule* rule = nullptr;
  Secret secret;
  double entropy = 0;
  Confidence confidence = Confidence::kMedium;
  bool allowed_inline = false;
  Occurrence occurrence;  // its `id` is not needed
};

// That of a rule about paths alone: what it found is path_for_ids().
Sighting path_sighting(const Rule& rule, Occurrence occurrence);

// One Finding for each rule id and secret, with fingerprint, occurrence ids and
// `introduced`. A pure function of the set of sightings: their order and how
// often each comes have no say.
//
// Occurrences are in the order of path, place and commit; findings in that of
// their first occurrences, then of rule id and fingerprint.
//
// A place that a comment allows stays in the finding as a suppressed
// occurrence: a comment in one file says nothing of the same secret in another.
// A place seen both allowed and not (the same lines in two encodings) is not.
std::vector<Finding> group_findings(std::vector<Sighting> sightings);

// The findings of several repositories, whose occurrences say which: those of
// one rule and secret become one. `introduced` is then the earliest by author's
// date of what each repository says.
std::vector<Finding> merge_findings(std::vector<Finding> all);

// Sets `introduced`, unless it is set: of the occurrences with a commit,
// suppressed ones among them, those that refs reach go first, then the graph's
// order, author's date, commit id, path. group_findings() has done so; call it
// where commits become known later.
void find_introduced(Finding& finding);

}  // namespace leaksift
