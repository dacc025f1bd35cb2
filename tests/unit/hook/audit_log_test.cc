#include "hook/audit_log.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <map>
#include <nlohmann/json.hpp>
#include <set>

#include "core/file.h"
#include "core/text.h"
#include "hook/audit_chain.h"
#include "support/catch.h"
#include "support/processes.h"
#include "support/random.h"
#include "support/temp_dir.h"

using namespace leaksift;
namespace fs = std::filesystem;
using Json = nlohmann::ordered_json;

namespace {

constexpr int kManyProcesses = 8;
constexpr int kManyAppends = 200;

// A log in a folder of its own.
struct Log {
  TempDir dir;
  std::string path = dir / "audit.jsonl";

  Status append(const std::string& what, uint64_t max_bytes = 0) const {
    return AuditLog(path, max_bytes).append({{"type", "push"}, {"id", what}});
  }
  void fill(int count) const {
    for (int i = 1; i <= count; ++i) REQUIRE(append(std::to_string(i)));
  }
  std::string bytes() const { return read_bytes(path); }
  void write(const std::string& bytes) const {
    dir.write("audit.jsonl", bytes);
  }
  std::vector<std::string> lines() const {
    const std::string all = bytes();
    std::vector<std::string> lines;
    for (const std::string_view line : split(all, '\n')) {
      lines.emplace_back(line);
    }
    lines.pop_back();
    return lines;
  }
  void write(const std::vector<std::string>& lines) const {
    std::string all;
    for (const std::string& line : lines) all += line + "\n";
    write(all);
  }

  // All of its files, oldest first: in the order of their first lines.
  std::vector<std::string> files() const {
    std::map<uint64_t, std::string> by_seq;
    for (const auto& entry : fs::directory_iterator(dir.path())) {
      const std::string name = entry.path().filename();
      if (name.ends_with(".head") || name.find(".torn") != std::string::npos) {
        continue;
      }
      const std::string text = read_bytes(entry.path());
      const auto link = parse_link(text.substr(0, text.find('\n')));
      by_seq[link ? link->seq : UINT64_MAX] = entry.path();
    }
    std::vector<std::string> files;
    for (const auto& [seq, file] : by_seq) files.push_back(file);
    return files;
  }
  AuditCheck check() const {
    const Result<AuditCheck> checked = verify_audit_log(files());
    INFO((checked ? "" : checked.error().message()));
    REQUIRE(checked);
    return *checked;
  }
  bool is_sound() const { return check().problem.empty(); }

  // The members `id` of all its lines of type "push".
  std::multiset<std::string> ids() const {
    std::multiset<std::string> ids;
    for (const std::string& file : files()) {
      const std::string text = read_bytes(file);
      for (const std::string_view line : split(text, '\n')) {
        const Json json = Json::parse(line, nullptr, false);
        if (json.is_object() && json.value("type", "") == "push") {
          ids.insert(json.value("id", ""));
        }
      }
    }
    return ids;
  }

  AuditHead head() const {
    const FileHandle file(::open(head_path(path).c_str(), O_RDWR));
    return **read_head(file, path);
  }
  void set_head(const AuditHead& head) const {
    const FileHandle file(::open(head_path(path).c_str(), O_RDWR));
    REQUIRE(write_head(file, head, path));
  }
  // As if the process had been killed while it wrote the last line, of which
  // there are `kept` bytes.
  void tear(size_t kept) const {
    AuditHead torn = head();
    torn.pending = true;
    set_head(torn);
    std::vector<std::string> all = lines();
    const std::string last = (all.back() + "\n").substr(0, kept);
    all.pop_back();
    write(all);
    const std::string before = bytes();
    write(before + last);
  }
};

std::vector<std::string> torn_files(const Log& log) {
  std::vector<std::string> contents;
  for (const auto& entry : fs::directory_iterator(log.dir.path())) {
    const std::string name = entry.path().filename();
    if (name.find(".torn.") != std::string::npos) {
      contents.push_back(read_bytes(entry.path()));
    }
  }
  return contents;
}

}  // namespace

TEST_CASE("every line of the audit log holds the hash of the one before",
          "[hook][audit]") {
  const Log log;
  log.fill(3);
  const std::vector<std::string> lines = log.lines();
  REQUIRE(lines.size() == 3);
  std::string prev(64, '0');
  for (size_t i = 0; i < 3; ++i) {
    const Json line = Json::parse(lines[i]);
    CHECK(line["seq"] == i + 1);
    CHECK(line["prev"] == prev);
    CHECK(line["id"] == std::to_string(i + 1));
    prev = hash_of_line(lines[i]);
  }
  const AuditCheck check = log.check();
  CHECK(check.problem.empty());
  CHECK(check.lines == 3);
  CHECK(check.first == 1);
  CHECK(check.last == 3);
  CHECK(check.has_head);
  struct stat info {};
  REQUIRE(::stat(log.path.c_str(), &info) == 0);
  CHECK((info.st_mode & 0137) == 0);
}

TEST_CASE("a record cannot bring its own place in the chain", "[hook][audit]") {
  const Log log;
  REQUIRE(AuditLog(log.path, 0).append({{"seq", 7}, {"prev", "x"}}));
  REQUIRE(AuditLog(log.path, 0).append(Json::object()));
  CHECK(log.is_sound());
  CHECK(log.check().last == 2);
}

TEST_CASE("any byte changed, put in or taken out of the audit log is seen",
          "[hook][audit]") {
  const Log log;
  log.fill(4);
  const std::string good = log.bytes();
  const std::vector<std::string> files = {log.path};
  const auto seen = [&](const std::string& bytes) {
    log.write(bytes);
    const Result<AuditCheck> check = verify_audit_log(files);
    return check && !check->problem.empty();
  };
  REQUIRE_FALSE(seen(good));
  std::vector<size_t> missed;
  for (size_t i = 0; i < good.size(); ++i) {
    std::string changed = good;
    changed[i] = static_cast<char>(changed[i] ^ 1);
    std::string longer = good;
    longer.insert(i, " ");
    std::string shorter = good;
    shorter.erase(i, 1);
    if (!seen(changed) || !seen(longer) || !seen(shorter)) missed.push_back(i);
  }
  CHECK(missed == std::vector<size_t>());
  CHECK(seen(good + " "));
  CHECK(seen(good + "\n"));
  CHECK(seen(""));
}

TEST_CASE("any line changed, removed, put in or moved in the audit log is seen",
          "[hook][audit]") {
  const Log log;
  log.fill(5);
  const std::vector<std::string> good = log.lines();
  const auto problem_of = [&](const std::vector<std::string>& lines) {
    log.write(lines);
    return verify_audit_log({log.path})->problem;
  };
  for (size_t i = 0; i < good.size(); ++i) {
    INFO(i);
    std::vector<std::string> lines = good;
    lines.erase(lines.begin() + static_cast<ptrdiff_t>(i));
    if (i == 0) {
      // What came before the first line is not known: its number is told.
      CHECK(problem_of(lines).empty());
      CHECK(verify_audit_log({log.path})->first == 2);
    } else {
      CHECK_FALSE(problem_of(lines).empty());
    }
    lines = good;
    lines.insert(lines.begin() + static_cast<ptrdiff_t>(i), good[i]);
    CHECK_FALSE(problem_of(lines).empty());
    for (size_t j = i + 1; j < good.size(); ++j) {
      lines = good;
      std::swap(lines[i], lines[j]);
      CHECK_FALSE(problem_of(lines).empty());
    }
    if (i == 0) continue;
    // A forged line that fits what is before it.
    lines = good;
    lines[i] = "{\"seq\":" + std::to_string(i + 1) + ",\"prev\":\"" +
               hash_of_line(lines[i - 1]) + "\"}";
    CHECK_FALSE(problem_of(lines).empty());
  }
  std::vector<std::string> lines = good;
  std::swap(lines[2], lines[3]);
  CHECK(problem_of(lines).starts_with(log.path + ":3: "));
}

TEST_CASE("what was changed at the log's end is still seen after more lines",
          "[hook][audit]") {
  const Log log;
  log.fill(3);
  std::vector<std::string> lines = log.lines();
  SECTION("a changed line") {
    lines[2].replace(lines[2].find("push"), 1, "b");
  }
  SECTION("a removed line") {
    lines.pop_back();
  }
  SECTION("a forged line") {
    lines.push_back("{\"seq\":4,\"prev\":\"" + hash_of_line("x") + "\"}");
  }
  SECTION("no line at all") {
    lines = {"nothing"};
  }
  log.write(lines);
  REQUIRE(log.append("4"));
  REQUIRE(log.append("5"));
  CHECK_FALSE(log.is_sound());
  CHECK(log.ids().count("5") == 1);
  CHECK(log.bytes().find("\"type\":\"damaged\"") != std::string::npos);
}

TEST_CASE("a log that lost its head goes on, and says so", "[hook][audit]") {
  const Log log;
  log.fill(2);
  fs::remove(head_path(log.path));
  CHECK_FALSE(log.check().has_head);
  CHECK(log.is_sound());
  REQUIRE(log.append("3"));
  CHECK_FALSE(log.is_sound());
  CHECK(log.check().lines == 2);
}

TEST_CASE("a writer killed at any byte of a line leaves a log that is sound",
          "[hook][audit]") {
  const Log log;
  log.fill(3);
  const std::string third = log.lines()[2];
  const size_t kept = GENERATE(size_t{0}, size_t{1}, size_t{40}, size_t{1000});
  const bool whole = kept > third.size();
  log.tear(kept);
  // Before the next writer ...
  CHECK(log.is_sound());
  // ... and after it.
  REQUIRE(log.append("4"));
  REQUIRE(log.append("5"));
  const AuditCheck check = log.check();
  CHECK(check.problem == "");
  CHECK(check.interrupted == (whole ? 0 : 1));
  CHECK(log.ids().count("3") == (whole ? 1 : 0));
  CHECK(log.ids().count("4") == 1);
  const std::vector<std::string> torn = torn_files(log);
  if (kept > 0 && !whole) {
    CHECK(torn == std::vector<std::string>{third.substr(0, kept)});
    CHECK(log.bytes().find("\"torn_sha256\":\"" + hash_of_line(torn[0])) !=
          std::string::npos);
  } else {
    CHECK(torn.empty());
  }
}

TEST_CASE("a log torn in its first line is sound", "[hook][audit]") {
  const Log log;
  log.fill(1);
  log.tear(20);
  REQUIRE(log.append("2"));
  CHECK(log.is_sound());
  CHECK(log.check().first == 1);
  CHECK(torn_files(log).size() == 1);
}

TEST_CASE("a log rotated by others after a writer was killed is sound",
          "[hook][audit]") {
  const Log log;
  log.fill(3);
  log.tear(GENERATE(size_t{0}, size_t{1000}));
  fs::rename(log.path, log.path + ".1");
  REQUIRE(log.append("4"));
  REQUIRE(log.append("5"));
  const AuditCheck check = log.check();
  CHECK(check.problem == "");
  CHECK(check.interrupted == 1);
  CHECK(log.ids().count("5") == 1);
}

TEST_CASE("where the machine stops before the head is on disk the log is sound",
          "[hook][audit]") {
  const Log log;
  log.fill(2);
  AuditHead head = log.head();
  head.pending = GENERATE(false, true);
  const uint64_t max_bytes = GENERATE(0U, 500U);
  const int more = GENERATE(1, 2);
  for (int i = 0; i < more; ++i) REQUIRE(log.append("3", max_bytes));
  log.set_head(head);
  // There is nobody yet who has seen it.
  CHECK_FALSE(log.is_sound());
  REQUIRE(log.append("4"));
  const AuditCheck check = log.check();
  CHECK(check.problem == "");
  CHECK(check.interrupted == 1);
  CHECK(check.lines == static_cast<uint64_t>(more) + 4);
}

TEST_CASE("the chain goes on over rotated files", "[hook][audit]") {
  const Log log;
  for (int i = 1; i <= 20; ++i) {
    REQUIRE(log.append(std::to_string(i), 500));
    // As logrotate does it, and with copytruncate.
    if (i == 10) fs::rename(log.path, log.path + "-old");
    if (i == 15) {
      fs::copy_file(log.path, log.path + "-copy");
      fs::resize_file(log.path, 0);
    }
  }
  const std::vector<std::string> files = log.files();
  CHECK(files.size() > 5);
  CHECK(log.is_sound());
  CHECK(log.check().lines == 20);
  CHECK(log.ids().size() == 20);
  for (const std::string& file : files) CHECK(fs::file_size(file) <= 500);
  // A file that is left out is missed, but for the oldest.
  std::vector<std::string> fewer = files;
  fewer.erase(fewer.begin() + 2);
  CHECK_FALSE(verify_audit_log(fewer)->problem.empty());
  std::vector<std::string> newer(files.begin() + 2, files.end());
  CHECK(verify_audit_log(newer)->problem.empty());
  CHECK(verify_audit_log(newer)->first > 1);
  std::vector<std::string> swapped = files;
  std::swap(swapped[0], swapped[1]);
  CHECK_FALSE(verify_audit_log(swapped)->problem.empty());
  // So are rotated files that are all left out.
  fs::rename(log.path, log.path + "-last");
  log.write("");
  CHECK_FALSE(verify_audit_log({log.path})->problem.empty());
}

TEST_CASE("pushes at the same time lose no line, whoever rotates the log",
          "[hook][audit]") {
  const Log log;
  const pid_t rotator = in_process([&] {
    for (int i = 0;; ++i) {
      ::rename(log.path.c_str(),
               (log.path + "-by-others-" + std::to_string(i)).c_str());
      ::usleep(7000);
    }
    return true;
  });
  CHECK(all_succeed(kManyProcesses, [&](int process) {
    for (int i = 0; i < kManyAppends; ++i) {
      const std::string id = std::to_string(process) + "." + std::to_string(i);
      if (!log.append(id, 5000)) return false;
    }
    return true;
  }));
  ::kill(rotator, SIGKILL);
  wait_for(rotator);
  const AuditCheck check = log.check();
  CHECK(check.problem == "");
  CHECK(check.lines == kManyProcesses * kManyAppends);
  std::set<std::string> different;
  for (const std::string& id : log.ids()) different.insert(id);
  CHECK(different.size() == kManyProcesses * kManyAppends);
}

TEST_CASE("kill -9 in the middle of appends loses no line that was promised",
          "[hook][audit]") {
  const Log log;
  log.dir.write("promised", "");
  Random random(7);
  for (int round = 0; round < 25; ++round) {
    const pid_t writer = in_process([&] {
      for (int i = 0;; ++i) {
        const std::string id = std::to_string(round) + "." + std::to_string(i);
        const Status added =
            AuditLog(log.path, 1 << 20)
                .append({{"type", "push"},
                         {"id", id},
                         {"padding", std::string(300'000, 'x')}});
        if (!added) return false;
        // The promise: what a push would be accepted by.
        const FileHandle promises(::open((log.dir / "promised").c_str(),
                                         O_WRONLY | O_CREAT | O_APPEND, 0600));
        if (!leaksift::append(promises, id + "\n", "promised")) return false;
      }
    });
    // After so many bytes of promises, and then at any moment.
    const uint64_t enough =
        fs::file_size(log.dir / "promised") + random.below(20);
    for (int i = 0; i < 100'000; ++i) {
      if (fs::file_size(log.dir / "promised") >= enough) break;
      ::usleep(50);
    }
    ::usleep(static_cast<useconds_t>(random.below(3000)));
    ::kill(writer, SIGKILL);
    CHECK(wait_for(writer) == -1);
  }
  const std::string promised = read_bytes(log.dir / "promised");
  fs::remove(log.dir / "promised");
  CHECK(log.check().problem == "");
  const std::multiset<std::string> ids = log.ids();
  for (const std::string_view id : split(trimmed(promised), '\n')) {
    INFO(id);
    CHECK(ids.count(std::string(id)) == 1);
  }
  REQUIRE(log.append("after"));
  CHECK(log.is_sound());
}

TEST_CASE("a full disk is an error and leaves the log as it was",
          "[hook][audit]") {
  const Log log;
  log.fill(2);
  const std::string before = log.bytes();
  const std::string head = read_bytes(head_path(log.path));
  const pid_t writer = in_process([&] {
    ::signal(SIGXFSZ, SIG_IGN);
    const rlimit limit{before.size() + 50, before.size() + 50};
    ::setrlimit(RLIMIT_FSIZE, &limit);
    const Status added = log.append("3");
    return !added && added.error().message().find(log.path) == 0;
  });
  CHECK(wait_for(writer) == 0);
  CHECK(log.bytes() == before);
  CHECK(read_bytes(head_path(log.path)) == head);
  REQUIRE(log.append("3"));
  CHECK(log.is_sound());
}

TEST_CASE("a writer waits for another one as long as it was told",
          "[hook][audit]") {
  const Log log;
  log.fill(1);
  const FileHandle held(::open((log.path + ".head").c_str(), O_RDWR));
  REQUIRE(try_lock(held));
  const auto start = std::chrono::steady_clock::now();
  const Status late =
      AuditLog(log.path, 0)
          .append({{"type", "push"}}, std::chrono::milliseconds(30));
  REQUIRE_FALSE(late);
  CHECK_THAT(late.error().message(), Catch::Contains("lock for 30 ms"));
  CHECK(std::chrono::steady_clock::now() - start < std::chrono::seconds(5));
  CHECK(log.lines().size() == 1);
}

TEST_CASE("a log that cannot be written is an error", "[hook][audit]") {
  const Log log;
  SECTION("a link") {
    log.dir.write("elsewhere", "");
    log.dir.link("audit.jsonl", log.dir / "elsewhere");
  }
  SECTION("a folder") {
    log.dir.make_directory("audit.jsonl");
  }
  SECTION("a pipe") {
    REQUIRE(::mkfifo(log.path.c_str(), 0600) == 0);
  }
  SECTION("the head is a link") {
    log.dir.link("audit.jsonl.head", log.dir / "elsewhere");
  }
  SECTION("the head is no head") {
    log.dir.write("audit.jsonl.head", "x");
  }
  CHECK_FALSE(log.append("1"));
}

TEST_CASE("what a line has no room for is counted", "[hook][audit]") {
  const Log log;
  Json record = {{"type", "push"}, {"id", "1"}};
  for (int i = 0; i < 40'000; ++i) {
    record["findings"].push_back({{"id", i}, {"path", std::string(50, 'p')}});
    record["refs"].push_back(i);
  }
  record["note"] = std::string(2'000'000, 'n');
  REQUIRE(AuditLog(log.path, 0).append(record));
  const std::string text = log.lines()[0];
  CHECK(text.size() <= AuditLog::kMaxLine);
  const Json line = Json::parse(text);
  CHECK(line["id"] == "1");
  CHECK(line["left_out"]["note"] == 2'000'002);
  CHECK(line["findings"].size() + line["left_out"]["findings"].get<size_t>() ==
        40'000);
  CHECK(line["findings"].size() > 1000);
  CHECK(line["refs"].size() == 40'000);
  CHECK(log.is_sound());
}

TEST_CASE("bytes that are no text do not spoil the log", "[hook][audit]") {
  const Log log;
  REQUIRE(log.append("\xff\n\x1b[2J"));
  CHECK(log.lines().size() == 1);
  CHECK(log.is_sound());
}
