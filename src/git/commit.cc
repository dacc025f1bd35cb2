#include "git/commit.h"

#include <charconv>

#include "core/text.h"

namespace leaksift {
namespace {

// Takes the line off the front of `text`.
std::string_view take_line(std::string_view& text) {
  const size_t end = text.find('\n');
  const std::string_view line = text.substr(0, end);
  text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
  return line;
}

// What stands behind `key` and a blank, if the line begins with it.
std::optional<std::string_view> value_of(std::string_view line,
                                         std::string_view key) {
  if (!line.starts_with(key) || line.size() <= key.size() ||
      line[key.size()] != ' ') {
    return std::nullopt;
  }
  return line.substr(key.size() + 1);
}

std::optional<ObjectId> id_in(std::string_view line, std::string_view key,
                              HashKind hash) {
  const auto value = value_of(line, key);
  return value ? ObjectId::from_hex(*value, hash) : std::nullopt;
}

int64_t parse_number(std::string_view digits) {
  int64_t value = 0;
  if (digits.starts_with('+')) digits.remove_prefix(1);
  std::from_chars(digits.data(), digits.data() + digits.size(), value);
  return value;
}

// "+0130" is 90 minutes.
int16_t parse_offset(std::string_view zone) {
  const int64_t hours_minutes = parse_number(zone);
  const int64_t minutes = hours_minutes / 100 * 60 + hours_minutes % 100;
  constexpr int64_t kMost = 24 * 60;
  if (minutes < -kMost || minutes > kMost) return 0;
  return static_cast<int16_t>(minutes);
}

}  // namespace

Signature parse_signature(std::string_view line) {
  Signature signature;
  const size_t open = line.find('<');
  const size_t close = line.rfind('>');
  if (open == std::string_view::npos || close == std::string_view::npos ||
      close < open) {
    signature.name = std::string(trimmed(line));
    return signature;
  }
  // The address ends at the first '>', the time begins behind the last one.
  const std::string_view mail = line.substr(open + 1);
  signature.name = std::string(trimmed(line.substr(0, open)));
  signature.email = std::string(trimmed(mail.substr(0, mail.find('>'))));
  const std::string_view time = trimmed(line.substr(close + 1));
  const size_t space = time.find(' ');
  signature.seconds = parse_number(time.substr(0, space));
  if (space != std::string_view::npos) {
    signature.offset_minutes = parse_offset(trimmed(time.substr(space)));
  }
  return signature;
}

std::optional<CommitHeader> parse_commit_header(std::string_view commit,
                                                HashKind hash) {
  CommitHeader header;
  const auto tree = id_in(take_line(commit), "tree", hash);
  if (!tree) return std::nullopt;
  header.tree = *tree;
  while (!commit.empty()) {
    const std::string_view line = take_line(commit);
    if (line.empty()) break;
    if (const auto parent = id_in(line, "parent", hash)) {
      header.parents.push_back(*parent);
    } else if (const auto committer = value_of(line, "committer")) {
      header.committer_seconds = parse_signature(*committer).seconds;
      break;  // nothing behind it is of interest
    }
  }
  return header;
}

CommitPeople parse_people(std::string_view commit) {
  std::optional<Signature> author;
  std::optional<Signature> committer;
  while (!commit.empty()) {
    const std::string_view line = take_line(commit);
    if (line.empty()) break;
    // Of several the first counts, as in git.
    if (const auto by = value_of(line, "author"); by && !author) {
      author = parse_signature(*by);
    } else if (const auto with = value_of(line, "committer");
               with && !committer) {
      committer = parse_signature(*with);
    }
  }
  return {author.value_or(Signature()), committer.value_or(Signature())};
}

std::string commit_subject(std::string_view commit) {
  const size_t blank = commit.find("\n\n");
  if (blank == std::string_view::npos) return {};
  std::string_view message = commit.substr(blank);
  const size_t begin = message.find_first_not_of('\n');
  if (begin == std::string_view::npos) return {};
  message.remove_prefix(begin);
  return std::string(message.substr(0, message.find('\n')));
}

std::optional<TagHeader> parse_tag_header(std::string_view tag, HashKind hash) {
  TagHeader header;
  const auto target = id_in(take_line(tag), "object", hash);
  if (!target) return std::nullopt;
  header.target = *target;
  const auto type = value_of(take_line(tag), "type");
  for (const ObjectType known : {ObjectType::kCommit, ObjectType::kTree,
                                 ObjectType::kBlob, ObjectType::kTag}) {
    if (type == to_string(known)) header.target_type = known;
  }
  return header;
}

}  // namespace leaksift
