#include "findings/fold_parts.h"

#include <algorithm>

#include "findings/group.h"
#include "support/catch.h"

using namespace leaksift;

namespace {

Rule rule_called(const std::string& id, Severity severity) {
  Rule rule;
  rule.id = id;
  rule.severity = severity;
  return rule;
}

const Rule kId = rule_called("acme-id", Severity::kMedium);
const Rule kSecret = rule_called("acme-secret", Severity::kHigh);
const Rule kOuter = rule_called("acme-account", Severity::kHigh);

Sighting seen(const Rule& rule, const std::string& secret,
              const std::string& path, uint32_t line) {
  Sighting sighting;
  sighting.rule = &rule;
  sighting.secret = Secret(secret);
  sighting.occurrence.path = path;
  sighting.occurrence.begin = {line, 1};
  sighting.occurrence.end = {line, 9};
  return sighting;
}

Sighting with(Sighting whole, const Sighting& part) {
  whole.occurrence.parts.push_back(
      {part.rule->id, part.secret, part.occurrence.begin, part.occurrence.end});
  return whole;
}

// "rule path:line suppression" of each occurrence, sorted.
std::vector<std::string> told(const std::vector<Finding>& findings) {
  std::vector<std::string> all;
  for (const Finding& finding : findings) {
    for (const Occurrence& o : finding.occurrences) {
      all.push_back(finding.rule->id + " " + o.path + ":" +
                    std::to_string(o.begin.line) + " " +
                    std::string(to_string(o.suppression)));
    }
  }
  std::sort(all.begin(), all.end());
  return all;
}

std::vector<Finding> folded(std::vector<Sighting> sightings) {
  std::vector<Finding> findings = group_findings(std::move(sightings));
  fold_parts(findings);
  return findings;
}

using Told = std::vector<std::string>;

}  // namespace

TEST_CASE("a part is no finding where its whole stands, and one elsewhere",
          "[findings][parts]") {
  const Sighting id = seen(kId, "id", "a", 1);
  const Sighting whole = with(seen(kSecret, "secret", "a", 2), id);
  const Sighting again = seen(kId, "id", "a", 9);
  CHECK(told(folded({id, whole})) ==
        Told{"acme-id a:1 part", "acme-secret a:2 none"});
  CHECK(folded({id, whole})[0].suppression == Suppression::kPart);
  // In another line, and in another file, it is nobody's part.
  const std::vector<Finding> findings =
      folded({id, whole, again, seen(kId, "id", "b", 1)});
  CHECK(told(findings) == Told{"acme-id a:1 part", "acme-id a:9 none",
                               "acme-id b:1 none", "acme-secret a:2 none"});
  for (const Finding& finding : findings) {
    CHECK(finding.suppression == Suppression::kNone);
  }
}

TEST_CASE("the same place in another version is another place",
          "[findings][parts]") {
  auto in = [](Sighting sighting, const std::string& blob,
               const std::string& commit) {
    sighting.occurrence.blob = blob;
    sighting.occurrence.commit = CommitInfo{commit, "", "", {}, "", "", {}};
    return sighting;
  };
  const Sighting id = seen(kId, "id", "a", 1);
  const Sighting whole = with(seen(kSecret, "secret", "a", 2), id);
  CHECK(told(folded(
            {in(id, "b1", "c1"), in(id, "b2", "c2"), in(whole, "b2", "c2")})) ==
        Told{"acme-id a:1 none", "acme-id a:1 part", "acme-secret a:2 none"});
}

TEST_CASE("a part stays where its whole is not to be seen",
          "[findings][parts]") {
  const Sighting id = seen(kId, "id", "a", 1);
  const Sighting whole = with(seen(kSecret, "secret", "a", 2), id);
  std::vector<Finding> findings = group_findings({id, whole});
  auto suppress = [&](Suppression why) {
    for (Finding& finding : findings) {
      if (finding.rule != &kSecret) continue;
      finding.suppress(why, [](const Occurrence&) { return true; });
    }
    fold_parts(findings);
  };
  SECTION("for its confidence") {
    suppress(Suppression::kConfidence);
    CHECK(told(findings) ==
          Told{"acme-id a:1 none", "acme-secret a:2 confidence"});
  }
  SECTION("but goes along with what is suppressed on purpose") {
    suppress(Suppression::kBaseline);
    CHECK(told(findings) ==
          Told{"acme-id a:1 part", "acme-secret a:2 baseline"});
  }
}

TEST_CASE("a part that weighs more than its whole stays", "[findings][parts]") {
  const Sighting id = seen(kId, "id", "a", 1);
  std::vector<Finding> findings =
      group_findings({id, with(seen(kSecret, "secret", "a", 2), id)});
  fold_parts(findings, [](const Finding& f) { return f.rule == &kId ? 1 : 0; });
  CHECK(told(findings) == Told{"acme-id a:1 none", "acme-secret a:2 none"});
}

TEST_CASE("of parts of parts nothing is lost, in whatever order they come",
          "[findings][parts]") {
  const Sighting id = seen(kId, "id", "a", 1);
  const Sighting secret = with(seen(kSecret, "secret", "a", 2), id);
  SECTION("an account has the secret, and that the id") {
    const Sighting outer = with(seen(kOuter, "outer", "a", 3), secret);
    std::vector<Finding> findings = folded({id, secret, outer});
    // What is folded does not show its own parts.
    auto shown = [](const Finding& f) {
      return f.suppression == Suppression::kNone;
    };
    for (const Finding& finding : findings) {
      if (shown(finding)) continue;
      const bool is_told =
          std::any_of(findings.begin(), findings.end(), [&](const Finding& f) {
            return shown(f) && !f.occurrences[0].parts.empty() &&
                   f.occurrences[0].parts[0].secret == finding.secret;
          });
      CHECK(is_told);
    }
    std::reverse(findings.begin(), findings.end());
    const Told once = told(findings);
    CHECK(once == told(folded({outer, secret, id})));
  }
  SECTION("each is a part of the other") {
    const Sighting one = seen(kSecret, "secret", "a", 2);
    const Sighting other = seen(kOuter, "outer", "a", 3);
    const std::vector<Finding> findings =
        folded({with(one, other), with(other, one)});
    const auto shown = std::count_if(
        findings.begin(), findings.end(),
        [](const Finding& f) { return f.suppression == Suppression::kNone; });
    CHECK(shown == 1);
  }
}
