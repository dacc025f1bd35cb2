// Servers on this machine, for one test each.
#pragma once

#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <string>
#include <utility>
#include <vector>

#include "support/catch.h"
#include "support/temp_dir.h"

namespace leaksift {

// A program that prints its port and ends with its standard input.
class LoopbackServer {
 public:
  explicit LoopbackServer(std::vector<std::string> command) {
    int in[2];
    int out[2];
    REQUIRE(::pipe2(in, O_CLOEXEC) == 0);
    REQUIRE(::pipe2(out, O_CLOEXEC) == 0);
    std::vector<char*> argv;
    for (std::string& word : command) argv.push_back(word.data());
    argv.push_back(nullptr);
    posix_spawn_file_actions_t actions;
    ::posix_spawn_file_actions_init(&actions);
    ::posix_spawn_file_actions_adddup2(&actions, in[0], 0);
    ::posix_spawn_file_actions_adddup2(&actions, out[1], 1);
    REQUIRE(::posix_spawnp(&child_, argv[0], &actions, nullptr, argv.data(),
                           environ) == 0);
    ::posix_spawn_file_actions_destroy(&actions);
    ::close(in[0]);
    ::close(out[1]);
    stop_ = in[1];
    for (char c = 0; ::read(out[0], &c, 1) == 1 && c != '\n';) port_ += c;
    ::close(out[0]);
    REQUIRE_FALSE(port_.empty());
  }
  ~LoopbackServer() {
    ::close(stop_);
    ::waitpid(child_, nullptr, 0);
  }
  LoopbackServer(const LoopbackServer&) = delete;
  LoopbackServer& operator=(const LoopbackServer&) = delete;

  std::string host() const { return "127.0.0.1:" + port_; }
  std::string origin() const { return "http://" + host(); }

 private:
  pid_t child_ = -1;
  int stop_ = -1;
  std::string port_;
};

}  // namespace leaksift
