// What holds the lines of an audit log together.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "core/file.h"
#include "leaksift/result.h"

namespace leaksift {

// The lower-case SHA-256 of a line without its end.
std::string hash_of_line(std::string_view line);

// In front of the first line of a log.
std::string hash_of_nothing();

// `seq` in 20 digits, so that names and lines with it sort by it.
std::string padded_seq(uint64_t seq);

// A line's own place in the chain.
struct AuditLink {
  uint64_t seq = 0;
  std::string prev;
  std::string type;
  std::string unless_prev;  // see AuditHead::before
};
// Nothing if it is no line of an audit log.
std::optional<AuditLink> parse_link(std::string_view line);

// What FILE.head says: up to where the log goes. It is written before a line
// (`pending`) and after, in place, in one write.
struct AuditHead {
  bool pending = false;  // the line `seq` may be there, all of it or not
  uint64_t seq = 0;
  std::string hash = hash_of_nothing();    // of the line `seq`
  std::string before = hash_of_nothing();  // of the line before it
};
std::string head_path(const std::string& log_path);
// Nothing where the file is empty, which it is before the first line.
Result<std::optional<AuditHead>> read_head(const FileHandle& file,
                                           const std::string& path);
Status write_head(const FileHandle& file, const AuditHead& head,
                  const std::string& path);

}  // namespace leaksift
