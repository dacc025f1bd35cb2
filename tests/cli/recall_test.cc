// Is a secret found wherever git keeps something, and told rightly?
#include <map>

#include "cli/program.h"
#include "core/text.h"
#include "support/catch.h"
#include "support/planted.h"

using namespace leaksift;

namespace {

Ran run_history(const PlantedRepository& planted, const Arguments& more) {
  Arguments command = {"history",
                       planted.repo().path(),
                       planted.bundle(),
                       "--show-secrets",
                       "-f",
                       "jsonl"};
  command.insert(command.end(), more.begin(), more.end());
  return run_program(command);
}

std::string member(const nlohmann::json& object, const char* key) {
  return object.is_object() ? object.value(key, "") : "";
}

// What a report says of a secret, in one line.
std::string told(const Planted& one) {
  return one.place + ": " + one.rule + ", " + one.state + ", " + one.type +
         ", " + one.commit;
}

std::string told(const std::string& place, const nlohmann::json& finding) {
  if (finding.is_null()) return place + ": not found";
  const nlohmann::json& where = finding["occurrences"][0];
  return place + ": " + member(finding, "rule_id") + ", " +
         member(finding, "state") + ", " + member(where, "object_type") + ", " +
         member(finding.value("introduced", nlohmann::json()), "commit");
}

}  // namespace

TEST_CASE("a secret is found and told rightly wherever git keeps something",
          "[cli][history][recall]") {
  const PlantedRepository planted;
  REQUIRE(planted.secrets().size() ==
          PlantedRepository::kPlaces * PlantedRepository::kPerPlace);
  const Reported r = read_report(run_history(planted, {}));
  std::map<std::string, nlohmann::json> found;
  for (const nlohmann::json& finding : r.findings) {
    CHECK(found.emplace(finding["secret"], finding).second);
  }
  for (const Planted& one : planted.secrets()) {
    const auto at = found.find(one.secret);
    CAPTURE(one.secret);
    CHECK(told(one.place, at == found.end() ? nlohmann::json() : at->second) ==
          told(one));
  }
  CHECK(r.findings.size() == planted.secrets().size());
  CHECK(r.summary["complete"] == true);
}
