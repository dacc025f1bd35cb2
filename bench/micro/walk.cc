// Finding files in a folder, and reading them.
#include <benchmark/benchmark.h>
#include <stdlib.h>

#include <filesystem>
#include <fstream>
#include <string>
#include <variant>

#include "core/file.h"
#include "micro/report_bytes.h"
#include "micro/sample.h"
#include "sources/directory.h"
#include "sources/file_reader.h"

namespace leaksift {
namespace {

namespace fs = std::filesystem;

constexpr size_t kFolders = 40;
constexpr size_t kFilesEach = 25;
constexpr size_t kFileBytes = 6000;

// A folder of a thousand files two levels deep, gone with the program.
class SampleTree {
 public:
  SampleTree() : path_(fs::temp_directory_path() / "leaksift-bench-XXXXXX") {
    if (::mkdtemp(path_.data()) == nullptr) return;
    const std::string source = sample_source(kFileBytes);
    for (size_t folder = 0; folder < kFolders; ++folder) {
      const std::string below = path_ + "/part" + std::to_string(folder % 8) +
                                "/module" + std::to_string(folder) + "/";
      std::error_code ignored;  // then writing fails, too, and the walk tells
      fs::create_directories(below, ignored);
      for (size_t file = 0; file < kFilesEach; ++file) {
        std::ofstream(below + "file" + std::to_string(file) + ".c") << source;
      }
    }
  }
  ~SampleTree() {
    std::error_code ignored;
    fs::remove_all(path_, ignored);
  }
  SampleTree(const SampleTree&) = delete;
  SampleTree& operator=(const SampleTree&) = delete;

  const std::string& path() const { return path_; }

 private:
  std::string path_;
};

struct Walked {
  size_t files = 0;
  size_t bytes = 0;  // as listed, or as read
};

// With a buffer, the files are read, too.
void walk_below(const Directory& directory, WindowBuffer* buffer,
                Walked& walked) {
  const Listing listing = list(directory);
  for (const FileEntry& file : listing.files) {
    ++walked.files;
    if (buffer == nullptr) {
      walked.bytes += file.size;
      continue;
    }
    const std::variant<FileHandle, Skipped> opened = open_file(file);
    if (!std::holds_alternative<FileHandle>(opened)) continue;
    WindowReader reader(std::get<FileHandle>(opened).fd(), *buffer, {});
    Window window;
    if (reader.next(window)) walked.bytes += window.text.size();
  }
  for (const Directory& inner : listing.subdirectories) {
    walk_below(inner, buffer, walked);
  }
}

void walk_tree(benchmark::State& state, bool read_files) {
  const SampleTree tree;
  WindowBuffer buffer;
  Walked walked;
  for (auto _ : state) {
    walked = {};
    const auto root = open_root(tree.path(), {});
    if (!root || !std::holds_alternative<Directory>(*root)) break;
    walk_below(std::get<Directory>(*root), read_files ? &buffer : nullptr,
               walked);
  }
  if (walked.bytes < kFolders * kFilesEach * kFileBytes) {
    state.SkipWithError("not every file was found");
  }
  state.counters["files"] = static_cast<double>(walked.files);
  report_bytes(state, walked.bytes);
}
BENCHMARK_CAPTURE(walk_tree, list, false)->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(walk_tree, read, true)->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace leaksift
