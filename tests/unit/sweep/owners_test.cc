#include "sweep/owners.h"

#include "core/digest.h"
#include "support/catch.h"
#include "support/git_fixture.h"
#include "unit/store/stores.h"

namespace leaksift {
namespace {

// A repository whose head has these files.
class Owned {
 public:
  explicit Owned(const std::string& owners_path, const std::string& owners) {
    fixture_.write("src/a.py", "a");
    fixture_.write(owners_path, owners);
    fixture_.git({"add", "."});
    fixture_.git({"commit", "-qm", "one"});
    blob_ = fixture_.git({"rev-parse", "HEAD:" + owners_path});
  }

  // A run over it that finds number `finding` at the path.
  void run(size_t finding, const std::string& path,
           SweptStanding standing = SweptStanding::kHead) {
    SweptOccurrence one = occurrence(finding, finding, standing);
    one.path = path;
    occurrences_.push_back(one);
    UnitResult result = result_for("org/a", occurrences_);
    result.repository.path = path_.empty() ? fixture_.path() : path_;
    if (spoiled_) {
      SweptOccurrence in_owners = occurrence(1, 1, SweptStanding::kHead);
      in_owners.object = from_hex(blob_.substr(0, 40));
      result.sightings.push_back(sighting(in_owners));
    }
    run_over(*place_.open(), {result});
    check_ok(assign_owners(place_.where()));
  }
  std::string owner_of(size_t finding) const {
    for (const FindingLife& life : value_of(place_.open()->findings({}))) {
      if (life.finding.id == id_of(finding, 16)) return life.owner;
    }
    return "no such finding";
  }
  void spoil() { spoiled_ = true; }
  void lose() { path_ = fixture_.path() + "/gone"; }

 private:
  GitFixture fixture_;
  StorePlace place_{StoreKind::kSqlite};
  std::vector<SweptOccurrence> occurrences_;
  std::string blob_;
  std::string path_;
  bool spoiled_ = false;
};

TEST_CASE("a finding is whose CODEOWNERS names for its path") {
  for (const char* const path : {".github/CODEOWNERS", "CODEOWNERS",
                                 "docs/CODEOWNERS", ".gitlab/CODEOWNERS"}) {
    CAPTURE(path);
    Owned owned(path, "/src/ @org/backend\n");
    owned.run(1, "src/a.py");
    owned.run(2, "other/a.py");
    owned.run(3, "", SweptStanding::kMessage);
    CHECK(owned.owner_of(1) == "@org/backend");
    CHECK(owned.owner_of(2) == "ada@example.com");
    CHECK(owned.owner_of(3) == "ada@example.com");
  }
}

TEST_CASE("a finding that has an owner keeps it") {
  Owned owned("CODEOWNERS", "*.py @first\n");
  owned.run(1, "b.py", SweptStanding::kHistory);
  CHECK(owned.owner_of(1) == "@first");
  owned.lose();
  owned.run(2, "a.py");
  CHECK(owned.owner_of(1) == "@first");
  CHECK(owned.owner_of(2) == "ada@example.com");
}

TEST_CASE("the place that is most in view decides on the owner") {
  Owned owned("CODEOWNERS", "old.py @old\nhead.py @head\n");
  owned.run(1, "old.py", SweptStanding::kTip);
  CHECK(owned.owner_of(1) == "@old");
  Owned other("CODEOWNERS", "old.py @old\nhead.py @head\n");
  other.run(1, "head.py");
  other.run(1, "old.py", SweptStanding::kHistory);
  CHECK(other.owner_of(1) == "@head");
}

TEST_CASE("a CODEOWNERS file with a secret in it names nobody") {
  Owned owned("CODEOWNERS", "* @acme_secret\n");
  owned.spoil();
  owned.run(1, "src/a.py");
  CHECK(owned.owner_of(1) == "ada@example.com");
}

}  // namespace
}  // namespace leaksift
