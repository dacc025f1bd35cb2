#include "git/tree_graph.h"

#include "support/catch.h"
#include "support/git/history.h"
#include "support/git/object_oracle.h"
#include "support/git/pack_writer.h"

using namespace leaksift;

namespace {

// A graph and what it is asked about; the table keeps pointers to the ids.
struct Graph {
  History history;
  std::vector<ObjectId> ids;
  IdTable targets;
  TreeGraph graph;

  Graph(const std::string& path, const std::vector<std::string>& blobs)
      : history(path),
        ids(ids_of(blobs)),
        targets(history.store.hash(), 1),
        graph(TreeGraph::build(history.walk, filled(), {}, 2, 1 << 20)) {}

  uint32_t find(const std::string& tree) const {
    return graph.find(*ObjectId::from_hex(tree));
  }

  // All ways from the tree to targets, in order: "path target".
  void collect(uint32_t tree, const std::string& above,
               std::vector<std::string>& paths) const {
    for (const auto& edge : graph.targets(tree)) {
      paths.push_back(above + graph.name(edge.name) + ' ' +
                      history.hex(ids[edge.to]));
    }
    for (const auto& edge : graph.trees(tree)) {
      collect(edge.to, above + graph.name(edge.name) + '/', paths);
    }
  }

 private:
  static std::vector<ObjectId> ids_of(const std::vector<std::string>& blobs) {
    std::vector<ObjectId> ids;
    for (const std::string& hex : blobs) {
      ids.push_back(*ObjectId::from_hex(hex));
    }
    return ids;
  }
  const IdTable& filled() {
    for (const ObjectId& id : ids) {
      targets.add(id.raw(history.store.hash()).data());
    }
    return targets;
  }
};

void make_trees(const GitFixture& repo) {
  repo.write("a", "wanted");
  repo.write("deep/er/b", "wanted");
  repo.write("deep/er/c", "wanted, too");
  repo.write("deep/d", "not wanted");
  repo.write("none/e", "nor this");
  repo.git({"add", "-A"});
  // A submodule whose commit has the id of a wanted blob is none.
  repo.git({"update-index", "--add", "--cacheinfo",
            "160000," +
                id_of(ObjectType::kBlob, "wanted")
                    .hex(repository_at(repo.path()).hash) +
                ",sub"});
  commit(repo);
}

}  // namespace

TEST_CASE("through the graph one comes to just the targets",
          "[git][tree_graph]") {
  const bool packed = GENERATE(true, false);
  const GitFixture repo;
  make_trees(repo);
  if (packed) repo.git({"repack", "-adfq"});
  const std::vector<std::string> blobs = {id_by_git(repo, "HEAD:a"),
                                          id_by_git(repo, "HEAD:deep/er/c")};
  const Graph graph(repo.path(), blobs);
  const uint32_t root = graph.find(id_by_git(repo, "HEAD^{tree}"));
  REQUIRE(root != TreeGraph::kNone);
  std::vector<std::string> paths;
  graph.collect(root, "", paths);
  CHECK(paths == std::vector<std::string>{"a " + blobs[0],
                                          "deep/er/b " + blobs[0],
                                          "deep/er/c " + blobs[1]});
  CHECK(graph.find(id_by_git(repo, "HEAD:deep/er")) != TreeGraph::kNone);
  CHECK(graph.find(id_by_git(repo, "HEAD:none")) == TreeGraph::kNone);
  CHECK(graph.find(id_by_git(repo, "HEAD")) == TreeGraph::kNone);
  CHECK(graph.graph.problems().empty());
}

TEST_CASE("no targets, no trees", "[git][tree_graph]") {
  const GitFixture repo;
  make_trees(repo);
  const Graph graph(repo.path(), {});
  CHECK(graph.find(id_by_git(repo, "HEAD^{tree}")) == TreeGraph::kNone);
}

TEST_CASE("a damaged tree is named, and leads as far as it can be read",
          "[git][tree_graph]") {
  const GitFixture repo;
  const ObjectId blob = id_of(ObjectType::kBlob, "wanted");
  const std::string raw(blob.raw(HashKind::kSha1));
  using namespace std::string_literals;
  const std::string tree = "100644 a\0"s + raw + "100644 b\0"s + "cut off";
  PackWriter writer;
  writer.add(ObjectType::kBlob, "wanted");
  writer.add(ObjectType::kTree, tree);
  writer.write(repo.around(), "repo/.git/objects/pack/pack-a");
  const Graph graph(repo.path(), {blob.hex(HashKind::kSha1)});
  const std::string id = id_of(ObjectType::kTree, tree).hex(HashKind::kSha1);
  REQUIRE(graph.graph.problems().size() == 1);
  CHECK(graph.graph.problems()[0].reason == SkipReason::kCorrupt);
  CHECK(graph.graph.problems()[0].name == id);
  REQUIRE(graph.find(id) != TreeGraph::kNone);
  std::vector<std::string> paths;
  graph.collect(graph.find(id), "", paths);
  CHECK(paths == std::vector<std::string>{"a " + blob.hex(HashKind::kSha1)});
}
