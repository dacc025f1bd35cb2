// One blob, from its bytes to the secrets in it: what files, standard input and
// git objects have in common.
#pragma once

#include <algorithm>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/coverage.h"
#include "core/text_encoding.h"
#include "core/time_limit.h"
#include "core/window.h"
#include "decode/encoding.h"
#include "findings/group.h"
#include "leaksift/secret.h"
#include "match/resolve.h"
#include "match/worker.h"

namespace leaksift {

// Of the windows that large objects and files are scanned in, where `jobs`
// threads together may hold `memory` bytes of them. UTF-16 takes twice the
// window.
inline constexpr size_t window_bytes(uint64_t memory, unsigned jobs) {
  return static_cast<size_t>(
      std::clamp(memory / jobs / 8, uint64_t{1} << 18, uint64_t{8} << 20));
}

// A larger blob is scanned in windows, unless it leaves a trace: what is found
// in one is there before the next one comes.
inline constexpr uint64_t kMaxWhole = 8 << 20;

// Of `memory`, what the matches of all blobs may take, and what these do as
// findings with their places: four times as much.
inline constexpr uint64_t matches_share(uint64_t memory) {
  return memory / 8;
}
inline constexpr uint64_t sightings_share(uint64_t memory) {
  return memory / 2;
}

// A secret and where it stands in its blob's text.
struct BlobMatch {
  PlacedMatch placed;
  Secret secret;
  std::vector<Secret> part_secrets;  // of placed.parts
  TextEncoding encoding = TextEncoding::kBytes;

  friend bool operator==(const BlobMatch&, const BlobMatch&) = default;
};

// Names a blob that was not scanned behind `cut_line`: see BlobScanner. 0: to
// its end.
void name_cut(std::string blob, uint32_t cut_line, Coverage& coverage);

// What they take.
uint64_t bytes_of(const std::vector<BlobMatch>& matches);

// Names a blob of which so many were too many to be held.
inline Skipped dropped_of(std::string blob, uint64_t matches) {
  return {
      SkipReason::kTooLarge, std::move(blob),
      std::to_string(matches) + " findings, of too many to hold: see --memory"};
}

// A match at a place: `spot` with the match's lines, columns and encoding.
Sighting sighting_of(const RuleSet& rules, const BlobMatch& match,
                     Occurrence spot);

// Scans a blob's bytes and, where they look like UTF-16 or UTF-32, the text
// that they stand for as well. Not thread-safe: each thread has its own.
class BlobScanner {
 public:
  explicit BlobScanner(const Engine& engine);

  // Replaces `found` by the secrets in `blob`, resolved: those in its bytes,
  // then those in its text.
  void scan(std::string_view blob, std::vector<BlobMatch>& found);

  // The same for a blob that may be made out of another one: see Worker.
  void scan(std::string_view blob, const DeltaSource* source, ScanTrace& trace,
            std::vector<BlobMatch>& found);

  // The same for a blob in windows, whose margin must be margin() or more.
  void begin();
  void add(const Window& window);
  void finish(std::vector<BlobMatch>& found);

  // Where the last blob has more than kMaxBlobMatches matches, the line of the
  // last one of these; else 0. What comes behind it is not in `found`.
  uint32_t cut_line() const { return cut_line_; }

  // As of a Worker: then no more is found, whatever comes.
  void stop_at(std::optional<TimeLimit::Clock::time_point> time);
  bool was_stopped() const;

  // Bytes that windows must overlap by.
  uint64_t margin() const { return raw_margin(engine_.margin()); }

  MatchStats stats() const;

 private:
  void scan_decoded(std::string_view blob, std::vector<BlobMatch>& found);

  // The blob read in one way.
  class Reading {
   public:
    explicit Reading(const Engine& engine) : engine_(engine), worker_(engine) {}

    void scan(std::string_view text, TextEncoding encoding,
              std::vector<BlobMatch>& found);
    void scan(std::string_view text, const DeltaSource* source,
              ScanTrace& trace, std::vector<BlobMatch>& found);

    void begin();
    void add(const Window& window);
    void finish(TextEncoding encoding, std::vector<BlobMatch>& found);

    Worker& worker() { return worker_; }
    const Worker& worker() const { return worker_; }
    uint32_t cut_line() const { return cut_line_; }

   private:
    void start_over();
    void scan_in_windows(std::string_view text, TextEncoding encoding,
                         std::vector<BlobMatch>& found);
    void place_all(std::string_view text, TextEncoding encoding,
                   std::vector<BlobMatch>& found);
    void place(const Window& window);
    void keep_secret(const Window& window, Span secret);

    const Engine& engine_;
    Worker worker_;
    std::vector<Match> matches_;  // of the window at hand
    std::vector<PlacedMatch> placed_;
    std::vector<std::pair<Span, Secret>> secrets_;  // of placed_
    PositionCounter counter_;
    uint64_t counted_ = 0;   // bytes of the blob that counter_ has behind it
    uint32_t cut_line_ = 0;  // see BlobScanner::cut_line()
  };

  const Engine& engine_;
  Reading& text();

  Reading bytes_;
  std::optional<TimeLimit::Clock::time_point> stop_at_;
  std::optional<Reading> text_;  // made for the first blob that needs it
  uint32_t cut_line_ = 0;
  TextEncoding encoding_ = TextEncoding::kBytes;  // of the blob at hand
  // If it comes in windows.
  bool first_window_ = true;
  std::optional<WindowDecoder> decoder_;
};

}  // namespace leaksift
