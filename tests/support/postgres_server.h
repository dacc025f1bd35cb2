// A PostgreSQL server of the tests' own, on a Unix socket in a folder of
// theirs.
#pragma once

#include <sys/types.h>

#include <string>
#include <vector>

#include "support/temp_dir.h"

namespace leaksift {

class PostgresServer {
 public:
  // The one of this process, which ends with it; null where the programs are
  // not installed.
  static PostgresServer* shared();

  ~PostgresServer();
  PostgresServer(const PostgresServer&) = delete;
  PostgresServer& operator=(const PostgresServer&) = delete;

  // Of its database "postgres" or another one.
  std::string url(const std::string& database = "postgres") const;
  // That of its socket.
  const std::string& folder() const { return folder_.path(); }
  // Makes an empty database with this encoding.
  void create_database(const std::string& name,
                       const std::string& encoding = "UTF8") const;

  void start();
  // At once, as in a crash: without a word to its clients.
  void stop();

 private:
  explicit PostgresServer(std::string programs);

  // Runs one of the server's programs, which root may not.
  pid_t spawn(const std::string& program,
              const std::vector<std::string>& arguments) const;

  TempDir folder_;
  std::string programs_;
  pid_t server_ = -1;
  pid_t owner_ = -1;  // the process that began it
};

}  // namespace leaksift
