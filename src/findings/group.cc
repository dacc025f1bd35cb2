#include "findings/group.h"

#include <algorithm>
#include <iterator>
#include <map>
#include <string_view>
#include <tuple>
#include <utility>

#include "findings/fingerprint.h"

namespace leaksift {
namespace {

int64_t commit_seconds(const Occurrence& o) {
  return o.commit ? o.commit->date.seconds : 0;
}

std::string_view commit_id(const Occurrence& o) {
  return o.commit ? std::string_view(o.commit->id) : std::string_view();
}

// What makes two occurrences one.
auto place_of(const Occurrence& o) {
  return std::make_tuple(
      std::string_view(o.path), o.begin, o.end, commit_seconds(o), commit_id(o),
      std::string_view(o.blob), o.encoding, std::string_view(o.object_type),
      std::string_view(o.repository));
}

// Of one place, the sighting that says most comes first and stays.
bool says_more(const Sighting& a, const Sighting& b) {
  auto rank = [](const Sighting& s) {
    const Occurrence& o = s.occurrence;
    return std::make_tuple(s.allowed_inline, !o.commit.has_value(),
                           !o.in_head.value_or(false), !o.in_head.has_value());
  };
  const auto rank_a = rank(a);
  const auto rank_b = rank(b);
  if (rank_a != rank_b) return rank_a < rank_b;
  return a.occurrence.refs < b.occurrence.refs;
}

bool same_finding(const Sighting& a, const Sighting& b) {
  return a.rule->id == b.rule->id && a.secret == b.secret;
}

bool before(const Sighting& a, const Sighting& b) {
  if (a.rule->id != b.rule->id) return a.rule->id < b.rule->id;
  if (a.secret != b.secret) return a.secret.reveal() < b.secret.reveal();
  const auto place_a = place_of(a.occurrence);
  const auto place_b = place_of(b.occurrence);
  if (place_a != place_b) return place_a < place_b;
  return says_more(a, b);
}

// Of one finding's occurrences, in their order.
void set_ids(const std::string& fingerprint,
             std::vector<Occurrence>& occurrences) {
  using Place = std::tuple<std::string_view, Position, Position, TextEncoding>;
  struct Last {
    Place place;
    uint64_t ordinal = 0;
  };
  // By stable path, which folders that were scanned together may share, and
  // blob. One blob at one path may come with several commits.
  std::map<std::pair<std::string_view, std::string_view>, Last> last;
  for (Occurrence& o : occurrences) {
    const Place place = {o.path, o.begin, o.end, o.encoding};
    const auto [at, is_new] =
        last.try_emplace({o.path_for_ids(), o.blob}, Last{place});
    Last& previous = at->second;
    if (!is_new && previous.place != place) {
      previous = {place, previous.ordinal + 1};
    }
    o.id = occurrence_id(fingerprint, o, previous.ordinal);
  }
}

// Takes the sightings [begin, end) of one rule and secret, in their order.
Finding make_finding(std::vector<Sighting>::iterator begin,
                     std::vector<Sighting>::iterator end) {
  Finding finding;
  finding.rule = begin->rule;
  finding.entropy = begin->entropy;
  finding.confidence = begin->confidence;
  if (const Check* check = find_check(begin->rule->checksum)) {
    finding.check = check->look(begin->secret.reveal());
  }
  finding.fingerprint = fingerprint_of(begin->rule->id, begin->secret);
  for (auto it = begin; it != end; ++it) {
    finding.confidence = std::max(finding.confidence, it->confidence);
    if (!finding.occurrences.empty() &&
        place_of(finding.occurrences.back()) == place_of(it->occurrence)) {
      continue;
    }
    finding.occurrences.push_back(std::move(it->occurrence));
    if (it->allowed_inline) {
      finding.occurrences.back().suppression = Suppression::kInlineComment;
    }
  }
  finding.secret = std::move(begin->secret);
  set_ids(finding.fingerprint, finding.occurrences);
  // Picks none: it is for what has been marked above.
  finding.suppress(Suppression::kInlineComment,
                   [](const Occurrence&) { return false; });
  find_introduced(finding);
  for (const Occurrence& o : finding.occurrences) {
    if (o.state)
      finding.state = std::min(*o.state, finding.state.value_or(*o.state));
  }
  return finding;
}

auto order_of(const Finding& finding) {
  const Occurrence& first = finding.occurrences.front();
  return std::make_tuple(std::string_view(first.path), first.begin,
                         std::string_view(finding.rule->id),
                         std::string_view(finding.fingerprint));
}

void sort_findings(std::vector<Finding>& findings) {
  std::sort(findings.begin(), findings.end(),
            [](const Finding& a, const Finding& b) {
              return order_of(a) < order_of(b);
            });
}

}  // namespace

Sighting path_sighting(const Rule& rule, Occurrence occurrence) {
  Sighting sighting;
  sighting.rule = &rule;
  sighting.confidence = rule.confidence;
  sighting.secret = Secret("file detected: " + occurrence.path_for_ids());
  sighting.occurrence = std::move(occurrence);
  return sighting;
}

std::vector<Finding> group_findings(std::vector<Sighting> sightings) {
  std::sort(sightings.begin(), sightings.end(), before);
  std::vector<Finding> findings;
  for (auto begin = sightings.begin(); begin != sightings.end();) {
    const auto end = std::find_if_not(
        begin, sightings.end(),
        [&](const Sighting& s) { return same_finding(*begin, s); });
    findings.push_back(make_finding(begin, end));
    begin = end;
  }
  sort_findings(findings);
  return findings;
}

namespace {

// Takes the other one's occurrences and changes over.
void merge_into(Finding& finding, Finding other) {
  const auto first_of = [](const Finding& f) {
    const Occurrence& o = f.occurrences[*f.introduced];
    return std::make_tuple(
        std::max(o.state.value_or(Liveness::kHistory), Liveness::kHistory),
        commit_seconds(o), commit_id(o), std::string_view(o.repository));
  };
  const bool others_first =
      other.introduced &&
      (!finding.introduced || first_of(other) < first_of(finding));
  const Occurrence introduced =
      others_first         ? other.occurrences[*other.introduced]
      : finding.introduced ? finding.occurrences[*finding.introduced]
                           : Occurrence();
  std::move(other.occurrences.begin(), other.occurrences.end(),
            std::back_inserter(finding.occurrences));
  auto before = [](const Occurrence& a, const Occurrence& b) {
    return place_of(a) < place_of(b);
  };
  std::sort(finding.occurrences.begin(), finding.occurrences.end(), before);
  if (others_first || finding.introduced) {
    const auto at =
        std::lower_bound(finding.occurrences.begin(), finding.occurrences.end(),
                         introduced, before);
    finding.introduced = static_cast<size_t>(at - finding.occurrences.begin());
  }
  finding.confidence = std::max(finding.confidence, other.confidence);
  if (other.state) {
    finding.state =
        std::min(*other.state, finding.state.value_or(*other.state));
  }
  if (other.suppression == Suppression::kNone) {
    finding.suppression = Suppression::kNone;
  }
  // A commit that both repositories have made one change.
  finding.change_count += other.change_count;
  for (Change& change : other.changes) {
    const auto& known = finding.changes;
    if (std::find(known.begin(), known.end(), change) != known.end()) {
      --finding.change_count;
    } else if (known.size() < Finding::kMaxChanges) {
      finding.changes.push_back(std::move(change));
    }
  }
}

}  // namespace

std::vector<Finding> merge_findings(std::vector<Finding> all) {
  std::stable_sort(all.begin(), all.end(),
                   [](const Finding& a, const Finding& b) {
                     return a.fingerprint < b.fingerprint;
                   });
  std::vector<Finding> merged;
  for (Finding& finding : all) {
    if (merged.empty() || merged.back().fingerprint != finding.fingerprint) {
      merged.push_back(std::move(finding));
    } else {
      merge_into(merged.back(), std::move(finding));
    }
  }
  sort_findings(merged);
  return merged;
}

void find_introduced(Finding& finding) {
  if (finding.introduced) return;
  // Dates are what authors' clocks said, or what they made them say. What an
  // amended commit has left behind did not bring in what refs reach.
  auto time_of = [](const Occurrence& o) {
    const Liveness reached =
        std::max(o.state.value_or(Liveness::kHistory), Liveness::kHistory);
    return std::make_tuple(reached, o.commit->order, commit_seconds(o),
                           commit_id(o), std::string_view(o.path));
  };
  const auto& all = finding.occurrences;
  for (size_t i = 0; i < all.size(); ++i) {
    if (!all[i].commit) continue;
    if (!finding.introduced ||
        time_of(all[i]) < time_of(all[*finding.introduced])) {
      finding.introduced = i;
    }
  }
}

}  // namespace leaksift
