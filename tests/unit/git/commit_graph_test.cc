#include "git/commit_graph.h"

#include <algorithm>
#include <filesystem>
#include <map>
#include <random>
#include <set>
#include <sstream>

#include "git/commit.h"
#include "support/catch.h"
#include "support/git/history.h"
#include "support/git/object_oracle.h"

using namespace leaksift;

namespace {

// Branches and merges at random, dates too.
std::string random_history(unsigned seed, unsigned count) {
  std::mt19937 random(seed);
  std::ostringstream stream;
  for (unsigned i = 1; i <= count; ++i) {
    stream << "commit refs/heads/b" << random() % 4 << "\nmark :" << i
           << "\ncommitter T <t@example.com> "
           << 1'700'000'000 + random() % 1000 << " +0000\ndata 1\nm\n";
    if (i > 1) stream << "from :" << 1 + random() % (i - 1) << "\n";
    for (auto more = random() % 3; i > 1 && more-- > 0;) {
      stream << "merge :" << 1 + random() % (i - 1) << "\n";
    }
    stream << "M 644 inline f\ndata " << std::to_string(i).size() << "\n"
           << i << "\n";
  }
  return stream.str();
}

using Links = std::map<std::string, std::vector<std::string>>;

Links links_by_git(const GitFixture& repo) {
  Links links;
  for (const std::string& line :
       lines_of(repo.git({"rev-list", "--all", "--parents"}))) {
    std::istringstream words(line);
    std::string id, parent;
    words >> id;
    auto& parents = links[id];
    while (words >> parent) parents.push_back(parent);
  }
  return links;
}

Links links_of(const History& history) {
  Links links;
  for (uint32_t i = 0; i < history.commits.size(); ++i) {
    auto& parents = links[history.hex(history.commits.commit(i).id)];
    for (const uint32_t parent : history.commits.parents(i)) {
      parents.push_back(history.hex(history.commits.commit(parent).id));
    }
  }
  return links;
}

uint32_t number_of(const History& history, const std::string& hex) {
  const uint32_t number = history.commits.find(*ObjectId::from_hex(hex));
  REQUIRE(number != CommitGraph::kNone);
  return number;
}

int64_t seconds_of(const History& history, const ObjectId& id) {
  ObjectReader reader(history.store, 1 << 20);
  const Result<Object> commit = reader.read(id);
  REQUIRE(commit);
  return parse_commit_header(commit->bytes(), history.store.hash())
      ->committer_seconds;
}

// Of ids in order.
ObjectNumbers numbers_for(const std::vector<std::string>& ids) {
  std::vector<ObjectNumbers::Run> runs;
  for (const std::string& id : ids) runs.push_back({id.data(), id.size(), 1});
  return ObjectNumbers(HashKind::kSha1, std::move(runs));
}

}  // namespace

TEST_CASE("commits and their parents are those of git rev-list",
          "[git][commit_graph]") {
  const unsigned seed = GENERATE(1U, 2U, 3U);
  const GitFixture repo;
  repo.git({"fast-import", "--quiet", "--force"}, random_history(seed, 200));
  const History history(repo.path());
  Links expected = links_by_git(repo);
  Links found = links_of(history);
  // git lists what refs reach, the graph all that the store holds.
  CHECK(found.size() == 200);
  std::erase_if(found,
                [&](const auto& link) { return !expected.count(link.first); });
  CHECK(found == expected);
  CHECK(history.commits.missing().empty());
  CHECK(history.commits.shallow().empty());
}

TEST_CASE("parents come before children, and the earlier of two first",
          "[git][commit_graph]") {
  const GitFixture repo;
  repo.git({"fast-import", "--quiet", "--force"}, random_history(4, 150));
  const History history(repo.path());
  const CommitGraph& commits = history.commits;
  REQUIRE(commits.size() == 150);
  std::set<uint32_t> open;  // commits all of whose parents were numbered
  for (uint32_t i = 0; i < commits.size(); ++i) {
    const auto& parents = commits.parents(i);
    CHECK(std::all_of(parents.begin(), parents.end(),
                      [&](uint32_t parent) { return parent < i; }));
    CHECK(commits.find(commits.commit(i).id) == i);
    // Whatever could have come here as well is later or has a higher id.
    for (uint32_t other = i + 1; other < commits.size(); ++other) {
      const auto& above = commits.parents(other);
      const bool ready = std::all_of(above.begin(), above.end(),
                                     [&](uint32_t p) { return p < i; });
      const auto key = [&](uint32_t n) {
        const ObjectId& id = commits.commit(n).id;
        return std::pair(seconds_of(history, id), id);
      };
      if (ready) CHECK(key(i) < key(other));
    }
  }
  CHECK(commits.find(ObjectId()) == CommitGraph::kNone);
}

TEST_CASE("what commits reach is what git says they do",
          "[git][commit_graph]") {
  const GitFixture repo;
  repo.git({"fast-import", "--quiet", "--force"}, random_history(5, 150));
  const History history(repo.path());
  for (uint32_t tip = 0; tip < history.commits.size(); tip += 13) {
    const uint32_t other = tip / 2;
    std::set<std::string> reached;
    const auto flags = history.commits.reachable_from({tip, other});
    for (uint32_t i = 0; i < flags.size(); ++i) {
      if (flags[i]) reached.insert(history.hex(history.commits.commit(i).id));
    }
    const auto lines = lines_of(
        repo.git({"rev-list", history.hex(history.commits.commit(tip).id),
                  history.hex(history.commits.commit(other).id)}));
    CHECK(reached == std::set<std::string>(lines.begin(), lines.end()));
  }
}

TEST_CASE("a shallow clone ends where it was cut off, and says so",
          "[git][commit_graph]") {
  const GitFixture repo;
  for (int i = 0; i < 5; ++i) commit_file(repo, "f", std::to_string(i));
  const std::string clone = repo.around() / "clone";
  repo.git({"clone", "-q", "--depth=2", "file://" + repo.path(), clone});
  const History history(clone);
  CHECK(history.commits.size() == 2);
  CHECK(history.commits.missing().empty());
  REQUIRE(history.commits.shallow().size() == 1);
  const uint32_t border = history.commits.shallow()[0];
  CHECK(history.hex(history.commits.commit(border).id) ==
        id_by_git(repo, "HEAD~1"));
  CHECK(history.commits.parents(border).empty());
  CHECK(history.commits.parents(number_of(history, id_by_git(repo, "HEAD")))
            .size() == 1);
}

TEST_CASE("a parent that is not in the store is named", "[git][commit_graph]") {
  const GitFixture repo;
  const std::string first = commit_file(repo, "f", "1");
  const std::string second = commit_file(repo, "f", "2");
  std::filesystem::remove(
      repo / (".git/objects/" + first.substr(0, 2) + "/" + first.substr(2)));
  const History history(repo.path());
  CHECK(history.commits.missing() ==
        std::vector<ObjectId>{*ObjectId::from_hex(first)});
  REQUIRE(history.commits.size() == 1);
  CHECK(history.commits.parents(number_of(history, second)).empty());
}

TEST_CASE("a commit without a tree is left out", "[git][commit_graph]") {
  const std::vector<std::string> ids = {std::string(20, 'x'),
                                        std::string(20, 'y')};
  const ObjectNumbers numbers = numbers_for(ids);
  CommitGraph::Builder builder(numbers);
  CHECK_FALSE(builder.add(ids[0], "no commit"));
  CHECK(builder.add(ids[1], "tree " + std::string(40, 'a') + "\n"));
  const CommitGraph graph({builder}, {});
  CHECK(graph.size() == 1);
  // Its tree is not there, and still is its tree.
  CHECK(graph.tree(0) == ObjectNumbers::kNone);
  CHECK(graph.commit(0).tree == ObjectId(std::string(20, '\xaa')));
}

TEST_CASE(
    "commits that several threads collected are linked, also where ids begin "
    "alike",
    "[git][commit_graph]") {
  constexpr size_t kCount = 300;
  std::mt19937 random(7);
  // One in three begins like many others: somebody may take pains for that.
  std::set<std::string> distinct;
  while (distinct.size() < kCount) {
    std::string id(20, 0);
    for (char& byte : id) byte = static_cast<char>(random());
    if (random() % 3 == 0) id.replace(0, 8, "the same");
    distinct.insert(id);
  }
  std::vector<std::string> ids(distinct.begin(), distinct.end());
  std::shuffle(ids.begin(), ids.end(), random);
  auto hex = [](const std::string& id) {
    return ObjectId(id).hex(HashKind::kSha1);
  };
  std::map<std::string, std::vector<std::string>> parents;
  const ObjectNumbers numbers = numbers_for(ids);
  std::vector<CommitGraph::Builder> builders(3, CommitGraph::Builder(numbers));
  std::vector<ObjectId> missing;
  for (size_t i = 0; i < kCount; ++i) {
    std::string text = "tree " + hex(ids[i]) + "\n";
    for (size_t n = random() % 3; n > 0 && i > 0; --n) {
      parents[ids[i]].push_back(ids[random() % i]);
    }
    for (const std::string& parent : parents[ids[i]]) {
      text += "parent " + hex(parent) + "\n";
    }
    if (i == kCount / 2) {
      missing.emplace_back("the same, elsewhere!");
      text += "parent " + missing[0].hex(HashKind::kSha1) + "\n";
    }
    text += "committer C <c@x> " + std::to_string(random() % 50) + " +0000\n";
    REQUIRE(builders[random() % 3].add(ids[i], text));
  }
  const CommitGraph graph(std::move(builders), {});
  REQUIRE(graph.size() == kCount);
  CHECK(graph.missing() == missing);
  for (const std::string& id : ids) {
    const uint32_t commit = graph.find(ObjectId(id));
    REQUIRE(commit != CommitGraph::kNone);
    CHECK(graph.commit(commit).id == ObjectId(id));
    CHECK(graph.commit(commit).tree == ObjectId(id));
    CHECK(graph.tree(commit) == numbers.find(id.data()));
    std::vector<std::string> linked;
    for (const uint32_t parent : graph.parents(commit)) {
      CHECK(parent < commit);
      linked.emplace_back(graph.commit(parent).id.raw(HashKind::kSha1));
    }
    CHECK(linked == parents[id]);
  }
}
