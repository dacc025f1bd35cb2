#include <fcntl.h>
#include <sys/file.h>
#include <sys/mount.h>

#include <chrono>
#include <filesystem>
#include <fstream>

#include "cli/push_fixture.h"
#include "core/digest.h"
#include "core/file.h"
#include "support/catch.h"
#include "support/slow_scan.h"

// What goes wrong on a server: nothing is let in by it that the policy does not
// let in, and nothing is lost.

namespace leaksift {
namespace {

namespace fs = std::filesystem;

// On the server's main there is one commit, and on the client's one more, with
// a secret.
struct OneBad : PushFixture {
  OneBad() {
    known = commit("a.txt", "clean\n");
    store({"main"});
    bad = commit("b.txt", secret() + "\n");
  }
  // In the place of the one with the secret.
  void make_clean() {
    client().git({"reset", "-q", "--hard", "HEAD~1"});
    bad = commit("b.txt", "clean\n");
  }
  // What waits in the spool.
  std::vector<nlohmann::json> deferred() const {
    std::vector<nlohmann::json> entries;
    if (!fs::exists(state() + "/spool")) return entries;
    for (const auto& file : fs::directory_iterator(state() + "/spool")) {
      entries.push_back(nlohmann::json::parse(read_bytes(file.path())));
    }
    return entries;
  }
  void expect_deferred(const Pushed& pushed, const char* reason) const {
    CHECK(pushed.verdict() == "defer");
    CHECK(pushed.accepted);
    CHECK(pushed.told.find("push accepted (defer)") != std::string::npos);
    const std::vector<nlohmann::json> entries = deferred();
    REQUIRE(entries.size() == 1);
    const nlohmann::json& entry = entries[0];
    CAPTURE(entry.dump());
    CHECK(entry["reason"] == reason);
    CHECK(entry["record"] == pushed.audit["id"]);
    CHECK(entry["git_dir"] == server());
    CHECK(entry["repository"] == pushed.audit["repository"]);
    CHECK(entry["updates"] == known + " " + bad + " refs/heads/main\n");
    CHECK(to_hex(from_base64(entry["excluded"].get<std::string>())) == known);
    CHECK(fs::exists(state() + "/spool/" +
                     pushed.audit["deferred"].get<std::string>() + ".json"));
  }
  std::string known;
  std::string bad;
};

TEST_CASE("a deadline that is over leaves the push to the policy",
          "[pre-receive]") {
  const std::string fallback = GENERATE("block", "defer", "allow");
  OneBad f;
  f.set_policy("deadline_ms = 1\non_timeout = \"" + fallback + "\"");
  const Pushed pushed = f.push({"main"}, {.counts = false});
  CHECK(pushed.verdict() == fallback);
  REQUIRE(pushed.audit["troubles"].size() == 1);
  CHECK(pushed.audit["troubles"][0]["kind"] == "timeout");
  CHECK(pushed.audit["troubles"][0]["policy"] == fallback);
  CHECK(pushed.told.find("within 1 ms: policy " + fallback) !=
        std::string::npos);
  if (fallback == "defer") {
    f.expect_deferred(pushed, "timeout");
  } else {
    CHECK(f.deferred().empty());
    CHECK(pushed.audit["deferred"] == "");
  }
}

TEST_CASE("what a deferred push brought is found when it is drained",
          "[pre-receive]") {
  OneBad f;
  f.set_policy("deadline_ms = 1");
  const Pushed pushed = f.push({"main"}, {.counts = false});
  f.expect_deferred(pushed, "timeout");
  // The ref has moved on by then.
  f.commit("c.txt", "clean\n");
  f.store({"main"});
  const Ran ran =
      run_program({"hook", "drain", "--policy", f.policy(), f.server()});
  CAPTURE(ran.out, ran.err);
  f.no_secret_stands_in("what drain says", ran.out + ran.err);
  CHECK(ran.exit_code == 1);
  CHECK(f.deferred().empty());
  REQUIRE(f.audit().size() == 2);
  Pushed drained;
  drained.audit = f.audit().back();
  CHECK(drained.audit["type"] == "push_async");
  CHECK(drained.found() == Lines{introduced("b.txt", 1, f.bad)});
  f.no_secret_is_kept();
  CHECK(f.log_is_whole());
}

TEST_CASE("a policy that cannot be read or understood blocks",
          "[pre-receive]") {
  OneBad f;
  std::string remedy;
  SECTION("a folder") {
    fs::remove(f.policy());
    fs::create_directory(f.policy());
    remedy = "cannot read the policy: " + f.policy() + ": ";
  }
  SECTION("none") {
    fs::remove(f.policy());
    remedy = "cannot read the policy: " + f.policy() + ": ";
  }
  SECTION("a slip in its syntax") {
    f.client().around().write("policy.toml", "version = 1\nmode = \n");
    remedy = f.policy() + ":2";
  }
  SECTION("an unknown key") {
    f.client().around().write("policy.toml", "version = 1\non_timout = \"x\"");
    remedy = f.policy() + ":2: ";
  }
  SECTION("rules that are not there") {
    f.client().around().write("policy.toml",
                              "version = 1\non_error = \"block\"\n"
                              "rules = [\"gone.toml\"]\n");
    remedy = "gone.toml";
  }
  const Pushed pushed = f.push({"main"}, {.counts = false});
  CHECK(pushed.verdict() == "block");
  CAPTURE(pushed.told);
  CHECK(pushed.told.find(remedy) != std::string::npos);
  REQUIRE(pushed.audit["troubles"].size() == 1);
  CHECK(pushed.audit["troubles"][0]["kind"] == "error");
  CHECK(pushed.audit["refs"].size() == 1);
}

TEST_CASE("two pushes at the same time are both judged and written down",
          "[pre-receive]") {
  PushFixture f;
  f.commit("a.txt", "clean\n");
  f.store({"main"});
  for (unsigned i = 0; i < 2; ++i) {
    f.client().git({"checkout", "-q", "-b", "b" + std::to_string(i), "main"});
    f.commit("b.txt", i == 0 ? "clean\n" : f.secret() + "\n");
  }
  f.push_all({"b0", "b1"});
  const std::vector<nlohmann::json> lines = f.audit();
  REQUIRE(lines.size() == 2);
  const bool swapped = lines[0]["refs"][0]["ref"] != "refs/heads/b0";
  CHECK(lines[swapped]["verdict"] == "clean");
  CHECK(lines[!swapped]["verdict"] == "block");
  CHECK(f.refs().contains("refs/heads/b0"));
  CHECK_FALSE(f.refs().contains("refs/heads/b1"));
  CHECK(f.log_is_whole());
  f.no_secret_is_kept();
}

// The hook in the background of a shell that kills a process of it: `victim`,
// as soon as there is a scan.
std::string killing(const std::string& victim) {
  // A shell gives what runs beside it no standard input of its own accord.
  return "exec 3<&0\n\"$leaksift\" hook pre-receive <&3 &\n"
         "hook=$!\nscan=\n"
         "while [ -z \"$scan\" ] && [ -d /proc/$hook ]; do\n"
         "  read scan < /proc/$hook/task/$hook/children\n"
         "done 2>/dev/null\n"
         "kill -9 " +
         victim + "\nwait $hook\n";
}

// A scan that takes far longer than to be killed.
struct SlowScan : OneBad {
  SlowScan() {
    commit("big.txt", slow_lines(8 << 20));
    client().around().write("slow.toml", slow_rules());
    slow = "deadline_ms = 60000\nrules = [\"slow.toml\", \"" + acme_rules() +
           "\"]\n";
  }
  std::string slow;
};

TEST_CASE("a hook that is killed lets nothing in, and the next push works",
          "[pre-receive]") {
  SlowScan f;
  f.set_policy(f.slow);
  f.set_hook(killing("$hook"));
  const Pushed killed = f.push({"main"}, {.audited = false});
  CHECK(killed.hook_exit == 128 + 9);
  CHECK_FALSE(killed.accepted);
  CHECK(f.audit().empty());
  f.set_policy("");
  f.set_hook("\"$leaksift\" hook pre-receive\n");
  f.blocks({"main"}, {introduced("b.txt", 1, f.bad)});
  CHECK(f.log_is_whole());
}

TEST_CASE("a scan that is killed leaves the push to the policy",
          "[pre-receive]") {
  const std::string fallback = GENERATE("block", "defer", "allow");
  SlowScan f;
  f.set_policy(f.slow + "on_error = \"" + fallback + "\"");
  f.set_hook(killing("$scan"));
  const Pushed pushed = f.push({"main"}, {.counts = false});
  CHECK(pushed.verdict() == fallback);
  REQUIRE(pushed.audit["troubles"].size() == 1);
  CHECK(pushed.audit["troubles"][0]["kind"] == "error");
  CHECK(pushed.audit["troubles"][0]["what"] ==
        "the scan was ended by signal 9 (Killed)");
  CHECK(f.deferred().size() == (fallback == "defer" ? 1 : 0));
  CHECK(f.log_is_whole());
}

// Where nothing can be written. Needs a file system of its own, of a few pages.
class FullDisk {
 public:
  explicit FullDisk(const std::string& folder) : folder_(folder) {
    fs::create_directories(folder);
    there_ = ::mount("none", folder.c_str(), "tmpfs", 0, "size=16k") == 0;
    if (!there_) return;
    std::ofstream(folder + "/filler") << std::string(1 << 16, 'x');
  }
  ~FullDisk() {
    if (there_) ::umount2(folder_.c_str(), MNT_DETACH);
  }
  FullDisk(const FullDisk&) = delete;
  FullDisk& operator=(const FullDisk&) = delete;
  explicit operator bool() const { return there_; }

 private:
  std::string folder_;
  bool there_ = false;
};

TEST_CASE("a push that cannot be written down is left to the policy",
          "[pre-receive]") {
  const std::string fallback = GENERATE("block", "defer", "allow");
  OneBad f;
  f.make_clean();
  const FullDisk disk(f.client().around() / "full");
  const bool is_file_limit = !disk || GENERATE(false, true);
  const std::string file = is_file_limit
                               ? f.client().around().path() + "/no/file/here"
                               : f.client().around() / "full/audit.jsonl";
  if (is_file_limit) f.client().around().write("no", "not a folder");
  f.set_policy("on_error = \"" + fallback + "\"\naudit.file = \"" + file +
               "\"");
  const Pushed pushed = f.push({"main"}, {.audited = false});
  CHECK(pushed.hook_exit == (fallback == "block" ? 1 : 0));
  CHECK(pushed.accepted == (fallback != "block"));
  CHECK(pushed.told.find("no audit line: ") != std::string::npos);
  CHECK(pushed.told.find("policy " + fallback) != std::string::npos);
  CHECK(f.deferred().size() == (fallback == "defer" ? 1 : 0));
}

// Another process has it.
FileHandle locked(const std::string& path) {
  fs::create_directories(fs::path(path).parent_path());
  FileHandle file(::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600));
  REQUIRE(::flock(file.fd(), LOCK_EX | LOCK_NB) == 0);
  return file;
}

TEST_CASE("the log's lock is waited for no longer than the deadline leaves",
          "[pre-receive]") {
  OneBad f;
  f.make_clean();
  const std::string fallback = GENERATE("block", "defer");
  f.set_policy("deadline_ms = 700\non_error = \"" + fallback + "\"");
  const FileHandle held = locked(f.audit_file() + ".head");
  const auto start = std::chrono::steady_clock::now();
  const Pushed pushed = f.push({"main"}, {.audited = false});
  CHECK(std::chrono::steady_clock::now() - start < std::chrono::seconds(5));
  CHECK(pushed.accepted == (fallback == "defer"));
  CHECK_THAT(pushed.told, Catch::Contains("has held the lock for"));
  CHECK(f.deferred().size() == (fallback == "defer" ? 1 : 0));
}

TEST_CASE("a push waits for a slot, and its deadline goes on",
          "[pre-receive]") {
  OneBad f;
  f.set_policy("slots = 1\ndeadline_ms = 400\non_timeout = \"defer\"");
  {
    const FileHandle held = locked(f.state() + "/slot.1");
    const Pushed late = f.push({"main"}, {.counts = false});
    f.expect_deferred(late, "timeout");
    f.ask({"update-ref", "refs/heads/main", f.known});
  }
  f.set_policy("slots = 1");
  f.blocks({"main"}, {introduced("b.txt", 1, f.bad)});
}

TEST_CASE("what can be deferred nowhere is not let in", "[pre-receive]") {
  OneBad f;
  const FullDisk disk(f.client().around() / "full");
  if (!disk) {
    WARN("needs the right to mount a file system");
    return;
  }
  f.set_policy("deadline_ms = 1\non_timeout = \"defer\"\nspool.dir = \"" +
               (f.client().around() / "full/spool") + "\"");
  const Pushed pushed = f.push({"main"}, {.counts = false});
  CHECK(pushed.verdict() == "block");
  CHECK(pushed.told.find("it cannot be deferred: ") != std::string::npos);
  CHECK(pushed.audit["deferred"] == "");
}

TEST_CASE("a limit on the size of files ends in 0 or 1", "[pre-receive]") {
  OneBad f;
  f.make_clean();
  const std::string fallback = GENERATE("block", "allow");
  f.set_policy("on_error = \"" + fallback + "\"");
  f.set_hook("(ulimit -f 0; exec \"$leaksift\" hook pre-receive)\n");
  const Pushed pushed = f.push({"main"}, {.audited = false});
  CHECK(pushed.hook_exit == (fallback == "block" ? 1 : 0));
  CHECK(pushed.told.find("no audit line: ") != std::string::npos);
}

TEST_CASE("standard input that is not git's is refused", "[pre-receive]") {
  OneBad f;
  const Lines garbage = {"",
                         "garbage\n",
                         "a b c\n",
                         std::string(99, '\xff'),
                         std::string(1 << 20, 'x'),
                         f.known + " " + f.bad + "\n",
                         f.known + f.bad + " refs/heads/main\n",
                         f.known + " 12 refs/heads/main\n",
                         f.known + " " + f.bad + " refs/heads/x\nand more\n"};
  for (const std::string& input : garbage) {
    CAPTURE(input.substr(0, 200));
    const Pushed pushed = f.run_hook(input);
    CHECK(pushed.hook_exit == 1);
    CHECK(pushed.verdict() == "block");
    CHECK(pushed.told.find("standard input") != std::string::npos);
    CHECK(pushed.told.size() < 2'000);
  }
}

TEST_CASE("the hook's exit is 0 or 1, whatever it is given", "[pre-receive]") {
  OneBad f;
  const std::string updates = f.known + " " + f.known + " refs/heads/x\n";
  CHECK(f.run_hook(updates).hook_exit == 0);
  CHECK(f.run_hook(updates, {"--no-such-option"}).hook_exit == 1);
  CHECK(f.run_hook(updates, {"more", "words"}).hook_exit == 1);
  CHECK(f.run_hook(updates, {"--policy"}).hook_exit == 1);
  CHECK(f.run_hook(updates, {"--policy", "/no/such/file"}).hook_exit == 1);
  f.set("GIT_DIR", "/no/such/repository");
  CHECK(f.run_hook(updates).hook_exit == 1);
  f.set("GIT_DIR", f.server());
  f.set("GIT_QUARANTINE_PATH", "/no/such/folder");
  CHECK(f.run_hook(updates).hook_exit == 1);
}

#ifndef __SANITIZE_ADDRESS__  // it takes terabytes of address space
TEST_CASE("with little memory the hook's exit is 0 or 1, too",
          "[pre-receive]") {
  OneBad f;
  f.set_policy("on_error = \"block\"");
  unsigned started = 0;
  for (unsigned mib = 16; mib < 400; mib += mib / 3) {
    CAPTURE(mib);
    f.set_hook("ulimit -v " + std::to_string(mib << 10) +
               "\n\"$leaksift\" hook pre-receive\n");
    const Pushed pushed = f.push({"main"}, {.audited = false});
    CHECK_FALSE(pushed.accepted);
    // The system cannot even load it: its libraries, or, with a signal that no
    // program can see to, the program itself.
    const bool is_loaded = pushed.hook_exit != 127 && pushed.hook_exit != 139;
    if (!is_loaded && started == 0) continue;
    ++started;
    CHECK(pushed.hook_exit == 1);
    CHECK(pushed.told.find("PUSH BLOCKED") != std::string::npos);
  }
  CHECK(started > 3);
  CHECK(f.log_is_whole());
}
#endif

TEST_CASE("a pusher who is gone does not end the hook", "[pre-receive]") {
  OneBad f;
  f.set_hook(
      "{ sleep 0.1; \"$leaksift\" hook pre-receive; echo $? > "
      "\"$hook_exit.2\"; } 2>&1 | :\n"
      "while [ ! -e \"$hook_exit.2\" ]; do sleep 0.02; done\n"
      "(exit $(cat \"$hook_exit.2\"))\n");
  const Pushed pushed = f.push({"main"}, {.audited = false});
  CHECK(pushed.hook_exit == 1);
  REQUIRE(f.audit().size() == 1);
  CHECK(f.audit()[0]["verdict"] == "block");
}

}  // namespace
}  // namespace leaksift
