// Reports for code scanning services: SARIF 2.1.0.
//
// One run with one result for each finding. Secrets are masked whatever the
// style says: these files are made to be uploaded. A result names at most
// kMaxSarifLocations of its places, the number that GitHub takes, and how many
// there are in `properties.occurrences`. The finding's fingerprint is in
// `fingerprints` as "leaksift/v1", and in `partialFingerprints` also under the
// name that GitHub tells alerts apart by, so that they survive moved lines.
//
// Paths are percent-encoded, relative to %SRCROOT% unless absolute. What could
// not be scanned is in the invocation's notifications.
#pragma once

#include <cstddef>
#include <iosfwd>
#include <string>
#include <string_view>

#include "findings/finding.h"
#include "report/style.h"

namespace leaksift {

inline constexpr size_t kMaxSarifLocations = 1'000;

void write_sarif(const Report& report, const ReportStyle& style,
                 std::ostream& out);

// The raw bytes of a path as a URI reference that nobody takes for another
// host, scheme, query or fragment.
std::string uri_of_path(std::string_view path);

}  // namespace leaksift
