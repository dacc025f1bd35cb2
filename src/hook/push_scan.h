// What a push brings, and what is found in it.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "core/coverage.h"
#include "findings/finding.h"
#include "git/repository.h"
#include "hook/policy.h"
#include "hook/spool.h"
#include "leaksift/result.h"
#include "match/engine.h"

namespace leaksift {

// One secret, without its bytes: what the message and the audit log say of it.
// Paths, subjects and names are bytes as the pusher wrote them, but for secrets
// in them.
struct PushFinding {
  enum class Kind : uint8_t {
    kIntroduced,  // the push brings it
    kKnown,       // it was there before, in a file that the push changes
    kStray,       // in an object to which no ref leads
  };
  static constexpr size_t kMaxPlaces = 5;

  struct Place {
    std::string path;  // of a ref's name: the ref
    uint64_t line = 0;
    std::string object_type;  // "blob", "commit", "tag", "path", "ref"
    std::string object;       // its id
    std::string commit;       // that brought it there; empty: none
    std::string author;
    std::string subject;
  };

  // What the secret is used with in its first place.
  struct Part {
    std::string rule_id;
    std::string masked;
    uint64_t line = 0;
  };

  Kind kind = Kind::kIntroduced;
  std::string fingerprint;
  std::string rule_id;
  std::string description;
  std::string masked;
  DataClass data_class = DataClass::kSecret;
  Severity severity = Severity::kHigh;
  Confidence confidence = Confidence::kMedium;
  std::vector<Place> places;  // where it came in first, then others
  uint64_t place_count = 0;   // of all
  std::vector<Part> parts;
};
std::string_view to_string(PushFinding::Kind kind);  // "introduced"

struct PushScan {
  static constexpr size_t kMaxFindings = 1'000;
  static constexpr size_t kMaxSkipped = 100;

  uint64_t commits = 0;
  uint64_t tags = 0;
  uint64_t objects = 0;  // scanned
  uint64_t bytes = 0;    // of those
  uint64_t strays = 0;   // objects to which no ref leads
  // As the task's updates and texts; without the secrets that were found.
  std::vector<std::string> refs;
  std::vector<std::string> texts;
  std::vector<PushFinding> findings;
  uint64_t findings_left_out = 0;
  std::vector<Skipped> skipped;  // some of each reason
  std::map<SkipReason, uint64_t> skip_counts;
  bool out_of_time = false;

  // Was something not read for another reason than time?
  bool is_partial() const;
};

struct PushTask {
  ReceivingRepository receiving;
  std::vector<RefUpdate> updates;
  // What the pusher wrote besides, and what is to be shown and kept.
  std::vector<std::string> texts;
  // What refs named before the push. Nothing: what they name now.
  std::optional<std::vector<ObjectId>> known;
  Policy policy;
  std::function<Result<std::unique_ptr<Engine>>()> make_engine;
  // As in ChangeScanOptions.
  std::optional<std::chrono::steady_clock::time_point> deadline;
  std::optional<std::chrono::steady_clock::time_point> judged_by;
};

// Fails on rules that do not load. For a process that ends behind it: the rules
// are not taken out of memory again, which takes 1.5 ms.
Result<PushScan> scan_push(const PushTask& task);

// Of all refs that the repository has to show: what `git rev-list --all` begins
// with.
std::vector<ObjectId> known_ids(const Repository& repository);

}  // namespace leaksift
