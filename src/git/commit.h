// Commits and tags as text (git's documentation: gitformat-commit is plain
// header lines, a blank line, the message).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "git/object_id.h"

namespace leaksift {

// "Name <email> 1700000000 +0100"
struct Signature {
  std::string name;
  std::string email;
  int64_t seconds = 0;  // since 1970, UTC
  int16_t offset_minutes = 0;
};

// Reads what git would; what is not there stays empty or zero.
Signature parse_signature(std::string_view line);

struct CommitHeader {
  ObjectId tree;
  std::vector<ObjectId> parents;
  int64_t committer_seconds = 0;
};

// The links of a commit; nothing if it does not begin with a tree line.
std::optional<CommitHeader> parse_commit_header(std::string_view commit,
                                                HashKind hash);

// Empty fields where there is no such line.
struct CommitPeople {
  Signature author;
  Signature committer;
};
CommitPeople parse_people(std::string_view commit);

// The first line of a commit's or tag's message.
std::string commit_subject(std::string_view commit);

struct TagHeader {
  ObjectId target;
  ObjectType target_type = ObjectType::kNone;
};
std::optional<TagHeader> parse_tag_header(std::string_view tag, HashKind hash);

}  // namespace leaksift
