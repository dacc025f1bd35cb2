// Sweeps of real repositories, as a user runs them.
#include <sys/wait.h>

#include <algorithm>
#include <csignal>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <random>
#include <sstream>
#include <string>
#include <thread>

#include "cli/program.h"
#include "core/digest.h"
#include "store/sweep_store.h"
#include "support/catch.h"
#include "support/git_fixture.h"
#include "support/processes.h"

namespace leaksift {
namespace {

namespace fs = std::filesystem;

// Repositories below one folder, and a state beside it.
class Organisation {
 public:
  Organisation() { fs::create_directory(repositories()); }

  std::string repositories() const { return home_.around() / "repositories"; }
  std::string state(const std::string& name = "state") const {
    return home_.around() / name;
  }
  std::string path(const std::string& name) const {
    return repositories() + "/" + name + ".git";
  }

  std::string git(const std::string& name, Arguments arguments,
                  std::string_view input = {}) const {
    std::string out = home_.git_in(path(name), arguments, input);
    while (!out.empty() && out.back() == '\n') out.pop_back();
    return out;
  }

  void make(const std::string& name) const {
    home_.git_in("/", {"init", "-q", "--bare", "-b", "main", path(name)});
  }

  void fork(const std::string& name, const std::string& origin) const {
    home_.git_in(
        "/", {"clone", "-q", "--bare", "--no-local", path(origin), path(name)});
  }

  // A commit on a branch with this one file changed; an empty text deletes it.
  void commit(const std::string& name, const std::string& file,
              const std::string& text,
              const std::string& branch = "main") const {
    const std::string ref = "refs/heads/" + branch;
    std::string stream = "commit " + ref + "\ncommitter A <a@example.com> " +
                         std::to_string(++seconds_) + " +0000\ndata 1\nm\n";
    if (!git(name, {"for-each-ref", ref}).empty())
      stream += "from " + ref + "^0\n";
    stream += text.empty()
                  ? "D " + file + "\n"
                  : "M 100644 inline " + file + "\ndata " +
                        std::to_string(text.size()) + "\n" + text + "\n";
    git(name, {"fast-import", "--quiet", "--force"}, stream);
  }

  Arguments command(const std::string& what, const std::string& state_name,
                    bool with_rules = true) const {
    Arguments all = {"sweep",           what,       "--state",
                     state(state_name), "--format", "jsonl"};
    if (with_rules) all.insert(all.end(), {"--rules", acme_rules()});
    return all;
  }

  Reported run(const std::string& state_name = "state",
               const Arguments& more = {}) const {
    Arguments all = command("run", state_name);
    all.insert(all.end(), {"--repos", repositories()});
    all.insert(all.end(), more.begin(), more.end());
    return read_report(run_program(all));
  }

  // What the store knows of objects and repositories, as text.
  std::string rows(const std::string& state_name) const {
    const auto opened = SweepStore::open({state(state_name), ""});
    if (!opened) FAIL(opened.error().message());
    SweepStore& store = **opened;
    std::ostringstream text;
    const auto repositories = store.repositories();
    for (const auto& [key, repository] : *repositories) {
      text << key << " " << repository.objects << repository.complete << "\n";
      const auto skipped = store.skipped(key);
      for (const Skipped& one : *skipped) {
        text << to_string(one.reason) << " " << one.name << "\n";
      }
      const std::string& rules = repository.rules;
      const auto seen = store.seen(rules);
      const auto sightings = store.sightings_of(rules, seen->flagged);
      for (const ObjectSighting& one : *sightings) {
        text << to_hex(one.object) << to_hex(one.finding) << one.object_type
             << one.path << one.begin.line << "\n";
      }
      const auto places = store.places_of(rules, seen->flagged);
      for (const ObjectPlace& one : *places) {
        text << to_hex(one.object) << one.path << to_hex(one.commit) << "\n";
      }
    }
    return text.str();
  }

  std::vector<nlohmann::json> findings(
      const std::string& state_name = "state") const {
    const Ran ran = run_program(command("findings", state_name, false));
    std::vector<nlohmann::json> all;
    std::istringstream lines(ran.out);
    for (std::string line; std::getline(lines, line);) {
      all.push_back(nlohmann::json::parse(line));
    }
    return all;
  }

  // The same ids of findings as in the other state.
  void share_key(const std::string& from, const std::string& to) const {
    fs::create_directory(state(to));
    fs::copy_file(state(from) + "/key", state(to) + "/key");
    fs::permissions(state(to), fs::perms::owner_all);
  }

 private:
  GitFixture home_;
  mutable uint64_t seconds_ = 1'700'000'000;
};

// All but when it was seen first, which depends on how often was swept.
Lines without_runs(std::vector<nlohmann::json> findings) {
  Lines lines;
  for (nlohmann::json& finding : findings) {
    finding.erase("first_run");
    finding.erase("state_run");
    finding.erase("state");
    finding.erase("in_history");
    lines.push_back(finding.dump());
  }
  std::sort(lines.begin(), lines.end());
  return lines;
}

std::string all_bytes(const std::string& folder) {
  std::string all;
  for (const auto& entry : fs::recursive_directory_iterator(folder)) {
    if (!entry.is_regular_file()) continue;
    std::ifstream in(entry.path(), std::ios::binary);
    all.append(std::istreambuf_iterator<char>(in), {});
  }
  return all;
}

std::string line_with(unsigned token) {
  return "key = " + acme_token(token) + "\n";
}

// What one of a few developers does next.
void change_something(const Organisation& org, const std::string& name,
                      std::mt19937& random) {
  const std::string file =
      "d" + std::to_string(random() % 3) + "/f" + std::to_string(random() % 6);
  const std::string branch = random() % 3 == 0 ? "other" : "main";
  if (random() % 6 == 0) return org.commit(name, file, "", branch);
  std::string text;
  for (size_t i = random() % 20; i > 0; --i) {
    text += random() % 8 == 0 ? line_with(static_cast<unsigned>(random() % 20))
                              : "line " + std::to_string(random() % 50) + "\n";
  }
  org.commit(name, file, text + "end\n", branch);
}

TEST_CASE("what grew step by step is told as a scan of the whole tells it",
          "[sweep]") {
  for (const unsigned seed : {1U, 2U, 3U}) {
    std::mt19937 random(seed);
    const Organisation org;
    org.make("grows");
    for (int i = 0; i < 60; ++i) change_something(org, "grows", random);
    org.run();
    for (int step = 0; step < 4; ++step) {
      for (int i = 0; i < 3; ++i) change_something(org, "grows", random);
      if (step == 1) {
        const std::string tree = org.git("grows", {"rev-parse", "main^{tree}"});
        const std::string merge =
            org.git("grows", {"commit-tree", tree, "-p", "main", "-p", "other",
                              "-m", "merge with " + acme_token(90)});
        org.git("grows", {"update-ref", "refs/heads/main", merge});
      }
      if (step == 2) {
        org.git("grows", {"tag", "-a", "-m", line_with(91), "v1", "main"});
        org.git("grows", {"update-ref", "refs/heads/other", "main~2"});
        org.git("grows", {"repack", "-adq"});
      }
      if (step == 3) org.commit("grows", "in/" + acme_token(92) + ".txt", "x");
      const Reported grown = org.run();
      CHECK(grown.summary["units"]["done"] == 1);
    }
    org.share_key("state", "fresh");
    const Reported whole = org.run("fresh");
    CHECK(whole.summary["findings"]["new"].get<int>() > 5);
    INFO("seed " << seed);
    CHECK(without_runs(org.findings()) == without_runs(org.findings("fresh")));
  }
}

TEST_CASE("of what did not change nothing is scanned again", "[sweep]") {
  const Organisation org;
  for (const char* name : {"a", "b"}) {
    org.make(name);
    org.commit(name, "f", line_with(1));
  }
  const Reported first = org.run();
  CHECK(first.ran.exit_code == 1);
  CHECK(first.findings.size() == 1);
  CHECK(first.summary["units"]["done"] == 2);
  const Reported second = org.run();
  CHECK(second.ran.exit_code == 0);
  CHECK(second.findings.empty());
  CHECK(second.summary["unchanged"] == 2);
  CHECK(second.summary["units"]["done"] == 0);
  org.git("a", {"gc", "-q"});
  const Reported repacked = org.run();
  CHECK(repacked.summary["new_objects"] == 0);
}

TEST_CASE("a new commit brings its own objects and no others", "[sweep]") {
  const Organisation org;
  org.make("a");
  for (unsigned i = 0; i < 100; ++i) {
    org.commit("a", "f" + std::to_string(i), "text " + std::to_string(i));
  }
  org.run();
  org.commit("a", "new", line_with(7));
  const Reported report = org.run();
  CHECK(report.summary["new_objects"] == 3);
  REQUIRE(report.findings.size() == 1);
  const auto& place = report.findings[0]["occurrences"][0];
  CHECK(place["path"] == "new");
  CHECK(place["standing"] == "head");
  CHECK(place["commit"] == org.git("a", {"rev-parse", "main"}));
}

TEST_CASE("a fork is told in full and scanned for what it adds", "[sweep]") {
  std::mt19937 random(5);
  const Organisation org;
  org.make("origin");
  for (int i = 0; i < 40; ++i) change_something(org, "origin", random);
  org.run();
  org.fork("fork", "origin");
  org.commit("fork", "mine", line_with(50));
  const Reported report = org.run();
  CHECK(report.summary["new_objects"] == 3);
  org.share_key("state", "fresh");
  fs::rename(org.path("origin"), org.state("away"));
  org.run("fresh");
  auto of_fork = [](std::vector<nlohmann::json> findings) {
    for (nlohmann::json& finding : findings) {
      auto places = nlohmann::json::array();
      for (const auto& place : finding["occurrences"]) {
        const std::string key = place["repository"];
        if (key.ends_with("fork.git")) places.push_back(place);
      }
      finding["occurrences"] = places;
      finding.erase("occurrence_count");
    }
    return without_runs(findings);
  };
  CHECK(of_fork(org.findings()) == of_fork(org.findings("fresh")));
}

TEST_CASE("a secret that leaves all tips is resolved, and may come back",
          "[sweep]") {
  const Organisation org;
  org.make("a");
  org.commit("a", "f", line_with(1));
  org.run();
  org.commit("a", "f", "nothing");
  const Reported gone = org.run();
  CHECK(gone.ran.exit_code == 0);
  CHECK(gone.summary["findings"]["resolved"] == 1);
  REQUIRE(org.findings().size() == 1);
  CHECK(org.findings()[0]["state"] == "resolved");
  CHECK(org.findings()[0]["in_history"] == true);
  org.commit("a", "g", line_with(1));
  const Reported back = org.run();
  CHECK(back.ran.exit_code == 1);
  REQUIRE(back.findings.size() == 1);
  CHECK(back.findings[0]["event"] == "reopened");
}

TEST_CASE("what people decided about a finding hides it until it expires",
          "[sweep]") {
  const Organisation org;
  org.make("a");
  org.commit("a", "f", line_with(1));
  const std::string id = org.run().findings.at(0)["id"];
  const Ran decided =
      run_program({"sweep", "decide", id, "--state", org.state(), "--reason",
                   "test", "--by", "alice", "--for", "30d"});
  CHECK(decided.exit_code == 0);
  CHECK(org.findings().empty());
  const Ran wrong = run_program({"sweep", "decide", "no-id", "--state",
                                 org.state(), "--reason", "test", "--by", "b"});
  CHECK(wrong.exit_code == 2);
}

TEST_CASE("a bad repository is named and stops nothing", "[sweep]") {
  const Organisation org;
  for (const char* name : {"bad", "good"}) {
    org.make(name);
    for (unsigned i = 0; i < 20; ++i) {
      org.commit(name, "f" + std::to_string(i), name + line_with(i));
    }
    org.git(name, {"repack", "-adq"});
  }
  for (const auto& entry :
       fs::directory_iterator(org.path("bad") + "/objects/pack")) {
    if (entry.path().extension() != ".pack") continue;
    fs::permissions(entry.path(), fs::perms::owner_all);
    std::fstream pack(entry.path(),
                      std::ios::in | std::ios::out | std::ios::binary);
    pack.seekp(static_cast<std::streamoff>(fs::file_size(entry.path()) / 2));
    pack << std::string(64, 'x');
  }
  const Reported report = org.run();
  CHECK(report.ran.exit_code == 1);
  CHECK(report.summary["complete"] == false);
  CHECK(report.summary["incomplete"] == 1);
  CHECK(report.summary["units"]["done"] == 2);
  const Ran status = run_program({"sweep", "status", "--state", org.state()});
  CHECK(status.out.find("bad.git") != std::string::npos);
  const Reported again = org.run();
  CHECK(again.ran.exit_code == 3);
}

TEST_CASE("what a repository lacks is named as long as it does", "[sweep]") {
  const Organisation org;
  org.make("a");
  org.commit("a", "lost", "text");
  for (int i = 0; i < 30; ++i) org.commit("a", "f", std::to_string(i));
  const std::string blob = org.git("a", {"rev-parse", "main:lost"});
  const std::string file =
      org.path("a") + "/objects/" + blob.substr(0, 2) + "/" + blob.substr(2);
  REQUIRE(fs::exists(file));
  fs::rename(file, org.state("lost"));
  CHECK(org.run().summary["complete"] == false);
  org.commit("a", "f", "grown");
  const Reported grown = org.run();
  CHECK(grown.summary["new_objects"] == 3);
  CHECK(grown.summary["complete"] == false);
  fs::rename(org.state("lost"), file);
  org.commit("a", "f", "again");
  CHECK(org.run().summary["complete"] == true);
}

TEST_CASE("no state holds a secret", "[sweep]") {
  const Organisation org;
  org.make("a");
  org.commit("a", "f", line_with(1));
  org.commit("a", "in/" + acme_token(2) + "/g", line_with(3));
  org.git("a", {"tag", "-a", "-m", line_with(4), "v1", "main"});
  org.git("a", {"update-ref", "refs/heads/" + acme_token(5), "main"});
  const Reported report = org.run();
  CHECK(report.findings.size() == 5);
  org.commit("a", "in/" + acme_token(2) + "/h", "more");
  org.run();
  const std::string state = all_bytes(org.state()) + report.ran.out;
  for (unsigned i = 1; i <= 5; ++i) {
    INFO(i);
    CHECK(state.find(acme_token(i)) == std::string::npos);
  }
}

TEST_CASE("a sweep that is killed goes on where it was", "[sweep]") {
  std::mt19937 random(11);
  const Organisation org;
  for (int i = 0; i < 8; ++i) {
    const std::string name = "r" + std::to_string(i);
    if (i % 2 == 1) {
      org.fork(name, "r" + std::to_string(i - 1));
    } else {
      org.make(name);
    }
    for (int k = 0; k < 15; ++k) change_something(org, name, random);
  }
  org.run();
  org.share_key("state", "killed");
  Arguments command = org.command("run", "killed");
  command.insert(command.end(), {"--repos", org.repositories()});
  int unfinished = 0;
  for (int i = 0; i < 12; ++i) {
    const pid_t child = in_process([&] {
      run_program(command);
      return true;
    });
    // From its first moment on; it takes a quarter of a second and more.
    std::this_thread::sleep_for(std::chrono::milliseconds(20 * i));
    // The whole of it: leaksift is a child of this one, if it has begun yet.
    do {
      run_command({"pkill", "-KILL", "-f", org.state("killed")}, "/");
    } while (waitpid(child, nullptr, WNOHANG) == 0);
    const Ran status = run_program({"sweep", "status", "--state",
                                    org.state("killed"), "--format", "jsonl"});
    if (status.out.find("\"left\":0") == std::string::npos) ++unfinished;
  }
  org.run("killed");
  CHECK(unfinished > 0);
  auto rows = [&](const std::string& name) {
    Lines lines;
    for (const auto& finding : org.findings(name))
      lines.push_back(finding.dump());
    return lines;
  };
  CHECK(rows("killed") == rows("state"));
}

TEST_CASE("a giant that is scanned in parts is told as one that is not",
          "[sweep]") {
  std::mt19937 random(17);
  const Organisation org;
  org.make("giant");
  for (int i = 0; i < 80; ++i) change_something(org, "giant", random);
  org.commit("giant", ".gitattributes", "*.bin filter=lfs\n");
  org.commit("giant", "a.bin",
             "version https://git-lfs.github.com/spec/v1\noid sha256:" +
                 std::string(64, 'a') + "\nsize 12\n");
  org.commit("giant", "a.zip", "PK\x03\x04" + line_with(60));
  org.git("giant", {"repack", "-adfq"});
  org.fork("fork", "giant");
  org.commit("fork", "mine", line_with(61));
  org.run();
  org.share_key("state", "parts");
  const Reported first = org.run("parts", {"--part-size", "2KB"});
  CHECK(first.summary["units"]["done"].get<int>() > 4);
  CHECK(org.findings("parts").size() > 5);
  CHECK(without_runs(org.findings("parts")) == without_runs(org.findings()));
  CHECK(org.rows("parts") == org.rows("state"));
  // What grew is no new giant.
  org.commit("giant", "new", line_with(62));
  const Reported second = org.run("parts", {"--part-size", "2KB"});
  CHECK(second.summary["units"]["done"] == 1);
}

// A rule file of these rules.
std::string rule_file(const Organisation& org, const Lines& rules) {
  static int number = 0;
  const std::string path =
      org.state("rules" + std::to_string(++number) + ".toml");
  std::ofstream out(path);
  for (const std::string& rule : rules) out << "[[rules]]\n" << rule << "\n";
  return path;
}

std::string rule_text(const std::string& id, const std::string& regex,
                      const std::string& more = "") {
  return "id = \"" + id + "\"\ndescription = \"About " + id +
         "\"\nregex = '''" + regex + "'''\n" + more;
}

Reported run_with(const Organisation& org, const std::string& state,
                  const std::string& rules) {
  return read_report(run_program({"sweep", "run", "--format", "jsonl",
                                  "--state", org.state(state), "--rules", rules,
                                  "--repos", org.repositories()}));
}

// Of those that still stand somewhere.
Lines standing(const Organisation& org, const std::string& state) {
  std::vector<nlohmann::json> findings = org.findings(state);
  std::erase_if(findings, [](const nlohmann::json& finding) {
    return finding["occurrences"].empty();
  });
  return without_runs(findings);
}

TEST_CASE("after a change of rules all is told as a scan of the whole tells it",
          "[sweep][rules]") {
  std::mt19937 random(23);
  const Organisation org;
  org.make("a");
  for (int i = 0; i < 60; ++i) change_something(org, "a", random);
  org.git("a", {"tag", "-a", "-m", line_with(91), "v1", "main"});
  org.fork("b", "a");
  for (int i = 0; i < 5; ++i) change_something(org, "b", random);
  const std::string acme = rule_text("acme-token", "(acme_[0-9a-zA-Z]+)");
  // Stands back where another rule claims its secret.
  const std::string generic = rule_text("generic-key", "key = ([0-9a-zA-Z_]+)");
  const std::string forty = rule_text("line-number", "line (4[0-9])");
  const std::string any = rule_text("line-number", "line ([0-9]+)");
  struct Step {
    Lines rules;
    bool proven = true;
  };
  const std::vector<Step> steps = {
      {{acme, generic}, false},
      {{generic}},             // what stood back comes forth
      {{generic, forty}},      // one is gained
      {{generic, any}},        // it changes
      {{acme, generic, any}},  // what came forth stands back
      {{acme + "tags = [\"x\"]\n", generic}},
      {{acme, generic + "entropy = 1.0\n"}},
      {{acme, rule_text("word", "(x)")}, false},
  };
  int number = 0;
  for (const Step& step : steps) {
    INFO("step " << number);
    const std::string rules = rule_file(org, step.rules);
    const Reported now = run_with(org, "state", rules);
    const std::string fresh = "fresh" + std::to_string(number++);
    org.share_key("state", fresh);
    const Reported whole = run_with(org, fresh, rules);
    CHECK(standing(org, "state") == standing(org, fresh));
    CHECK(org.rows("state") == org.rows(fresh));
    const bool scanned_less =
        now.summary["new_objects"] < whole.summary["new_objects"];
    CHECK(scanned_less == step.proven);
    for (int i = 0; i < 2; ++i) change_something(org, "a", random);
  }
}

TEST_CASE(
    "a secret in a name stands under rules that changed as under new ones",
    "[sweep][rules]") {
  const Organisation org;
  org.make("a");
  org.commit("a", "in/" + acme_token(1) + "/f", "key = abcdefgh12\n");
  org.commit("a", "in/" + acme_token(1) + "/g", line_with(2));
  const std::string acme = rule_text("acme-token", "(acme_[0-9a-zA-Z]+)");
  const std::string other = rule_text("other-token", "(acme_[0-9a-zA-Z]{9})");
  const std::string key = rule_text("short-key", "key = ([a-z0-9]+)");
  int number = 0;
  for (const Lines& rules :
       {Lines{acme, key}, {key}, {key, acme}, {other, key, acme}, {other}}) {
    INFO("step " << number);
    const std::string file = rule_file(org, rules);
    run_with(org, "state", file);
    const std::string fresh = "fresh" + std::to_string(number++);
    org.share_key("state", fresh);
    run_with(org, fresh, file);
    CHECK(standing(org, "state") == standing(org, fresh));
    CHECK(org.rows("state") == org.rows(fresh));
  }
}

TEST_CASE("a rule that only says something else costs no scan",
          "[sweep][rules]") {
  const Organisation org;
  org.make("a");
  org.commit("a", "f", line_with(1));
  std::string acme = rule_text("acme-token", "(acme_[0-9a-zA-Z]+)");
  run_with(org, "state", rule_file(org, {acme}));
  acme.replace(acme.find("About"), 5, "No more about");
  const Reported second =
      run_with(org, "state", rule_file(org, {"# moved\n" + acme}));
  CHECK(second.summary["unchanged"] == 1);
  REQUIRE(org.findings().size() == 1);
  CHECK(org.findings()[0]["description"] == "No more about acme-token");
}

TEST_CASE("a sweep with another key is refused", "[sweep]") {
  const Organisation org;
  org.make("a");
  org.run();
  fs::remove(org.state() + "/key");
  Arguments again = org.command("run", "state");
  again.insert(again.end(), {"--repos", org.repositories()});
  const Ran refused = run_program(again);
  CHECK(refused.exit_code == 2);
  CHECK(refused.err.find("key") != std::string::npos);
}

TEST_CASE("a repository that is gone is forgotten by gc", "[sweep]") {
  const Organisation org;
  for (const char* name : {"a", "b"}) {
    org.make(name);
    org.commit(name, "f", line_with(static_cast<unsigned char>(name[0])));
  }
  org.run();
  fs::remove_all(org.path("b"));
  const Ran freed = run_program(
      {"sweep", "gc", "--state", org.state(), "--repos", org.repositories()});
  CHECK(freed.exit_code == 0);
  org.commit("a", "g", "x");
  const Reported report = org.run();
  CHECK(report.summary["findings"]["resolved"] == 1);
}

}  // namespace
}  // namespace leaksift
