// Is a secret found wherever git keeps something, and told rightly? And is it
// so however the objects are packed?
#include <algorithm>
#include <filesystem>
#include <map>

#include "cli/program.h"
#include "core/text.h"
#include "support/catch.h"
#include "support/planted.h"

using namespace leaksift;

namespace {

namespace fs = std::filesystem;

Ran run_history(const PlantedRepository& planted, const Arguments& more) {
  Arguments command = {"history",
                       planted.repo().path(),
                       planted.bundle(),
                       "--show-secrets",
                       "--min-confidence",
                       "low",  // most have no right checksum
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

std::string bytes_of(const PlantedRepository& planted, const Arguments& more) {
  const std::string out = run_history(planted, more).out;
  return out.substr(0, out.find("\"seconds\""));
}

// All objects in one pack, those that nothing leads to among them.
void repack(const PlantedRepository& planted, size_t depth) {
  planted.repo().git({"-c", "pack.threads=1", "repack", "-adfqk", "--window=3",
                      "--depth=" + std::to_string(depth)});
  planted.put_pack_without_index();
}

// Of deltas, in a pack with an index.
size_t longest_chain(const GitFixture& repo) {
  size_t longest = 0;
  for (const fs::path pack : repo.packs()) {
    if (!fs::exists(fs::path(pack).replace_extension(".idx"))) continue;
    const std::string lengths = repo.git({"verify-pack", "-s", pack});
    const std::string_view before = "chain length = ";
    const size_t last = lengths.rfind(before);
    if (last == lengths.npos) continue;
    longest = std::max<size_t>(
        longest, std::stoul(lengths.substr(last + before.size())));
  }
  return longest;
}

// Leaves only loose objects: of packs that git does not see any more it takes
// all.
void unpack(const PlantedRepository& planted) {
  const GitFixture& repo = planted.repo();
  for (const fs::path pack : repo.packs()) {
    const std::string bytes = read_bytes(pack);
    for (const char* kind : {".idx", ".pack", ".rev"}) {
      fs::remove(fs::path(pack).replace_extension(kind));
    }
    repo.git({"unpack-objects", "-q"}, bytes);
  }
}

void split_into_ten(const PlantedRepository& planted) {
  const GitFixture& repo = planted.repo();
  const std::string all = repo.git(
      {"cat-file", "--batch-all-objects", "--batch-check=%(objectname)"});
  std::vector<std::string> parts(10);
  size_t turn = 0;
  for (const std::string_view id : split(all, '\n')) {
    if (!id.empty()) parts[turn++ % 10] += std::string(id) + "\n";
  }
  for (const std::string& part : parts) {
    repo.git({"pack-objects", "-q", ".git/objects/pack/pack"}, part);
  }
  repo.git({"prune-packed", "-q"});
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

TEST_CASE("no packing and no number of threads changes a byte of a report",
          "[cli][history][recall]") {
  const PlantedRepository planted;
  const GitFixture& repo = planted.repo();
  const std::string expected = bytes_of(planted, {"--jobs", "1"});
  CHECK(expected.size() > 1'000'000);
  CHECK(longest_chain(repo) > 250);  // fast-import's own
  const auto check = [&](const Lines& jobs) {
    for (const std::string& number : jobs) {
      CAPTURE(number);
      CHECK(bytes_of(planted, {"--jobs", number}) == expected);
    }
  };
  check({"2", "8"});
  for (const size_t depth : {0U, 1U, 10U, 50U, 250U, 4095U}) {
    CAPTURE(depth);
    repack(planted, depth);
    CHECK(longest_chain(repo) >= std::min<size_t>(depth, 90));
    CHECK(longest_chain(repo) <= depth);
    check({"2"});
  }
  check({"1", "8"});
  CHECK(bytes_of(planted, {"--verify-deltas"}) == expected);
  unpack(planted);
  CHECK(repo.packs().empty());
  check({"1", "2", "8"});
  split_into_ten(planted);
  CHECK(repo.packs().size() == 10);
  check({"1", "2", "8"});
}
