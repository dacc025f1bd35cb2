#include "match/anchor_finder.h"

#include <algorithm>
#include <utility>

namespace leaksift {

AnchorFinder::AnchorFinder(const Engine& engine)
    : engine_(engine), scanner_(engine.prefilter()) {}

void AnchorFinder::find(std::string_view blob, std::span<const Span> windows,
                        TimeLimit& limit, std::vector<AnchorHit>& found) {
  // Not for a worker that meets no delta.
  if (known_.empty()) resize(kFirstSlots);
  choose_lines(blob, windows);
  if (lines_.empty()) return;
  for (std::span<HashedLine> rest(lines_);
       !rest.empty() && found.size() <= kMaxBlobHits && !limit.is_over();) {
    const std::span<HashedLine> batch = rest.first(batch_of(rest));
    rest = rest.subspan(batch.size());
    scan_lines(blob, batch);
    note(blob, batch, found);
  }
  noted_ += lines_.size();
  const bool is_full = noted_ > known_.size() / 2;
  if (is_full && known_.size() < kMostSlots) resize(known_.size() * 4);
}

void AnchorFinder::resize(size_t slots) {
  const std::vector<uint64_t> known =
      std::exchange(known_, std::vector<uint64_t>(slots));
  slot_mask_ = slots - 2;
  for (const uint64_t hash : known) remember(hash);
}

// Leaves in lines_ those that are to be scanned.
void AnchorFinder::choose_lines(std::string_view blob,
                                std::span<const Span> windows) {
  lines_.clear();
  for (const Span& window : windows) {
    if (engine_.anchors_span_lines()) {
      lines_.push_back({static_cast<uint32_t>(window.begin),
                        static_cast<uint32_t>(window.end), kNoHash});
      continue;
    }
    hash_lines(blob, static_cast<uint32_t>(window.begin),
               static_cast<uint32_t>(window.end), lines_);
  }
  drop_known_lines();
}

// The table is larger than some caches: places are fetched before they are
// needed.
void AnchorFinder::drop_known_lines() {
  constexpr size_t kAhead = 16;
  size_t kept = 0;
  for (size_t i = 0; i < lines_.size(); ++i) {
    if (i + kAhead < lines_.size()) {
      __builtin_prefetch(&known_[place_of(lines_[i + kAhead].hash)]);
    }
    if (!is_known(lines_[i])) lines_[kept++] = lines_[i];
  }
  lines_.resize(kept);
}

// How many of them are scanned at once: hits of large blobs take more than
// these.
size_t AnchorFinder::batch_of(std::span<const HashedLine> lines) {
  constexpr uint64_t kBatch = 1 << 20;
  uint64_t bytes = 0;
  size_t count = 0;
  while (count < lines.size() && bytes < kBatch) {
    bytes += lines[count].end - lines[count].begin;
    ++count;
  }
  return count;
}

// One call for all of them: a newline keeps apart what does not belong
// together.
void AnchorFinder::scan_lines(std::string_view blob,
                              std::span<const HashedLine> lines) {
  stretches_.clear();
  joined_.clear();
  for (const HashedLine& line : lines) {
    if (!stretches_.empty() && stretches_.back().end == line.begin) {
      stretches_.back().end = line.end;
    } else {
      stretches_.push_back({line.begin, line.end, 0});
    }
  }
  for (Stretch& stretch : stretches_) {
    stretch.joined = static_cast<uint32_t>(joined_.size());
    joined_ += blob.substr(stretch.begin, stretch.end - stretch.begin);
    joined_ += '\n';
  }
  scanner_.scan(joined_, hits_);
  scanned_bytes_ += joined_.size();
  hit_count_ += hits_.size();
}

void AnchorFinder::note(std::string_view blob, std::span<HashedLine> lines,
                        std::vector<AnchorHit>& found) {
  auto stretch = stretches_.begin();
  auto line = lines.begin();
  for (const PrefilterHit& hit : hits_) {
    while (stretch + 1 != stretches_.end() && hit.end > (stretch + 1)->joined) {
      ++stretch;
    }
    const uint32_t place = hit.end - stretch->joined + stretch->begin;
    for (; line->end < place; ++line) {
      remember(line->hash);
    }
    // Of the hits in source code one in four ends here.
    if (place < line->end && !engine_.may_go_on(hit.pattern, blob[place])) {
      continue;
    }
    if (note_uses(blob, hit.pattern, place, *line, found)) line->hash = kNoHash;
  }
  for (; line != lines.end(); ++line) {
    remember(line->hash);
  }
}

// True if the line may hold an anchor when something else follows it.
bool AnchorFinder::note_uses(std::string_view blob, uint32_t pattern,
                             uint32_t place, const HashedLine& line,
                             std::vector<AnchorHit>& found) const {
  const std::string_view until_end = blob.substr(0, line.end);
  const uint32_t end = engine_.end_use(pattern);
  bool open = false;
  for (uint32_t u = engine_.first_use(pattern); u < end; ++u) {
    const AnchorUse& use = engine_.use(u);
    if (!engine_.tail_may_pass(use, until_end, place)) continue;
    open = true;
    const bool fits = place >= use.min_back && place >= line.begin + use.width;
    if (fits && engine_.tail_passes(use, blob, place)) {
      found.push_back({place, u});
    }
  }
  return open;
}

}  // namespace leaksift
