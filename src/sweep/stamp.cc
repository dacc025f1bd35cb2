#include "sweep/stamp.h"

#include <sys/stat.h>

#include <algorithm>
#include <filesystem>
#include <string_view>
#include <system_error>
#include <vector>

#include "core/digest.h"

namespace leaksift {
namespace {

namespace fs = std::filesystem;

class Stamp {
 public:
  // What has a size comes in front of its bytes: no two lists look the same.
  void add(std::string_view text) {
    add(text.size());
    digest_.add(text);
  }
  void add(uint64_t number) {
    std::string bytes;
    for (size_t i = 0; i < sizeof number; ++i) {
      bytes.push_back(static_cast<char>(number >> (8 * i)));
    }
    digest_.add(bytes);
  }

  // When it changed last, and its size.
  void add_file(const std::string& path) {
    struct stat info {};
    if (::stat(path.c_str(), &info) != 0) return add(0);
    add(path);
    add(static_cast<uint64_t>(info.st_size));
    add(static_cast<uint64_t>(info.st_mtim.tv_sec));
    add(static_cast<uint64_t>(info.st_mtim.tv_nsec));
  }

  void add_names(const std::string& folder, bool with_files) {
    std::vector<std::string> names;
    std::error_code error;
    for (fs::directory_iterator it(folder, error), end; !error && it != end;
         it.increment(error)) {
      names.push_back(it->path().string());
    }
    std::sort(names.begin(), names.end());
    for (const std::string& name : names) {
      with_files ? add_file(name) : add(name);
    }
  }

  std::string finish() { return digest_.finish().substr(0, 16); }

 private:
  Digest digest_{DigestKind::kSha256};
};

}  // namespace

std::string stamp_of(const Repository& repository, const RefSet& refs) {
  Stamp stamp;
  stamp.add(refs.head);
  for (const Ref& ref : refs.refs) {
    stamp.add(ref.name);
    stamp.add(ref.id.raw(repository.hash));
  }
  for (const std::string& folder : repository.object_dirs) {
    // A pack's name says what is in it. Loose objects come and go in folders of
    // their own, which then change.
    stamp.add_names(folder + "/pack", false);
    stamp.add_names(folder, true);
    stamp.add_file(folder + "/info");
  }
  for (const char* name : {"/config", "/info", "/hooks", "/logs", "/shallow"}) {
    stamp.add_file(repository.common_dir + name);
  }
  return stamp.finish();
}

}  // namespace leaksift
