// What the reflogs of a repository remember.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/coverage.h"
#include "git/object_id.h"
#include "git/repository.h"

namespace leaksift {

// One line of a reflog; the views are into it.
struct ReflogLine {
  ObjectId old_id;       // null where the ref was made
  ObjectId new_id;       // null where it was deleted
  std::string_view who;  // see parse_signature()
  std::string_view message;
};
std::optional<ReflogLine> parse_reflog_line(std::string_view line,
                                            HashKind hash);

// A reflog as it is stored.
struct Reflog {
  std::string ref;   // named like those of a RefSet
  std::string path;  // of the file; in a reftable: of its folder, and the ref
  std::string text;
  // Lines that newer reftables take back, and older ones still hold.
  std::string replaced;
};

// Calls `each` with the reflogs of all refs, of HEAD and of linked worktrees,
// one at a time: those in files, then those in reftables, in the order of
// names. Those that cannot be read, or are over 256 MB, go to `problems`; so do
// symbolic links, which are not followed.
void for_each_reflog(const Repository& repository,
                     const std::function<void(const Reflog&)>& each,
                     std::vector<Skipped>& problems);

// Those in reftables alone, as lines of the files that git would keep.
void for_each_reflog_in_tables(const Repository& repository,
                               const std::function<void(const Reflog&)>& each,
                               std::vector<Skipped>& problems);

// Every id, old or new, that reflogs name; each once, sorted.
struct ReflogIds {
  std::vector<ObjectId> stash;   // by that of refs/stash
  std::vector<ObjectId> others;  // by any other
  std::vector<Skipped> problems;
};
ReflogIds read_reflogs(const Repository& repository);

}  // namespace leaksift
