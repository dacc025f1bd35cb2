// Findings that somebody on the server lets in: for merges in a web interface,
// which cannot carry push options, and for those who may not decide alone.
//
// A file of lines {"id", "repository", "by", "reason", "at", "expires"}, the
// times in seconds since 1970. Lines are only ever added.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "leaksift/result.h"

namespace leaksift {

struct Approval {
  std::string id;  // hook/finding_key.h
  std::string repository;
  std::string by;
  std::string reason;
  int64_t at = 0;
  int64_t expires = 0;  // from then on it does not count

  bool counts_for(const std::string& name, int64_t now) const {
    return repository == name && now < expires;
  }
};

// Adds a line, in one write, that is on the disk when this returns. Safe to
// call from several processes at once.
Status add_approval(const std::string& path, const Approval& approval);

// All of them, in order; none where there is no file. A damaged line is an
// error that names it; so is a file of more than 16 MiB.
Result<std::vector<Approval>> read_approvals(const std::string& path);

}  // namespace leaksift
