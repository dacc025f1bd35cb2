#include "support/git_fixture.h"

#include <sys/wait.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <memory>

#include "support/catch.h"

namespace leaksift {
namespace {

void set_environment(const std::string& home) {
  ::setenv("HOME", home.c_str(), 1);
  ::setenv("XDG_CONFIG_HOME", (home + "/.config").c_str(), 1);
  ::setenv("GIT_CONFIG_NOSYSTEM", "1", 1);
  ::setenv("LC_ALL", "C", 1);
  for (const char* who : {"AUTHOR", "COMMITTER"}) {
    const std::string prefix = std::string("GIT_") + who;
    ::setenv((prefix + "_NAME").c_str(), "A Tester", 1);
    ::setenv((prefix + "_EMAIL").c_str(), "tester@example.com", 1);
    ::setenv((prefix + "_DATE").c_str(), "1700000000 +0100", 1);
  }
  for (const char* name : {"GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE"}) {
    ::unsetenv(name);
  }
}

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

// Runs git; its exit status.
int run_git(const std::string& directory, std::vector<std::string> arguments,
            std::FILE* input, std::FILE* output, std::FILE* errors) {
  std::vector<char*> argv;
  for (std::string& argument : arguments) argv.push_back(argument.data());
  argv.push_back(nullptr);
  const pid_t child = ::fork();
  if (child == 0) {
    ::dup2(::fileno(input), 0);
    ::dup2(::fileno(output), 1);
    ::dup2(::fileno(errors), 2);
    if (::chdir(directory.c_str()) == 0) ::execvp(argv[0], argv.data());
    ::_exit(127);
  }
  int status = -1;
  REQUIRE(::waitpid(child, &status, 0) == child);
  return status;
}

}  // namespace

GitFixture::GitFixture(const std::vector<std::string>& init_options) {
  dir_.make_directory("home");
  dir_.make_directory("repo");
  set_environment(home());
  std::vector<std::string> arguments = {"init", "-q", "-b", "main"};
  arguments.insert(arguments.end(), init_options.begin(), init_options.end());
  git(arguments);
}

void GitFixture::write(std::string_view relative,
                       std::string_view bytes) const {
  dir_.write("repo/" + std::string(relative), bytes);
}

std::string GitFixture::git(const std::vector<std::string>& arguments,
                            std::string_view input) const {
  return git_in(path(), arguments, input);
}

std::string GitFixture::git_in(const std::string& directory,
                               const std::vector<std::string>& arguments,
                               std::string_view input) const {
  // Submodules of these tests come from the same machine.
  std::vector<std::string> command = {"git", "-c",
                                      "protocol.file.allow=always"};
  command.insert(command.end(), arguments.begin(), arguments.end());
  const Stream in = temporary_stream(), out = temporary_stream(),
               errors = temporary_stream();
  std::fwrite(input.data(), 1, input.size(), in.get());
  std::rewind(in.get());
  const int status =
      run_git(directory, command, in.get(), out.get(), errors.get());
  std::string printed = read_whole(out.get());
  const std::string said = read_whole(errors.get());
  CAPTURE(command, said);
  REQUIRE(status == 0);
  return printed;
}

std::vector<std::string> split_nul(std::string_view output) {
  std::vector<std::string> parts;
  while (!output.empty()) {
    const size_t end = output.find('\0');
    parts.emplace_back(output.substr(0, end));
    output.remove_prefix(end == output.npos ? output.size() : end + 1);
  }
  return parts;
}

}  // namespace leaksift
