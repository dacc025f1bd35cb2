#include "support/command.h"

#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdio>
#include <memory>

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

}  // namespace

Ran run_command(std::vector<std::string> command, const std::string& directory,
                std::string_view input) {
  const Stream in = temporary_stream(), out = temporary_stream(),
               errors = temporary_stream();
  std::fwrite(input.data(), 1, input.size(), in.get());
  std::rewind(in.get());
  std::vector<char*> argv;
  for (std::string& argument : command) argv.push_back(argument.data());
  argv.push_back(nullptr);
  const pid_t child = ::fork();
  if (child == 0) {
    ::dup2(::fileno(in.get()), 0);
    ::dup2(::fileno(out.get()), 1);
    ::dup2(::fileno(errors.get()), 2);
    if (::chdir(directory.c_str()) == 0) ::execvp(argv[0], argv.data());
    ::_exit(127);
  }
  int status = -1;
  rusage used{};
  REQUIRE(::wait4(child, &status, 0, &used) == child);
  return {WIFEXITED(status) ? WEXITSTATUS(status) : -1, read_whole(out.get()),
          read_whole(errors.get()), used.ru_maxrss};
}

}  // namespace leaksift
