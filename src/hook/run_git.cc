#include "hook/run_git.h"

#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <thread>
#include <utility>

#include "core/file.h"

namespace leaksift {
namespace {

constexpr uint64_t kMaxAnswer = 1 << 20;

// What the process says, into a file: two pipes would have to be read at once.
struct Outputs {
  FileHandle out;
  FileHandle err;
};

Result<Outputs> make_outputs() {
  Result<FileHandle> out = open_temporary();
  if (!out) return std::move(out).error();
  Result<FileHandle> err = open_temporary();
  if (!err) return std::move(err).error();
  return Outputs{*std::move(out), *std::move(err)};
}

Result<std::string> read_back(const FileHandle& file, uint64_t max_answer) {
  struct stat info {};
  if (::fstat(file.fd(), &info) != 0 || ::lseek(file.fd(), 0, SEEK_SET) != 0) {
    return system_error("git", errno);
  }
  if (static_cast<uint64_t>(info.st_size) > max_answer) {
    return Error("git: a longer answer than there can be");
  }
  std::string text(static_cast<size_t>(info.st_size), '\0');
  const int64_t size = read_fully(file.fd(), text.data(), text.size());
  if (size < 0) return system_error("git", errno);
  text.resize(static_cast<size_t>(size));
  text.resize(text.find_last_not_of('\n') + 1);
  return text;
}

// As a program's arguments and environment are handed over.
std::vector<char*> pointers_to(std::vector<std::string>& words) {
  std::vector<char*> pointers;
  for (std::string& word : words) pointers.push_back(word.data());
  pointers.push_back(nullptr);
  return pointers;
}

// `environment`: null-terminated. `own_group`: see GitRun.
Result<pid_t> start(std::vector<std::string> command, char* const* environment,
                    const Outputs& outputs, bool own_group, int held_file) {
  const std::vector<char*> argv = pointers_to(command);
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0);
  posix_spawn_file_actions_adddup2(&actions, outputs.out.fd(), 1);
  posix_spawn_file_actions_adddup2(&actions, outputs.err.fd(), 2);
  if (held_file >= 0) {  // onto itself: it is not closed by exec then
    posix_spawn_file_actions_adddup2(&actions, held_file, held_file);
  }
  posix_spawnattr_t attributes;
  posix_spawnattr_init(&attributes);
  if (own_group) {
    posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETPGROUP);
  }
  pid_t child = 0;
  const int code = ::posix_spawnp(&child, argv[0], &actions, &attributes,
                                  argv.data(), environment);
  posix_spawnattr_destroy(&attributes);
  posix_spawn_file_actions_destroy(&actions);
  if (code != 0) return system_error("git cannot be run", code);
  return child;
}

Result<int> exit_code_of(int status) {
  if (!WIFEXITED(status)) return Error("git was killed");
  return WEXITSTATUS(status);
}

Result<int> wait_for(pid_t child) {
  int status = 0;
  while (::waitpid(child, &status, 0) < 0) {
    if (errno != EINTR) return system_error("git", errno);
  }
  return exit_code_of(status);
}

// Why a run is to be ended; empty: it is not.
std::string_view reason_to_end(const GitRun& run, uint64_t written,
                               std::chrono::steady_clock::time_point until) {
  if (std::chrono::steady_clock::now() >= until) {
    return "git took longer than it may";
  }
  if (written > run.max_answer) {
    return "git: a longer answer than there can be";
  }
  if (run.give_up && run.give_up()) return "git was ended";
  return {};
}

uint64_t written_to(const Outputs& outputs) {
  struct stat out {};
  struct stat err {};
  if (::fstat(outputs.out.fd(), &out) != 0 ||
      ::fstat(outputs.err.fd(), &err) != 0) {
    return 0;
  }
  return static_cast<uint64_t>(std::max(out.st_size, err.st_size));
}

Result<int> wait_within_limits(pid_t child, const GitRun& run,
                               const Outputs& outputs) {
  const auto until = std::chrono::steady_clock::now() + run.timeout;
  auto pause = std::chrono::microseconds(500);
  constexpr auto kLongestPause = std::chrono::microseconds(50'000);
  for (;;) {
    int status = 0;
    const pid_t ended = ::waitpid(child, &status, WNOHANG);
    if (ended < 0 && errno != EINTR) return system_error("git", errno);
    if (ended == child) return exit_code_of(status);
    const std::string_view reason =
        reason_to_end(run, written_to(outputs), until);
    if (!reason.empty()) {
      ::kill(-child, SIGKILL);
      static_cast<void>(wait_for(child));
      return Error(std::string(reason));
    }
    std::this_thread::sleep_for(pause);
    pause = std::min(2 * pause, kLongestPause);
  }
}

Result<GitAnswer> answer_of(int code, const Outputs& outputs,
                            uint64_t max_answer) {
  Result<std::string> out = read_back(outputs.out, max_answer);
  if (!out) return std::move(out).error();
  Result<std::string> err = read_back(outputs.err, max_answer);
  if (!err) return std::move(err).error();
  return GitAnswer{code, *std::move(out), *std::move(err)};
}

}  // namespace

Result<GitAnswer> ask_git(const std::string& folder,
                          const std::vector<std::string>& arguments) {
  Result<Outputs> outputs = make_outputs();
  if (!outputs) return std::move(outputs).error();
  std::vector<std::string> command = {"git", "-C", folder};
  command.insert(command.end(), arguments.begin(), arguments.end());
  const Result<pid_t> child =
      start(std::move(command), environ, *outputs, false, -1);
  if (!child) return child.error();
  const Result<int> code = wait_for(*child);
  if (!code) return code.error();
  return answer_of(*code, *outputs, kMaxAnswer);
}

Result<GitAnswer> run_git(const GitRun& run) {
  Result<Outputs> outputs = make_outputs();
  if (!outputs) return std::move(outputs).error();
  std::vector<std::string> command = {"git"};
  command.insert(command.end(), run.arguments.begin(), run.arguments.end());
  std::vector<std::string> environment = run.environment;
  const Result<pid_t> child =
      start(std::move(command), pointers_to(environment).data(), *outputs, true,
            run.held_file);
  if (!child) return child.error();
  const Result<int> code = wait_within_limits(*child, run, *outputs);
  if (!code) return code.error();
  return answer_of(*code, *outputs, run.max_answer);
}

}  // namespace leaksift
