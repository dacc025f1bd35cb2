// A repository with secrets in every place where git keeps something, and what
// is known of each.
#pragma once

#include <string>
#include <vector>

#include "support/git_fixture.h"

namespace leaksift {

// A secret, in one place of the repository, that a built-in rule looks for.
struct Planted {
  std::string place;  // "evil merge"
  std::string rule;
  std::string secret;
  size_t mark = 0;     // of the commit below, in fast-import's stream
  std::string commit;  // that brought it in; empty: none did
  std::string state;   // as reports name it; empty: it has none
  std::string type;    // of the object that holds it
};

// Made by the real git, and the same every time.
class PlantedRepository {
 public:
  static constexpr size_t kPerPlace = 25;
  static constexpr size_t kPlaces = 42;

  PlantedRepository();

  const GitFixture& repo() const { return repo_; }
  // A bundle of another history, which some of the secrets are in.
  std::string bundle() const { return donor_.around() / "other.bundle"; }
  const std::vector<Planted>& secrets() const { return secrets_; }

  // Some are in a pack without an index. git repack takes it for rubbish.
  void put_pack_without_index() const;

 private:
  class Planter;

  // Tells the secrets from `first` on the ids of their commits.
  void store(const GitFixture& into, const std::string& stream, size_t first);
  void keep_outside_of_refs() const;

  GitFixture repo_;
  GitFixture donor_;
  std::vector<Planted> secrets_;
  std::string pack_without_index_;  // its bytes
};

}  // namespace leaksift
