#include "support/postgres_server.h"

#include <fcntl.h>
#include <grp.h>
#include <pwd.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <memory>
#include <thread>

#include "support/catch.h"
#include "support/command.h"

namespace leaksift {
namespace {

namespace fs = std::filesystem;

constexpr const char* kUser = "nobody";

// Debian keeps the server's programs out of PATH.
std::string find_programs() {
  std::error_code error;
  std::vector<std::string> found;
  for (fs::directory_iterator it("/usr/lib/postgresql", error), end;
       !error && it != end; it.increment(error)) {
    if (fs::exists(it->path() / "bin/initdb")) {
      found.push_back(it->path() / "bin");
    }
  }
  return found.empty() ? "" : *std::max_element(found.begin(), found.end());
}

void become_unprivileged() {
  const passwd* user = ::geteuid() == 0 ? ::getpwnam(kUser) : nullptr;
  if (user == nullptr) return;
  if (::setgroups(0, nullptr) != 0 || ::setgid(user->pw_gid) != 0 ||
      ::setuid(user->pw_uid) != 0) {
    ::_exit(1);
  }
}

}  // namespace

PostgresServer* PostgresServer::shared() {
  static const std::string kPrograms = find_programs();
  if (kPrograms.empty()) return nullptr;
  static std::unique_ptr<PostgresServer> server(new PostgresServer(kPrograms));
  return server.get();
}

PostgresServer::PostgresServer(std::string programs)
    : programs_(std::move(programs)), owner_(::getpid()) {
  if (::geteuid() == 0) {
    const passwd* user = ::getpwnam(kUser);
    REQUIRE(user != nullptr);
    REQUIRE(::chown(folder_.path().c_str(), user->pw_uid, user->pw_gid) == 0);
  }
  int status = -1;
  ::waitpid(spawn("initdb", {"--pgdata", folder_ / "data", "--username",
                             "leaksift", "--auth", "trust", "--encoding",
                             "UTF8", "--locale", "C", "--no-sync"}),
            &status, 0);
  INFO(read_bytes(folder_ / "log"));
  REQUIRE(status == 0);
  start();
}

PostgresServer::~PostgresServer() {
  // A child of fork() has a copy of this, which is not its to stop.
  if (::getpid() == owner_) stop();
}

std::string PostgresServer::url(const std::string& database) const {
  return "postgres://leaksift@/" + database + "?host=" + folder_.path();
}

void PostgresServer::create_database(const std::string& name,
                                     const std::string& encoding) const {
  const Ran ran =
      run_command({programs_ + "/psql", "--no-psqlrc", "--quiet", "--dbname",
                   url(), "--command",
                   "CREATE DATABASE " + name +
                       " TEMPLATE template0 ENCODING '" + encoding + "'"},
                  "/");
  INFO(ran.err);
  REQUIRE(ran.exit_code == 0);
}

pid_t PostgresServer::spawn(const std::string& program,
                            const std::vector<std::string>& arguments) const {
  const std::string path = programs_ + "/" + program;
  std::vector<char*> argv = {const_cast<char*>(path.c_str())};
  for (const std::string& one : arguments) {
    argv.push_back(const_cast<char*>(one.c_str()));
  }
  argv.push_back(nullptr);
  const std::string log = folder_ / "log";
  const pid_t child = ::fork();
  REQUIRE(child >= 0);
  if (child != 0) return child;
  become_unprivileged();
  // It does not outlive the tests, however those end.
  ::prctl(PR_SET_PDEATHSIG, SIGQUIT);
  const int out = ::open(log.c_str(), O_WRONLY | O_CREAT | O_APPEND, 0600);
  ::dup2(out, STDOUT_FILENO);
  ::dup2(out, STDERR_FILENO);
  ::execv(path.c_str(), argv.data());
  ::_exit(127);
}

void PostgresServer::start() {
  // What is written survives the server, if not the machine.
  server_ = spawn("postgres", {"-D", folder_ / "data", "-k", folder_.path(),
                               "-c", "listen_addresses=", "-c", "fsync=off"});
  for (int i = 0; i < 1000; ++i) {
    const Ran ran = run_command(
        {programs_ + "/pg_isready", "--quiet", "--dbname", url()}, "/");
    if (ran.exit_code == 0) return;
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
  }
  FAIL("the server does not start: " + read_bytes(folder_ / "log"));
}

void PostgresServer::stop() {
  if (server_ <= 0) return;  // -1 would be all processes
  ::kill(server_, SIGQUIT);
  ::waitpid(server_, nullptr, 0);
  server_ = -1;
}

}  // namespace leaksift
