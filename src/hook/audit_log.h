// The audit log: what was decided about each push, and nothing lost of it.
//
// One JSON object a line. The log's own members stand first: `seq`, which
// counts from 1 over all files of the log, and `prev`, the SHA-256 of the line
// before (without its end), so that no line can be changed, taken out, put in
// or moved without the next ones showing it. The last line is vouched for by
// FILE.head, which is also what writers lock: it has to stay beside the log and
// is never rotated. Who may write all these files can forge them all: what is
// to be proof against the server's own administrator has to be copied away.
//
// The log may be rotated, by size (to FILE.<number of its last line>, 20
// digits, so that names sort in order) or by others, at any time: the next line
// goes on with the chain. A process that is killed while it writes leaves half
// a line, or none; the next one puts these bytes aside (FILE.torn.<number>...)
// and writes a line of `type` "interrupted" which says so. Where what it finds
// is not what the last one left, that line's type is "damaged".
#pragma once

#include <chrono>
#include <cstdint>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

#include "hook/durable.h"
#include "leaksift/result.h"

namespace leaksift {

class AuditLog {
 public:
  static constexpr size_t kMaxLine = 1 << 20;  // bytes

  // Nothing is opened yet. max_bytes: the size from which the file is rotated;
  // 0: never.
  AuditLog(std::string path, uint64_t max_bytes)
      : path_(std::move(path)), max_bytes_(max_bytes) {}

  // Adds `record`, an object, as one line that is on the disk when this
  // returns. What makes it longer than kMaxLine is left out: longest members
  // first, of lists their ends, counted in `left_out`. Waits at most so
  // long for other writers. An error means that the log is as it was before.
  // Safe to call from several processes at once.
  Status append(nlohmann::ordered_json record,
                std::chrono::milliseconds longest_wait = kLongestWait) const;

 private:
  std::string path_;
  uint64_t max_bytes_;
};

// What audit_verify() found out.
struct AuditCheck {
  uint64_t lines = 0;
  uint64_t first = 0;  // seq
  uint64_t last = 0;
  uint64_t interrupted = 0;  // lines that say that a writer was killed
  bool has_head = false;     // is there something that vouches for the last one
  std::string problem;       // the first, "FILE:12: ..."; empty: none
};

// Reads the files of one log, oldest first. Fails only where one cannot be
// read.
Result<AuditCheck> verify_audit_log(const std::vector<std::string>& files);

}  // namespace leaksift
