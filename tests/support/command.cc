#include "support/command.h"

#include <malloc.h>
#include <spawn.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <fstream>
#include <memory>
#include <utility>

#include "support/catch.h"

namespace leaksift {
namespace {

struct Close {
  void operator()(std::FILE* stream) const { std::fclose(stream); }
};
using Stream = std::unique_ptr<std::FILE, Close>;

Stream temporary_stream() {
  Stream stream(std::tmpfile());
  REQUIRE(stream != nullptr);
  return stream;
}

std::string read_whole(std::FILE* stream) {
  std::rewind(stream);
  std::string bytes;
  char block[4096];
  for (size_t n; (n = std::fread(block, 1, sizeof block, stream)) > 0;) {
    bytes.append(block, n);
  }
  return bytes;
}

// A child's peak begins with its parent's. Without this the peak of one test's
// own memory would be that of every command after it.
void forget_own_peak() {
  ::malloc_trim(0);
  std::ofstream("/proc/self/clear_refs") << "5";
}

// Not by fork(), which takes long where the sanitizers' memory is to be copied.
pid_t spawn(std::vector<std::string> command, const std::string& directory,
            std::FILE* in, std::FILE* out, std::FILE* errors) {
  std::vector<char*> argv;
  for (std::string& argument : command) argv.push_back(argument.data());
  argv.push_back(nullptr);
  posix_spawn_file_actions_t actions;
  REQUIRE(::posix_spawn_file_actions_init(&actions) == 0);
  ::posix_spawn_file_actions_addchdir_np(&actions, directory.c_str());
  ::posix_spawn_file_actions_adddup2(&actions, ::fileno(in), 0);
  ::posix_spawn_file_actions_adddup2(&actions, ::fileno(out), 1);
  ::posix_spawn_file_actions_adddup2(&actions, ::fileno(errors), 2);
  forget_own_peak();
  pid_t child = -1;
  const int error =
      ::posix_spawnp(&child, argv[0], &actions, nullptr, argv.data(), environ);
  ::posix_spawn_file_actions_destroy(&actions);
  CAPTURE(command);
  REQUIRE(error == 0);
  return child;
}

// In kB; 0 for a process that has ended.
long anonymous_memory(pid_t process) {
  std::ifstream status("/proc/" + std::to_string(process) + "/status");
  for (std::string word; status >> word;) {
    long kb = 0;
    if (word == "RssAnon:" && status >> kb) return kb;
  }
  return 0;
}

}  // namespace

Ran run_command(std::vector<std::string> command, const std::string& directory,
                std::string_view input) {
  const Stream in = temporary_stream(), out = temporary_stream(),
               errors = temporary_stream();
  std::fwrite(input.data(), 1, input.size(), in.get());
  std::rewind(in.get());
  const pid_t child =
      spawn(std::move(command), directory, in.get(), out.get(), errors.get());
  int status = -1;
  rusage used{};
  long anonymous_kb = 0;
  pid_t ended = 0;
  while (ended == 0) {
    ::usleep(1000);
    anonymous_kb = std::max(anonymous_kb, anonymous_memory(child));
    ended = ::wait4(child, &status, WNOHANG, &used);
  }
  REQUIRE(ended == child);
  return {WIFEXITED(status) ? WEXITSTATUS(status) : -1, read_whole(out.get()),
          read_whole(errors.get()), used.ru_maxrss, anonymous_kb};
}

}  // namespace leaksift
