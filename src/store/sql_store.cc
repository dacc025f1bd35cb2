#include "store/sql_store.h"

#include <algorithm>
#include <iterator>
#include <map>

#include "core/sort_unique.h"
#include "store/packed.h"
#include "store/rows.h"
#include "store/schema.h"

namespace leaksift {
namespace {

const std::string kSelectRepository =
    "SELECT " + std::string(kRepositoryColumns) + ", " +
    std::string(kScanColumns) + " FROM repositories";

// The rows of a repository in a table, sorted as records.
template <typename Record>
Result<std::vector<Record>> rows_of(Database& database, std::string_view table,
                                    std::string_view columns,
                                    std::string_view repository) {
  const std::string id = repository_id(repository);
  auto all = database.read([&] {
    return records<Record>(database,
                           "SELECT " + std::string(columns) + " FROM " +
                               std::string(table) + " WHERE repository = $1",
                           {Blob{id}});
  });
  if (all) std::sort(all->begin(), all->end());
  return all;
}

Status read_strings(Database& database, const std::string& sql,
                    const Values& values, std::vector<std::string>& out) {
  return database.run(sql, values,
                      [&](Row& row) { out.push_back(row.blob()); });
}

// All of a table of objects that stands under these objects.
template <typename Record>
Result<std::vector<Record>> of_objects(Database& database,
                                       const std::string& sql,
                                       std::string_view rules,
                                       std::vector<std::string> objects) {
  sort_unique(objects);
  auto all = database.read([&]() -> Result<std::vector<Record>> {
    std::vector<Record> found;
    Status read =
        database.run_for_all(sql, {Text{rules}}, objects, [&](Row& row) {
          Record& record = found.emplace_back();
          record.object = row.blob();
          if constexpr (requires { record.rule_id; }) {
            record.rule_id = row.text();
          }
          take(row, record);
        });
    if (!read) return std::move(read).error();
    return found;
  });
  if (all) std::sort(all->begin(), all->end());
  return all;
}

// The sightings that stand packed under these objects.
Status add_unpacked(Database& database, std::string_view rules,
                    std::vector<std::string> objects,
                    std::vector<ObjectSighting>& out) {
  sort_unique(objects);
  return database.read([&]() -> Status {
    std::vector<ObjectSighting> found;
    bool whole = true;
    Status read = database.run_for_all(
        "SELECT object, sightings FROM packed_sightings "
        "WHERE rules = $1 AND object IN ({list})",
        {Text{rules}}, objects, [&](Row& row) {
          const std::string object = row.blob();
          whole = unpack(object, row.blob(), found) && whole;
        });
    if (!read) return read;
    if (!whole) return Error(database.name() + ": damaged sightings");
    std::map<std::string, std::string> rule_of;
    read = database.run("SELECT id, rule_id FROM findings", {}, [&](Row& row) {
      std::string id = row.blob();
      rule_of.emplace(std::move(id), row.text());
    });
    if (!read) return read;
    for (ObjectSighting& one : found) one.rule_id = rule_of[one.finding];
    out.insert(out.end(), found.begin(), found.end());
    return Ok{};
  });
}

}  // namespace

Result<std::unique_ptr<SweepStore>> SweepStore::open(
    const StateLocation& where) {
  auto database = where.database.empty()
                      ? open_sqlite(where.folder + "/state.sqlite")
                      : open_postgres(where.database);
  if (!database) return std::move(database).error();
  if (Status ready = bring_up_to_date(**database); !ready) {
    return std::move(ready).error();
  }
  return std::unique_ptr<SweepStore>(
      std::make_unique<SqlStore>(*std::move(database)));
}

std::string repository_id(std::string_view key) {
  return content_id({Text{key}});
}

Result<std::string> SqlStore::meta(std::string_view name) {
  return database_->read([&]() -> Result<std::string> {
    std::string value;
    Status read =
        database_->run("SELECT value FROM meta WHERE name = $1", {Text{name}},
                       [&](Row& row) { value = row.text(); });
    if (!read) return std::move(read).error();
    return value;
  });
}

Status SqlStore::set_meta(std::string_view name, std::string_view value) {
  return database_->write([&] {
    return database_->run(
        "INSERT INTO meta (name, value) VALUES ($1, $2) "
        "ON CONFLICT (name) DO UPDATE SET value = excluded.value",
        {Text{name}, Text{value}});
  });
}

Status SqlStore::note_repositories(
    const std::vector<SweptRepository>& repositories) {
  // The last one of a name counts, as if they came one after the other.
  std::map<std::string, const SweptRepository*> by_id;
  for (const SweptRepository& one : repositories) {
    by_id[repository_id(one.key)] = &one;
  }
  const std::string columns = "id, " + std::string(kRepositoryColumns) + ", " +
                              std::string(kScanColumns);
  const Insert into{
      "repositories", columns,
      "ON CONFLICT (id) DO UPDATE SET name = excluded.name, "
      "path = excluded.path, url = excluded.url, pool = excluded.pool, "
      "fork_of = excluded.fork_of, archived = excluded.archived"};
  return database_->write([&] {
    auto next = by_id.begin();
    return database_->insert(into, by_id.size(), [&](size_t, Values& values) {
      static const SweptRepository kNotScanned;
      values.push_back(Blob{next->first});
      put_itself(*next->second, values);
      put_scan(kNotScanned, values);
      ++next;
    });
  });
}

Result<std::optional<SweptRepository>> SqlStore::repository(
    std::string_view key) {
  const std::string id = repository_id(key);
  auto found = database_->read([&] {
    return records<SweptRepository>(
        *database_, kSelectRepository + " WHERE id = $1", {Blob{id}});
  });
  if (!found) return std::move(found).error();
  if (found->empty()) return std::optional<SweptRepository>();
  return std::optional(std::move(found->front()));
}

Result<std::map<std::string, SweptRepository>> SqlStore::repositories() {
  auto all = database_->read([&] {
    return records<SweptRepository>(*database_, kSelectRepository, {});
  });
  if (!all) return std::move(all).error();
  std::map<std::string, SweptRepository> by_key;
  for (SweptRepository& one : *all) {
    std::string key = one.key;
    by_key.emplace(std::move(key), std::move(one));
  }
  return by_key;
}

Result<std::vector<SweptRef>> SqlStore::refs(std::string_view repository) {
  const std::string id = repository_id(repository);
  return database_->read([&]() -> Result<std::vector<SweptRef>> {
    std::vector<SweptRef> refs;
    bool whole = true;
    Status read = database_->run(
        "SELECT refs FROM refs WHERE repository = $1", {Blob{id}},
        [&](Row& row) { whole = unpack(row.blob(), refs); });
    if (!read) return std::move(read).error();
    if (!whole) return Error(database_->name() + ": damaged refs");
    return refs;
  });
}

Result<std::vector<Skipped>> SqlStore::skipped(std::string_view repository) {
  return rows_of<Skipped>(*database_, "skipped", kSkippedColumns, repository);
}

Result<SweepStore::Seen> SqlStore::seen(std::string_view rules) {
  auto all = database_->read([&]() -> Result<Seen> {
    Seen seen;
    Status read = database_->run(
        "SELECT name FROM segments WHERE rules = $1", {Text{rules}},
        [&](Row& row) { seen.segments.push_back(row.text()); });
    for (const char* table : {"packed_sightings", "sightings"}) {
      if (!read) break;
      read = read_strings(*database_,
                          "SELECT DISTINCT object FROM " + std::string(table) +
                              " WHERE rules = $1",
                          {Text{rules}}, seen.flagged);
    }
    if (!read) return std::move(read).error();
    return seen;
  });
  if (all) {
    sort_unique(all->segments);
    sort_unique(all->flagged);
  }
  return all;
}

Result<std::vector<ObjectSighting>> SqlStore::sightings_of(
    std::string_view rules, const std::vector<std::string>& objects) {
  static const std::string kSql =
      "SELECT s.object, f.rule_id, " + std::string(kSightingColumns) +
      " FROM sightings s JOIN findings f ON f.id = s.finding "
      "WHERE s.rules = $1 AND s.object IN ({list})";
  auto all = of_objects<ObjectSighting>(*database_, kSql, rules, objects);
  if (!all) return all;
  if (Status added = add_unpacked(*database_, rules, objects, *all); !added) {
    return std::move(added).error();
  }
  std::sort(all->begin(), all->end());
  return all;
}

Result<std::vector<ObjectPlace>> SqlStore::places_of(
    std::string_view rules, const std::vector<std::string>& objects) {
  static const std::string kSql =
      "SELECT object, " + std::string(kPlaceColumns) +
      " FROM places WHERE rules = $1 AND object IN ({list})";
  return of_objects<ObjectPlace>(*database_, kSql, rules, objects);
}

Status SqlStore::replace_segments(std::string_view rules,
                                  const std::vector<std::string>& old_names,
                                  const std::string& new_name) {
  return database_->write([&]() -> Status {
    for (const std::string& name : old_names) {
      Status removed =
          database_->run("DELETE FROM segments WHERE rules = $1 AND name = $2",
                         {Text{rules}, Text{name}});
      if (!removed) return removed;
    }
    return database_->run(
        "INSERT INTO segments (rules, name) VALUES ($1, $2) "
        "ON CONFLICT DO NOTHING",
        {Text{rules}, Text{new_name}});
  });
}

Result<std::vector<std::string>> SqlStore::collect_garbage(
    std::string_view rules, const std::vector<std::string>& gone) {
  std::vector<std::string> ids;
  std::transform(gone.begin(), gone.end(), std::back_inserter(ids),
                 repository_id);
  return database_->write([&]() -> Result<std::vector<std::string>> {
    for (const char* table : {"occurrences", "refs", "skipped"}) {
      Status removed = database_->run_for_all(
          "DELETE FROM " + std::string(table) + " WHERE repository IN ({list})",
          {}, ids);
      if (!removed) return std::move(removed).error();
    }
    Status removed = database_->run_for_all(
        "DELETE FROM repositories WHERE id IN ({list})", {}, ids);
    std::vector<std::string> unused;
    if (removed) {
      removed = database_->run("SELECT name FROM segments WHERE rules <> $1",
                               {Text{rules}},
                               [&](Row& row) { unused.push_back(row.text()); });
    }
    for (const char* table :
         {"packed_sightings", "sightings", "places", "segments"}) {
      if (!removed) break;
      removed = database_->run(
          "DELETE FROM " + std::string(table) + " WHERE rules <> $1",
          {Text{rules}});
    }
    if (!removed) return std::move(removed).error();
    sort_unique(unused);
    return unused;
  });
}

}  // namespace leaksift
