// What a run looked at, and what it did not.
#pragma once

#include <compare>
#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace leaksift {

// Why something was not scanned, or not all of it.
enum class SkipReason {
  // Failures: they make the run incomplete.
  kUnreadable,
  kVanished,
  kSpecialFile,    // a socket, a pipe, a device
  kCorrupt,        // a damaged object, pack or index
  kMissingObject,  // referred to, but not in the store
  kPromised,       // an object that a partial clone has not fetched
  kTooLarge,       // over the memory budget
  kTimeout,        // the deadline came first
  // By design or by choice: they do so only with --strict.
  kOverSizeLimit,  // --max-file-size
  kIgnored,        // by .gitignore
  kSymlink,
  kGitDirectory,      // use `leaksift history`
  kArchiveNotOpened,  // scanned as bytes; its members were not
  kShallow,           // history cut off here
  kLfsNotFetched,     // an LFS pointer whose object is elsewhere
};
std::string_view to_string(SkipReason reason);  // "archive-not-opened"
std::optional<SkipReason> to_skip_reason(std::string_view word);
bool is_failure(SkipReason reason);

struct Skipped {
  SkipReason reason = SkipReason::kUnreadable;
  std::string name;    // path or object id
  std::string detail;  // what the system said; may be empty
  friend auto operator<=>(const Skipped&, const Skipped&) = default;
};

// What was looked at. `skipped` names the first kMaxNamed of each reason, in
// their order and not in that of time; `skip_counts` counts all. Holds at most
// twice as many entries as there can be in the end, however many are added.
struct Coverage {
  static constexpr size_t kMaxNamed = 10'000;

  uint64_t inputs = 0;  // files, objects, streams that were come across
  uint64_t blobs = 0;   // different contents scanned
  uint64_t bytes = 0;   // of those
  std::vector<Skipped> skipped;
  std::map<SkipReason, uint64_t> skip_counts;

  void skip(Skipped entry);
  void merge(Coverage other);
  // Sorts `skipped` and cuts it: call before reading that.
  void finish();
  bool complete(bool strict) const;
  // Does `skipped` name all of this reason?
  bool names_all(SkipReason reason) const;

 private:
  void cut_now_and_then();

  size_t next_cut_ = 2 * kMaxNamed;  // entries
};

}  // namespace leaksift
