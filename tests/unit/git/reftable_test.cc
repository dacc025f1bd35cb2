#include "git/reftable.h"

#include "core/text.h"
#include "git/reflog.h"
#include "git/refs.h"
#include "support/catch.h"
#include "support/git/object_oracle.h"
#include "support/git/pack_writer.h"
#include "support/git/reftable_writer.h"

using namespace leaksift;

namespace {

std::string raw_id(int number, HashKind hash) {
  const ObjectId id = id_of(ObjectType::kBlob, std::to_string(number), hash);
  return std::string(id.raw(hash));
}

// Refs of all kinds, enough for several blocks.
ReftableRecords many_records(HashKind hash) {
  ReftableRecords records;
  for (int i = 0; i < 500; ++i) {
    const std::string number = std::to_string(i);
    records["refs/heads/topic-" + number].id = raw_id(i, hash);
    if (i % 3 == 0) {
      records["refs/tags/v" + number] = {raw_id(i, hash), raw_id(i + 1, hash),
                                         ""};
    }
    if (i % 5 == 0) {
      records["refs/remotes/" + std::string(static_cast<size_t>(i), 'x')]
          .target = "refs/heads/topic-" + number;
    }
    if (i % 7 == 0) records["refs/gone/" + number] = {};
  }
  records["HEAD"].target = "refs/heads/topic-0";
  return records;
}

RefMap read_table(const std::string& table, HashKind hash = HashKind::kSha1) {
  RefMap refs;
  const Status status = read_reftable(table, hash, refs);
  if (!status) FAIL(status.error().message());
  return refs;
}

void check_refs(const RefMap& refs, const ReftableRecords& records) {
  CHECK(refs.size() == records.size());
  for (const auto& [name, record] : records) {
    CAPTURE(name);
    const auto found = refs.find(name);
    REQUIRE(found != refs.end());
    CHECK(found->second.target == record.target);
    REQUIRE(found->second.id.has_value() == !record.id.empty());
    if (found->second.id) CHECK(*found->second.id == ObjectId(record.id));
  }
}

std::vector<ReftableLog> many_logs(HashKind hash, size_t count) {
  std::vector<ReftableLog> logs(count);
  for (size_t i = 0; i < count; ++i) {
    const int number = static_cast<int>(i);
    logs[i].ref = "refs/heads/topic-" + std::to_string(i % 7);
    logs[i].update = 1 + i * 300;
    logs[i].old_id = raw_id(number, hash);
    logs[i].new_id = raw_id(number + 1, hash);
    logs[i].message = i % 5 == 0 ? "" : "reason " + std::to_string(i) + "\n";
  }
  return logs;
}

LogMap read_logs(const std::vector<std::string>& tables,
                 HashKind hash = HashKind::kSha1) {
  const TempDir dir;
  std::string list;
  for (const std::string& table : tables) {
    const std::string name = "t" + std::to_string(list.size());
    dir.write(name, table);
    list += name + "\n";
  }
  dir.write("tables.list", list);
  LogMap logs;
  const Status status = read_reftable_logs(dir.path(), hash, logs);
  if (!status) FAIL(status.error().message());
  return logs;
}

// What is read of a table that holds nothing else.
std::string line_of(const ReftableLog& log) {
  const LogMap logs = read_logs({write_reftable({}, {}, {log})});
  REQUIRE(logs.at(log.ref).lines.size() == 1);
  return logs.at(log.ref).lines.begin()->second;
}

void check_logs(const LogMap& read, const std::vector<ReftableLog>& logs,
                HashKind hash) {
  size_t count = 0;
  for (const auto& [ref, log] : read) count += log.lines.size();
  CHECK(count == logs.size());
  for (const ReftableLog& log : logs) {
    const auto line =
        parse_reflog_line(read.at(log.ref).lines.at(log.update), hash);
    REQUIRE(line);
    CHECK(line->old_id == ObjectId(log.old_id));
    CHECK(line->new_id == ObjectId(log.new_id));
    CHECK(line->who == "A U Thor <author@example.com> 1700000000 +0100");
    CHECK(line->message == trimmed(log.message));
  }
}

// The repository's refs, in tables instead of files.
void turn_into_reftables(const GitFixture& repo) {
  ReftableRecords records;
  for (const std::string& line : lines_of(repo.git(
           {"for-each-ref",
            "--format=%(refname) %(objectname) %(*objectname)|%(symref)"}))) {
    const size_t space = line.find(' '), next = line.find(' ', space + 1),
                 bar = line.find('|');
    const auto raw = [&](size_t begin, size_t end) {
      const auto id = ObjectId::from_hex(line.substr(begin, end - begin));
      return id ? std::string(id->raw(HashKind::kSha1)) : std::string();
    };
    ReftableRecord& record = records[line.substr(0, space)];
    record.target = line.substr(bar + 1);
    if (!record.target.empty()) continue;
    record.id = raw(space + 1, next);
    record.peeled = raw(next + 1, bar);
  }
  records["HEAD"].target = "refs/heads/main";
  repo.git({"pack-refs", "--all"});
  const std::string dir = "repo/.git/";
  overwrite(repo / ".git/packed-refs", "");
  repo.around().write(dir + "HEAD", "ref: refs/heads/.invalid\n");
  repo.around().write(dir + "reftable/one.ref",
                      write_reftable({{"refs/heads/gone", {"", "", "HEAD"}}}));
  records["refs/heads/gone"] = {};
  repo.around().write(dir + "reftable/two.ref", write_reftable(records));
  repo.around().write(dir + "reftable/tables.list", "one.ref\ntwo.ref\n");
  repo.around().write(dir + "config",
                      "[core]\nrepositoryformatversion = 1\n[extensions]\n"
                      "refStorage = reftable\n");
}

}  // namespace

TEST_CASE("a table of any layout says what was written into it",
          "[git][reftable]") {
  const HashKind hash = GENERATE(HashKind::kSha1, HashKind::kSha256);
  const uint32_t block_size = GENERATE(0U, 2048U, 4096U, 65536U);
  const bool with_index = GENERATE(true, false);
  const size_t log_count = GENERATE(0U, 1U, 200U);
  CAPTURE(block_size, with_index, log_count);
  const ReftableRecords records = many_records(hash);
  const std::vector<ReftableLog> logs = many_logs(hash, log_count);
  const std::string table =
      write_reftable(records, {hash, block_size, with_index}, logs);
  check_refs(read_table(table, hash), records);
  check_logs(read_logs({table}, hash), logs, hash);
}

TEST_CASE("a table without refs has none", "[git][reftable]") {
  CHECK(read_table(write_reftable({})).empty());
  CHECK(read_logs({write_reftable({})}).empty());
  const auto logs = many_logs(HashKind::kSha1, GENERATE(1U, 100U));
  const std::string table = write_reftable({}, {}, logs);
  CHECK(read_table(table).empty());
  check_logs(read_logs({table}), logs, HashKind::kSha1);
}

TEST_CASE("newer tables take entries of logs back or replace them",
          "[git][reftable]") {
  std::vector<ReftableLog> logs = many_logs(HashKind::kSha1, 6);
  for (ReftableLog& log : logs) log.ref = "refs/stash";
  ReftableLog dropped = logs[2];
  dropped.deleted = true;
  ReftableLog again = logs[4];
  again.message = "rewritten";
  ReftableLog unknown = dropped;
  unknown.ref = "refs/heads/none";
  LogMap read = read_logs({write_reftable({}, {}, logs),
                           write_reftable({}, {}, {dropped, again, unknown})});
  const TableLog& stash = read.at("refs/stash");
  CHECK(stash.replaced ==
        std::vector<std::string>{line_of(logs[4]), line_of(logs[2])});
  CHECK(stash.lines.size() == 5);
  CHECK(stash.lines.at(logs[4].update) == line_of(again));
  CHECK(read.at("refs/heads/none").lines.empty());
}

TEST_CASE("an entry in a table reads like a line of a file",
          "[git][reftable]") {
  const ObjectId a = ObjectId(raw_id(1, HashKind::kSha1));
  ReftableLog log;
  log.ref = "HEAD";
  log.old_id = log.new_id = std::string(a.raw(HashKind::kSha1));
  log.message = "commit: why\n";
  log.zone = -330;
  CHECK(line_of(log).ends_with(
      " A U Thor <author@example.com> 1700000000 -0330\tcommit: why"));
  log.message = "one\ntwo\n";  // as git would never write it
  log.zone = 5;
  CHECK(line_of(log).ends_with(" +0005\tone two"));
  const std::string line = line_of(log);
  const auto parsed = parse_reflog_line(line, HashKind::kSha1);
  REQUIRE(parsed);
  CHECK(parsed->new_id == a);
  CHECK(parsed->message == "one two");
}

TEST_CASE("newer tables lie over older ones", "[git][reftable]") {
  const TempDir dir;
  const std::string one = raw_id(1, HashKind::kSha1);
  const std::string two = raw_id(2, HashKind::kSha1);
  dir.write("a.ref", write_reftable({{"refs/heads/changed", {one, "", ""}},
                                     {"refs/heads/gone", {one, "", ""}},
                                     {"refs/heads/kept", {one, "", ""}}}));
  dir.write("b.ref", write_reftable({{"refs/heads/changed", {two, "", ""}},
                                     {"refs/heads/gone", {}}}));
  dir.write("tables.list", "a.ref\nb.ref\n");
  RefMap refs;
  REQUIRE(read_reftable_stack(dir.path(), HashKind::kSha1, refs));
  check_refs(refs, {{"refs/heads/changed", {two, "", ""}},
                    {"refs/heads/gone", {}},
                    {"refs/heads/kept", {one, "", ""}}});
}

TEST_CASE("a repository's refs are the same in reftables as in files",
          "[git][reftable]") {
  const GitFixture repo;
  repo.git({"commit", "-q", "--allow-empty", "-m", "one"});
  repo.git({"tag", "-am", "t", "heavy"});
  for (int i = 0; i < 30; ++i) repo.git({"branch", "b" + std::to_string(i)});
  repo.git({"symbolic-ref", "refs/heads/alias", "refs/heads/b7"});
  const RefSet before = read_refs(repository_at(repo.path()));
  REQUIRE(before.refs.size() == 34);
  turn_into_reftables(repo);
  const RefSet after = read_refs(repository_at(repo.path()));
  CHECK(after.problems.empty());
  CHECK((after.refs == before.refs));
  CHECK(after.head == "refs/heads/main");
}

TEST_CASE("a linked worktree's HEAD is in a reftable of its own",
          "[git][reftable]") {
  const GitFixture repo;
  repo.git({"commit", "-q", "--allow-empty", "-m", "one"});
  const std::string linked = repo.around() / "linked";
  repo.git({"worktree", "add", "-q", "--detach", linked});
  turn_into_reftables(repo);
  const std::string other = raw_id(1, HashKind::kSha1);
  const std::string own = "repo/.git/worktrees/linked/";
  repo.around().write(own + "HEAD", "ref: refs/heads/.invalid\n");
  repo.around().write(own + "reftable/a.ref",
                      write_reftable({{"HEAD", {other, "", ""}}}));
  repo.around().write(own + "reftable/tables.list", "a.ref\n");

  const RefSet from_main = read_refs(repository_at(repo.path()));
  REQUIRE(from_main.find("worktrees/linked/HEAD") != nullptr);
  CHECK(from_main.find("worktrees/linked/HEAD")->id == ObjectId(other));
  CHECK(from_main.find("HEAD")->id == from_main.find("refs/heads/main")->id);

  const RefSet from_linked = read_refs(repository_at(linked));
  REQUIRE(from_linked.find("HEAD") != nullptr);
  CHECK(from_linked.find("HEAD")->id == ObjectId(other));
  CHECK(from_linked.head.empty());
  REQUIRE(from_linked.find("main-worktree/HEAD") != nullptr);
  CHECK(from_linked.find("main-worktree/HEAD")->id ==
        from_main.find("HEAD")->id);
}

TEST_CASE("a damaged table is refused, or read within its bytes",
          "[git][reftable]") {
  const ReftableRecords records = many_records(HashKind::kSha1);
  const std::string good = write_reftable(records);
  size_t refused = 0;
  for (size_t at = 0; at < good.size(); at += 11) {
    RefMap refs;
    std::string bytes = good;
    bytes[at] = static_cast<char>(~bytes[at]);
    refused += read_reftable(bytes, HashKind::kSha1, refs) ? 0 : 1;
    refused += read_reftable(good.substr(0, at), HashKind::kSha1, refs) ? 0 : 1;
  }
  CHECK(refused > 300);
  for (const std::string& bytes :
       {std::string(), "TFER" + good.substr(4), good.substr(0, 90),
        "REFT\3" + good.substr(5)}) {
    RefMap refs;
    CHECK_FALSE(read_reftable(bytes, HashKind::kSha1, refs));
  }
}

TEST_CASE("damaged logs are refused, or read within their bytes",
          "[git][reftable]") {
  const std::string good =
      write_reftable({}, {}, many_logs(HashKind::kSha1, 60));
  const TempDir dir;
  dir.write("tables.list", "t\n");
  size_t tried = 0;
  size_t refused = 0;
  auto read = [&](const std::string& bytes) {
    dir.write("t", bytes);
    LogMap logs;
    refused += read_reftable_logs(dir.path(), HashKind::kSha1, logs) ? 0 : 1;
    ++tried;
  };
  for (size_t at = 0; at < good.size(); at += 13) {
    std::string bytes = good;
    bytes[at] = static_cast<char>(~bytes[at]);
    read(bytes);
    read(good.substr(0, at));
  }
  // All but what a file says of itself has a checksum.
  CHECK(refused > tried * 9 / 10);
}

TEST_CASE("a few bytes that stand for endless names are refused",
          "[git][reftable]") {
  // After the first, records of a few bytes with all of the name before them.
  const std::string key = std::string(600'000, 'x') + std::string(9, '\0');
  std::string records = offset_varint(0) + offset_varint(key.size() << 3) + key;
  for (int i = 1; i < 1000; ++i) {
    records += offset_varint(key.size() - 2) + offset_varint(2 << 3) +
               big_endian(static_cast<uint64_t>(i), 2);
  }
  records += big_endian(0, 2);
  const std::string empty = write_reftable({});
  const TempDir dir;
  dir.write("t", empty.substr(0, 24) + "g" +
                     big_endian(28 + records.size(), 3) + zlib_stored(records) +
                     empty.substr(24));
  dir.write("tables.list", "t\n");
  LogMap read;
  const Status status = read_reftable_logs(dir.path(), HashKind::kSha1, read);
  REQUIRE_FALSE(status);
  CHECK(status.error().message().find("holds more than is read") !=
        std::string::npos);
}

TEST_CASE("a block that is of no kind is damage", "[git][reftable]") {
  std::string bytes = write_reftable(many_records(HashKind::kSha1));
  REQUIRE(bytes[4096] == 'r');
  bytes[4096] = 'x';
  RefMap refs;
  CHECK_FALSE(read_reftable(bytes, HashKind::kSha1, refs));
  CHECK_FALSE(refs.empty());
}

TEST_CASE("a stack that cannot be read is named", "[git][reftable]") {
  const GitFixture repo;
  turn_into_reftables(repo);
  const std::string folder = repo / ".git/reftable";
  const auto problem = [&] {
    const RefSet refs = read_refs(repository_at(repo.path()));
    REQUIRE(refs.problems.size() == 1);
    CHECK(refs.problems[0].name == folder);
    return refs.problems[0].detail;
  };
  overwrite(folder + "/two.ref", "no table");
  CHECK(problem() == folder + "/two.ref: not a reftable");
  overwrite(folder + "/tables.list", "../../outside.ref\n");
  CHECK(problem() == folder + "/tables.list: bad name ../../outside.ref");
  overwrite(folder + "/tables.list", "one.ref\none.ref\n");
  CHECK(problem() == folder + "/tables.list: bad name one.ref");
  overwrite(folder + "/tables.list", "three.ref\n");
  CHECK(problem().find("three.ref") != std::string::npos);
}
