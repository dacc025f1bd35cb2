// Whom a sweep tells of what it found.
#include <sys/stat.h>

#include <nlohmann/json.hpp>

#include "cli/program.h"
#include "core/text.h"
#include "support/catch.h"
#include "support/git_fixture.h"
#include "unit/sweep/loopback.h"

namespace leaksift {
namespace {

using Json = nlohmann::json;

const std::string kKey = "whsec_dmlzaWJseSBmYWtlIGtleSBmb3IgYSB0ZXN0IQ==";

// A repository, its state, and a receiver of webhooks.
class Told {
 public:
  Told()
      : server_({"python3", LEAKSIFT_SOURCES "/tests/support/webhook_server.py",
                 dir_ / "log", kKey}) {
    dir_.write("key", kKey);
    ::chmod((dir_ / "key").c_str(), 0600);
    set_channels(true);
  }

  void set_channels(bool with_dead_one) const {
    dir_.write("channels.toml",
               "version = 1\n[[channel]]\nname = \"hook\"\n"
               "kind = \"webhook\"\nkey_file = \"key\"\nurl = \"" +
                   server_.origin() + "/in\"\n" +
                   (with_dead_one
                        ? "[[channel]]\nname = \"dead\"\nkind = \"webhook\"\n"
                          "key_file = \"key\"\nurl = \"http://127.0.0.1:1/\"\n"
                        : ""));
  }
  void commit(const std::string& path, const std::string& text) const {
    fixture_.write(path, text);
    fixture_.git({"add", "."});
    fixture_.git({"commit", "-qm", path});
  }
  Ran sweep(Arguments what) const {
    what.insert(what.begin(), "sweep");
    what.insert(what.end(), {"--state", dir_ / "state"});
    return run_program(what);
  }
  Ran run() const {
    return sweep({"run", "--repos", fixture_.path(), "--rules", acme_rules(),
                  "--notify", dir_ / "channels.toml", "--metrics",
                  dir_ / "metrics.prom"});
  }
  std::vector<Json> requests() const {
    std::vector<Json> all;
    const std::string text = read_bytes(dir_ / "log");
    for (const std::string_view line : split(text, '\n')) {
      if (!line.empty()) all.push_back(Json::parse(line));
    }
    return all;
  }
  std::string metrics() const { return read_bytes(dir_ / "metrics.prom"); }
  const TempDir& dir() const { return dir_; }

 private:
  TempDir dir_;
  GitFixture fixture_;
  LoopbackServer server_;
};

TEST_CASE("a sweep tells channels and Prometheus what is new") {
  const Told told;
  told.commit("CODEOWNERS", "*.txt @org/team\n");
  told.commit("a.txt", "token " + acme_token(1) + "\n");
  const Ran first = told.run();
  CAPTURE(first.err);
  CHECK(first.exit_code == 1);
  // A dead channel is named, and does not keep others from theirs.
  CHECK(first.err.find("warning: channel dead: http://127.0.0.1:1") !=
        std::string::npos);
  std::vector<Json> requests = told.requests();
  REQUIRE(requests.size() == 1);
  CHECK(requests[0]["signed"] == true);
  const Json& finding = requests[0]["body"]["findings"][0];
  CHECK(finding["event"] == "new");
  CHECK(finding["owner"] == "@org/team");
  CHECK(finding["occurrences"][0]["path"] == "a.txt");
  CHECK(requests[0].dump().find(acme_token(1)) == std::string::npos);
  CHECK(told.metrics().find("leaksift_sweep_run 1\n") != std::string::npos);
  CHECK(told.metrics().find("{state=\"open\",severity=\"high\"} 1\n") !=
        std::string::npos);
  CHECK(told.sweep({"status", "--format", "prometheus"})
            .out.starts_with("# HELP leaksift_sweep_info "));

  told.set_channels(false);
  CHECK(told.run().exit_code == 0);
  CHECK(told.requests().size() == 1);
  told.commit("b.txt", "token " + acme_token(2) + "\n");
  CHECK(told.run().exit_code == 1);
  requests = told.requests();
  REQUIRE(requests.size() == 2);
  CHECK(requests[1]["body"]["findings"].size() == 1);

  const Ran listed = told.sweep({"findings"});
  CHECK(listed.out.find("owner: @org/team") != std::string::npos);
  const Ran trends = told.sweep({"trends", "--format", "jsonl"});
  const auto lines = split(trends.out, '\n');
  REQUIRE(lines.size() == 4);
  CHECK(Json::parse(lines[1])["new"] == 0);
  CHECK(Json::parse(lines[2])["open"] == 2);
  CHECK(told.sweep({"trends"}).out.find("run 3  ") != std::string::npos);
  // The run is done: there is nothing to watch.
  CHECK(told.sweep({"status", "--watch"}).out.starts_with("run 3: "));
}

TEST_CASE("a sweep does not begin with channels that are not right") {
  const Told told;
  told.commit("a.txt", "token " + acme_token(1) + "\n");
  told.dir().write("channels.toml", "version = 1\n[[channel]]\ncolour = 1\n");
  const Ran ran = told.run();
  CHECK(ran.exit_code == 2);
  CHECK(ran.err.find("channels.toml:3") != std::string::npos);
  CHECK(told.sweep({"status"}).exit_code == 2);  // nothing was swept yet
}

}  // namespace
}  // namespace leaksift
