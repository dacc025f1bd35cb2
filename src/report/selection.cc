#include "report/selection.h"

#include <set>

namespace leaksift {

std::vector<const Finding*> listed_findings(const Report& report,
                                            const ReportStyle& style) {
  std::vector<const Finding*> listed;
  for (const Finding& finding : report.findings) {
    const bool counts = finding.suppression == Suppression::kNone;
    if (counts || style.show_suppressed) listed.push_back(&finding);
  }
  return listed;
}

std::vector<const Occurrence*> listed_occurrences(const Finding& finding,
                                                  const ReportStyle& style) {
  std::vector<const Occurrence*> listed;
  for (const Occurrence& occurrence : finding.occurrences) {
    const bool counts = occurrence.suppression == Suppression::kNone;
    if (counts || style.show_suppressed) listed.push_back(&occurrence);
  }
  return listed;
}

const Occurrence* introduced_in(const Finding& finding) {
  if (!finding.introduced) return nullptr;
  const Occurrence& first = finding.occurrences[*finding.introduced];
  return first.commit ? &first : nullptr;
}

std::vector<TextEncoding> decodings_of(
    const std::vector<const Occurrence*>& occurrences) {
  std::set<TextEncoding> encodings;
  for (const Occurrence* occurrence : occurrences) {
    encodings.insert(occurrence->encoding);
  }
  encodings.erase(TextEncoding::kBytes);
  return {encodings.begin(), encodings.end()};
}

}  // namespace leaksift
