#include "support/git_fixture.h"

#include <cstdlib>
#include <filesystem>
#include <utility>

#include "support/catch.h"
#include "support/command.h"

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

std::vector<std::string> GitFixture::packs() const {
  std::vector<std::string> packs;
  for (const auto& entry :
       std::filesystem::directory_iterator(*this / ".git/objects/pack")) {
    if (entry.path().extension() == ".pack") packs.push_back(entry.path());
  }
  return packs;
}

std::string GitFixture::git(const std::vector<std::string>& arguments,
                            std::string_view input) const {
  return git_in(path(), arguments, input);
}

std::string GitFixture::git_in(const std::string& directory,
                               const std::vector<std::string>& arguments,
                               std::string_view input) const {
  // Submodules of these tests come from the same machine; and nothing here is
  // to outlive a power cut.
  std::vector<std::string> command = {"git", "-c", "protocol.file.allow=always",
                                      "-c", "core.fsync=none"};
  command.insert(command.end(), arguments.begin(), arguments.end());
  Ran ran = run_command(command, directory, input);
  CAPTURE(command, ran.err);
  REQUIRE(ran.exit_code == 0);
  return std::move(ran.out);
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
