#include "hook/spool.h"

#include <signal.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>

#include "support/catch.h"
#include "support/processes.h"
#include "support/temp_dir.h"

using namespace leaksift;
namespace fs = std::filesystem;

namespace {

ObjectId id_of(unsigned number, HashKind hash = HashKind::kSha1) {
  std::string raw(id_size(hash), '\0');
  for (int i = 0; i < 4; ++i) {
    raw[static_cast<size_t>(i)] = static_cast<char>(number >> (8 * i));
  }
  return ObjectId(raw);
}

DeferredPush push_of(unsigned number) {
  DeferredPush push;
  push.git_dir = "/srv/r.git";
  push.repository = "team/r" + std::to_string(number);
  push.time = 1000;
  push.user = "ann";
  push.updates = {{ObjectId(), id_of(number), "refs/heads/main"}};
  push.reason = DeferReason::kPartial;
  push.record = "01J9";
  return push;
}

}  // namespace

TEST_CASE("a deferred push is read as it was put down", "[hook][spool]") {
  const TempDir dir;
  const Spool spool(dir / "a/spool");
  CHECK(spool.list()->entries.empty());
  DeferredPush push = push_of(1);
  push.hash = GENERATE(HashKind::kSha1, HashKind::kSha256);
  push.git_dir = "/srv/\xff.git";
  push.updates = {{ObjectId(), id_of(1, push.hash), "refs/heads/\xfe b"},
                  {id_of(2, push.hash), ObjectId(), "refs/tags/v1"}};
  for (unsigned i = 0; i < 1000; ++i) {
    push.excluded.push_back(id_of(i, push.hash));
  }
  const Result<std::string> id = spool.put(push);
  REQUIRE(id);
  const Result<Spool::Listing> listing = spool.list();
  REQUIRE(listing);
  REQUIRE(listing->entries.size() == 1);
  CHECK(listing->entries[0].id == *id);
  const DeferredPush& read = listing->entries[0].push;
  CHECK(read.git_dir == push.git_dir);
  CHECK(read.repository == "team/r1");
  CHECK(read.hash == push.hash);
  CHECK(read.time == 1000);
  CHECK(read.user == "ann");
  REQUIRE(read.updates.size() == 2);
  CHECK(read.updates[0].ref == "refs/heads/\xfe b");
  CHECK(read.updates[0].old_id.is_null());
  CHECK(read.updates[0].new_id == id_of(1, push.hash));
  CHECK(read.updates[1].old_id == id_of(2, push.hash));
  CHECK(read.excluded == push.excluded);
  CHECK(read.reason == DeferReason::kPartial);
  CHECK(read.record == "01J9");
  CHECK(read.attempts == 0);
}

TEST_CASE("excluded ids are bounded and compact", "[hook][spool]") {
  const TempDir dir;
  const Spool spool(dir.path());
  DeferredPush push = push_of(1);
  for (unsigned i = 0; i < 100'001; ++i) push.excluded.push_back(id_of(i));
  const Result<std::string> id = spool.put(push);
  REQUIRE(id);
  CHECK(fs::file_size(dir / (*id + ".json")) < 2'700'000);
  push.excluded.pop_back();
  CHECK(spool.list()->entries[0].push.excluded == push.excluded);
}

TEST_CASE("entries come oldest first and are gone when done", "[hook][spool]") {
  const TempDir dir;
  const Spool spool(dir.path());
  for (unsigned i = 0; i < 5; ++i) REQUIRE(spool.put(push_of(i)));
  for (unsigned i = 0; i < 5; ++i) {
    const Result<Spool::Listing> listing = spool.list();
    REQUIRE(listing->entries.size() == 5 - i);
    CHECK(listing->entries[0].push.repository == "team/r" + std::to_string(i));
    auto claim = spool.claim(listing->entries[0].id);
    REQUIRE(claim);
    REQUIRE(*claim);
    REQUIRE(spool.done(*std::move(*claim)));
    CHECK_FALSE(*spool.claim(listing->entries[0].id));
  }
  CHECK(fs::is_empty(dir.path()));
}

TEST_CASE("an entry is one worker's, until he dies", "[hook][spool]") {
  const TempDir dir;
  const Spool spool(dir.path());
  const std::string id = *spool.put(push_of(1));
  const pid_t worker = in_process([&] {
    auto claim = spool.claim(id);
    if (!claim || !*claim) return false;
    dir.write("claimed", "");
    ::pause();
    return true;
  });
  while (!fs::exists(dir / "claimed")) ::usleep(1000);
  fs::remove(dir / "claimed");
  CHECK_FALSE(*spool.claim(id));
  ::kill(worker, SIGKILL);
  wait_for(worker);
  const auto claim = spool.claim(id);
  REQUIRE(*claim);
  CHECK((*claim)->entry().push.attempts == 2);
}

TEST_CASE("workers at the same time take each entry once", "[hook][spool]") {
  const TempDir dir;
  const TempDir taken;
  const Spool spool(dir.path());
  for (unsigned i = 0; i < 40; ++i) REQUIRE(spool.put(push_of(i)));
  CHECK(all_succeed(6, [&](int) {
    const auto listing = spool.list();
    for (const Spool::Entry& entry : listing->entries) {
      auto claim = spool.claim(entry.id);
      if (!claim) return false;
      if (!*claim) continue;
      if (::mkdir((taken / entry.id).c_str(), 0700) != 0) return false;
      if (!spool.done(*std::move(*claim))) return false;
    }
    return true;
  }));
  CHECK(spool.list()->entries.empty());
  CHECK(std::distance(fs::directory_iterator(taken.path()), {}) == 40);
}

TEST_CASE("an entry that fails five times is kept but not handed out",
          "[hook][spool]") {
  const TempDir dir;
  const Spool spool(dir.path());
  const std::string id = *spool.put(push_of(1));
  for (int i = 1; i <= 5; ++i) {
    CHECK_FALSE(spool.list()->entries[0].poison());
    auto claim = spool.claim(id);
    REQUIRE(*claim);
    REQUIRE(spool.failed(*std::move(*claim), "no memory " + std::to_string(i)));
  }
  const Result<Spool::Listing> listing = spool.list();
  REQUIRE(listing->entries.size() == 1);
  CHECK(listing->entries[0].poison());
  CHECK(listing->entries[0].push.last_error == "no memory 5");
  CHECK_FALSE(*spool.claim(id));
}

TEST_CASE("what is no entry of the spool is named", "[hook][spool]") {
  const TempDir dir;
  const Spool spool(dir.path());
  const std::string good = *spool.put(push_of(1));
  const std::string bad = *spool.put(push_of(2));
  const std::string text = read_bytes(dir / (good + ".json"));
  auto [from, to] = GENERATE(table<std::string, std::string>({
      {"{\"version\":1", "{\"version\":2"},
      {"\"partial\"", "\"other\""},
      {"sha1", "md5"},
      {"\"attempts\":0", "\"attempts\":-1"},
      {"\"excluded\":\"\"", "\"excluded\":\"AAAA\""},
      {"0 refs/heads/main", "refs/heads/main"},
      {"/srv/r.git", ""},
      {"}\n", ""},
  }));
  std::string damaged = text;
  REQUIRE(damaged.find(from) != std::string::npos);
  damaged.replace(damaged.find(from), from.size(), to);
  dir.write(bad + ".json", damaged);
  dir.write("notes.json", "{}");
  dir.write("half.json.tmp", "{");
  const Result<Spool::Listing> listing = spool.list();
  REQUIRE(listing);
  REQUIRE(listing->entries.size() == 1);
  CHECK(listing->entries[0].id == good);
  REQUIRE(listing->problems.size() == 2);
  CHECK(listing->problems[0].starts_with(dir / bad));
  CHECK(listing->problems[1] == (dir / "notes.json") + ": no entry's name");
  CHECK_FALSE(spool.claim(bad));
  CHECK_FALSE(spool.claim("../../etc/passwd"));
}
