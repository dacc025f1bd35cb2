// The database behind a store of sweeps, whichever it is. Both take the same
// SQL: parameters are $1, $2… in the order in which they first appear.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "leaksift/result.h"

namespace leaksift {

// Any bytes, that people may want to read: in the database bytes that are no
// UTF-8, and NUL, are written \xNN, and a backslash as two.
struct Text {
  std::string_view bytes;
};
// Ids and the like.
struct Blob {
  std::string_view bytes;
};
using Value = std::variant<int64_t, double, Text, Blob>;
using Values = std::vector<Value>;  // whose bytes live elsewhere

// As a Text is written in the database, and back. What nobody wrote so is taken
// as it is.
std::string escaped(std::string_view bytes);
std::string unescaped(std::string_view text);

// 16 bytes that stand for the values: rows are known by what they say and not
// by when they came.
std::string content_id(const Values& values);

// A row of an answer, read from left to right.
class Row {
 public:
  virtual ~Row() = default;

  int64_t integer() { return integer_at(next_++); }
  template <typename T>
  T as() {
    return static_cast<T>(integer());
  }
  double real() { return real_at(next_++); }
  std::string text() { return unescaped(bytes_at(next_++)); }
  std::string blob() { return std::string(bytes_at(next_++)); }

 protected:
  virtual int64_t integer_at(int column) const = 0;
  virtual double real_at(int column) const = 0;
  virtual std::string_view bytes_at(int column) const = 0;

 private:
  int next_ = 0;
};

// Where rows go. No two rows of one call may meet in `conflict`.
struct Insert {
  std::string_view table;
  std::string_view columns;   // "run, id"
  std::string_view conflict;  // "ON CONFLICT DO NOTHING"; or empty
};

// One connection. Not thread-safe.
class Database {
 public:
  using EachRow = std::function<void(Row&)>;
  enum class Access { kRead, kWrite };

  virtual ~Database() = default;

  // Does `work`, which returns a Result, in a transaction: it sees one state of
  // the database, and when it succeeds what it wrote is on the disk. It is
  // repeated where the database asks for it, so it must only write there.
  template <typename Work>
  auto read(const Work& work) -> decltype(work()) {
    return attempt(Access::kRead, work);
  }
  template <typename Work>
  auto write(const Work& work) -> decltype(work()) {
    return attempt(Access::kWrite, work);
  }

  // All below only within such work.

  virtual Status run(const std::string& sql, const Values& values,
                     const EachRow& each = {}) = 0;
  // The same for every member of a list, which is in the place of "{list}",
  // the last of the parameters. Several at a time: rows come in any order.
  Status run_for_all(std::string_view sql, const Values& values,
                     const std::vector<std::string>& list,
                     const EachRow& each = {});
  // `fill` puts the values of row number i into a vector that is empty.
  virtual Status insert(const Insert& into, size_t count,
                        const std::function<void(size_t, Values&)>& fill) = 0;
  // Until the end of the transaction nobody else holds this name.
  virtual Status hold(std::string_view name) = 0;

  // Statements without parameters, in the words of SQLite.
  virtual Status run_script(std::string_view sql) = 0;
  virtual Result<bool> has_table(std::string_view name) = 0;
  // What it is and where, for errors.
  virtual const std::string& name() const = 0;

 protected:
  virtual Status begin(Access access) = 0;
  virtual Status commit() = 0;
  virtual void roll_back() = 0;
  // Did the last failure have a cause that may be gone now? Waits a little if
  // so. `attempts`: how many there were.
  virtual bool is_worth_another(int attempts) = 0;

 private:
  Status transact(Access access, const std::function<Status()>& work);

  template <typename Work>
  auto attempt(Access access, const Work& work) -> decltype(work()) {
    std::optional<decltype(work())> result;
    const Status done = transact(access, [&]() -> Status {
      result.emplace(work());
      if (!*result) return result->error();
      return Ok{};
    });
    if (!done) return done.error();
    return *std::move(result);
  }
};

// `path`: of the file, which is made if it is missing, for its owner alone.
Result<std::unique_ptr<Database>> open_sqlite(const std::string& path);

// `url`: "postgres://user@host:port/database?…", as libpq has it. Passwords
// come from PGPASSWORD or a password file.
Result<std::unique_ptr<Database>> open_postgres(const std::string& url);

}  // namespace leaksift
