// Baselines: earlier reports whose findings are known. The door to simdjson.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "findings/finding.h"
#include "leaksift/result.h"

namespace leaksift {

// Read once, then immutable and safe to share between threads.
//
// Takes a report of ours (json or jsonl): its findings are known by
// fingerprint, so wherever the same secret stands now. And a JSON report of
// gitleaks: an entry with its secret is known by rule id and secret likewise;
// one with a redacted secret is known by rule id, file, line and commit, which
// moved lines undo.
class Baseline {
 public:
  // Fails on a file that is no such report, naming file and line or entry:
  // a baseline that is quietly not applied would look like new leaks, one
  // that is quietly half applied would hide them from whoever compares.
  static Result<Baseline> read(const std::string& path);

  // The same of a file's bytes; `file` names them in errors.
  static Result<Baseline> parse(std::string_view text, const std::string& file);

  // Entries in it.
  size_t size() const { return size_; }

  // Marks what is known as kBaseline.
  void apply(std::vector<Finding>& findings) const;

 private:
  // An entry of gitleaks whose secret is redacted.
  struct Place {
    std::string commit;        // empty: a scan of files
    std::string secret_start;  // what is left of it
  };

  Baseline() = default;
  bool knows_place(const Finding& finding, const Occurrence& occurrence) const;

  std::unordered_set<std::string> fingerprints_;
  // By rule id, line and file.
  std::unordered_multimap<std::string, Place> places_;
  size_t size_ = 0;
};

}  // namespace leaksift
