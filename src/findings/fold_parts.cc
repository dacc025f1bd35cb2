#include "findings/fold_parts.h"

#include <algorithm>
#include <set>
#include <string_view>
#include <tuple>

namespace leaksift {
namespace {

// One sighting of a rule in a text, and by which way one comes to the text.
using Spot = std::tuple<std::string_view, std::string_view, std::string_view,
                        std::string_view, TextEncoding, std::string_view,
                        Position, Position>;

Spot spot_of(const Occurrence& where, std::string_view rule_id,
             const Position& begin, const Position& end) {
  const std::string_view commit =
      where.commit ? std::string_view(where.commit->id) : "";
  return {where.repository, where.path, where.blob, commit,
          where.encoding,   rule_id,    begin,      end};
}

bool has_parts(const Finding& finding) {
  return std::any_of(finding.occurrences.begin(), finding.occurrences.end(),
                     [](const Occurrence& o) { return !o.parts.empty(); });
}

// A finding and what decides what may be folded into it.
struct Weighed {
  Finding* finding = nullptr;
  int weight = 0;
  bool has_parts = false;

  // The loudest first; of equals those that others may be parts of.
  auto rank() const {
    return std::make_tuple(-weight, !has_parts,
                           std::string_view(finding->fingerprint));
  }
};

}  // namespace

void fold_parts(std::vector<Finding>& findings,
                const std::function<int(const Finding&)>& weight) {
  std::vector<Weighed> all;
  bool any_parts = false;
  for (Finding& finding : findings) {
    all.push_back({&finding, weight(finding), has_parts(finding)});
    any_parts |= all.back().has_parts;
  }
  if (!any_parts) return;
  std::sort(all.begin(), all.end(), [](const Weighed& a, const Weighed& b) {
    return a.rank() < b.rank();
  });
  std::set<Spot> told;  // by the findings before
  for (const Weighed& one : all) {
    Finding& finding = *one.finding;
    finding.suppress(Suppression::kPart, [&](const Occurrence& o) {
      return told.contains(spot_of(o, finding.rule->id, o.begin, o.end));
    });
    for (const Occurrence& o : finding.occurrences) {
      if (o.suppression == Suppression::kPart ||
          o.suppression == Suppression::kConfidence) {
        continue;
      }
      for (const Part& part : o.parts) {
        told.insert(spot_of(o, part.rule_id, part.begin, part.end));
      }
    }
  }
}

void fold_parts(std::vector<Finding>& findings) {
  fold_parts(findings, [](const Finding& finding) {
    return static_cast<int>(finding.rule->severity);
  });
}

}  // namespace leaksift
