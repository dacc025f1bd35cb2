#include "review/repository_search.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <filesystem>
#include <optional>
#include <system_error>
#include <utility>

#include "core/file.h"
#include "decode/encoding.h"
#include "git/object_walk.h"
#include "git/reflog.h"
#include "git/refs.h"

namespace leaksift {
namespace {

namespace fs = std::filesystem;

constexpr size_t kBinarySample = 8192;  // as git and `git filter-repo` do

// A piece of what is too large to be held. A text that comes whole may be
// larger.
constexpr size_t kPieceBytes = size_t{1} << 18;
static_assert(kPieceBytes > kBinarySample && kPieceBytes > kEncodingSample);

// The rest of an open file.
class FileStream : public ByteStream {
 public:
  explicit FileStream(const FileHandle& file) : file_(file) {}
  std::optional<size_t> read(char* out, size_t size) override {
    const int64_t count = read_fully(file_.fd(), out, size);
    if (count < 0) return std::nullopt;
    return static_cast<size_t>(count);
  }

 private:
  const FileHandle& file_;
};

// What one thread has found.
class Finder {
 public:
  explicit Finder(const SecretSearch& secrets)
      : secrets_(secrets), searcher_(secrets) {}

  void find_in_text(std::string_view text, StorePlace place,
                    const std::string& name) {
    begin(place);
    searcher_.add(text, true);
    keep(name);
  }

  void find_in(const DecodedObject& object, HashKind hash) {
    begin(object.type);
    add(object.bytes, true);
    keep(ObjectId(object.raw_id).hex(hash));
    ++coverage.blobs;
    count(object.bytes.size());
  }

  // False if the stream is damaged: nothing is kept then.
  bool find_in(const StreamedObject& object, ByteStream& bytes, HashKind hash) {
    begin(object.type);
    if (!add_all(bytes)) return false;
    keep(ObjectId(object.raw_id).hex(hash));
    ++coverage.blobs;
    count(object.size);
    return true;
  }

  bool find_in_file(const FileHandle& file, const std::string& name) {
    FileStream bytes(file);
    begin(StorePlace::kGitFile);
    const std::optional<uint64_t> size = add_all(bytes);
    if (!size) return false;
    keep(name);
    count(*size);
    return true;
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
  void begin(StorePlace place) {
    const bool has_lines = place != StorePlace::kHeader &&
                           place != StorePlace::kTreeName &&
                           place != StorePlace::kRefName;
    place_ = place;
    in_header_.clear();
    searcher_.begin(has_lines);
  }

  void begin(ObjectType type) {
    begin(type == ObjectType::kBlob   ? StorePlace::kTextBlob
          : type == ObjectType::kTree ? StorePlace::kTreeName
                                      : StorePlace::kHeader);
    head_ = {};
  }

  // Nothing where the stream is damaged; else its size.
  std::optional<uint64_t> add_all(ByteStream& bytes) {
    piece_.resize(kPieceBytes);
    uint64_t size = 0;
    size_t held = 0;  // of the piece, from its front
    for (bool last = false; !last;) {
      const auto count = bytes.read(piece_.data() + held, kPieceBytes - held);
      if (!count) return std::nullopt;
      size += *count;
      held += *count;
      last = held < kPieceBytes;
      // The two line feeds behind a header are to come in one piece.
      const bool waits = !last && piece_.back() == '\n';
      add(std::string_view(piece_).substr(0, held - (waits ? 1 : 0)), last);
      if (waits) piece_.front() = '\n';
      held = waits ? 1 : 0;
    }
    return size;
  }

  void add(std::string_view piece, bool last) {
    if (place_ == StorePlace::kTextBlob && head_.data() == nullptr) {
      head_ = piece.substr(0, std::max(kBinarySample, kEncodingSample));
      if (!last) head_ = head_bytes_ = head_;
    }
    if (place_ == StorePlace::kHeader) {
      const size_t end = std::min(piece.find("\n\n"), piece.size());
      searcher_.add(piece.substr(0, end), last || end < piece.size());
      if (!last && end == piece.size()) return;
      std::set<FoundSecret> found = searcher_.finish();
      begin(StorePlace::kMessage);
      in_header_ = std::move(found);
      piece.remove_prefix(end);
    }
    searcher_.add(piece, last);
  }

  // Of the text at hand.
  void keep(const std::string& name) {
    for (const FoundSecret& one : in_header_) {
      add({one, StorePlace::kHeader, TextEncoding::kBytes}, name);
    }
    const std::set<FoundSecret> found = searcher_.finish();
    if (found.empty()) return;
    if (place_ == StorePlace::kTextBlob) return keep_in_blob(found, name);
    for (const FoundSecret& one : found) {
      add({one, place_, TextEncoding::kBytes}, name);
    }
  }

  void keep_in_blob(const std::set<FoundSecret>& found, const std::string& id) {
    StorePlace place = StorePlace::kTextBlob;
    TextEncoding encoding = TextEncoding::kBytes;
    if (head_.substr(0, kBinarySample).find('\0') != std::string_view::npos) {
      encoding = detect_encoding(head_.substr(0, kEncodingSample));
      place = encoding == TextEncoding::kBytes ? StorePlace::kBinaryBlob
                                               : StorePlace::kWideBlob;
    }
    // Shifted by a byte, ASCII in UTF-16 of one kind is that of the other.
    std::set<uint32_t> in_encoding;
    for (const FoundSecret& one : found) {
      if (place == StorePlace::kWideBlob &&
          encoding_of(secrets_.form(one.text)) == encoding) {
        in_encoding.insert(secrets_.secret(one.text));
      }
    }
    for (const FoundSecret& one : found) {
      const TextEncoding written = encoding_of(secrets_.form(one.text));
      if (written != TextEncoding::kBytes && written != encoding &&
          in_encoding.contains(secrets_.secret(one.text))) {
        continue;
      }
      add({one, place, encoding}, id);
    }
  }

  void add(const Standing& standing, const std::string& name) {
    found_[standing].add(name);
  }

  void count(uint64_t bytes) {
    ++coverage.inputs;
    coverage.bytes += bytes;
  }

  const SecretSearch& secrets_;
  SecretSearcher searcher_;
  std::map<Standing, StandingPlaces> found_;
  // Of the text at hand.
  StorePlace place_ = StorePlace::kTextBlob;
  std::set<FoundSecret> in_header_;
  std::string_view head_;   // of a blob
  std::string head_bytes_;  // of one that comes in pieces
  std::string piece_;
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
  Streamed visit_stream(unsigned worker, const StreamedObject& object,
                        ByteStream& bytes) override {
    return finders_[worker].find_in(object, bytes, hash_) ? Streamed::kVisited
                                                          : Streamed::kDamaged;
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
  explicit FolderSearch(Finder& finder) : finder_(finder) {}

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
    finder_.find_in_text(name, StorePlace::kGitFile, name);
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
    const Result<FileHandle> file = open_regular(path);
    if (!file) {
      skip(SkipReason::kUnreadable, name, file.error().message());
    } else if (!finder_.find_in_file(*file, name)) {
      skip(SkipReason::kUnreadable, name, system_error(path, errno).message());
    }
  }

  void skip(SkipReason reason, std::string name, std::string detail) {
    finder_.coverage.skip({reason, std::move(name), std::move(detail)});
  }

  Finder& finder_;
};

// Reflogs in reftables are deflated.
void search_tables(const Repository& repository, Finder& finder) {
  std::vector<Skipped> problems;
  for_each_reflog_in_tables(
      repository,
      [&](const Reflog& reflog) {
        finder.find_in_text(reflog.text + reflog.replaced, StorePlace::kGitFile,
                            "reftable: " + reflog.ref);
      },
      problems);
  for (Skipped& problem : problems) finder.coverage.skip(std::move(problem));
}

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

SearchResult search_repository(const Repository& repository,
                               const SecretSearch& secrets, unsigned jobs,
                               uint64_t memory) {
  const ObjectStore store = ObjectStore::open(repository);
  SearchVisitor visitor(secrets, store.hash(), jobs);
  ObjectWalkOptions options;
  options.jobs = jobs;
  options.memory = memory;
  ObjectWalk(store, jobs).run(options, visitor);

  Finder& finder = visitor.first();
  const RefSet refs = read_refs(repository);
  for (const Ref& ref : refs.refs) {
    finder.find_in_text(ref.name, StorePlace::kRefName, ref.name);
  }
  search_tables(repository, finder);
  FolderSearch folder(finder);
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
