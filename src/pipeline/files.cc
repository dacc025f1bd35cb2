#include "pipeline/files.h"

#include <sys/stat.h>
#include <tbb/task_arena.h>
#include <tbb/task_group.h>
#include <unistd.h>

#include <algorithm>
#include <memory>
#include <mutex>
#include <utility>
#include <variant>

#include "core/hash.h"
#include "decode/archive.h"
#include "findings/allowed.h"
#include "findings/group.h"
#include "git/threads.h"
#include "pipeline/blob_scanner.h"
#include "pipeline/content_table.h"
#include "pipeline/sighting_list.h"
#include "pipeline/stable_paths.h"
#include "pipeline/stages.h"
#include "sources/directory.h"
#include "sources/file_reader.h"

namespace leaksift {
namespace {

constexpr const char* kStandardInput = "-";
constexpr size_t kFilesPerTask = 32;

// A path of which the name alone is a finding.
struct PathMatch {
  uint32_t rule = 0;
  std::string path;
};

// What one thread works with.
struct Station {
  explicit Station(const Engine& engine) : scanner(engine) {}

  BlobScanner scanner;
  WindowBuffer buffer;
  std::vector<BlobMatch> found;
  std::vector<PathMatch> path_matches;
  Coverage coverage;
};

// One scan_files() call.
class FilesScan {
 public:
  FilesScan(const Engine& engine, const FilesOptions& options, PlaceRules rules,
            Progress& progress)
      : engine_(engine),
        options_(options),
        rules_(std::move(rules)),
        progress_(progress),
        table_(matches_share(options.memory)) {
    for (unsigned i = 0; i < options.jobs; ++i) {
      stations_.push_back(std::make_unique<Station>(engine));
    }
  }

  using Root = std::variant<Directory, FileEntry>;

  Report run(std::vector<Root> roots, bool standard_input) {
    with_threads(options_.jobs, [&] {
      for (Root& root : roots) start(std::move(root));
      if (standard_input) {
        tasks_.run([this] { scan_descriptor(STDIN_FILENO, kStandardInput); });
      }
      tasks_.wait();
    });
    Report report;
    report.command = "scan";
    MatchStats match;
    SightingList sightings(sightings_share(options_.memory));
    for (auto& station : stations_) {
      report.coverage.merge(std::move(station->coverage));
      match.merge(station->scanner.stats());
      for (const PathMatch& m : station->path_matches) {
        sightings.add(path_sighting_of(m));
      }
    }
    report.coverage.blobs = table_.contents();
    report.coverage.bytes = table_.bytes();
    for (const ContentFindings& content : table_.take()) {
      for (const std::string& path : content.paths) {
        add_sightings(content, path, sightings);
        name_cuts(content, path, report.coverage);
      }
    }
    if (sightings.is_cut()) {
      report.coverage.skip({SkipReason::kTooLarge, "findings",
                            "too many places to hold: see --memory"});
    }
    report.findings = group_findings(sightings.take());
    report.stages = StageClock().take(match, {});
    return report;
  }

 private:
  // Tasks of one thread come one after the other: none waits for others while
  // it uses the station.
  Station& station() {
    const int index = tbb::this_task_arena::current_thread_index();
    return *stations_[static_cast<size_t>(index)];
  }

  void start(Root root) {
    if (auto* directory = std::get_if<Directory>(&root)) {
      stable_paths_.add_folder(directory->path());
      tasks_.run([this, d = std::move(*directory)] { walk(d); });
    } else {
      auto& file = std::get<FileEntry>(root);
      stable_paths_.add_file(file.path);
      tasks_.run([this, f = std::move(file)] { scan_file(f); });
    }
  }

  void walk(const Directory& directory) {
    Listing listing = list(directory);
    for (Directory& below : listing.subdirectories) {
      tasks_.run([this, d = std::move(below)] { walk(d); });
    }
    for (Skipped& entry : listing.skipped) {
      station().coverage.skip(std::move(entry));
    }
    auto files =
        std::make_shared<std::vector<FileEntry>>(std::move(listing.files));
    for (size_t at = 0; at < files->size(); at += kFilesPerTask) {
      const size_t end = std::min(at + kFilesPerTask, files->size());
      tasks_.run([this, files, at, end] {
        for (size_t i = at; i < end; ++i) scan_file((*files)[i]);
      });
    }
  }

  void scan_file(const FileEntry& entry) {
    match_path(entry.path);
    Station& s = station();
    if (options_.max_file_bytes != 0 && entry.size > options_.max_file_bytes) {
      ++s.coverage.inputs;
      return s.coverage.skip({SkipReason::kOverSizeLimit, entry.path,
                              std::to_string(entry.size) + " bytes"});
    }
    std::variant<FileHandle, Skipped> opened = open_file(entry);
    if (auto* skipped = std::get_if<Skipped>(&opened)) {
      return s.coverage.skip(std::move(*skipped));
    }
    scan_descriptor(std::get<FileHandle>(opened).fd(), entry.path);
  }

  void match_path(const std::string& path) {
    for (const uint32_t rule : rules_.path_only_rules()) {
      if (rules_.is_finding(rule, 0, path, "")) {
        station().path_matches.push_back({rule, path});
      }
    }
  }

  void scan_descriptor(int fd, const std::string& path) {
    Station& s = station();
    ++s.coverage.inputs;
    WindowReader reader(fd, s.buffer, sizes(s));
    Window window;
    const Result<bool> read = reader.next(window);
    if (!read) return lose(path, read.error());
    note_archive(window.text, path);
    if (!window.last) return scan_large(fd, path, reader, window);

    const Hash128 hash = content_hash(window.text);
    if (table_.claim(hash, window.text.size(), path)) {
      s.scanner.scan(window.text, s.found);
      table_.set_result(hash, path, std::move(s.found), s.scanner.cut_line());
      s.found.clear();
    }
    progress_.add(1, window.text.size());
  }

  // A file that does not fit into a window. Whether it is the same as another
  // one is known only behind its last byte: if one of its size has come before,
  // it is read for that first.
  void scan_large(int fd, const std::string& path, WindowReader reader,
                  const Window& window) {
    const uint64_t size = file_size(fd);
    if (size != 0 && !table_.is_new_size(size)) {
      return scan_if_different(fd, path);
    }
    Result<Scanned> scanned = scan_windows(reader, &window);
    if (!scanned) return lose(path, scanned.error());
    progress_.add(1, 0);
    if (table_.claim(scanned->hash, scanned->bytes, path)) {
      table_.set_result(scanned->hash, path, std::move(scanned->matches),
                        scanned->cut_line);
    }
  }

  void scan_if_different(int fd, const std::string& path) {
    Station& s = station();
    lseek(fd, 0, SEEK_SET);
    WindowReader reader(fd, s.buffer, sizes(s));
    const Result<Hashed> hashed = hash_all(reader);
    if (!hashed) return lose(path, hashed.error());
    progress_.add(1, 0);
    if (!table_.claim(hashed->hash, hashed->bytes, path)) return;
    lseek(fd, 0, SEEK_SET);
    reader = WindowReader(fd, s.buffer, sizes(s));
    Result<Scanned> scanned = scan_windows(reader, nullptr);
    if (!scanned) return lose(path, scanned.error());
    table_.set_result(hashed->hash, path, std::move(scanned->matches),
                      scanned->cut_line);
  }

  // 0: not a file with an end that is known.
  static uint64_t file_size(int fd) {
    struct stat info {};
    const bool known = fstat(fd, &info) == 0 && S_ISREG(info.st_mode);
    return known ? static_cast<uint64_t>(info.st_size) : 0;
  }

  struct Hashed {
    Hash128 hash;
    uint64_t bytes = 0;
  };

  struct Scanned {
    Hash128 hash;
    uint64_t bytes = 0;
    std::vector<BlobMatch> matches;
    uint32_t cut_line = 0;
  };

  // `first`: a window that has been read already, or null.
  Result<Scanned> scan_windows(WindowReader& reader, const Window* first) {
    Station& s = station();
    Scanned scanned;
    ContentHasher hasher;
    s.scanner.begin();
    auto take = [&](const Window& window) {
      s.scanner.add(window);
      hasher.add(window.own_text());
      scanned.bytes += window.own.size();
      progress_.add(0, window.own.size());
    };
    if (first != nullptr) take(*first);
    if (Status read = reader.for_each(take); !read) {
      return std::move(read).error();
    }
    s.scanner.finish(scanned.matches);
    scanned.cut_line = s.scanner.cut_line();
    scanned.hash = hasher.finish();
    return scanned;
  }

  static Result<Hashed> hash_all(WindowReader& reader) {
    ContentHasher hasher;
    Hashed hashed;
    Status read = reader.for_each([&](const Window& window) {
      hasher.add(window.own_text());
      hashed.bytes += window.own.size();
    });
    if (!read) return std::move(read).error();
    hashed.hash = hasher.finish();
    return hashed;
  }

  WindowSizes sizes(const Station& s) const {
    WindowSizes sizes;
    sizes.window_bytes = window_bytes(options_.memory, options_.jobs);
    sizes.margin = s.scanner.margin();
    return sizes;
  }

  void note_archive(std::string_view text, const std::string& path) {
    const std::string_view kind = archive_kind(text.substr(0, kArchiveSample));
    if (kind.empty()) return;
    station().coverage.skip(
        {SkipReason::kArchiveNotOpened, path, std::string(kind)});
  }

  void lose(const std::string& path, const Error& error) {
    station().coverage.skip({SkipReason::kUnreadable, path, error.message()});
  }

  Sighting path_sighting_of(const PathMatch& match) {
    Occurrence spot;
    spot.path = match.path;
    spot.stable_path = stable_paths_.of(match.path);
    return path_sighting(engine_.rules().rules[match.rule], std::move(spot));
  }

  void add_sightings(const ContentFindings& content, const std::string& path,
                     SightingList& out) {
    if (content.matches.empty()) return;
    const std::string stable_path = stable_paths_.of(path);
    for (const BlobMatch& match : content.matches) {
      const Match& m = match.placed.match;
      if (!rules_.is_finding(m.rule, m.if_place_agrees, path, "")) continue;
      Occurrence spot;
      spot.path = path;
      spot.stable_path = stable_path;
      out.add(sighting_of(engine_.rules(), match, std::move(spot)));
    }
  }

  static void name_cuts(const ContentFindings& content, const std::string& path,
                        Coverage& coverage) {
    name_cut(path, content.cut_line, coverage);
    if (content.dropped != 0) {
      coverage.skip(dropped_of(path, content.dropped));
    }
  }

  const Engine& engine_;
  const FilesOptions& options_;
  PlaceRules rules_;
  Progress& progress_;
  std::vector<std::unique_ptr<Station>> stations_;
  ContentTable table_;
  StablePaths stable_paths_;
  tbb::task_group tasks_;
};

}  // namespace

Result<Report> scan_files(const Engine& engine,
                          const std::vector<std::string>& paths,
                          const FilesOptions& options, Progress& progress) {
  std::vector<FilesScan::Root> roots;
  bool standard_input = false;
  for (const std::string& path : paths) {
    if (path == kStandardInput) {
      standard_input = true;
      continue;
    }
    Result<FilesScan::Root> root = open_root(path, {options.use_ignore});
    if (!root) return std::move(root).error();
    roots.push_back(*std::move(root));
  }
  Result<PlaceRules> rules = PlaceRules::build(engine.rules());
  if (!rules) return std::move(rules).error();
  return FilesScan(engine, options, *std::move(rules), progress)
      .run(std::move(roots), standard_input);
}

}  // namespace leaksift
