#include "review/repository_search.h"

#include <algorithm>
#include <array>
#include <filesystem>
#include <system_error>

#include "core/file.h"
#include "decode/encoding.h"
#include "git/object_walk.h"
#include "git/refs.h"

namespace leaksift {
namespace {

namespace fs = std::filesystem;

constexpr size_t kBinarySample = 8192;  // as git and `git filter-repo` do

// What one thread has found.
class Finder {
 public:
  explicit Finder(const SecretSearch& secrets)
      : secrets_(secrets), searcher_(secrets.search()) {}

  // In `text` as it is and, with `unwrapping`, without what wraps lines.
  void find(std::string_view text, StorePlace place, const std::string& name,
            bool unwrapping) {
    for (const auto& [found, rewrapped] : texts_in(text, unwrapping)) {
      found_[{found, rewrapped, place, TextEncoding::kBytes}].add(name);
    }
  }

  void find_in(const DecodedObject& object, HashKind hash) {
    const std::string_view bytes = object.bytes;
    const std::string id = ObjectId(object.raw_id).hex(hash);
    if (object.type == ObjectType::kTree) {
      find(bytes, StorePlace::kTreeName, id, false);
    } else if (object.type == ObjectType::kBlob) {
      find_in_blob(bytes, id);
    } else {
      const size_t end = std::min(bytes.find("\n\n"), bytes.size());
      find(bytes.substr(0, end), StorePlace::kHeader, id, false);
      find(bytes.substr(end), StorePlace::kMessage, id, true);
    }
    ++coverage.inputs;
    ++coverage.blobs;
    coverage.bytes += bytes.size();
  }

  void merge_into(SearchResult& result) {
    for (auto& [standing, places] : found_) {
      StandingPlaces& all = result.standings[standing];
      all.count += places.count - places.names.size();
      for (const std::string& name : places.names) all.add(name);
    }
    result.coverage.merge(std::move(coverage));
  }

  Coverage coverage;

 private:
  void find_in_blob(std::string_view bytes, const std::string& id) {
    const std::vector<std::pair<uint32_t, bool>> found = texts_in(bytes, true);
    if (found.empty()) return;
    StorePlace place = StorePlace::kTextBlob;
    TextEncoding encoding = TextEncoding::kBytes;
    if (bytes.substr(0, kBinarySample).find('\0') != std::string_view::npos) {
      encoding = detect_encoding(bytes.substr(0, kEncodingSample));
      place = encoding == TextEncoding::kBytes ? StorePlace::kBinaryBlob
                                               : StorePlace::kWideBlob;
    }
    // Shifted by a byte, ASCII in UTF-16 of one kind is that of the other.
    std::set<uint32_t> in_encoding;
    for (const auto& [one, rewrapped] : found) {
      if (place == StorePlace::kWideBlob &&
          encoding_of(secrets_.form(one)) == encoding) {
        in_encoding.insert(secrets_.secret(one));
      }
    }
    for (const auto& [one, rewrapped] : found) {
      const TextEncoding written = encoding_of(secrets_.form(one));
      if (written != TextEncoding::kBytes && written != encoding &&
          in_encoding.contains(secrets_.secret(one))) {
        continue;
      }
      found_[{one, rewrapped, place, encoding}].add(id);
    }
  }

  // What stands there, and whether only after unwrapping.
  std::vector<std::pair<uint32_t, bool>> texts_in(std::string_view text,
                                                  bool unwrapping) {
    std::vector<std::pair<uint32_t, bool>> found;
    searcher_.find(text, 0, [&](uint32_t one) {
      found.push_back({one, false});
    });
    if (!unwrapping) return found;
    std::set<uint32_t> seen;
    for (const auto& one : found) seen.insert(secrets_.secret(one.first));
    unwrap(text, unwrapped_);
    searcher_.find(unwrapped_, kMinWrappedBytes, [&](uint32_t one) {
      if (!seen.contains(secrets_.secret(one))) found.push_back({one, true});
    });
    return found;
  }

  const SecretSearch& secrets_;
  ByteSearcher searcher_;
  std::string unwrapped_;
  std::map<Standing, StandingPlaces> found_;
};

class SearchVisitor : public ObjectVisitor {
 public:
  SearchVisitor(const SecretSearch& secrets, HashKind hash, unsigned jobs)
      : hash_(hash) {
    for (unsigned i = 0; i < jobs; ++i) finders_.emplace_back(secrets);
  }

  NotePtr visit(unsigned worker, const DecodedObject& object) override {
    finders_[worker].find_in(object, hash_);
    return nullptr;
  }
  void skip(unsigned worker, Skipped entry) override {
    finders_[worker].coverage.skip(std::move(entry));
  }

  Finder& first() { return finders_.front(); }
  void merge_into(SearchResult& result) {
    for (Finder& finder : finders_) finder.merge_into(result);
  }

 private:
  HashKind hash_;
  std::vector<Finder> finders_;
};

// The files of a git folder that hold no objects, and their names.
class FolderSearch {
 public:
  FolderSearch(Finder& finder, uint64_t max_bytes)
      : finder_(finder), max_bytes_(max_bytes) {}

  void search(const fs::path& folder, const fs::path& name) {
    std::error_code error;
    fs::recursive_directory_iterator it(folder, error);
    for (const fs::recursive_directory_iterator end; !error && it != end;
         it.increment(error)) {
      const fs::path relative = name / it->path().lexically_relative(folder);
      search_entry(it, relative.string());
    }
    if (error) skip(SkipReason::kUnreadable, name.string(), error.message());
  }

 private:
  void search_entry(fs::recursive_directory_iterator& it,
                    const std::string& name) {
    std::error_code error;
    const fs::file_status status = it->symlink_status(error);
    finder_.find(name, StorePlace::kGitFile, name, false);
    if (fs::is_directory(status)) {
      if (name == "modules") {
        skip(SkipReason::kGitDirectory, name, "repositories of submodules");
      }
      if (name == "modules" || name == "objects") {
        it.disable_recursion_pending();
      }
    } else if (fs::is_regular_file(status)) {
      search_file(it->path().string(), name);
    } else if (fs::is_symlink(status)) {
      skip(SkipReason::kSymlink, name, "");
    } else {
      skip(SkipReason::kSpecialFile, name, "");
    }
  }

  void search_file(const std::string& path, const std::string& name) {
    const Result<std::string> bytes = read_file(path, max_bytes_);
    if (!bytes) {
      skip(SkipReason::kUnreadable, name, bytes.error().message());
      return;
    }
    finder_.find(*bytes, StorePlace::kGitFile, name, true);
    ++finder_.coverage.inputs;
    finder_.coverage.bytes += bytes->size();
  }

  void skip(SkipReason reason, std::string name, std::string detail) {
    finder_.coverage.skip({reason, std::move(name), std::move(detail)});
  }

  Finder& finder_;
  uint64_t max_bytes_;
};

}  // namespace

std::string_view to_string(StorePlace place) {
  constexpr std::array<std::string_view, 8> kWords = {
      "text blob", "wide text blob", "binary blob", "message",
      "header",    "tree",           "ref name",    "git file"};
  return kWords[static_cast<size_t>(place)];
}

void StandingPlaces::add(std::string name) {
  ++count;
  if (names.size() < kMaxNames) {
    names.insert(std::move(name));
  } else if (name < *names.rbegin()) {
    names.erase(std::prev(names.end()));
    names.insert(std::move(name));
  }
}

SecretSearch::SecretSearch(const std::vector<std::string>& secrets)
    : search_([&] {
        std::vector<std::string> strings;
        for (uint32_t i = 0; i < secrets.size(); ++i) {
          if (secrets[i].size() < kMinSecretBytes) continue;
          for (SecretText& text : forms_of(secrets[i])) {
            strings.push_back(std::move(text.bytes));
            sources_.push_back({i, text.form});
          }
        }
        return strings;
      }()) {}

SearchResult search_repository(const Repository& repository,
                               const SecretSearch& secrets, unsigned jobs,
                               uint64_t memory) {
  const ObjectStore store = ObjectStore::open(repository);
  SearchVisitor visitor(secrets, store.hash(), jobs);
  ObjectWalkOptions options;
  options.jobs = jobs;
  options.memory = memory;
  ObjectWalk(store).run(options, visitor);

  Finder& finder = visitor.first();
  const RefSet refs = read_refs(repository);
  for (const Ref& ref : refs.refs) {
    finder.find(ref.name, StorePlace::kRefName, ref.name, false);
  }
  FolderSearch folder(finder, memory);
  folder.search(repository.common_dir, "");  // worktrees' are in it
  folder.search(fs::path(repository.common_dir) / "objects/info",
                "objects/info");

  SearchResult result;
  visitor.merge_into(result);
  for (const Skipped& problem : store.problems()) {
    result.coverage.skip(problem);
  }
  for (const Skipped& problem : refs.problems) result.coverage.skip(problem);
  result.coverage.finish();
  return result;
}

}  // namespace leaksift
