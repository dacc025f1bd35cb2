#include "store/schema.h"

#include <array>
#include <string>

namespace leaksift {
namespace {

// What leads from each version to the next, the first from none. What was
// released is never changed: a change is one more at the end.
//
// No row has a number that depends on who came first. `id` is content_id() of
// the rest of the row (of the key for repositories): an index of PostgreSQL
// cannot hold a path of any length. Enums are their numbers, so these stay.
constexpr std::array kSteps = {
    R"(
CREATE TABLE meta (name TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT;

CREATE TABLE runs (
  number INTEGER PRIMARY KEY,
  rules TEXT NOT NULL,
  version TEXT NOT NULL,
  started INTEGER NOT NULL,
  finished INTEGER NOT NULL,
  state INTEGER NOT NULL,
  repositories INTEGER NOT NULL,
  unchanged INTEGER NOT NULL
) STRICT;

CREATE TABLE run_problems (
  run INTEGER NOT NULL,
  id BLOB NOT NULL,
  reason TEXT NOT NULL,
  name TEXT NOT NULL,
  detail TEXT NOT NULL,
  PRIMARY KEY (run, id)
) STRICT, WITHOUT ROWID;

CREATE TABLE units (
  run INTEGER NOT NULL,
  id TEXT NOT NULL,
  position INTEGER NOT NULL,
  repository TEXT NOT NULL,
  rules TEXT NOT NULL,
  stamp BLOB NOT NULL,
  shard INTEGER NOT NULL,
  shards INTEGER NOT NULL,
  waits_for TEXT NOT NULL,
  size INTEGER NOT NULL,
  state INTEGER NOT NULL,
  attempts INTEGER NOT NULL,
  began INTEGER NOT NULL,
  worker TEXT NOT NULL,
  error TEXT NOT NULL,
  objects INTEGER NOT NULL,
  new_objects INTEGER NOT NULL,
  bytes INTEGER NOT NULL,
  cpu_seconds REAL NOT NULL,
  wall_seconds REAL NOT NULL,
  peak_memory INTEGER NOT NULL,
  PRIMARY KEY (run, id)
) STRICT, WITHOUT ROWID;

CREATE TABLE repositories (
  id BLOB PRIMARY KEY,
  name TEXT NOT NULL,
  path TEXT NOT NULL,
  url TEXT NOT NULL,
  pool TEXT NOT NULL,
  fork_of TEXT NOT NULL,
  archived INTEGER NOT NULL,
  run INTEGER NOT NULL,
  rules TEXT NOT NULL,
  stamp BLOB NOT NULL,
  objects INTEGER NOT NULL,
  complete INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE refs (
  repository BLOB PRIMARY KEY,
  refs BLOB NOT NULL  -- store/packed.h
) STRICT;

CREATE TABLE skipped (
  repository BLOB NOT NULL,
  id BLOB NOT NULL,
  reason TEXT NOT NULL,
  name TEXT NOT NULL,
  detail TEXT NOT NULL,
  PRIMARY KEY (repository, id)
) STRICT, WITHOUT ROWID;

CREATE TABLE segments (
  rules TEXT NOT NULL,
  name TEXT NOT NULL,
  PRIMARY KEY (rules, name)
) STRICT, WITHOUT ROWID;

CREATE TABLE findings (
  id BLOB PRIMARY KEY,
  rule_id TEXT NOT NULL,
  description TEXT NOT NULL,
  data_class INTEGER NOT NULL,
  severity INTEGER NOT NULL,
  confidence INTEGER NOT NULL,
  masked TEXT NOT NULL,
  first_run INTEGER NOT NULL,  -- 0: it has stood nowhere that counts
  state INTEGER NOT NULL,
  state_run INTEGER NOT NULL,
  in_history INTEGER NOT NULL,
  had_stood INTEGER NOT NULL,  -- in a tip or a message, in a run that is done
  owner TEXT NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX findings_by_first_run ON findings (first_run);

CREATE TABLE packed_sightings (
  rules TEXT NOT NULL,
  object BLOB NOT NULL,
  sightings BLOB NOT NULL,  -- store/packed.h
  PRIMARY KEY (rules, object)
) STRICT;

CREATE TABLE sightings (  -- all others
  rules TEXT NOT NULL,
  object BLOB NOT NULL,
  id BLOB NOT NULL,
  finding BLOB NOT NULL REFERENCES findings (id),
  object_type TEXT NOT NULL,
  path TEXT NOT NULL,
  begin_line INTEGER NOT NULL,
  begin_column INTEGER NOT NULL,
  end_line INTEGER NOT NULL,
  end_column INTEGER NOT NULL,
  encoding INTEGER NOT NULL,
  if_place_agrees INTEGER NOT NULL,
  allowed_inline INTEGER NOT NULL,
  PRIMARY KEY (rules, object, id)
) STRICT, WITHOUT ROWID;

CREATE TABLE places (
  rules TEXT NOT NULL,
  object BLOB NOT NULL,
  id BLOB NOT NULL,
  path TEXT NOT NULL,
  commit_id BLOB NOT NULL,
  PRIMARY KEY (rules, object, id)
) STRICT, WITHOUT ROWID;

CREATE TABLE occurrences (
  repository BLOB NOT NULL,
  id BLOB NOT NULL,
  finding BLOB NOT NULL REFERENCES findings (id),
  object BLOB NOT NULL,
  object_type TEXT NOT NULL,
  path TEXT NOT NULL,
  begin_line INTEGER NOT NULL,
  begin_column INTEGER NOT NULL,
  end_line INTEGER NOT NULL,
  end_column INTEGER NOT NULL,
  encoding INTEGER NOT NULL,
  standing INTEGER NOT NULL,
  versions INTEGER NOT NULL,
  commit_id BLOB NOT NULL,
  author_name TEXT NOT NULL,
  author_email TEXT NOT NULL,
  author_seconds INTEGER NOT NULL,
  author_offset INTEGER NOT NULL,
  PRIMARY KEY (repository, id)
) STRICT, WITHOUT ROWID;
CREATE INDEX occurrences_by_finding ON occurrences (finding, standing);

CREATE TABLE events (
  run INTEGER NOT NULL,
  finding BLOB NOT NULL REFERENCES findings (id),
  kind INTEGER NOT NULL,
  PRIMARY KEY (run, finding, kind)
) STRICT, WITHOUT ROWID;

CREATE TABLE decisions (
  finding BLOB NOT NULL REFERENCES findings (id),
  id BLOB NOT NULL,
  repository TEXT NOT NULL,  -- its name; empty: all
  reason TEXT NOT NULL,
  note TEXT NOT NULL,
  decided_by TEXT NOT NULL,
  decided_at INTEGER NOT NULL,
  until INTEGER NOT NULL,
  PRIMARY KEY (finding, id)
) STRICT, WITHOUT ROWID;

CREATE TABLE told (
  channel BLOB NOT NULL,  -- content_id() of its name, which may be a secret
  run INTEGER NOT NULL,
  finding BLOB NOT NULL,
  kind INTEGER NOT NULL,
  PRIMARY KEY (channel, run, finding, kind)
) STRICT, WITHOUT ROWID;
)",
};

constexpr const char* kMeta = "meta";

Status check_not_newer(const Database& database, int64_t version) {
  if (version <= schema_version()) return Ok{};
  return Error(database.name() + ": its tables have version " +
               std::to_string(version) + ", this leaksift knows up to " +
               std::to_string(schema_version()) + "; use a newer leaksift");
}

Status change(Database& database) {
  if (Status held = database.hold("schema"); !held) return held;
  // Another process may have been faster.
  const Result<int64_t> version = schema_version_of(database);
  if (!version) return version.error();
  if (Status usable = check_not_newer(database, *version); !usable) {
    return usable;
  }
  for (int64_t i = *version; i < schema_version(); ++i) {
    Status done = database.run_script(kSteps[static_cast<size_t>(i)]);
    if (!done) return done;
  }
  const std::string now = std::to_string(schema_version());
  return database.run(
      "INSERT INTO meta (name, value) VALUES ('schema_version', $1) "
      "ON CONFLICT (name) DO UPDATE SET value = excluded.value",
      {Text{now}});
}

}  // namespace

int64_t schema_version() {
  return static_cast<int64_t>(kSteps.size());
}

Result<int64_t> schema_version_of(Database& database) {
  const Result<bool> has_meta = database.has_table(kMeta);
  if (!has_meta) return has_meta.error();
  if (!*has_meta) return int64_t{0};
  int64_t version = 0;
  Status read = database.run(
      "SELECT CAST(value AS INTEGER) FROM meta WHERE name = 'schema_version'",
      {}, [&](Row& row) { version = row.integer(); });
  if (!read) return std::move(read).error();
  return version;
}

Status bring_up_to_date(Database& database) {
  const Result<int64_t> version =
      database.read([&] { return schema_version_of(database); });
  if (!version) return version.error();
  if (Status usable = check_not_newer(database, *version); !usable) {
    return usable;
  }
  if (*version == schema_version()) return Ok{};
  return database.write([&] { return change(database); });
}

}  // namespace leaksift
