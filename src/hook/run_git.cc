#include "hook/run_git.h"

#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
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

Result<std::string> read_back(const FileHandle& file) {
  std::string text(kMaxAnswer + 1, '\0');
  if (::lseek(file.fd(), 0, SEEK_SET) != 0) return system_error("git", errno);
  const int64_t size = read_fully(file.fd(), text.data(), text.size());
  if (size < 0) return system_error("git", errno);
  if (static_cast<uint64_t>(size) > kMaxAnswer) {
    return Error("git: a longer answer than there can be");
  }
  text.resize(static_cast<size_t>(size));
  text.resize(text.find_last_not_of('\n') + 1);
  return text;
}

Result<int> spawn_and_wait(std::vector<std::string> command,
                           const Outputs& outputs) {
  std::vector<char*> argv;
  for (std::string& word : command) argv.push_back(word.data());
  argv.push_back(nullptr);
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0);
  posix_spawn_file_actions_adddup2(&actions, outputs.out.fd(), 1);
  posix_spawn_file_actions_adddup2(&actions, outputs.err.fd(), 2);
  pid_t child = 0;
  const int code =
      ::posix_spawnp(&child, argv[0], &actions, nullptr, argv.data(), environ);
  posix_spawn_file_actions_destroy(&actions);
  if (code != 0) return system_error("git cannot be run", code);
  int status = 0;
  while (::waitpid(child, &status, 0) < 0) {
    if (errno != EINTR) return system_error("git", errno);
  }
  if (!WIFEXITED(status)) return Error("git was killed");
  return WEXITSTATUS(status);
}

}  // namespace

Result<GitAnswer> ask_git(const std::string& folder,
                          const std::vector<std::string>& arguments) {
  Result<Outputs> outputs = make_outputs();
  if (!outputs) return std::move(outputs).error();
  std::vector<std::string> command = {"git", "-C", folder};
  command.insert(command.end(), arguments.begin(), arguments.end());
  const Result<int> code = spawn_and_wait(std::move(command), *outputs);
  if (!code) return code.error();
  Result<std::string> out = read_back(outputs->out);
  if (!out) return std::move(out).error();
  Result<std::string> err = read_back(outputs->err);
  if (!err) return std::move(err).error();
  return GitAnswer{*code, *std::move(out), *std::move(err)};
}

}  // namespace leaksift
