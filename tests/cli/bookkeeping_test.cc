// What a history takes in memory for each object, besides --memory.
#include <string>
#include <vector>

#include "cli/program.h"
#include "core/digest.h"
#include "support/catch.h"
#include "support/forged_pack.h"
#include "support/git_fixture.h"

using namespace leaksift;

// The sanitizers' memory is their own, and their time too.
#ifndef __SANITIZE_ADDRESS__

namespace {

// Spread like those of git.
std::string id_of(uint64_t number) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  std::string id;
  for (uint64_t part = 0; part < 5; ++part) {
    uint64_t bits = (number * 5 + part + 1) * 0x9e3779b97f4a7c15;
    bits ^= bits >> 29;
    bits = bits * 0xbf58476d1ce4e5b9 >> 32;
    for (int i = 0; i < 8; ++i, bits >>= 4) id += kDigits[bits & 15];
  }
  return id;
}

using Objects = std::vector<ForgedObject>;

Objects blobs(uint64_t count) {
  Objects objects;
  for (uint64_t i = 0; i < count; ++i) {
    objects.push_back(forged_blob(id_of(i), std::to_string(i)));
  }
  return objects;
}

Objects deltas(uint64_t count) {
  Objects objects;
  std::string base;
  for (uint64_t i = 0; i < count; ++i) {
    if (i % 50 == 0) {
      base = id_of(i);
      objects.push_back(forged_blob(base, "base"));
    } else {
      objects.push_back(forged_delta(id_of(i), base, 4, 5, "\x90\x04\x01x"));
    }
  }
  return objects;
}

// A line of commits, each with a tree and a blob of its own.
Objects commits(uint64_t count) {
  Objects objects;
  std::string parent;
  for (uint64_t i = 0; i < count; i += 3) {
    objects.push_back(forged_blob(id_of(i), std::to_string(i)));
    const std::string entry = std::string("100644 f\0", 9) + from_hex(id_of(i));
    objects.push_back(
        {id_of(i + 1), ForgedObject::kTree, entry.size(), {}, entry, false});
    const std::string commit = "tree " + id_of(i + 1) + "\n" + parent +
                               "committer C <c@x> " + std::to_string(i) +
                               " +0000\n\nm\n";
    parent = "parent " + id_of(i + 2) + "\n";
    objects.push_back({id_of(i + 2),
                       ForgedObject::kCommit,
                       commit.size(),
                       {},
                       commit,
                       false});
  }
  return objects;
}

long memory_for(const Objects& objects) {
  const GitFixture repo;
  write_forged_pack(repo / ".git/objects/pack", objects);
  // Of several threads one may fill its tables later than another.
  const Reported r =
      report({"history", repo.path(), "--memory", "32M", "--jobs", "1"});
  REQUIRE(r.ran.exit_code == 0);
  REQUIRE(r.summary["coverage"]["inputs"] > objects.size() / 2);
  return r.ran.peak_anonymous_kb;
}

long bytes_per_object(Objects (*make)(uint64_t)) {
  // With the few already, tables that do not grow with the objects are as large
  // as they get: 16 MB of known lines a thread.
  constexpr uint64_t kFew = 500'000;
  constexpr uint64_t kMany = 1'500'000;
  const long few = memory_for(make(kFew));
  const long many = memory_for(make(kMany));
  return (many - few) * 1024 / static_cast<long>(kMany - kFew);
}

}  // namespace

TEST_CASE("a blob takes at most 32 bytes of bookkeeping",
          "[cli][memory][bookkeeping]") {
  CHECK(bytes_per_object(blobs) <= 32);
}

TEST_CASE("an object made by a delta takes at most 32 bytes of bookkeeping",
          "[cli][memory][bookkeeping]") {
  CHECK(bytes_per_object(deltas) <= 32);
}

TEST_CASE("of commits, trees and blobs an object takes at most 32 bytes",
          "[cli][memory][bookkeeping]") {
  CHECK(bytes_per_object(commits) <= 32);
}

#endif
