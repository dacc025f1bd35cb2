// Under libFuzzer. Without a corpus of one's own the seeds are the corpus: they
// are written into a folder beside the program, which grows by what is found.
#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "core/file.h"
#include "fuzz/fuzz.h"

namespace leaksift {
namespace {

std::string write_seeds(const std::string& folder) {
  std::filesystem::create_directories(folder);
  size_t number = 0;
  for (const std::string& seed : fuzz_seeds()) {
    const std::string path = folder + "/seed-" + std::to_string(number++);
    must(static_cast<bool>(write_file(path, seed)));
  }
  return folder;
}

bool names_a_file(const std::string& argument) {
  return std::filesystem::is_regular_file(argument);
}

}  // namespace
}  // namespace leaksift

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  leaksift::fuzz_one({reinterpret_cast<const char*>(data), size});
  return 0;
}

// Folders behind the first are only read.
extern "C" int LLVMFuzzerInitialize(int* count, char*** arguments) {
  static std::vector<char*> all(*arguments, *arguments + *count);
  for (char* const argument : all) {
    const bool is_program = argument == all.front();
    if (!is_program && leaksift::names_a_file(argument)) return 0;
  }
  static std::string seeds =
      leaksift::write_seeds(std::string(all.front()) + ".seeds");
  all.push_back(seeds.data());
  *count = static_cast<int>(all.size());
  all.push_back(nullptr);
  *arguments = all.data();
  return 0;
}
