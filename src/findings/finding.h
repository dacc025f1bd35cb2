// What a scan hands to the reports: one finding per secret, with all the
// places where it stands, and what was and was not looked at.
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/coverage.h"
#include "core/position.h"
#include "core/text_encoding.h"
#include "leaksift/secret.h"
#include "rules/rule.h"

namespace leaksift {

// Seconds since 1970 and minutes east of UTC, as git stores them.
struct Timestamp {
  int64_t seconds = 0;
  int16_t offset_minutes = 0;
  friend auto operator<=>(const Timestamp&, const Timestamp&) = default;
};

// "2026-11-23T04:05:06+01:00", "…Z" for UTC. Commits may carry any number: a
// moment outside of the years 1 to 9999 is shown as the nearest one inside, in
// UTC, and an offset of a day or more as UTC.
std::string to_iso8601(const Timestamp& time);

// The commit that brought something in.
struct CommitInfo {
  std::string id;  // lower-case hexadecimal
  std::string author_name;
  std::string author_email;
  Timestamp date;  // the author's
  // Commits that have this one among their ancestors have a higher number.
  uint32_t order = 0;
};

// Why something found is left out of the report's verdict.
enum class Suppression {
  kNone,
  kInlineComment,
  kIgnoreFile,  // .leaksiftignore, .gitleaksignore
  kBaseline,
};
inline constexpr std::array kSuppressions = {Suppression::kInlineComment,
                                             Suppression::kIgnoreFile,
                                             Suppression::kBaseline};
std::string_view to_string(Suppression suppression);  // "inline-comment"

// One place where a secret stands. Paths and names are bytes as they were
// read; reports make them printable.
struct Occurrence {
  std::string id;    // of secret and path: findings/fingerprint.h
  std::string path;  // empty where none is known (a dangling blob)
  Position begin;    // of the secret; 1:1 for a finding about a path
  Position end;      // behind its last character
  TextEncoding encoding = TextEncoding::kBytes;  // what it was decoded from

  // Of git history only.
  std::string blob;                  // id of the object that holds the secret
  std::string object_type;           // "blob", "commit", "tag"
  std::optional<CommitInfo> commit;  // that brought the blob to this path
  std::optional<bool> in_head;       // is it there in HEAD's tree?
  std::vector<std::string> refs;     // some that reach it, in order

  // One place may be allowed by a comment or an ignore file while the same
  // secret is reported for its other places.
  Suppression suppression = Suppression::kNone;
};

// One secret that one rule found, with every place where it stands. It counts
// as long as one of its occurrences does: `suppression` is set only when all of
// them are suppressed.
struct Finding {
  const Rule* rule = nullptr;  // not owned: lives as long as the engine
  Secret secret;
  std::string fingerprint;  // of rule and secret: findings/fingerprint.h
  double entropy = 0;
  std::vector<Occurrence> occurrences;  // sorted, at least one
  std::optional<size_t> introduced;     // index of the earliest occurrence
  Suppression suppression = Suppression::kNone;

  // Marks the occurrences that `chosen` picks and says whether it picked any.
  // One that is suppressed already keeps its reason.
  bool suppress(Suppression why,
                const std::function<bool(const Occurrence&)>& chosen);
};

// Time and bytes of one stage of the work, for --stats.
struct StageStats {
  std::string name;
  // Of all threads together. Stages that change with every object go by the
  // clock on the wall: threads that had to wait for a processor show more.
  double seconds = 0;
  uint64_t bytes = 0;
  uint64_t count = 0;
};

struct Report {
  std::string target;             // what was scanned, as the user named it
  std::string command;            // "scan", "history"
  std::vector<Finding> findings;  // sorted; suppressed ones too
  Coverage coverage;
  double wall_seconds = 0;
  std::vector<StageStats> stages;
  bool strict = false;

  // Findings of this state; kNone: those that decide the exit code.
  uint64_t count(Suppression suppression) const;
  // Occurrences of this state, of whatever finding.
  uint64_t count_occurrences(Suppression suppression) const;
};

}  // namespace leaksift
