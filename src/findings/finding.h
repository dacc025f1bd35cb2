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

#include "check/check.h"
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
  std::string committer_name;
  std::string committer_email;
  Timestamp commit_date;
  // Commits that have this one among their ancestors have a higher number.
  uint32_t order = 0;
};

// Why something found is left out of the report's verdict.
enum class Suppression {
  kNone,
  kInlineComment,
  kIgnoreFile,  // .leaksiftignore, .gitleaksignore
  kBaseline,
  kConfidence,  // less than --min-confidence
  kPart,        // reported with another one (findings/fold_parts.h)
};
inline constexpr std::array kSuppressions = {
    Suppression::kInlineComment, Suppression::kIgnoreFile,
    Suppression::kBaseline, Suppression::kConfidence, Suppression::kPart};
std::string_view to_string(Suppression suppression);  // "inline-comment"

// From where something can still be reached; of several answers the first.
enum class Liveness {
  kHead,      // it stands in HEAD's tree
  kTip,       // in the tree of another ref, or a ref points at it
  kHistory,   // only in older commits of refs, or in their messages
  kNote,      // only in refs/notes/
  kStash,     // only in refs/stash or its reflog
  kReflog,    // only in what reflogs, ORIG_HEAD and their like remember
  kDangling,  // nothing leads to it
};
std::string_view to_string(Liveness state);  // "head"

// A commit that changed whether a secret stands at a path. It is added where
// the commit has it and no parent does, and removed where every parent has it
// and the commit does not: what a merge takes over from one side is neither.
struct Change {
  enum class Kind { kAdded, kRemoved };
  std::string commit;  // lower-case hexadecimal
  Kind kind = Kind::kAdded;
  std::string path;
  friend auto operator<=>(const Change&, const Change&) = default;
};
std::string_view to_string(Change::Kind kind);  // "added"

// Another secret, or a name, that a secret is used with: a match of a rule that
// the finding's rule requires, in the same blob.
struct Part {
  std::string rule_id;
  Secret secret;
  Position begin;
  Position end;  // behind its last character
  // False of what only says where the secret opens something, as an account or
  // a server: reports show it.
  bool is_secret = true;
};

// One place where a secret stands. Paths and names are bytes as they were
// read; reports make them printable.
struct Occurrence {
  static constexpr size_t kMaxRefs = 20;

  std::string id;    // of secret and path: findings/fingerprint.h
  std::string path;  // empty where none is known (a dangling blob)
  // The path from the top of the work tree, else from the folder that was
  // scanned, so that it is the same however that was named; empty: `path`.
  std::string stable_path;
  Position begin;  // of the secret; 1:1 for a finding about a path
  Position end;    // behind its last character
  TextEncoding encoding = TextEncoding::kBytes;  // what it was decoded from
  std::vector<Part> parts;  // in the order of the rule's `required`

  // Of git history only.
  std::string repository;            // as it was named, if several were
  std::string blob;                  // id of the object that holds the secret
  std::string object_type;           // "blob", "commit", "tag", "path", "ref"
  std::optional<CommitInfo> commit;  // that brought the blob to this path
  std::optional<bool> in_head;       // is it there in HEAD's tree?
  std::optional<bool> in_tips;       // or in the tree of any ref?
  std::optional<Liveness> state;     // of this place alone
  // In whose history it is or was there, through `commit` or any other one that
  // brought the blob to this path: the first kMaxRefs, and how many there are.
  std::vector<std::string> refs;
  uint64_t ref_count = 0;

  // Does it stand in the name of a file, folder or ref?
  bool is_in_name() const {
    return object_type == "path" || object_type == "ref";
  }

  const std::string& path_for_ids() const {
    return stable_path.empty() ? path : stable_path;
  }

  // One place may be allowed by a comment or an ignore file while the same
  // secret is reported for its other places.
  Suppression suppression = Suppression::kNone;
};

// One secret that one rule found, with every place where it stands. It counts
// as long as one of its occurrences does: `suppression` is set only when all of
// them are suppressed.
struct Finding {
  static constexpr size_t kMaxChanges = 100;

  const Rule* rule = nullptr;  // not owned: lives as long as the engine
  Secret secret;
  std::string fingerprint;  // of rule and secret: findings/fingerprint.h
  double entropy = 0;
  Confidence confidence = Confidence::kMedium;  // where it is surest
  CheckResult check;  // what the rule's checksum says, if it names one
  std::vector<Occurrence> occurrences;  // sorted, at least one
  std::optional<size_t> introduced;     // index of the earliest occurrence
  Suppression suppression = Suppression::kNone;

  // Of git history only.
  std::optional<Liveness> state;  // the first of its occurrences' states
  std::vector<Change> changes;    // parents first: the first kMaxChanges
  uint64_t change_count = 0;      // how many there are

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
