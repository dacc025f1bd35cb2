#include <algorithm>
#include <array>
#include <chrono>
#include <iterator>
#include <map>
#include <thread>
#include <utility>

#include "core/big_endian.h"
#include "core/digest.h"
#include "core/text.h"
#include "store/database.h"
#include "store/postgres_wire.h"
#include "store/pq_library.h"

namespace leaksift {
namespace {

using Clock = std::chrono::steady_clock;
using namespace std::chrono_literals;

// How long to wait for a server that does not answer: one that was there is
// being restarted; one that never was may not exist.
constexpr auto kPatience = 60s;
constexpr auto kFirstPatience = 10s;
constexpr auto kLongestPause = 2000ms;
constexpr int kMaxAttempts = 20;
constexpr size_t kRowsAtOnce = 5000;

// Said in each transaction, so that it holds behind a pooler, too. Temporary
// tables come last: else one could stand in for ours. An answer waits for the
// disk whatever the server's default is. Whoever is gone without a word holds
// its locks no longer than a minute.
constexpr std::string_view kSettings =
    "SET LOCAL search_path = leaksift, pg_temp;"
    "SET LOCAL synchronous_commit = on;"
    "SET LOCAL lock_timeout = '30s';"
    "SET LOCAL statement_timeout = '600s';"
    "SET LOCAL idle_in_transaction_session_timeout = '60s'";

// REQUIRES: it is installed, as open_postgres() has seen
const PqLibrary& pq() {
  return *PqLibrary::get();
}

struct Finisher {
  void operator()(PGconn* connection) const { pq().finish(connection); }
};
struct Clearer {
  void operator()(PGresult* result) const { pq().clear(result); }
};
struct OptionsFreer {
  void operator()(PQconninfoOption* options) const {
    pq().conninfo_free(options);
  }
};
using Connection = std::unique_ptr<PGconn, Finisher>;
using Answer = std::unique_ptr<PGresult, Clearer>;
using Options = std::unique_ptr<PQconninfoOption, OptionsFreer>;

class PostgresRow : public Row {
 public:
  PostgresRow(const PGresult* answer, int row) : answer_(answer), row_(row) {}

 private:
  int64_t integer_at(int column) const override {
    return integer_from_wire(bytes_at(column));
  }
  double real_at(int column) const override {
    return real_from_wire(bytes_at(column));
  }
  std::string_view bytes_at(int column) const override {
    return {pq().get_value(answer_, row_, column),
            static_cast<size_t>(pq().get_length(answer_, row_, column))};
  }

  const PGresult* answer_;
  int row_;
};

// How to connect: `url` and what goes without saying.
struct Parameters {
  explicit Parameters(const std::string& url)
      : values{"leaksift", "10", "30", "60000", url.c_str(), "UTF8", nullptr} {}

  // What stands before `dbname` the URL may set otherwise.
  std::array<const char*, 7> names{"fallback_application_name",
                                   "connect_timeout",
                                   "keepalives_idle",
                                   "tcp_user_timeout",
                                   "dbname",
                                   "client_encoding",
                                   nullptr};
  std::array<const char*, 7> values;
};
constexpr int kExpandUrl = 1;

enum class Failure {
  kOther,
  kConflict,  // with another transaction: this one may be tried again
  kLost,      // the connection is gone
};

Failure failure_of(std::string_view state) {
  if (state == "40001" || state == "40P01") return Failure::kConflict;
  // The server was stopped, has crashed, or is only starting.
  if (state.empty() || state.starts_with("08") || state.starts_with("57P0")) {
    return Failure::kLost;
  }
  return Failure::kOther;
}

class PostgresDatabase : public Database {
 public:
  PostgresDatabase(std::string url, std::string name)
      : url_(std::move(url)), name_(std::move(name)) {}

  Status connect() {
    const auto until = Clock::now() + (was_there_ ? kPatience : kFirstPatience);
    auto pause = 50ms;
    const Parameters parameters(url_);
    for (bool answered = false;;) {
      prepared_.clear();
      connection_.reset(pq().connect_with(
          parameters.names.data(), parameters.values.data(), kExpandUrl));
      if (pq().status(connection_.get()) == CONNECTION_OK) break;
      const Error error = connection_error();
      // One that answers, but not us, will not answer later either; if it did
      // before, that is: it may have come up since we tried.
      const PGPing ping = pq().ping_with(parameters.names.data(),
                                         parameters.values.data(), kExpandUrl);
      const bool answers = ping == PQPING_OK;
      const bool may_come = ping == PQPING_REJECT ||
                            ping == PQPING_NO_RESPONSE ||
                            (answers && !answered);
      if ((!may_come && !was_there_) || Clock::now() >= until) return error;
      answered = answers;
      std::this_thread::sleep_for(pause);
      pause = std::min<std::chrono::milliseconds>(2 * pause, kLongestPause);
    }
    was_there_ = true;
    pq().set_notice_processor(
        connection_.get(), [](void*, const char*) {}, nullptr);
    const char* encoding =
        pq().parameter_status(connection_.get(), "server_encoding");
    if (encoding == nullptr || std::string_view(encoding) != "UTF8") {
      return Error(name_ +
                   ": the database does not store UTF-8; make another one "
                   "with createdb --encoding=UTF8 --template=template0");
    }
    return Ok{};
  }

  Status run(const std::string& sql, const Values& values,
             const EachRow& each) override {
    std::vector<WireParameter> parameters;
    std::transform(values.begin(), values.end(), std::back_inserter(parameters),
                   to_wire);
    return execute(sql, parameters, each);
  }

  Status insert(const Insert& into, size_t count,
                const std::function<void(size_t, Values&)>& fill) override {
    for (size_t done = 0; done < count; done += kRowsAtOnce) {
      const std::vector<WireParameter> arrays =
          to_arrays(done, std::min(kRowsAtOnce, count - done), fill);
      Status added = execute(sql_of(into, arrays.size()), arrays, {});
      if (!added) return added;
    }
    return Ok{};
  }

  Status hold(std::string_view name) override {
    const std::string digest = sha256("leaksift " + std::string(name));
    const auto key = static_cast<int64_t>(read_be64(digest.data()));
    return run("SELECT pg_advisory_xact_lock($1)", {key}, {});
  }

  Status run_script(std::string_view sql) override {
    return execute_plain("CREATE SCHEMA IF NOT EXISTS leaksift;" +
                         to_postgres_schema(sql));
  }

  Result<bool> has_table(std::string_view name) override {
    bool has = false;
    Status ran =
        run("SELECT 1 FROM pg_tables WHERE schemaname = 'leaksift' "
            "AND tablename = $1",
            {Text{name}}, [&](Row&) { has = true; });
    if (!ran) return std::move(ran).error();
    return has;
  }

  const std::string& name() const override { return name_; }

 protected:
  Status begin(Access access) override {
    failure_ = Failure::kOther;
    writes_ = access == Access::kWrite;
    if (pq().status(connection_.get()) != CONNECTION_OK) {
      if (Status connected = connect(); !connected) return connected;
    }
    const std::string_view kind =
        writes_ ? "BEGIN;" : "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY;";
    return execute_plain(std::string(kind) + std::string(kSettings));
  }

  Status commit() override {
    std::string transaction;
    if (writes_) {
      Status known =
          run("SELECT COALESCE(pg_current_xact_id_if_assigned()::text, '')", {},
              [&](Row& row) { transaction = row.text(); });
      if (!known) {
        roll_back();
        return known;
      }
    }
    Status done = execute_plain("COMMIT");
    if (done || failure_ != Failure::kLost || transaction.empty()) return done;
    return look_up(transaction, std::move(done));
  }

  void roll_back() override {
    if (pq().status(connection_.get()) != CONNECTION_OK) return;
    const Failure cause = failure_;
    static_cast<void>(execute_plain("ROLLBACK"));
    failure_ = cause;
  }

  bool is_worth_another(int attempts) override {
    if (failure_ == Failure::kOther || attempts >= kMaxAttempts) return false;
    std::this_thread::sleep_for(attempts * 10ms);
    return true;
  }

 private:
  static std::string sql_of(const Insert& into, size_t columns) {
    std::string sql = "INSERT INTO " + std::string(into.table) + " (" +
                      std::string(into.columns) + ") SELECT * FROM unnest(";
    for (size_t i = 1; i <= columns; ++i) {
      sql += (i == 1 ? "$" : ", $") + std::to_string(i);
    }
    return sql + ") " + std::string(into.conflict);
  }

  // The connection was lost while a transaction was being committed: was it?
  Status look_up(const std::string& transaction, Status lost) {
    const auto until = Clock::now() + kPatience;
    while (Clock::now() < until) {
      if (pq().status(connection_.get()) != CONNECTION_OK) {
        if (Status connected = connect(); !connected) break;
      }
      std::string status;
      Status asked =
          run("SELECT COALESCE(pg_xact_status($1::xid8), '')",
              {Text{transaction}}, [&](Row& row) { status = row.text(); });
      if (asked && status == "committed") return Ok{};
      if (asked && status == "aborted") {
        failure_ = Failure::kLost;
        return lost;
      }
      std::this_thread::sleep_for(10ms);
    }
    failure_ = Failure::kOther;
    return std::move(lost).error().in("not known whether it was written");
  }

  Error connection_error() const {
    return Error(name_ + ": " +
                 printable(trimmed(pq().error_message(connection_.get()))));
  }

  Status check(const Answer& answer) {
    const ExecStatusType status = pq().result_status(answer.get());
    if (status == PGRES_COMMAND_OK || status == PGRES_TUPLES_OK) return Ok{};
    const char* state = pq().result_error_field(answer.get(), PG_DIAG_SQLSTATE);
    failure_ = failure_of(state == nullptr ? "" : state);
    const char* why =
        pq().result_error_field(answer.get(), PG_DIAG_MESSAGE_PRIMARY);
    Error error = why == nullptr ? connection_error()
                                 : Error(name_ + ": " + printable(why));
    // What the server has given up is not used again.
    if (failure_ == Failure::kLost) connection_.reset();
    return error;
  }

  Status execute_plain(const std::string& sql) {
    return check(Answer(pq().exec(connection_.get(), sql.c_str())));
  }

  Result<std::string> prepare(const std::string& sql,
                              const std::vector<WireParameter>& parameters) {
    const auto known = prepared_.find(sql);
    if (known != prepared_.end()) return known->second;
    std::vector<Oid> types;
    for (const WireParameter& one : parameters) types.push_back(one.type);
    const std::string name = "s" + std::to_string(prepared_.size());
    Status ready = check(
        Answer(pq().prepare(connection_.get(), name.c_str(), sql.c_str(),
                            static_cast<int>(types.size()), types.data())));
    if (!ready) return std::move(ready).error();
    prepared_.emplace(sql, name);
    return name;
  }

  Status execute(const std::string& sql,
                 const std::vector<WireParameter>& parameters,
                 const EachRow& each) {
    const Result<std::string> statement = prepare(sql, parameters);
    if (!statement) return statement.error();
    std::vector<const char*> bytes;
    std::vector<int> sizes;
    for (const WireParameter& one : parameters) {
      bytes.push_back(one.bytes.data());
      sizes.push_back(static_cast<int>(one.bytes.size()));
    }
    constexpr int kBinary = 1;
    const std::vector<int> formats(parameters.size(), kBinary);
    const Answer answer(
        pq().exec_prepared(connection_.get(), statement->c_str(),
                           static_cast<int>(parameters.size()), bytes.data(),
                           sizes.data(), formats.data(), kBinary));
    if (Status done = check(answer); !done) return done;
    for (int row = 0; each && row < pq().ntuples(answer.get()); ++row) {
      PostgresRow current(answer.get(), row);
      each(current);
    }
    return Ok{};
  }

  std::string url_;
  std::string name_;
  Connection connection_;
  std::map<std::string, std::string> prepared_;  // by their SQL
  Failure failure_ = Failure::kOther;            // the last one
  bool writes_ = false;
  bool was_there_ = false;
};

// The URL without what nobody else should see; an error where it cannot be
// used.
Result<std::string> name_of(const std::string& url) {
  // libpq's own words about a URL may quote any part of it.
  const Options options(pq().conninfo_parse(url.c_str(), nullptr));
  if (options == nullptr) {
    return Error(
        "the URL of the database cannot be read: it has to look like "
        "postgres://user@host:5432/database");
  }
  std::map<std::string, std::string> set;
  for (const PQconninfoOption* one = options.get(); one->keyword != nullptr;
       ++one) {
    if (one->val != nullptr) set[one->keyword] = one->val;
  }
  std::string name = "postgres://" + set["host"] +
                     (set["port"].empty() ? "" : ":" + set["port"]) + "/" +
                     set["dbname"];
  name = printable(name);
  if (set.contains("password") || set.contains("sslpassword")) {
    return Error(name +
                 ": its URL holds a password, which others see in the list of "
                 "processes; put it into PGPASSWORD or ~/.pgpass");
  }
  return name;
}

}  // namespace

Result<std::unique_ptr<Database>> open_postgres(const std::string& url) {
  if (PqLibrary::get() == nullptr) {
    return Error("PostgreSQL needs libpq.so.5, which is not on this machine");
  }
  Result<std::string> name = name_of(url);
  if (!name) return std::move(name).error();
  auto database = std::make_unique<PostgresDatabase>(url, *std::move(name));
  if (Status connected = database->connect(); !connected) {
    return std::move(connected).error();
  }
  return std::unique_ptr<Database>(std::move(database));
}

}  // namespace leaksift
