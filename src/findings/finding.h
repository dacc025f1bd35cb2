// What a scan hands to the reports: one finding per secret, with all the
// places where it stands, and what was and was not looked at.
#pragma once

#include <cstdint>
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

// "2026-11-23T04:05:06+01:00"
std::string to_iso8601(const Timestamp& time);

// The commit that brought something in.
struct CommitInfo {
  std::string id;  // lower-case hexadecimal
  std::string author_name;
  std::string author_email;
  Timestamp date;  // the author's
};

// One place where a secret stands. Paths and names are bytes as they were
// read; reports make them printable.
struct Occurrence {
  std::string id;    // set by group_findings(): survives moved lines
  std::string path;  // empty where none is known (a dangling blob)
  Position begin;    // of the secret; 1:1 for a finding about a path
  Position end;      // behind its last character
  TextEncoding encoding = TextEncoding::kBytes;

  // Of git history only.
  std::string blob;  // id of the object that holds the secret
  std::string object_type;  // "blob", "commit", "tag"
  std::optional<CommitInfo> commit;  // that brought the blob to this path
  std::optional<bool> in_head;       // is it there in HEAD's tree?
  std::vector<std::string> refs;     // some that reach it, in order
};

// Why a finding is left out of the report's verdict.
enum class Suppression {
  kNone,
  kInlineComment,
  kIgnoreFile,  // .leaksiftignore, .gitleaksignore
  kBaseline,
};
std::string_view to_string(Suppression suppression);

struct Finding {
  const Rule* rule = nullptr;
  Secret secret;
  std::string fingerprint;  // of rule and secret: findings/fingerprint.h
  double entropy = 0;
  std::vector<Occurrence> occurrences;  // sorted, at least one
  std::optional<size_t> introduced;  // index of the earliest occurrence
  Suppression suppression = Suppression::kNone;
};

// Time and bytes of one stage of the work, for --stats.
struct StageStats {
  std::string name;
  double cpu_seconds = 0;  // over all threads
  uint64_t bytes = 0;
  uint64_t count = 0;
};

struct Report {
  std::string target;   // what was scanned, as the user named it
  std::string command;  // "scan", "history"
  std::vector<Finding> findings;  // sorted; suppressed ones too
  Coverage coverage;
  double wall_seconds = 0;
  std::vector<StageStats> stages;
  bool strict = false;

  uint64_t count(Suppression suppression) const;
};

}  // namespace leaksift
