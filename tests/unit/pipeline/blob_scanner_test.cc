#include "pipeline/blob_scanner.h"

#include <algorithm>
#include <numeric>

#include "core/text.h"
#include "pipeline/stored_file.h"
#include "rules/loader.h"
#include "support/catch.h"
#include "support/temp_dir.h"

using namespace leaksift;

namespace {

std::unique_ptr<Engine> token_engine() {
  Result<LoadedRules> loaded = parse_rules(
      "[[rules]]\nid = 'tok'\nregex = 'tok_([a-z0-9]{8,40})\\b'\n"
      "[[rules]]\nid = 'near'\nregex = 'near_([a-z]{4})\\b'\n"
      "required = [{id = 'tok', withinLines = 2}, {id = 'x', withinLines = 3, "
      "optional = true}]\n"
      "[[rules]]\nid = 'x'\nregex = '(x{5,8}) '\nskipReport = true\n",
      "rules.toml", {});
  REQUIRE(loaded);
  Result<std::unique_ptr<Engine>> engine =
      Engine::build(std::move(loaded->set));
  REQUIRE(engine);
  return *std::move(engine);
}

// Feeds `text` in windows that each own `own` bytes, with all of the margin.
std::vector<BlobMatch> scan_in_windows(const Engine& engine,
                                       std::string_view text, size_t own) {
  BlobScanner scanner(engine);
  const uint64_t margin = scanner.margin();
  scanner.begin();
  for (uint64_t begin = 0;; begin += own) {
    const uint64_t end = std::min<uint64_t>(begin + own, text.size());
    const bool last = end == text.size();
    const uint64_t from = begin - std::min(begin, margin);
    const uint64_t to = std::min<uint64_t>(end + margin, text.size());
    scanner.add({text.substr(from, to - from), from, {begin, end}, last});
    if (last) break;
  }
  std::vector<BlobMatch> found;
  scanner.finish(found);
  return found;
}

std::string sample(bool wide) {
  std::string text;
  uint32_t state = 7;
  auto next = [&state](uint32_t below) {
    state = state * 1664525 + 1013904223;
    return (state >> 8) % below;
  };
  for (int line = 0; line < 400; ++line) {
    text += std::string(next(60), 'x') + " ";
    if (next(4) == 0) text += "tok_" + std::string(8 + next(20), 'a') + "9 ";
    if (next(6) == 0) text += "near_abcd";
    text += "\n";
  }
  if (!wide) return text;
  std::string encoded = "\xff\xfe";
  for (const char c : text) encoded += {c, '\0'};
  return encoded;
}

}  // namespace

TEST_CASE("a blob in windows of any size gives what it gives as a whole",
          "[pipeline][blob_scanner]") {
  const auto engine = token_engine();
  const std::string text = sample(GENERATE(false, true));
  BlobScanner scanner(*engine);
  std::vector<BlobMatch> whole;
  scanner.scan(text, whole);
  REQUIRE(whole.size() > 50);
  CHECK(std::any_of(whole.begin(), whole.end(), [](const BlobMatch& match) {
    return match.part_secrets.size() == 2;
  }));
  for (const size_t own : {size_t{4096}, size_t{5000}, size_t{8192},
                           text.size() - 1, text.size()}) {
    CAPTURE(own, text.size());
    CHECK(scan_in_windows(*engine, text, own) == whole);
  }
}

TEST_CASE("a stored file is read in windows of the size that is asked for",
          "[pipeline]") {
  const auto engine = token_engine();
  std::string text;
  for (int i = 0; i < 10; ++i) text += sample(false);
  const TempDir folder;
  folder.write("stored", text);
  const std::variant<FileHandle, Skipped> file =
      open_file({folder / "stored", text.size(), nullptr});
  const size_t window = GENERATE(size_t{30'000}, size_t{1} << 20);
  std::vector<std::string> read;
  std::vector<BlobMatch> found;
  CHECK(*StoredFileScanner(*engine, window)
             .scan(std::get<FileHandle>(file), found,
                   [&](std::string_view bytes) { read.emplace_back(bytes); }) ==
        text.size());
  CHECK((read.size() > 1) == (window < text.size()));
  for (const std::string& bytes : read) CHECK(bytes.size() <= window);
  CHECK(std::accumulate(read.begin(), read.end(), std::string()) == text);
  CHECK(found == scan_in_windows(*engine, text, text.size()));
}

TEST_CASE("a scanner has forgotten the blob before", "[pipeline]") {
  const auto engine = token_engine();
  BlobScanner scanner(*engine);
  std::vector<BlobMatch> first;
  scanner.scan("\n\ntok_abcdefgh1", first);
  std::vector<BlobMatch> clean;
  scanner.scan("near_abcd", clean);
  CHECK(clean.empty());
  std::vector<BlobMatch> again;
  scanner.scan("\n\ntok_abcdefgh1", again);
  CHECK(again == first);
  REQUIRE(first.size() == 1);
  CHECK(first[0].placed.begin == Position{3, 5});
  CHECK(first[0].secret.reveal() == "abcdefgh1");
}

TEST_CASE("of a blob full of secrets the first ones are kept, however it comes",
          "[pipeline]") {
  const auto engine = token_engine();
  std::string text;
  std::string fitting;
  for (size_t i = 0; i < kMaxBlobMatches + 50'000; ++i) {
    if (i == kMaxBlobMatches) fitting = text;
    text += "tok_" + std::to_string(10'000'000 + i) + "\n";
  }
  BlobScanner scanner(*engine);
  std::vector<BlobMatch> whole;
  scanner.scan(text, whole);
  CHECK(whole.size() == kMaxBlobMatches);
  CHECK(whole.back().placed.begin.line == kMaxBlobMatches);
  CHECK(scanner.cut_line() == kMaxBlobMatches);
  CHECK(scan_in_windows(*engine, text, 300'000) == whole);

  ScanTrace trace;
  std::vector<BlobMatch> traced;
  scanner.scan(text, nullptr, trace, traced);
  CHECK(traced == whole);
  CHECK(scanner.cut_line() == kMaxBlobMatches);
  CHECK(!trace.complete);

  scanner.scan(fitting, nullptr, trace, traced);
  CHECK(traced == whole);
  CHECK(scanner.cut_line() == 0);
  CHECK(trace.complete);

  std::string wide = "\xff\xfe";
  for (const char c : text) wide += {c, '\0'};
  scanner.scan(wide, nullptr, trace, traced);
  CHECK(traced.size() == kMaxBlobMatches);
  CHECK(scanner.cut_line() == kMaxBlobMatches);
  scanner.scan("nothing", nullptr, trace, traced);
  CHECK(scanner.cut_line() == 0);
}

TEST_CASE("a scan that is over says so and keeps what it found", "[pipeline]") {
  const auto engine = token_engine();
  std::string text;
  for (int i = 0; i < 50'000; ++i) {
    text += "tok_" + std::to_string(10'000'000 + i) + "\n";
  }
  BlobScanner scanner(*engine);
  std::vector<BlobMatch> all;
  scanner.stop_at(TimeLimit::Clock::now() + std::chrono::hours(1));
  scanner.scan(text, all);
  CHECK_FALSE(scanner.was_stopped());
  REQUIRE(all.size() == 50'000);
  // To confirm one takes more than 100 ns.
  scanner.stop_at(TimeLimit::Clock::now() + std::chrono::milliseconds(5));
  std::vector<BlobMatch> some;
  ScanTrace trace;
  scanner.scan(text, nullptr, trace, some);
  CHECK(scanner.was_stopped());
  CHECK_FALSE(trace.complete);
  REQUIRE(some.size() < all.size());
  for (const BlobMatch& match : some) {
    CHECK(std::find(all.begin(), all.end(), match) != all.end());
  }
  // The next one is its own.
  scanner.stop_at(std::nullopt);
  scanner.scan(text, some);
  CHECK_FALSE(scanner.was_stopped());
  CHECK(some == all);
}
