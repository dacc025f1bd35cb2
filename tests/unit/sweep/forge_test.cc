#include "sweep/forge.h"

#include <sys/stat.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>

#include "support/catch.h"
#include "support/temp_dir.h"
#include "sweep/forge_page.h"
#include "unit/sweep/loopback.h"

namespace leaksift {
namespace {

using Waits = std::vector<int64_t>;  // milliseconds

const std::string kToken = "visibly-fake-token";

// A server, what it was asked, and how a list is asked of it.
class Forge {
 public:
  explicit Forge(const std::string& away = "")
      : server_({"python3", LEAKSIFT_SOURCES "/tests/support/forge_server.py",
                 dir_ / "requests", away}) {
    access.token = Secret(kToken);
    access.http.cache_folder = dir_ / "state/http";
    access.http.max_answer = 1 << 20;
    access.http.wait = [this](std::chrono::milliseconds time) {
      waits.push_back(time.count());
    };
  }

  // `text`: a source, "HOST" standing for this server.
  Status list(std::string text) {
    const size_t at = text.find("HOST");
    if (at != std::string::npos) text.replace(at, 4, server_.origin());
    const auto source = parse_forge(text);
    REQUIRE(source);
    REQUIRE(source->has_value());
    return list(**source);
  }
  Status list(const ForgeSource& source) {
    inventory = Inventory();
    Status status = list_forge(source, access, inventory);
    inventory.finish();
    inventory.coverage.finish();
    return status;
  }
  std::string error(const std::string& text) {
    const Status status = list(text);
    return status ? "" : status.error().message();
  }
  // What was asked of the server so far.
  std::vector<std::string> requests() const {
    std::vector<std::string> lines;
    const std::string text = read_bytes(dir_ / "requests");
    for (size_t at = 0; at < text.size();) {
      const size_t end = text.find('\n', at);
      lines.push_back(text.substr(at, end - at));
      at = end + 1;
    }
    return lines;
  }
  const RepositoryEntry& entry(const std::string& key) const {
    const auto at =
        std::find_if(inventory.entries.begin(), inventory.entries.end(),
                     [&](const auto& entry) { return entry.key == key; });
    REQUIRE(at != inventory.entries.end());
    return *at;
  }
  std::string origin() const { return server_.origin(); }
  std::string folder() const { return dir_.path(); }

  ForgeAccess access;
  Inventory inventory;
  Waits waits;

 private:
  TempDir dir_;
  LoopbackServer server_;
};

std::string line_of(const RepositoryEntry& entry) {
  const std::string line = to_jsonl(entry);
  return line.substr(0, line.size() - 1);
}

bool holds(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

TEST_CASE("all pages of a GitHub organisation are listed") {
  Forge forge;
  REQUIRE(forge.list("github+HOST/acme"));
  CHECK(forge.inventory.entries.size() == 250);
  CHECK(forge.inventory.coverage.skipped.empty());
  CHECK(line_of(forge.entry("ghe.example/acme/r002")) ==
        R"({"key":"ghe.example/acme/r002",)"
        R"("url":"https://ghe.example/acme/r002.git","name":"acme/r002",)"
        R"("size_bytes":2048,"pushed_at":1767323045,"default_branch":"main",)"
        R"("visibility":"public","fork":true})");
  CHECK(forge.entry("ghe.example/acme/r003").archived);
  CHECK(forge.entry("ghe.example/acme/r004").visibility ==
        Visibility::kInternal);
  const auto requests = forge.requests();
  REQUIRE(requests.size() == 3);
  CHECK(requests[0] ==
        "/api/v3/orgs/acme/repos?type=all&per_page=100 "
        "authorization=Bearer visibly-fake-token etag=");
}

TEST_CASE("a GitLab group is listed with its subgroups") {
  Forge forge;
  REQUIRE(forge.list("gitlab+HOST/pay/sub"));
  CHECK(forge.inventory.entries.size() == 5);
  CHECK(line_of(forge.entry("gitlab.example/pay/sub/r1")) ==
        R"({"key":"gitlab.example/pay/sub/r1",)"
        R"("url":"https://gitlab.example/pay/sub/r1.git",)"
        R"("name":"pay/sub/r1","size_bytes":1001,"pushed_at":1767315845,)"
        R"("default_branch":"trunk","fork_of":"gitlab.example/core/x",)"
        R"("visibility":"internal","fork":true})");
  CHECK(forge.entry("gitlab.example/pay/sub/r2").empty);
  CHECK(holds(forge.requests()[0], "include_subgroups=true"));
}

TEST_CASE("a Gitea user is listed where there is no such organisation") {
  Forge forge;
  REQUIRE(forge.list("gitea+HOST/org"));
  CHECK(forge.inventory.entries.size() == 3);
  CHECK(line_of(forge.entry("gitea.example/org/r1")) ==
        R"({"key":"gitea.example/org/r1",)"
        R"("url":"https://gitea.example/org/r1.git","name":"org/r1",)"
        R"("size_bytes":24576,"pushed_at":1767319445,)"
        R"("default_branch":"main","fork_of":"gitea.example/up/x",)"
        R"("visibility":"private","fork":true})");
  CHECK(forge.entry("gitea.example/org/r2").empty);
  CHECK(forge.entry("gitea.example/org/r3").visibility ==
        Visibility::kInternal);
}

TEST_CASE("a Forgejo below a folder of its host shows all it has") {
  Forge forge;
  REQUIRE(forge.list("forgejo+HOST/git#"));
  CHECK(forge.inventory.entries.size() == 1);
}

TEST_CASE("both kinds of Bitbucket are listed") {
  Forge forge;
  ForgeSource cloud;
  cloud.kind = ForgeKind::kBitbucketCloud;
  cloud.origin = forge.origin();
  cloud.owner = "team";
  REQUIRE(forge.list(cloud));
  CHECK(forge.inventory.entries.size() == 3);
  CHECK(line_of(forge.entry("bitbucket.org/team/r1")) ==
        R"({"key":"bitbucket.org/team/r1",)"
        R"("url":"https://bitbucket.org/team/r1.git","name":"team/r1",)"
        R"("size_bytes":5001,"pushed_at":1767323045,)"
        R"("default_branch":"main","fork_of":"bitbucket.org/up/x",)"
        R"("visibility":"private","fork":true})");

  REQUIRE(forge.list("bitbucket+HOST/PAY"));
  CHECK(forge.inventory.entries.size() == 3);
  CHECK(line_of(forge.entry("bb.example/scm/pay/r1")) ==
        R"({"key":"bb.example/scm/pay/r1",)"
        R"("url":"https://bb.example/scm/pay/r1.git","name":"PAY/r1",)"
        R"("fork_of":"bb.example/scm/up/x","visibility":"private",)"
        R"("fork":true,"archived":true})");
}

TEST_CASE("a server that asks for time gets it") {
  Forge forge;
  REQUIRE(forge.list("github+HOST/limited"));
  CHECK(forge.inventory.entries.size() == 1);
  REQUIRE(forge.waits.size() == 2);
  CHECK((forge.waits[0] >= 7000 && forge.waits[0] < 8000));
  forge.waits.clear();
  REQUIRE(forge.list("github+HOST/reset"));
  REQUIRE(forge.waits.size() == 1);
  CHECK((forge.waits[0] >= 28000 && forge.waits[0] < 32000));
}

TEST_CASE("a server that asks for too much time is left alone") {
  Forge forge;
  CHECK(holds(forge.error("github+HOST/never"), "rate limit"));
  CHECK(forge.waits.empty());
}

TEST_CASE("broken answers are asked for again, each time a little later") {
  Forge forge;
  REQUIRE(forge.list("github+HOST/flaky"));
  CHECK(forge.inventory.entries.size() == 1);
  REQUIRE(forge.waits.size() == 3);
  for (size_t i = 0; i < 3; ++i) {
    CHECK((forge.waits[i] > 500 << i && forge.waits[i] <= 1000 << i));
  }
  forge.waits.clear();
  CHECK(holds(forge.error("github+HOST/down"), "503"));
  CHECK(forge.waits.size() == 5);
}

TEST_CASE("a token never goes to another server") {
  Forge other;
  Forge forge(other.origin());
  CHECK(holds(forge.error("github+HOST/away"), "not followed"));
  REQUIRE(forge.list("github+HOST/next-away"));
  CHECK(forge.inventory.entries.size() == 1);
  REQUIRE(forge.inventory.coverage.skipped.size() == 1);
  CHECK(holds(forge.inventory.coverage.skipped[0].detail, "not followed"));
  CHECK(other.requests().empty());
  CHECK(forge.waits.empty());
}

TEST_CASE("redirects on the same server are followed, but not for ever") {
  Forge forge;
  REQUIRE(forge.list("github+HOST/moved"));
  CHECK(forge.inventory.entries.size() == 250);
  CHECK(holds(forge.error("github+HOST/circle"), "redirects"));
}

TEST_CASE("answers that make no sense are errors that name the server") {
  Forge forge;
  CHECK(holds(forge.error("github+HOST/huge"), "more than 1.05 MB"));
  CHECK(holds(forge.error("github+HOST/broken"), "no JSON"));
  CHECK(holds(forge.error("github+HOST/object"), "no list"));
  CHECK(holds(forge.error("github+HOST/denied"), "401"));
  CHECK(holds(forge.error("gitlab+HOST/nobody"), "404"));
  for (const std::string owner : {"huge", "broken", "denied"}) {
    const std::string error = forge.error("github+HOST/" + owner);
    CHECK(holds(error, forge.origin()));
    CHECK_FALSE(holds(error, kToken));
  }
}

TEST_CASE("what came before a page that fails is kept, and the rest named") {
  Forge forge;
  for (const std::string owner : {"late", "loop"}) {
    REQUIRE(forge.list("github+HOST/" + owner));
    CHECK(forge.inventory.entries.size() == 1);
    REQUIRE(forge.inventory.coverage.skipped.size() == 1);
    CHECK(holds(forge.inventory.coverage.skipped[0].detail, "not listed"));
    CHECK_FALSE(forge.inventory.coverage.complete(false));
  }
}

TEST_CASE("entries of a hostile forge are named and left out") {
  Forge forge;
  REQUIRE(forge.list("github+HOST/odd"));
  CHECK(forge.inventory.entries.size() == 2);
  CHECK_FALSE(forge.entry("ghe.example/odd/r002").size_bytes);
  const auto& skipped = forge.inventory.coverage;
  CHECK(skipped.skip_counts.at(SkipReason::kUnreadable) == 7);
  for (const Skipped& entry : skipped.skipped) {
    CHECK_FALSE(holds(entry.detail, "hunter2"));
  }
}

TEST_CASE("a list that has not changed is not sent again") {
  Forge forge;
  REQUIRE(forge.list("github+HOST/same"));
  const auto first = forge.inventory.entries;
  CHECK(first.size() == 2);
  REQUIRE(forge.list("github+HOST/same"));
  CHECK(forge.inventory.entries == first);
  const auto requests = forge.requests();
  REQUIRE(requests.size() == 4);
  CHECK(holds(requests[2], "etag=\"v1\""));
  CHECK(holds(requests[3], "etag=\"v1\""));

  // What is kept is for the owner alone, and has no token in it.
  for (const auto& file :
       std::filesystem::directory_iterator(forge.folder() + "/state/http")) {
    struct stat info {};
    REQUIRE(::stat(file.path().c_str(), &info) == 0);
    CHECK((info.st_mode & 077) == 0);
    CHECK_FALSE(holds(read_bytes(file.path().string()), kToken));
    std::filesystem::resize_file(file.path(), file.file_size() - 1);
  }
  REQUIRE(forge.list("github+HOST/same"));
  CHECK(forge.inventory.entries == first);
  CHECK_FALSE(holds(forge.requests()[4], "v1"));
}

TEST_CASE("a proxy of the environment is not used") {
  Forge forge;
  ::setenv("http_proxy", "http://127.0.0.1:1", 1);
  ::setenv("ALL_PROXY", "http://127.0.0.1:1", 1);
  CHECK(forge.list("github+HOST/odd"));
  ::unsetenv("http_proxy");
  ::unsetenv("ALL_PROXY");
}

TEST_CASE("a token is not sent in clear over a network") {
  Forge forge;
  CHECK(holds(forge.error("github+http://git.example/acme"), "use https"));
}

TEST_CASE("a source says which forge is asked for whom") {
  const auto parse = [](const std::string& text) {
    const auto source = parse_forge(text);
    REQUIRE(source);
    REQUIRE(source->has_value());
    return (*source)->origin + " " + (*source)->base + " " + (*source)->owner;
  };
  CHECK(parse("github:acme") == "https://api.github.com  acme");
  CHECK(parse("gitlab:a/b") == "https://gitlab.com  a/b");
  CHECK(parse("forgejo:acme") == "https://codeberg.org  acme");
  CHECK(parse("github+https://GHE.example:443/acme/") ==
        "https://ghe.example /api/v3 acme");
  CHECK(parse("gitlab+https://h/git/lab#a/b") == "https://h /git/lab a/b");
  CHECK(parse("gitea+https://h") == "https://h  ");
  CHECK(parse("bitbucket+https://h:8443/PAY") == "https://h:8443  PAY");
  for (const std::string path : {"repos.txt", "/srv/git", "-", "./github:x",
                                 "https://h/a", "subversion:x"}) {
    const auto source = parse_forge(path);
    REQUIRE(source);
    CHECK_FALSE(source->has_value());
  }
  for (const std::string text :
       {"github:", "github:a/b", "gitlab:a/../b", "gitea+ssh://h/a",
        "gitea+https://", "gitea+https://u:hunter2@h/a", "gitlab:a//b",
        "github+https://h/a/b", "github:a b"}) {
    CAPTURE(text);
    const auto source = parse_forge(text);
    REQUIRE_FALSE(source);
    CHECK(holds(source.error().message(), "FORGE:OWNER"));
    CHECK_FALSE(holds(source.error().message(), "hunter2"));
  }
}

TEST_CASE("a token is read from a variable or a file of the owner's") {
  const TempDir dir;
  dir.write("token", kToken + "\n");
  ::chmod((dir / "token").c_str(), 0640);
  const auto open = read_token("", dir / "token");
  REQUIRE_FALSE(open);
  CHECK(holds(open.error().message(), "chmod 600"));
  ::chmod((dir / "token").c_str(), 0400);
  const auto closed = read_token("LEAKSIFT_NO_SUCH", dir / "token");
  REQUIRE(closed);
  CHECK(closed->reveal() == kToken);
  ::setenv("LEAKSIFT_TEST_TOKEN", "first\nX-Header: second", 1);
  const auto split = read_token("LEAKSIFT_TEST_TOKEN", dir / "token");
  REQUIRE_FALSE(split);
  CHECK_FALSE(holds(split.error().message(), "second"));
  ::setenv("LEAKSIFT_TEST_TOKEN", " other ", 1);
  CHECK(read_token("LEAKSIFT_TEST_TOKEN", "")->reveal() == "other");
  ::unsetenv("LEAKSIFT_TEST_TOKEN");
  CHECK(read_token("LEAKSIFT_TEST_TOKEN", "")->reveal().empty());
}

TEST_CASE("times of APIs are read with their offsets") {
  CHECK(parse_time("1970-01-01T00:00:00Z") == 0);
  CHECK(parse_time("2026-01-02T03:04:05.678+02:00") == 1767315845);
  CHECK(parse_time("2026-01-02T03:04:05-0030") == 1767324845);
  for (const std::string text :
       {"", "soon", "2026-13-02T03:04:05Z", "2026-01-02T03:04:05",
        "2026-01-02T03:0x:05Z", "2026-02-30T03:04:05Z",
        "2026-01-02T03:04:05+"}) {
    CHECK_FALSE(parse_time(text));
  }
}

TEST_CASE("the next page is the one that a Link header calls so") {
  CHECK(next_link("<http://h/a?x=1,2>; rel=\"prev\", <http://h/b>; "
                  "title=\"x\"; rel=\"next\", <http://h/c>; rel=\"last\"") ==
        "http://h/b");
  CHECK(next_link("<http://h/b>; rel=next") == "http://h/b");
  CHECK(next_link("<http://h/b>; rel=\"last\"").empty());
  CHECK(next_link("<http://h/b").empty());
  CHECK(next_link("").empty());
}

}  // namespace
}  // namespace leaksift
