#include <algorithm>
#include <ctime>
#include <map>
#include <set>
#include <tuple>

#include "core/sort_unique.h"
#include "store/rows.h"
#include "store/sql_store.h"

namespace leaksift {
namespace {

// The decisions about findings, in the order of time.
using Decisions = std::map<std::string, std::vector<Decision>>;

Result<Decisions> read_decisions(Database& database) {
  auto all = records<Decision>(database,
                               "SELECT " + std::string(kDecisionColumns) +
                                   " FROM decisions ORDER BY decided_at, id",
                               {});
  if (!all) return std::move(all).error();
  Decisions by_finding;
  for (Decision& one : *all) {
    by_finding[one.finding].push_back(std::move(one));
  }
  return by_finding;
}

// The last decision for this repository (empty: for all), if it is in force.
std::optional<Decision> in_force(const std::vector<Decision>& decisions,
                                 std::string_view repository) {
  const auto last = std::find_if(
      decisions.rbegin(), decisions.rend(),
      [&](const Decision& one) { return one.repository == repository; });
  if (last == decisions.rend()) return std::nullopt;
  if (last->until != 0 && last->until <= std::time(nullptr)) {
    return std::nullopt;
  }
  return *last;
}

Result<std::vector<std::string>> repositories_with(Database& database,
                                                   std::string_view finding) {
  std::vector<std::string> names;
  Status read = database.run(
      "SELECT DISTINCT r.name FROM occurrences o "
      "JOIN repositories r ON r.id = o.repository WHERE o.finding = $1",
      {Blob{finding}}, [&](Row& row) { names.push_back(row.text()); });
  if (!read) return std::move(read).error();
  std::sort(names.begin(), names.end());
  return names;
}

// What is in force for the finding wherever it stands: one for all, or one for
// each of its repositories, of which the last counts.
Result<std::optional<Decision>> decision_on(
    Database& database, std::string_view finding,
    const std::vector<Decision>& decisions,
    const std::optional<std::string>& repository) {
  std::optional<Decision> found = in_force(decisions, "");
  if (found) return found;
  if (repository) return in_force(decisions, *repository);
  const auto names = repositories_with(database, finding);
  if (!names) return names.error();
  for (const std::string& name : *names) {
    std::optional<Decision> one = in_force(decisions, name);
    if (!one) return std::optional<Decision>();
    if (!found || found->at < one->at) found = std::move(one);
  }
  return found;
}

Result<std::vector<FindingLife>> read_lives(Database& database,
                                            const FindingFilter& filter) {
  std::string sql = "SELECT " + std::string(kFindingColumns) +
                    ", state, first_run, state_run, in_history, owner "
                    "FROM findings WHERE first_run > 0";
  Values values;
  auto add = [&](const std::string& condition, Value value) {
    values.push_back(value);
    sql += " AND " + condition + "$" + std::to_string(values.size());
  };
  if (filter.new_in_run) add("first_run = ", number(*filter.new_in_run));
  if (filter.state) add("state = ", number(*filter.state));
  if (filter.min_severity) add("severity >= ", number(*filter.min_severity));
  std::string repository;
  if (filter.repository) {
    repository = repository_id(*filter.repository);
    add("id IN (SELECT finding FROM occurrences WHERE repository = ",
        Blob{repository});
    sql += ")";
  }
  std::vector<FindingLife> lives;
  Status read = database.run(sql, values, [&](Row& row) {
    FindingLife& life = lives.emplace_back();
    take(row, life.finding);
    life.state = row.as<FindingState>();
    life.first_run = row.as<uint64_t>();
    life.state_run = row.as<uint64_t>();
    life.in_history = row.as<bool>();
    life.owner = row.text();
  });
  if (!read) return std::move(read).error();
  return lives;
}

Status check_known(Database& database, std::string_view finding) {
  bool is_known = false;
  Status read = database.run("SELECT id FROM findings WHERE id = $1",
                             {Blob{finding}}, [&](Row&) { is_known = true; });
  if (!read) return read;
  if (is_known) return Ok{};
  return Error(database.name() + ": there is no such finding");
}

}  // namespace

Result<std::vector<FindingLife>> SqlStore::findings(
    const FindingFilter& filter) {
  return database_->read([&]() -> Result<std::vector<FindingLife>> {
    auto lives = read_lives(*database_, filter);
    if (!lives) return lives;
    const Result<Decisions> decisions = read_decisions(*database_);
    if (!decisions) return decisions.error();
    for (FindingLife& life : *lives) {
      const auto own = decisions->find(life.finding.id);
      if (own == decisions->end()) continue;
      auto decision = decision_on(*database_, life.finding.id, own->second,
                                  filter.repository);
      if (!decision) return std::move(decision).error();
      life.decision = *std::move(decision);
    }
    if (!filter.decided) {
      std::erase_if(*lives, [](const FindingLife& life) {
        return life.decision.has_value();
      });
    }
    std::sort(
        lives->begin(), lives->end(),
        [](const FindingLife& a, const FindingLife& b) {
          return std::tie(b.finding.severity, a.finding.rule_id, a.finding.id) <
                 std::tie(a.finding.severity, b.finding.rule_id, b.finding.id);
        });
    return lives;
  });
}

Result<std::vector<RepositoryOccurrence>> SqlStore::occurrences(
    std::string_view finding) {
  static const std::string kSql =
      "SELECT repository_name, " + std::string(kOccurrenceColumns) +
      " FROM occurrences JOIN (SELECT id AS repository_id, "
      "name AS repository_name FROM repositories) r "
      "ON repository_id = repository WHERE finding = $1";
  auto all =
      database_->read([&]() -> Result<std::vector<RepositoryOccurrence>> {
        std::vector<RepositoryOccurrence> found;
        Status read = database_->run(kSql, {Blob{finding}}, [&](Row& row) {
          RepositoryOccurrence& one = found.emplace_back();
          one.repository = row.text();
          take(row, one.occurrence);
        });
        if (!read) return std::move(read).error();
        return found;
      });
  if (!all) return all;
  auto key = [](const RepositoryOccurrence& one) {
    return std::tie(one.repository, one.occurrence.path, one.occurrence.begin,
                    one.occurrence.end, one.occurrence);
  };
  std::sort(all->begin(), all->end(),
            [&](const RepositoryOccurrence& a, const RepositoryOccurrence& b) {
              return key(a) < key(b);
            });
  return all;
}

Result<std::vector<FindingEvent>> SqlStore::events(uint64_t run) {
  return database_->read([&] {
    return records<FindingEvent>(
        *database_,
        "SELECT " + std::string(kEventColumns) +
            " FROM events WHERE run = $1 ORDER BY finding, kind",
        {number(run)});
  });
}

Status SqlStore::decide(const Decision& decision) {
  Values values;
  put(decision, values);
  const std::string id = content_id(values);
  values.push_back(Blob{id});
  return database_->write([&]() -> Status {
    if (Status known = check_known(*database_, decision.finding); !known) {
      return known;
    }
    return database_->run("INSERT INTO decisions (" +
                              std::string(kDecisionColumns) +
                              ", id) VALUES ($1, $2, $3, $4, $5, $6, $7, $8) "
                              "ON CONFLICT DO NOTHING",
                          values);
  });
}

Status SqlStore::describe_rules(const std::vector<RuleDescription>& texts) {
  std::map<std::string_view, const RuleDescription*> by_rule;
  for (const RuleDescription& text : texts) by_rule[text.rule_id] = &text;
  return database_->write([&]() -> Status {
    std::set<std::string> found;
    Status done = database_->run("SELECT DISTINCT rule_id FROM findings", {},
                                 [&](Row& row) { found.insert(row.text()); });
    for (const std::string& rule : found) {
      const auto text = by_rule.find(rule);
      if (!done) break;
      if (text == by_rule.end()) continue;
      done = database_->run(
          "UPDATE findings SET description = $1, severity = $2 "
          "WHERE rule_id = $3 AND (description <> $1 OR severity <> $2)",
          {Text{text->second->description}, number(text->second->severity),
           Text{rule}});
    }
    return done;
  });
}

Status SqlStore::set_owners(const std::map<std::string, std::string>& owners) {
  return database_->write([&]() -> Status {
    for (const auto& [finding, owner] : owners) {
      if (Status known = check_known(*database_, finding); !known) return known;
      Status set =
          database_->run("UPDATE findings SET owner = $1 WHERE id = $2",
                         {Text{owner}, Blob{finding}});
      if (!set) return set;
    }
    return Ok{};
  });
}

Result<std::vector<FindingEvent>> SqlStore::untold(std::string_view channel) {
  const std::string id = content_id({Text{channel}});
  return database_->read([&] {
    return records<FindingEvent>(
        *database_,
        "SELECT e.run, e.finding, e.kind FROM events e WHERE NOT EXISTS ("
        "SELECT 1 FROM told t WHERE t.channel = $1 AND t.run = e.run "
        "AND t.finding = e.finding AND t.kind = e.kind) "
        "ORDER BY e.run, e.finding, e.kind",
        {Blob{id}});
  });
}

Status SqlStore::mark_told(std::string_view channel,
                           const std::vector<FindingEvent>& events) {
  const std::string id = content_id({Text{channel}});
  std::vector<FindingEvent> told = events;
  sort_unique(told);
  const std::string columns = "channel, " + std::string(kEventColumns);
  return database_->write([&] {
    return database_->insert({"told", columns, "ON CONFLICT DO NOTHING"},
                             told.size(), [&](size_t i, Values& values) {
                               values.push_back(Blob{id});
                               put(told[i], values);
                             });
  });
}

}  // namespace leaksift
