// One blob, from its bytes to the secrets in it: what files, standard input and
// git objects have in common.
#pragma once

#include <algorithm>
#include <cstdint>
#include <memory>
#include <optional>
#include <string_view>
#include <vector>

#include "core/text_encoding.h"
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

// A secret and where it stands in its blob's text.
struct BlobMatch {
  PlacedMatch placed;
  Secret secret;
  std::vector<Secret> part_secrets;  // of placed.parts
  TextEncoding encoding = TextEncoding::kBytes;

  friend bool operator==(const BlobMatch&, const BlobMatch&) = default;
};

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

    MatchStats stats() const { return worker_.stats(); }

   private:
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
    uint64_t counted_ = 0;  // bytes of the blob that counter_ has behind it
  };

  const Engine& engine_;
  Reading& text();

  Reading bytes_;
  std::optional<Reading> text_;  // made for the first blob that needs it
  // Of the blob at hand, if it comes in windows.
  bool first_window_ = true;
  std::optional<WindowDecoder> decoder_;
  TextEncoding encoding_ = TextEncoding::kBytes;
};

}  // namespace leaksift
