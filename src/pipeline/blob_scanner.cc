#include "pipeline/blob_scanner.h"

#include <algorithm>
#include <string>
#include <utility>

#include "match/companions.h"

namespace leaksift {
namespace {

// Windows of a text whose matches are too many to be held all at once, or may
// be.
constexpr uint64_t kDenseWindow = 1 << 18;

bool is_public(const Rule& rule) {
  return rule.skip_report && rule.severity == Severity::kInfo;
}

// Is one in the other, as where a password is also the account's name?
bool tells_of(const Secret& text, const Secret& secret) {
  const std::string& a = text.reveal();
  const std::string& b = secret.reveal();
  return a.find(b) != std::string::npos || b.find(a) != std::string::npos;
}

}  // namespace

uint64_t bytes_of(const std::vector<BlobMatch>& matches) {
  uint64_t bytes = 0;
  for (const BlobMatch& match : matches) {
    bytes += sizeof match + match.secret.reveal().capacity();
    for (const Secret& part : match.part_secrets) {
      bytes += sizeof part + sizeof(PlacedPart) + part.reveal().capacity();
    }
  }
  return bytes;
}

void name_cut(std::string blob, uint32_t cut_line, Coverage& coverage) {
  if (cut_line == 0) return;
  coverage.skip({SkipReason::kTooLarge, std::move(blob),
                 "not scanned from line " + std::to_string(cut_line) +
                     " on: " + std::to_string(kMaxBlobMatches) +
                     " matches are before it"});
}

Sighting sighting_of(const RuleSet& rules, const BlobMatch& match,
                     Occurrence spot) {
  const Match& m = match.placed.match;
  Sighting sighting;
  sighting.rule = &rules.rules[m.rule];
  sighting.secret = match.secret;
  sighting.entropy = m.entropy;
  sighting.confidence = m.confidence;
  sighting.allowed_inline = m.allowed_inline;
  sighting.occurrence = std::move(spot);
  sighting.occurrence.begin = match.placed.begin;
  sighting.occurrence.end = match.placed.end;
  sighting.occurrence.encoding = match.encoding;
  for (size_t i = 0; i < match.part_secrets.size(); ++i) {
    const PlacedPart& part = match.placed.parts[i];
    const Rule& rule = rules.rules[part.rule];
    const Secret& text = match.part_secrets[i];
    sighting.occurrence.parts.push_back(
        {rule.id, text, part.begin, part.end,
         !is_public(rule) || tells_of(text, match.secret)});
  }
  return sighting;
}

BlobScanner::BlobScanner(const Engine& engine)
    : engine_(engine), bytes_(engine) {}

void BlobScanner::scan(std::string_view blob, std::vector<BlobMatch>& found) {
  found.clear();
  bytes_.scan(blob, TextEncoding::kBytes, found);
  scan_decoded(blob, found);
}

void BlobScanner::scan(std::string_view blob, const DeltaSource* source,
                       ScanTrace& trace, std::vector<BlobMatch>& found) {
  found.clear();
  bytes_.scan(blob, source, trace, found);
  scan_decoded(blob, found);
}

void BlobScanner::scan_decoded(std::string_view blob,
                               std::vector<BlobMatch>& found) {
  cut_line_ = bytes_.cut_line();
  encoding_ = detect_encoding(blob.substr(0, kEncodingSample));
  if (encoding_ == TextEncoding::kBytes) return;
  text().scan(to_utf8(blob, encoding_), encoding_, found);
  if (cut_line_ == 0) cut_line_ = text().cut_line();
}

void BlobScanner::begin() {
  bytes_.begin();
  encoding_ = TextEncoding::kBytes;
  first_window_ = true;
  decoder_.reset();
}

void BlobScanner::add(const Window& window) {
  if (first_window_) {
    encoding_ = detect_encoding(window.text.substr(0, kEncodingSample));
    if (encoding_ != TextEncoding::kBytes) {
      decoder_.emplace(encoding_);
      text().begin();
    }
    first_window_ = false;
  }
  bytes_.add(window);
  if (decoder_) text().add(decoder_->decode(window));
}

void BlobScanner::finish(std::vector<BlobMatch>& found) {
  found.clear();
  bytes_.finish(TextEncoding::kBytes, found);
  cut_line_ = bytes_.cut_line();
  if (!decoder_) return;
  text().finish(encoding_, found);
  if (cut_line_ == 0) cut_line_ = text().cut_line();
}

MatchStats BlobScanner::stats() const {
  MatchStats all = bytes_.worker().stats();
  if (text_) all.merge(text_->worker().stats());
  return all;
}

void BlobScanner::stop_at(std::optional<TimeLimit::Clock::time_point> time) {
  stop_at_ = time;
  bytes_.worker().stop_at(time);
  if (text_) text_->worker().stop_at(time);
}

bool BlobScanner::was_stopped() const {
  return bytes_.worker().was_stopped() ||
         (encoding_ != TextEncoding::kBytes && text_->worker().was_stopped());
}

BlobScanner::Reading& BlobScanner::text() {
  if (!text_) text_.emplace(engine_).worker().stop_at(stop_at_);
  return *text_;
}

void BlobScanner::Reading::scan(std::string_view text, TextEncoding encoding,
                                std::vector<BlobMatch>& found) {
  if (text.size() > kMaxWhole) return scan_in_windows(text, encoding, found);
  worker_.scan(text, matches_);
  place_all(text, encoding, found);
}

void BlobScanner::Reading::scan(std::string_view text,
                                const DeltaSource* source, ScanTrace& trace,
                                std::vector<BlobMatch>& found) {
  if (!worker_.scan(text, source, trace, matches_)) {
    return scan_in_windows(text, TextEncoding::kBytes, found);
  }
  place_all(text, TextEncoding::kBytes, found);
}

void BlobScanner::Reading::scan_in_windows(std::string_view text,
                                           TextEncoding encoding,
                                           std::vector<BlobMatch>& found) {
  const uint64_t margin = engine_.margin();
  begin();
  for (uint64_t at = 0; at < text.size(); at += kDenseWindow) {
    const uint64_t own_end = std::min(at + kDenseWindow, text.size());
    const uint64_t first = back_from(at, margin);
    const uint64_t last = std::min(own_end + margin, text.size());
    add({text.substr(first, last - first),
         first,
         {at, own_end},
         own_end == text.size()});
  }
  finish(encoding, found);
}

void BlobScanner::Reading::place_all(std::string_view text,
                                     TextEncoding encoding,
                                     std::vector<BlobMatch>& found) {
  cut_line_ = 0;
  if (matches_.empty()) return;  // nearly every blob ends here
  start_over();
  place({text, 0, {0, text.size()}, true});
  finish(encoding, found);
}

void BlobScanner::Reading::begin() {
  worker_.begin();
  start_over();
}

void BlobScanner::Reading::start_over() {
  placed_.clear();
  secrets_.clear();
  counter_ = {};
  counted_ = 0;
  cut_line_ = 0;
}

void BlobScanner::Reading::add(const Window& window) {
  if (cut_line_ != 0) return;
  matches_.clear();
  worker_.add(window, matches_);
  place(window);
}

// Puts places to matches_ and keeps their secrets, while the text is at hand.
void BlobScanner::Reading::place(const Window& window) {
  const std::string_view text = window.text.substr(counted_ - window.offset);
  std::vector<PlacedMatch> placed =
      place_matches(text, counted_, matches_, counter_);
  if (!placed.empty()) counted_ = placed.back().match.secret.begin;
  const size_t room = kMaxBlobMatches - placed_.size();
  const bool cut = placed.size() > room;
  if (cut) {
    placed.erase(placed.begin() + static_cast<ptrdiff_t>(room), placed.end());
  }
  add_companions(engine_, worker_, window.text, window.offset, placed);
  for (PlacedMatch& m : placed) {
    keep_secret(window, m.match.secret);
    for (const PlacedPart& part : m.parts) keep_secret(window, part.secret);
    placed_.push_back(std::move(m));
  }
  if (cut) cut_line_ = placed_.back().end.line;
  if (window.last) return;
  const uint64_t from = counted_ - window.offset;
  counter_.advance(window.text.substr(from, window.own.end - counted_));
  counted_ = window.own.end;
}

void BlobScanner::Reading::keep_secret(const Window& window, Span secret) {
  secrets_.emplace_back(secret,
                        Secret(std::string(window.text.substr(
                            secret.begin - window.offset, secret.size()))));
}

void BlobScanner::Reading::finish(TextEncoding encoding,
                                  std::vector<BlobMatch>& found) {
  std::erase_if(placed_,
                [&](const PlacedMatch& m) { return !worker_.counts(m.match); });
  auto before = [](const auto& a, const auto& b) { return a.first < b.first; };
  std::sort(secrets_.begin(), secrets_.end(), before);
  auto secret_at = [&](const Span& span) -> const Secret& {
    return std::lower_bound(secrets_.begin(), secrets_.end(),
                            std::pair(span, Secret()), before)
        ->second;
  };
  for (PlacedMatch& m : resolve(engine_.rules(), std::move(placed_))) {
    std::vector<Secret> parts;
    for (const PlacedPart& part : m.parts) {
      parts.push_back(secret_at(part.secret));
    }
    const Secret& secret = secret_at(m.match.secret);
    found.push_back({std::move(m), secret, std::move(parts), encoding});
  }
  placed_.clear();
}

}  // namespace leaksift
