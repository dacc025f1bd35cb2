// A way to a PostgreSQL server on which some things get lost.
#pragma once

#include <poll.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <string>
#include <string_view>

#include "core/file.h"
#include "store/sweep_store.h"
#include "support/catch.h"
#include "support/processes.h"
#include "support/temp_dir.h"

namespace leaksift {

// The first `refused` connections are told that the server is only starting. Of
// three COMMITs the first never arrives; the second does, but not its answer;
// the third is left alone. One connection at a time.
class LossyProxy {
 public:
  explicit LossyProxy(const std::string& server_folder, int refused = 0) {
    const FileHandle listener(::socket(AF_UNIX, SOCK_STREAM, 0));
    const sockaddr_un own = address_in(folder_.path());
    REQUIRE(::bind(listener.fd(), reinterpret_cast<const sockaddr*>(&own),
                   sizeof own) == 0);
    REQUIRE(::listen(listener.fd(), 8) == 0);
    child_ = in_process([&] {
      for (int i = 0; i < refused; ++i) refuse(listener.fd());
      for (;;) serve(listener.fd(), server_folder);
      return true;
    });
  }
  ~LossyProxy() {
    ::kill(child_, SIGKILL);
    wait_for(child_);
  }
  LossyProxy(const LossyProxy&) = delete;
  LossyProxy& operator=(const LossyProxy&) = delete;

  // `where` by this way.
  StateLocation to(StateLocation where) const {
    where.database.replace(where.database.find("?host="), std::string::npos,
                           "?host=" + folder_.path());
    return where;
  }

 private:
  static sockaddr_un address_in(const std::string& folder) {
    const std::string path = folder + "/.s.PGSQL.5432";
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    path.copy(address.sun_path, sizeof address.sun_path - 1);
    return address;
  }

  static void refuse(int listener) {
    using namespace std::string_view_literals;
    constexpr std::string_view kStarting =
        "E\0\0\0\x24SFATAL\0VFATAL\0C57P03\0Mstarting\0\0"sv;
    const FileHandle client(::accept(listener, nullptr, nullptr));
    std::array<char, 4096> hello{};
    static_cast<void>(::read(client.fd(), hello.data(), hello.size()));
    static_cast<void>(::write(client.fd(), kStarting.data(), kStarting.size()));
  }

  void serve(int listener, const std::string& server_folder) {
    const FileHandle client(::accept(listener, nullptr, nullptr));
    const FileHandle server(::socket(AF_UNIX, SOCK_STREAM, 0));
    const sockaddr_un there = address_in(server_folder);
    if (::connect(server.fd(), reinterpret_cast<const sockaddr*>(&there),
                  sizeof there) != 0) {
      return;
    }
    bool is_lost = false;
    while (!is_lost) {
      std::array<pollfd, 2> ways = {
          {{client.fd(), POLLIN, 0}, {server.fd(), POLLIN, 0}}};
      ::poll(ways.data(), ways.size(), -1);
      if (ways[0].revents != 0) {
        is_lost = !pass(client.fd(), server.fd(), true);
      } else if (!pass(server.fd(), client.fd(), false)) {
        return;
      }
    }
  }

  // Passes on what has come; false: the connection ends here.
  bool pass(int from, int to, bool is_client) {
    std::array<char, 65536> bytes{};
    const ssize_t size = ::read(from, bytes.data(), bytes.size());
    if (size <= 0) return false;
    const std::string_view message(bytes.data(), static_cast<size_t>(size));
    const bool is_commit = is_client && message.starts_with('Q') &&
                           message.find("COMMIT") != std::string_view::npos;
    const int turn = is_commit ? ++commits_ % 3 : 0;
    if (turn == 1) return false;
    if (::write(to, bytes.data(), static_cast<size_t>(size)) != size) {
      return false;
    }
    if (turn != 2) return true;
    // The answer comes, and goes no further.
    static_cast<void>(::read(to, bytes.data(), bytes.size()));
    return false;
  }

  TempDir folder_;
  int commits_ = 0;
  pid_t child_ = -1;
};

}  // namespace leaksift
