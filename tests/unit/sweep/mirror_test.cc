#include "sweep/mirror.h"

#include <fcntl.h>

#include <cstdlib>
#include <filesystem>

#include "hook/durable.h"
#include "support/catch.h"
#include "support/git_fixture.h"
#include "support/temp_dir.h"
#include "sweep/mirror_git.h"
#include "unit/sweep/loopback.h"

namespace leaksift {
namespace {

namespace fs = std::filesystem;
using Kind = MirrorOutcome::Kind;

const std::string kToken = "visibly-fake-token";

bool holds(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

RepositoryEntry entry_at(const std::string& url) {
  const Result<RepositoryEntry> entry = entry_of_url(url);
  REQUIRE(entry);
  return *entry;
}

// Some history, and a folder for mirrors of it.
class Source {
 public:
  explicit Source(const std::vector<std::string>& init = {}) : repo(init) {
    commit("one");
    repo.git({"branch", "-M", "main"});
    repo.git({"branch", "topic"});
    repo.git({"tag", "-a", "-m", "m", "v1"});
    repo.git({"update-ref", "refs/pull/1/head", "HEAD"});
    options.folder = dir / "mirrors";
    options.more_protocols = {"file", "http"};
  }

  void commit(const std::string& text) const {
    repo.write("file", text);
    repo.git({"add", "."});
    repo.git({"commit", "-qm", text});
  }
  MirrorOutcome update() const {
    return Mirrors(options).update(entry_at("file://" + repo.path()));
  }
  MirrorOutcome update(const std::string& url) const {
    return Mirrors(options).update(entry_at(url));
  }
  // Has the mirror all that the source has, by git's own word?
  void check_same(const std::string& mirror) const {
    const std::vector<std::string> list = {"for-each-ref"};
    CHECK(repo.git_in(mirror, list) == repo.git(list));
    const std::vector<std::string> head = {"symbolic-ref", "HEAD"};
    CHECK(repo.git_in(mirror, head) == repo.git(head));
    repo.git_in(mirror, {"fsck", "--strict"});
  }
  // Files below the folder of mirrors, but for locks.
  std::vector<std::string> files() const {
    std::vector<std::string> paths;
    if (!fs::exists(options.folder)) return paths;
    for (const auto& file : fs::recursive_directory_iterator(options.folder)) {
      const std::string path = file.path().string();
      if (file.is_regular_file() && !holds(path, "/.locks/")) {
        paths.push_back(path);
      }
    }
    return paths;
  }

  GitFixture repo;
  TempDir dir;
  MirrorOptions options;
};

// The source over HTTP, below any of the server's folders.
class Served : public Source {
 public:
  explicit Served(const std::string& away = "")
      : server_({"python3",
                 LEAKSIFT_SOURCES "/tests/support/git_http_server.py",
                 dir / "served", dir / "requests", away}) {
    for (const std::string kind : {"public", "private", "slow"}) {
      dir.make_directory("served/" + kind);
      repo.git({"clone", "-q", "--mirror", repo.path(),
                dir / ("served/" + kind + "/a.git")});
    }
    options.credentials.push_back({origin(), "oauth2", Secret(kToken)});
  }

  std::string origin() const { return server_.origin(); }
  MirrorOutcome update_over_http(const std::string& path) const {
    return update(origin() + path);
  }
  std::string requests() const { return read_bytes(dir / "requests"); }

 private:
  LoopbackServer server_;
};

TEST_CASE("a mirror has all refs of its source, and follows them") {
  const Source source;
  const MirrorOutcome first = source.update();
  CHECK(first.detail.empty());
  REQUIRE(first.kind == Kind::kCreated);
  CHECK(first.path ==
        source.options.folder + "/localhost" + source.repo.path() + ".git");
  source.check_same(first.path);

  const auto before = source.files();
  CHECK(source.update().kind == Kind::kUnchanged);
  CHECK(source.files() == before);

  source.commit("two");
  source.repo.git({"branch", "-D", "topic"});
  source.repo.git({"branch", "topic/inner"});
  source.repo.git({"update-ref", "-d", "refs/pull/1/head"});
  source.repo.git({"tag", "-f", "-a", "-m", "other", "v1"});
  REQUIRE(source.update().kind == Kind::kUpdated);
  source.check_same(first.path);

  source.repo.git({"reset", "-q", "--hard", "HEAD~1"});
  source.commit("three");
  REQUIRE(source.update().kind == Kind::kUpdated);
  source.check_same(first.path);

  source.repo.git({"checkout", "-q", "topic/inner"});
  REQUIRE(source.update().kind == Kind::kUpdated);
  source.check_same(first.path);
  CHECK(source.update().kind == Kind::kUnchanged);
}

TEST_CASE("a mirror of SHA-256 objects is one of them") {
  const Source source({"--object-format=sha256"});
  const MirrorOutcome first = source.update();
  REQUIRE(first.kind == Kind::kCreated);
  source.check_same(first.path);
  CHECK(source.update().kind == Kind::kUnchanged);
}

TEST_CASE("a repository without commits has a mirror that fills later") {
  Source source;
  const GitFixture empty;
  const std::string url = "file://" + empty.path();
  REQUIRE(source.update(url).kind == Kind::kCreated);
  CHECK(source.update(url).kind == Kind::kUnchanged);
  empty.git({"commit", "-q", "--allow-empty", "-m", "m"});
  const MirrorOutcome filled = source.update(url);
  REQUIRE(filled.kind == Kind::kUpdated);
  CHECK(empty.git_in(filled.path, {"for-each-ref"}) ==
        empty.git({"for-each-ref"}));
}

TEST_CASE("a mirror is made over HTTP with a token that stands nowhere") {
  const Served served;
  const MirrorOutcome first = served.update_over_http("/private/a.git");
  CHECK(first.detail.empty());
  REQUIRE(first.kind == Kind::kCreated);
  served.check_same(first.path);
  CHECK(served.update_over_http("/private/a.git").kind == Kind::kUnchanged);
  CHECK_FALSE(served.files().empty());
  for (const std::string& file : served.files()) {
    const std::string bytes = read_bytes(file);
    CHECK_FALSE(holds(bytes, kToken));
    CHECK_FALSE(holds(bytes, "b2F1dGgyOnZpc2libHk"));
  }
}

TEST_CASE("what cannot be fetched is told, and whether to try again") {
  Served served;
  struct Case {
    std::string path;
    Kind kind;
  };
  served.options.credentials[0].token = Secret("wrong-fake-token");
  for (const Case& expected :
       std::vector<Case>{{"/private/a.git", Kind::kPermanent},
                         {"/public/none.git", Kind::kPermanent},
                         {"/down/a.git", Kind::kRetryable}}) {
    CAPTURE(expected.path);
    const MirrorOutcome outcome = served.update_over_http(expected.path);
    CHECK(outcome.kind == expected.kind);
    CHECK(outcome.path.empty());
    CHECK_FALSE(outcome.detail.empty());
    CHECK_FALSE(holds(outcome.detail, "wrong-fake-token"));
  }
  CHECK(served.update("http://127.0.0.1:1/a.git").kind == Kind::kRetryable);
  served.options.timeout = std::chrono::seconds(1);
  const MirrorOutcome slow = served.update_over_http("/slow/a.git");
  CHECK(slow.kind == Kind::kRetryable);
  CHECK(holds(slow.detail, "longer than it may"));
  CHECK(served.files().empty());
}

TEST_CASE("git is not sent to another server") {
  const Served other;
  const Served served(other.origin());
  const MirrorOutcome outcome = served.update_over_http("/away/a.git");
  CHECK(outcome.kind == Kind::kPermanent);
  CHECK(other.requests().empty());
  // Nor does it show the token to one that it was not meant for.
  CHECK(served.update(other.origin() + "/private/a.git").kind ==
        Kind::kPermanent);
  CHECK_FALSE(other.requests().empty());
  CHECK_FALSE(holds(other.requests(), "Basic"));
}

TEST_CASE("only https and ssh are used unless more is allowed") {
  Served served;
  served.options.more_protocols.clear();
  CHECK(served.update_over_http("/public/a.git").kind == Kind::kPermanent);
  CHECK(served.update().kind == Kind::kPermanent);
  CHECK(served.requests().empty());
  RepositoryEntry entry;
  for (const std::string url : {"ext::sh -c touch% HIT", "--upload-pack=x",
                                "https://../x", "", "/srv/a.git"}) {
    entry.url = url;
    CHECK(Mirrors(served.options).update(entry).kind == Kind::kPermanent);
  }
}

TEST_CASE("nothing that a user has configured runs or counts") {
  const Source source;
  const std::string hit = source.dir / "HIT";
  source.dir.write("home/.gitconfig",
                   "[core]\n sshCommand = touch " + hit +
                       "\n hooksPath = " + (source.dir / "template/hooks") +
                       "\n[init]\n templateDir = " + (source.dir / "template") +
                       "\n[url \"ext::touch " + hit +
                       " \"]\n insteadOf = file://\n");
  source.dir.write("template/hooks/reference-transaction",
                   "#!/bin/sh\ntouch " + hit + "\n");
  fs::permissions(source.dir / "template/hooks/reference-transaction",
                  fs::perms::owner_all);
  const std::string old_home = std::getenv("HOME");
  const std::vector<std::pair<std::string, std::string>> variables = {
      {"HOME", source.dir / "home"},
      {"GIT_CONFIG_GLOBAL", source.dir / "home/.gitconfig"},
      {"GIT_TEMPLATE_DIR", source.dir / "template"},
      {"GIT_DIR", "/nowhere"},
      {"GIT_ALLOW_PROTOCOL", "ext"},
      {"GIT_ASKPASS", "touch " + hit}};
  for (const auto& [name, value] : variables) {
    ::setenv(name.c_str(), value.c_str(), 1);
  }
  const MirrorOutcome outcome = source.update();
  for (const auto& [name, value] : variables) ::unsetenv(name.c_str());
  ::setenv("HOME", old_home.c_str(), 1);
  CHECK(outcome.kind == Kind::kCreated);
  CHECK_FALSE(fs::exists(hit));
  CHECK_FALSE(fs::exists(outcome.path + "/hooks"));
}

TEST_CASE("a mirror that another process works at is left alone") {
  const Source source;
  const MirrorOutcome first = source.update();
  REQUIRE(first.kind == Kind::kCreated);
  const fs::directory_iterator locks(source.options.folder + "/.locks");
  const Result<FileHandle> held = open_own(locks->path().string(), 0, 0);
  REQUIRE(held);
  REQUIRE(try_lock(*held));
  const MirrorOutcome second = source.update();
  CHECK(second.kind == Kind::kRetryable);
  CHECK(holds(second.detail, "another process"));
}

TEST_CASE("what killed runs have left is taken away") {
  const Source source;
  REQUIRE(source.update("file:///no/such/repo").kind == Kind::kPermanent);
  const MirrorOutcome first = source.update();
  REQUIRE(first.kind == Kind::kCreated);
  // As after a kill in the first fetch: the draft, and no mirror.
  for (const auto& lock :
       fs::directory_iterator(source.options.folder + "/.locks")) {
    const fs::path draft =
        source.options.folder + "/.new/" + lock.path().filename().string();
    fs::create_directories(draft / "objects");
  }
  fs::remove_all(first.path);
  REQUIRE(source.update().kind == Kind::kCreated);
  source.check_same(first.path);
  // And in a later one.
  const std::string rest = first.path + "/objects/pack/tmp_pack_x";
  fs::copy(source.repo / ".git/HEAD", rest);
  source.commit("two");
  REQUIRE(source.update().kind == Kind::kUpdated);
  CHECK_FALSE(fs::exists(rest));
}

TEST_CASE("a fetch that brings more than it may is ended") {
  Source source;
  std::string noise;
  for (uint64_t i = 0, x = 1; i < 16'000'000; ++i) {
    x = x * 6364136223846793005U + 1442695040888963407U;
    noise += static_cast<char>(x >> 56);
  }
  source.commit(noise);
  source.options.max_bytes = 100'000;
  const MirrorOutcome outcome = source.update();
  CHECK(outcome.kind == Kind::kPermanent);
  CHECK(holds(outcome.detail, "100 KB"));
  CHECK(source.files().empty());
}

TEST_CASE("no key leads into another mirror or out of the folder") {
  MirrorOptions options;
  options.folder = "/srv/mirrors";
  const Mirrors mirrors(options);
  CHECK(*mirrors.path_of("h:8443/a/.github") ==
        "/srv/mirrors/h:8443/a/.github.git");
  for (const std::string key : {"", "/etc/x", "h/../x", "../x", "h//x",
                                "h/a.git/x", ".locks/x", "h/.", "h/a/"}) {
    CAPTURE(key);
    CHECK_FALSE(mirrors.path_of(key));
  }
}

TEST_CASE("the list of a server's refs is read as git writes it") {
  const RemoteRefs refs = parse_ls_remote(
      "ref: refs/heads/main\tHEAD\n1111\tHEAD\n1111\trefs/heads/main\n"
      "2222\trefs/tags/v1\n3333\trefs/tags/v1^{}\nnonsense\n"
      "ref: refs/heads/x\trefs/heads/y\n4444\tother\n");
  CHECK(refs.head == "refs/heads/main");
  CHECK(refs.ids == std::map<std::string, std::string>{
                        {"refs/heads/main", "1111"}, {"refs/tags/v1", "2222"}});
}

}  // namespace
}  // namespace leaksift
