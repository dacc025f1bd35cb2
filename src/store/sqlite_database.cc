#include <sqlite3.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <cstdlib>
#include <map>
#include <thread>
#include <utility>

#include "core/file.h"
#include "store/database.h"

namespace leaksift {
namespace {

constexpr int kLongestWait = 30'000;  // ms

// WAL: who reads does not wait for who writes. In WAL mode only synchronous =
// FULL has a transaction on the disk when it returns; NORMAL would lose the
// last ones with the machine. Sorting is done in memory: /tmp may be full. In
// 32 MB of pages a unit's rows go to the disk once each, and not every time
// that their page is full of others.
constexpr const char* kSettings =
    "PRAGMA synchronous = FULL;"
    "PRAGMA foreign_keys = ON;"
    "PRAGMA temp_store = MEMORY;"
    "PRAGMA cache_size = -32768;"
    "PRAGMA trusted_schema = OFF;"
    "PRAGMA journal_size_limit = 67108864;";

struct Finalizer {
  void operator()(sqlite3_stmt* statement) const {
    sqlite3_finalize(statement);
  }
};
using Statement = std::unique_ptr<sqlite3_stmt, Finalizer>;

struct Closer {
  void operator()(sqlite3* connection) const { sqlite3_close(connection); }
};

class SqliteRow : public Row {
 public:
  explicit SqliteRow(sqlite3_stmt* statement) : statement_(statement) {}

 private:
  int64_t integer_at(int column) const override {
    return sqlite3_column_int64(statement_, column);
  }
  double real_at(int column) const override {
    return sqlite3_column_double(statement_, column);
  }
  std::string_view bytes_at(int column) const override {
    const void* bytes = sqlite3_column_blob(statement_, column);
    const int size = sqlite3_column_bytes(statement_, column);
    if (bytes == nullptr) return {};
    return {static_cast<const char*>(bytes), static_cast<size_t>(size)};
  }

  sqlite3_stmt* statement_;
};

// Puts a value into a statement. Bytes of `Blob` must live until it has run.
struct Binder {
  sqlite3_stmt* statement;
  int index;

  int operator()(int64_t value) const {
    return sqlite3_bind_int64(statement, index, value);
  }
  int operator()(double value) const {
    return sqlite3_bind_double(statement, index, value);
  }
  int operator()(Text value) const {
    const std::string text = escaped(value.bytes);
    return sqlite3_bind_text64(statement, index, text.data(), text.size(),
                               SQLITE_TRANSIENT, SQLITE_UTF8);
  }
  int operator()(Blob value) const {
    // A null pointer would be NULL.
    const char* bytes = value.bytes.empty() ? "" : value.bytes.data();
    return sqlite3_bind_blob64(statement, index, bytes, value.bytes.size(),
                               SQLITE_STATIC);
  }
};

class SqliteDatabase : public Database {
 public:
  explicit SqliteDatabase(std::string path) : path_(std::move(path)) {}

  Status open() {
    sqlite3* connection = nullptr;
    const int code =
        sqlite3_open_v2(path_.c_str(), &connection,
                        SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX, nullptr);
    connection_.reset(connection);
    if (code != SQLITE_OK) return error();
    sqlite3_extended_result_codes(connection, 1);
    sqlite3_busy_timeout(connection, kLongestWait);
    if (Status set = use_wal(); !set) return set;
    return run_script(kSettings);
  }

  Status run(const std::string& sql, const Values& values,
             const EachRow& each) override {
    const Result<sqlite3_stmt*> statement = prepared(sql);
    if (!statement) return statement.error();
    return step(*statement, values, each);
  }

  Status insert(const Insert& into, size_t count,
                const std::function<void(size_t, Values&)>& fill) override {
    Values values;
    std::string sql;
    for (size_t i = 0; i < count; ++i) {
      values.clear();
      fill(i, values);
      if (sql.empty()) sql = sql_of(into, values.size());
      if (Status ran = run(sql, values, {}); !ran) return ran;
    }
    return Ok{};
  }

  // One at a time writes, from the beginning of its transaction.
  Status hold(std::string_view) override { return Ok{}; }

  Status run_script(std::string_view sql) override {
    const int code = sqlite3_exec(connection_.get(), std::string(sql).c_str(),
                                  nullptr, nullptr, nullptr);
    return code == SQLITE_OK ? Status(Ok{}) : error();
  }

  Result<bool> has_table(std::string_view name) override {
    bool has = false;
    Status ran =
        run("SELECT 1 FROM sqlite_schema WHERE type = 'table' AND name = $1",
            {Text{name}}, [&](Row&) { has = true; });
    if (!ran) return std::move(ran).error();
    return has;
  }

  const std::string& name() const override { return path_; }

 protected:
  Status begin(Access access) override {
    return run(access == Access::kWrite ? "BEGIN IMMEDIATE" : "BEGIN", {}, {});
  }
  Status commit() override {
    Status done = run("COMMIT", {}, {});
    if (!done) roll_back();
    return done;
  }
  void roll_back() override {
    // Some errors have done so already.
    if (sqlite3_get_autocommit(connection_.get()) == 0) {
      static_cast<void>(run_script("ROLLBACK"));
    }
  }
  // Waiting is what the busy timeout does.
  bool is_worth_another(int) override { return false; }

 private:
  // SQLite's own waiting leaves one thing out: of two that open a new file at
  // once and both want to turn it to WAL, one is told at once that it is busy.
  Status use_wal() {
    const auto until = std::chrono::steady_clock::now() +
                       std::chrono::milliseconds(kLongestWait);
    for (;;) {
      std::string mode;
      Status set = run("PRAGMA journal_mode = WAL", {},
                       [&](Row& row) { mode = row.text(); });
      if (set && mode == "wal") return set;
      if (set) {
        return Error(path_ +
                     ": its file system cannot share memory between processes, "
                     "which SQLite needs; use a folder on a local disk");
      }
      if (!is_busy() || std::chrono::steady_clock::now() > until) return set;
      std::this_thread::sleep_for(std::chrono::milliseconds(5));
    }
  }

  bool is_busy() const {
    return (sqlite3_extended_errcode(connection_.get()) & 0xff) == SQLITE_BUSY;
  }

  static std::string sql_of(const Insert& into, size_t columns) {
    std::string sql = "INSERT INTO " + std::string(into.table) + " (" +
                      std::string(into.columns) + ") VALUES (";
    for (size_t i = 1; i <= columns; ++i) {
      sql += (i == 1 ? "$" : ", $") + std::to_string(i);
    }
    return sql + ") " + std::string(into.conflict);
  }

  Error error() const {
    const int code = sqlite3_extended_errcode(connection_.get());
    Error error(path_ + ": " + sqlite3_errmsg(connection_.get()));
    if (is_busy()) {
      return Error(error.message() + ": another process has been writing for " +
                   std::to_string(kLongestWait / 1000) + " seconds");
    }
    const int cause = sqlite3_system_errno(connection_.get());
    if ((code & 0xff) != SQLITE_IOERR || cause == 0) return error;
    return system_error(error.message(), cause);
  }

  Result<sqlite3_stmt*> prepared(const std::string& sql) {
    Statement& statement = statements_[sql];
    if (statement == nullptr) {
      sqlite3_stmt* made = nullptr;
      if (sqlite3_prepare_v3(
              connection_.get(), sql.data(), static_cast<int>(sql.size()),
              SQLITE_PREPARE_PERSISTENT, &made, nullptr) != SQLITE_OK) {
        return error();
      }
      statement.reset(made);
    }
    return statement.get();
  }

  Status step(sqlite3_stmt* statement, const Values& values,
              const EachRow& each) {
    int index = 0;
    int code = SQLITE_OK;
    for (const Value& value : values) {
      code = std::visit(Binder{statement, ++index}, value);
      if (code != SQLITE_OK) break;
    }
    if (code == SQLITE_OK) {
      while ((code = sqlite3_step(statement)) == SQLITE_ROW) {
        SqliteRow row(statement);
        if (each) each(row);
      }
    }
    Status done = code == SQLITE_DONE ? Status(Ok{}) : Status(error());
    sqlite3_reset(statement);
    sqlite3_clear_bindings(statement);
    return done;
  }

  std::string path_;
  std::unique_ptr<sqlite3, Closer> connection_;
  std::map<std::string, Statement> statements_;
};

// An empty file is an empty database. It gets its name when nothing has it open
// any more: to close a file takes the locks of all of a process's connections.
Status make_file(const std::string& path) {
  if (::access(path.c_str(), F_OK) == 0) return Ok{};
  std::string draft = path + ".XXXXXX";
  if (!FileHandle(::mkostemp(draft.data(), 0))) {
    return system_error(path, errno);
  }
  const bool made = ::link(draft.c_str(), path.c_str()) == 0 || errno == EEXIST;
  const int code = errno;
  ::unlink(draft.c_str());
  return made ? Status(Ok{}) : system_error(path, code);
}

}  // namespace

Result<std::unique_ptr<Database>> open_sqlite(const std::string& path) {
  if (Status made = make_file(path); !made) return std::move(made).error();
  auto database = std::make_unique<SqliteDatabase>(path);
  if (Status opened = database->open(); !opened) {
    return std::move(opened).error();
  }
  return std::unique_ptr<Database>(std::move(database));
}

}  // namespace leaksift
