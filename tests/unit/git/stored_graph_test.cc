#include "git/stored_graph.h"

#include <algorithm>
#include <filesystem>
#include <map>

#include "core/text.h"
#include "support/catch.h"
#include "support/git/object_oracle.h"
#include "support/git_fixture.h"
#include "support/import_stream.h"
#include "support/random.h"

using namespace leaksift;
namespace fs = std::filesystem;

namespace {

// Three roots, merges of two and of three.
std::string some_history(size_t count) {
  Random random(3);
  ImportStream stream;
  for (size_t i = 0; i < count; ++i) {
    ImportCommit commit{"refs/heads/b" + std::to_string(i), {}, {}};
    if (i >= 3) commit.parents.push_back(1 + random.below(i));
    for (size_t more = i % 5 == 4 ? 1 + random.below(2) : 0; more > 0; --more) {
      commit.parents.push_back(1 + random.below(i));
    }
    std::sort(commit.parents.begin(), commit.parents.end());
    commit.parents.erase(
        std::unique(commit.parents.begin(), commit.parents.end()),
        commit.parents.end());
    stream.commit(commit);
  }
  return stream.text();
}

StoredGraph graph_of(const std::string& path) {
  const Repository repository = repository_at(path);
  return StoredGraph(repository.object_dirs, repository.hash);
}

// By git: id, date, parents.
struct Listed {
  std::string id;
  int64_t seconds = 0;
  std::vector<std::string> parents;
};
std::vector<Listed> commits_by_git(const GitFixture& repo,
                                   const std::string& which = "--all") {
  std::vector<Listed> all;
  for (const std::string& line :
       lines_of(repo.git({"log", "--format=%H %ct %P", which}))) {
    const std::vector<std::string_view> words = split(line, ' ');
    Listed& commit = all.emplace_back();
    commit.id = words[0];
    commit.seconds = std::stoll(std::string(words[1]));
    for (size_t i = 2; i < words.size(); ++i) {
      if (!words[i].empty()) commit.parents.emplace_back(words[i]);
    }
  }
  return all;
}

// How many of the commits are in the graph, where everything it says is true.
size_t true_entries(const StoredGraph& graph,
                    const std::vector<Listed>& commits, HashKind hash) {
  size_t found = 0;
  for (const Listed& commit : commits) {
    const auto stored = graph.find(*ObjectId::from_hex(commit.id));
    if (!stored) continue;
    ++found;
    CHECK(stored->seconds == commit.seconds);
    CHECK(stored->has_more == (commit.parents.size() > 2));
    if (stored->has_more) continue;
    std::vector<std::string> parents;
    for (const ObjectId& parent : stored->parents) {
      parents.push_back(parent.hex(hash));
      const auto one = graph.find(parent);
      REQUIRE(one);
      CHECK(one->level < stored->level);
    }
    CHECK(parents == commit.parents);
  }
  return found;
}

// A repository with a commit-graph of all its commits, to be damaged.
struct GraphedRepo {
  explicit GraphedRepo(size_t count) {
    repo.git({"fast-import", "--quiet"}, some_history(count));
    repo.git({"commit-graph", "write", "--reachable"});
    commits = commits_by_git(repo);
    file = repo / ".git/objects/info/commit-graph";
    whole = read_bytes(file);
  }

  GitFixture repo;
  std::vector<Listed> commits;
  std::string file;
  std::string whole;  // its bytes as git wrote them
};

}  // namespace

TEST_CASE("what a commit-graph says of commits is what they say",
          "[git][stored_graph]") {
  const bool wide = GENERATE(false, true);
  const GitFixture repo(wide
                            ? std::vector<std::string>{"--object-format=sha256"}
                            : std::vector<std::string>());
  const HashKind hash = wide ? HashKind::kSha256 : HashKind::kSha1;
  repo.git({"fast-import", "--quiet"}, some_history(60));
  CHECK(true_entries(graph_of(repo.path()), commits_by_git(repo), hash) == 0);
  repo.git({"-c",
            "commitGraph.generationVersion=" + std::string(GENERATE("1", "2")),
            "commit-graph", "write", "--reachable"});
  CHECK(true_entries(graph_of(repo.path()), commits_by_git(repo), hash) == 60);
}

TEST_CASE("a chain of commit-graphs is read as a whole",
          "[git][stored_graph]") {
  const GitFixture repo;
  repo.git({"fast-import", "--quiet"}, some_history(60));
  const std::vector<std::string> write = {
      "commit-graph", "write", "--stdin-commits", "--split=no-merge"};
  const std::vector<Listed> all = commits_by_git(repo);
  for (const size_t oldest : {size_t{40}, size_t{15}, size_t{0}}) {
    std::string tips;
    for (size_t i = oldest; i < all.size(); ++i) tips += all[i].id + "\n";
    repo.git(write, tips);
  }
  const std::string folder = repo / ".git/objects/info/commit-graphs/";
  const std::string chain = read_bytes(folder + "commit-graph-chain");
  REQUIRE(lines_of(chain).size() == 3);
  CHECK(true_entries(graph_of(repo.path()), all, HashKind::kSha1) == 60);

  SECTION("a file that is gone takes those with it that build upon it") {
    fs::remove(folder + "graph-" + lines_of(chain)[1] + ".graph");
    CHECK(true_entries(graph_of(repo.path()), all, HashKind::kSha1) == 20);
  }
  SECTION("a file in the wrong place is not used") {
    overwrite(folder + "commit-graph-chain",
              lines_of(chain)[0] + "\n" + lines_of(chain)[2] + "\n");
    CHECK(true_entries(graph_of(repo.path()), all, HashKind::kSha1) == 20);
    overwrite(folder + "commit-graph-chain", lines_of(chain)[1] + "\n");
    CHECK(true_entries(graph_of(repo.path()), all, HashKind::kSha1) == 0);
  }
  SECTION("a fork's chain builds upon that of what it borrows") {
    const std::string fork = repo.around() / "fork";
    repo.git_in(repo.path(), {"clone", "-q", "--shared", "--bare", ".", fork});
    fs::create_directories(fork + "/objects/info/commit-graphs");
    fs::rename(folder + "graph-" + lines_of(chain)[2] + ".graph",
               fork + "/objects/info/commit-graphs/graph-" +
                   lines_of(chain)[2] + ".graph");
    fs::rename(folder + "commit-graph-chain",
               fork + "/objects/info/commit-graphs/commit-graph-chain");
    CHECK(true_entries(graph_of(fork), all, HashKind::kSha1) == 60);
    CHECK(true_entries(graph_of(repo.path()), all, HashKind::kSha1) == 0);
  }
}

TEST_CASE("a commit-graph that is cut off anywhere is not used",
          "[git][stored_graph]") {
  const GraphedRepo graphed(30);
  const auto& [repo, all, file, whole] = graphed;
  for (size_t size = 0; size < whole.size(); ++size) {
    overwrite(file, whole.substr(0, size));
    const StoredGraph graph = graph_of(repo.path());
    const bool found = std::any_of(all.begin(), all.end(), [&](const auto& c) {
      return graph.find(*ObjectId::from_hex(c.id)).has_value();
    });
    CAPTURE(size);
    CHECK_FALSE(found);
  }
}

TEST_CASE("of a damaged commit-graph nothing is believed that cannot be",
          "[git][stored_graph]") {
  const GraphedRepo graphed(30);
  const auto& [repo, all, file, whole] = graphed;
  Random random(7);
  for (int round = 0; round < 2000; ++round) {
    std::string damaged = whole;
    for (size_t i = random.between(1, 4); i > 0; --i) {
      damaged[random.below(damaged.size())] = random.bytes(1)[0];
    }
    overwrite(file, damaged);
    const StoredGraph graph = graph_of(repo.path());
    for (const Listed& commit : all) {
      const auto stored = graph.find(*ObjectId::from_hex(commit.id));
      if (!stored) continue;
      CHECK(stored->level > 0);
      CHECK(stored->parents.size() <= 2);
    }
  }
}

TEST_CASE("a commit-graph of another hash or without levels is not used",
          "[git][stored_graph]") {
  const GraphedRepo graphed(5);
  const auto& [repo, all, file, whole] = graphed;

  std::string other = whole;
  other[5] = 2;
  overwrite(file, other);
  CHECK(true_entries(graph_of(repo.path()), all, HashKind::kSha1) == 0);

  // In front of the dates, for each of five commits.
  const size_t date = whole.find("\x65\x53\xf1");
  REQUIRE(date != std::string::npos);
  std::string without = whole;
  for (size_t i = 0; i < 5; ++i) {
    without.replace(date - 4 + i * 36, 4, 4, '\0');
  }
  overwrite(file, without);
  CHECK(true_entries(graph_of(repo.path()), all, HashKind::kSha1) == 0);
}
