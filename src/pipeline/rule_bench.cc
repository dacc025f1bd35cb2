#include "pipeline/rule_bench.h"

#include <utility>
#include <variant>

#include "sources/directory.h"
#include "sources/file_reader.h"

namespace leaksift {
namespace {

class Bench {
 public:
  explicit Bench(const Engine& engine) : worker_(engine) {
    result_.costs.resize(engine.rule_count());
    worker_.measure(result_.costs);
  }

  void walk(const Directory& directory) {
    Listing listing = list(directory);
    for (Skipped& skipped : listing.skipped) {
      result_.coverage.skip(std::move(skipped));
    }
    for (const FileEntry& file : listing.files) scan(file);
    for (const Directory& below : listing.subdirectories) walk(below);
  }

  void scan(const FileEntry& file) {
    std::variant<FileHandle, Skipped> opened = open_file(file);
    if (auto* skipped = std::get_if<Skipped>(&opened)) {
      return result_.coverage.skip(std::move(*skipped));
    }
    std::string text;
    WindowReader reader(std::get<FileHandle>(opened).fd(), buffer_, {});
    const Status read =
        reader.for_each([&](const Window& window) { text += window.text; });
    if (!read) {
      return result_.coverage.skip(
          {SkipReason::kUnreadable, file.path, read.error().message()});
    }
    ++result_.files;
    worker_.scan(text, matches_);
  }

  RuleBench take() {
    result_.all = worker_.stats();
    return std::move(result_);
  }

 private:
  Worker worker_;
  WindowBuffer buffer_;
  std::vector<Match> matches_;
  RuleBench result_;
};

}  // namespace

Result<RuleBench> bench_rules(const Engine& engine,
                              const std::vector<std::string>& paths) {
  Bench bench(engine);
  for (const std::string& path : paths) {
    const auto root = open_root(path, WalkOptions());
    if (!root) return root.error();
    if (const auto* directory = std::get_if<Directory>(&*root)) {
      bench.walk(*directory);
    } else {
      bench.scan(std::get<FileEntry>(*root));
    }
  }
  return bench.take();
}

}  // namespace leaksift
