#include "git/incoming.h"

#include <filesystem>
#include <map>
#include <set>
#include <tuple>

#include "git/repository.h"
#include "support/catch.h"
#include "support/git/object_oracle.h"
#include "support/git_fixture.h"
#include "support/import_stream.h"
#include "support/random.h"

using namespace leaksift;
namespace fs = std::filesystem;

namespace {

using Ids = std::set<std::string>;
// Commit, path, blob.
using Files = std::set<std::tuple<std::string, std::string, std::string>>;

struct Found {
  Ids commits;
  Files files;
  Incoming all;
};

Found found_in(const IncomingStore& store, const IncomingTips& tips,
               HashKind hash = HashKind::kSha1) {
  Found found;
  found.all = find_incoming(store, tips, {});
  for (const IncomingCommit& commit : found.all.commits) {
    found.commits.insert(commit.id.hex(hash));
  }
  for (const IncomingFile& file : found.all.files) {
    found.files.emplace(file.commit == IncomingFile::kNoCommit
                            ? ""
                            : found.all.commits[file.commit].id.hex(hash),
                        found.all.paths[file.path], file.blob.hex(hash));
  }
  return found;
}

// What git says that commits change against all of their parents.
Files files_by_git(const GitFixture& repo, const Ids& commits) {
  std::string input;
  for (const std::string& id : commits) input += id + "\n";
  Files files;
  std::string commit;
  for (const std::string& line :
       lines_of(repo.git({"diff-tree", "-c", "-r", "--root", "--raw",
                          "--no-abbrev", "--no-renames", "--stdin"},
                         input))) {
    if (line[0] != ':') {
      commit = line;
      continue;
    }
    const size_t tab = line.find('\t');
    const size_t status = line.rfind(' ', tab);
    const size_t id = line.rfind(' ', status - 1) + 1;
    const std::string blob = line.substr(id, status - id);
    if (blob.find_first_not_of('0') == std::string::npos) continue;
    files.emplace(commit, line.substr(tab + 1), blob);
  }
  return files;
}

Ids commits_by_git(const GitFixture& repo, const std::vector<std::string>& tips,
                   const std::vector<std::string>& known) {
  std::vector<std::string> command = {"rev-list"};
  command.insert(command.end(), tips.begin(), tips.end());
  command.emplace_back("--not");
  command.insert(command.end(), known.begin(), known.end());
  Ids ids;
  for (const std::string& line : lines_of(repo.git(command))) ids.insert(line);
  return ids;
}

// Commits on a few branches, merged here and there, changing and deleting files
// in a few folders. Returns them all.
std::vector<std::string> make_history(const GitFixture& repo, Random& random,
                                      size_t count) {
  ImportStream stream;
  for (size_t i = 0; i < count; ++i) {
    ImportCommit commit;
    commit.ref = "refs/heads/b" + std::to_string(i);
    const size_t parents = i == 0 || random.one_in(20) ? 0
                           : random.one_in(5)          ? 2
                                                       : 1;
    std::set<size_t> chosen;
    for (size_t p = 0; p < parents; ++p) {
      chosen.insert(1 + random.between(i > 5 ? i - 5 : 0, i - 1));
    }
    commit.parents.assign(chosen.begin(), chosen.end());
    for (size_t f = 0, n = random.below(4); f < n; ++f) {
      ImportFile file;
      file.path = std::string(1, static_cast<char>('a' + random.below(3)));
      for (size_t d = random.below(3); d > 0; --d) {
        file.path = "d" + std::to_string(random.below(3)) + "/" + file.path;
      }
      file.text = "text " + std::to_string(random.below(30)) + "\n";
      if (!commit.parents.empty() && random.one_in(6)) file.mode = "";
      commit.files.push_back(file);
    }
    commit.message = "m" + std::to_string(i);
    stream.commit(commit);
  }
  repo.git({"fast-import", "--quiet", "--force"}, stream.text());
  return lines_of(repo.git({"rev-list", "--all"}));
}

std::vector<ObjectId> ids_of(const std::vector<std::string>& hex) {
  std::vector<ObjectId> ids;
  for (const std::string& id : hex) ids.push_back(*ObjectId::from_hex(id));
  return ids;
}

}  // namespace

TEST_CASE("what a change brings is what git says", "[git][incoming]") {
  for (uint64_t seed = 1; seed <= 6; ++seed) {
    Random random(seed);
    const GitFixture repo;
    const std::vector<std::string> all = make_history(repo, random, 60);
    if (random.one_in(2)) repo.git({"repack", "-adq"});
    const ObjectStore store = ObjectStore::open(*open_repository(repo.path()));
    for (int round = 0; round < 12; ++round) {
      const std::vector<std::string> tips = {random.pick(all),
                                             random.pick(all)};
      const std::vector<std::string> known = {random.pick(all),
                                              random.pick(all)};
      IncomingTips wanted;
      wanted.tips = ids_of(tips);
      wanted.known = ids_of(known);
      if (random.one_in(2)) wanted.likely = {wanted.known.ids()[0]};
      const Found found = found_in({store}, wanted);
      const Ids expected = commits_by_git(repo, tips, known);
      CAPTURE(seed, round, tips, known);
      CHECK(found.commits == expected);
      CHECK(found.files == files_by_git(repo, expected));
      CHECK(found.all.problems.empty());
    }
  }
}

namespace {

// A bare repository, and what came to it last in a folder apart.
struct Server {
  Server() { fs::create_directories(quarantine() + "/pack"); }

  std::string path() const { return repo.around() / "server"; }
  std::string quarantine() const { return repo.around() / "quarantine"; }

  void init() const {
    repo.git_in(repo.path(), {"init", "-q", "--bare", path()});
  }

  // Puts a pack of what is reachable from `tips` and not from `known`, with the
  // bases that its deltas need, into the quarantine.
  void receive(const std::string& tips, const std::string& known) const {
    const std::string pack =
        repo.git({"pack-objects", "--revs", "--thin", "--stdout", "-q"},
                 tips + "\n--not\n" + known + "\n");
    repo.git_in(path(),
                {"-c", "core.alternateRefsCommand=true", "index-pack",
                 "--stdin", "--fix-thin", quarantine() + "/pack/pack-1.pack"},
                pack);
  }

  Found found(const IncomingTips& tips) const {
    HookEnvironment environment;
    environment.git_dir = path();
    environment.object_directory = quarantine();
    environment.alternates = path() + "/./objects";
    environment.quarantine = quarantine();
    const ReceivingRepository receiving = *open_receiving(environment);
    const auto own = std::make_shared<const ObjectStore>(ObjectStore::open(
        receiving.repository, {}, kDefaultMemory, LooseFiles::kProbed));
    const ObjectStore arrived = ObjectStore::open(*receiving.quarantine, {own});
    return found_in({arrived, own.get()}, tips);
  }

  GitFixture repo;
};

// Brings a branch of three commits to the server; they, the newest first.
std::vector<std::string> push_three(const Server& server) {
  ImportStream stream;
  stream.commit({"refs/heads/main", {}, {{"a", "1\n"}}});
  stream.commit({"refs/heads/main", {1}, {{"a", "2\n"}}});
  stream.commit({"refs/heads/main", {2}, {{"b", "3\n"}}});
  server.repo.git({"fast-import", "--quiet"}, stream.text());
  server.repo.git({"push", "-q", server.path(), "main"});
  return lines_of(server.repo.git({"rev-list", "main"}));
}

}  // namespace

TEST_CASE("bases that come with a thin pack are neither new nor strays",
          "[git][incoming]") {
  const Server server;
  server.init();
  ImportStream stream;
  ImportCommit first{"refs/heads/main", {}, {}};
  ImportCommit second{"refs/heads/main", {1}, {}};
  for (int i = 0; i < 40; ++i) {
    std::string text;
    for (int line = 0; line < 200; ++line) {
      text += std::to_string(i * 1000 + line * line) + "\n";
    }
    const std::string path = "f" + std::to_string(i);
    first.files.push_back({path, text});
    second.files.push_back({path, text + "more\n"});
  }
  stream.commit(first);
  stream.commit(second);
  server.repo.git({"fast-import", "--quiet"}, stream.text());
  const std::vector<std::string> commits =
      lines_of(server.repo.git({"rev-list", "main"}));
  server.repo.git(
      {"push", "-q", server.path(), commits[1] + ":refs/heads/main"});
  server.receive(commits[0], commits[1]);

  IncomingTips tips;
  tips.tips = ids_of({commits[0]});
  tips.known = tips.likely = ids_of({commits[1]});
  const Found found = server.found(tips);
  CHECK(found.commits == Ids{commits[0]});
  CHECK(found.files.size() == 40);
  CHECK(found.all.strays.empty());
}

TEST_CASE("a commit that is stored but that no ref reaches is new",
          "[git][incoming]") {
  const Server server;
  server.init();
  const std::vector<std::string> commits = push_three(server);
  server.repo.git_in(server.path(),
                     {"update-ref", "refs/heads/main", commits[2]});

  IncomingTips tips;
  tips.tips = ids_of({commits[0]});
  tips.known = tips.likely = ids_of({commits[2]});
  const Found found = server.found(tips);
  CHECK(found.commits == Ids{commits[0], commits[1]});
  CHECK(found.files.size() == 2);
}

TEST_CASE("with a commit-graph a push brings what git says",
          "[git][incoming][stored_graph]") {
  for (uint64_t seed = 1; seed <= 8; ++seed) {
    Random random(seed);
    const Server server;
    server.init();
    const std::vector<std::string> all = make_history(server.repo, random, 60);
    // Refs that go before the push, some of them after the graph was written.
    std::vector<std::string> known;
    std::vector<std::string> gone;
    for (int i = 0; i < 3; ++i) {
      known.push_back(random.pick(all));
      gone.push_back(random.pick(all));
    }
    const auto write_graph = [&](const std::string& how) {
      server.repo.git_in(server.path(),
                         {"commit-graph", "write", "--reachable", how});
    };
    const auto bring = [&](const std::string& id, const std::string& ref) {
      server.repo.git({"push", "-q", server.path(), id + ":refs/heads/" + ref});
    };
    const bool split = random.one_in(2);
    bring(known[0], "k0");
    bring(gone[0], "g0");
    write_graph(split ? "--split=no-merge" : "--changed-paths");
    bring(gone[1], "g1");
    bring(known[1], "k1");
    if (split) write_graph("--split=no-merge");
    bring(gone[2], "g2");
    bring(known[2], "k2");
    for (int i = 0; i < 3; ++i) {
      server.repo.git_in(server.path(), {"update-ref", "-d",
                                         "refs/heads/g" + std::to_string(i)});
    }
    for (int round = 0; round < 6; ++round) {
      const std::vector<std::string> tips = {random.pick(all),
                                             random.pick(all)};
      fs::remove_all(server.quarantine());
      fs::create_directories(server.quarantine() + "/pack");
      std::string has;
      for (const auto* list : {&known, &gone}) {
        for (const std::string& id : *list) has += id + "\n";
      }
      server.receive(tips[0] + "\n" + tips[1], has);
      IncomingTips wanted;
      wanted.tips = ids_of(tips);
      wanted.known = ids_of(known);
      if (random.one_in(2)) wanted.likely = {wanted.known.ids()[0]};
      const Ids expected = commits_by_git(server.repo, tips, known);
      const Found found = server.found(wanted);
      CAPTURE(seed, round, split, tips, known, gone);
      CHECK(found.commits == expected);
      CHECK(found.files == files_by_git(server.repo, expected));
      CHECK(found.all.problems.empty());
    }
  }
}

TEST_CASE("a commit-graph speaks for no commit that is gone",
          "[git][incoming][stored_graph]") {
  const Server server;
  server.init();
  const std::vector<std::string> commits = push_three(server);
  server.repo.git_in(server.path(), {"commit-graph", "write", "--reachable"});

  IncomingTips tips;
  tips.tips = ids_of({commits[2]});
  tips.known = ids_of({commits[0]});
  CHECK(server.found(tips).commits.empty());
  fs::remove(server.path() + "/objects/" + commits[1].substr(0, 2) + "/" +
             commits[1].substr(2));
  CHECK(server.found(tips).commits == Ids{commits[2]});
}

TEST_CASE("replaced and cut off commits are what they were to a commit-graph",
          "[git][incoming][stored_graph]") {
  const Server server;
  server.init();
  const std::vector<std::string> commits = push_three(server);
  ImportStream stream;
  stream.commit({"refs/heads/other", {}, {{"c", "4\n"}}});
  server.repo.git({"fast-import", "--quiet"}, stream.text());
  server.repo.git({"push", "-q", server.path(), "other"});
  server.repo.git_in(server.path(), {"commit-graph", "write", "--reachable"});
  server.repo.git_in(server.path(), {"replace", commits[1], "other"});

  IncomingTips tips;
  tips.tips = ids_of({commits[2]});
  tips.known = ids_of({commits[0]});
  CHECK(server.found(tips).commits.empty());
  tips.shallow = ids_of({commits[1]});
  CHECK(server.found(tips).commits == Ids{commits[2]});
}

TEST_CASE("an object that nothing leads to is a stray", "[git][incoming]") {
  const Server server;
  server.init();
  ImportStream stream;
  stream.commit({"refs/heads/main", {}, {{"a", "1\n"}}});
  stream.commit({"refs/heads/other", {}, {{"b", "2\n"}}});
  server.repo.git({"fast-import", "--quiet"}, stream.text());
  const std::string main = lines_of(server.repo.git({"rev-parse", "main"}))[0];
  const std::string other =
      lines_of(server.repo.git({"rev-parse", "other"}))[0];
  server.receive(main + "\n" + other, "");

  IncomingTips tips;
  tips.tips = ids_of({main});
  const Found found = server.found(tips);
  CHECK(found.commits == Ids{main});
  CHECK(found.all.strays.size() == 3);
}

TEST_CASE("trees that hold each other many times over are named",
          "[git][incoming]") {
  const GitFixture repo;
  std::string tree = lines_of(repo.git(
      {"mktree"},
      "100644 blob " +
          lines_of(repo.git({"hash-object", "-w", "--stdin"}, "text\n"))[0] +
          "\tfile\n"))[0];
  for (int level = 0; level < 12; ++level) {
    std::string entries;
    for (int i = 0; i < 10; ++i) {
      entries += "040000 tree " + tree + "\td" + std::to_string(i) + "\n";
    }
    tree = lines_of(repo.git({"mktree"}, entries))[0];
  }
  const std::string commit =
      lines_of(repo.git({"commit-tree", "-m", "m", tree}))[0];
  const ObjectStore store = ObjectStore::open(*open_repository(repo.path()));
  IncomingTips tips;
  tips.tips = ids_of({commit});
  const Found found = found_in({store}, tips);
  REQUIRE(found.all.problems.size() == 1);
  CHECK(found.all.problems[0].reason == SkipReason::kTooLarge);
  CHECK_FALSE(found.files.empty());
}
