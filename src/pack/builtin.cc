#include "pack/builtin.h"

#include <sys/stat.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <optional>
#include <string>
#include <utility>

#include "core/digest.h"
#include "core/file.h"
#include "pack/embedded.h"
#include "rules/stored.h"

namespace leaksift {
namespace {

namespace fs = std::filesystem;

class BuiltinCache : public EngineCache {
 public:
  BuiltinCache() : plans_(kEmbeddedPlans), folder_(cache_folder()) {}

  std::shared_ptr<const RulePlan> plan(uint64_t plan_key) override {
    return plans_.find(plan_key);
  }

  std::optional<EngineTables> tables(uint64_t tables_key) override {
    if (tables_key != kEmbeddedTablesKey) return std::nullopt;
    return EngineTables::in_place(kEmbeddedTables);
  }

  std::unique_ptr<Prefilter> load(uint64_t anchors_key) override {
    if (anchors_key == kEmbeddedAnchorsKey) {
      for (size_t i = 0; i < kEmbeddedPrefilterCount; ++i) {
        Result<Prefilter> prefilter =
            Prefilter::deserialize(kEmbeddedPrefilters[i]);
        if (prefilter) {
          return std::make_unique<Prefilter>(*std::move(prefilter));
        }
      }
    }
    return load_kept(anchors_key);
  }

  void store(uint64_t anchors_key, const Prefilter& prefilter) override {
    std::error_code ignored;
    fs::create_directories(folder_, ignored);
    fs::permissions(folder_, fs::perms::owner_all, ignored);
    if (!is_ours(folder_)) return;
    // Failing to keep it costs the next start some milliseconds, no more.
    (void)static_cast<bool>(
        write_file(path_of(anchors_key), sealed(prefilter.serialize())));
  }

 private:
  static std::string cache_folder() {
    const char* base = std::getenv("XDG_CACHE_HOME");
    if (base != nullptr && base[0] == '/') {
      return std::string(base) + "/leaksift";
    }
    const char* home = std::getenv("HOME");
    return home != nullptr && home[0] == '/'
               ? std::string(home) + "/.cache/leaksift"
               : std::string();
  }

  // Hyperscan trusts what it deserialises: only files that nobody but this
  // user can have written.
  static bool is_ours(const std::string& path) {
    struct stat info {};
    return lstat(path.c_str(), &info) == 0 && info.st_uid == geteuid() &&
           (info.st_mode & (S_IWGRP | S_IWOTH)) == 0 && !S_ISLNK(info.st_mode);
  }

  std::string path_of(uint64_t anchors_key) const {
    Digest digest(DigestKind::kSha256);
    digest.add(Prefilter::platform());
    digest.add(std::to_string(anchors_key));
    return folder_ + "/" + to_hex(digest.finish()).substr(0, 32) + ".hsdb";
  }

  // A digest in front tells a file that was cut short.
  static std::string sealed(std::string_view bytes) {
    return sha256(bytes) + std::string(bytes);
  }

  std::unique_ptr<Prefilter> load_kept(uint64_t anchors_key) const {
    if (folder_.empty() || !is_ours(folder_)) return nullptr;
    const std::string path = path_of(anchors_key);
    if (!is_ours(path)) return nullptr;
    const Result<std::string> file = read_file(path);
    if (!file || file->size() < kSha256Size) return nullptr;
    const std::string bytes = file->substr(kSha256Size);
    if (sealed(bytes) != *file) return nullptr;
    Result<Prefilter> prefilter = Prefilter::deserialize(bytes);
    if (!prefilter) return nullptr;
    return std::make_unique<Prefilter>(*std::move(prefilter));
  }

  StoredPlans plans_;
  const std::string folder_;
};

}  // namespace

BuiltinRules builtin_rules() {
  return {restore_rules(kEmbeddedRules), std::make_shared<BuiltinCache>()};
}

void add_builtin_examples(RuleSet& rules) {
  restore_examples(kEmbeddedExamples, rules);
}

}  // namespace leaksift
