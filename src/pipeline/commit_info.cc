#include "pipeline/commit_info.h"

#include <utility>

#include "git/commit.h"

namespace leaksift {

CommitInfo read_commit_info(ObjectReader& reader, const ObjectId& id,
                            HashKind hash) {
  CommitInfo info;
  info.id = id.hex(hash);
  const Result<Object> commit = reader.read(id);
  if (!commit) return info;
  auto [author, committer] = parse_people(commit->bytes());
  info.author_name = std::move(author.name);
  info.author_email = std::move(author.email);
  info.date = {author.seconds, author.offset_minutes};
  info.committer_name = std::move(committer.name);
  info.committer_email = std::move(committer.email);
  info.commit_date = {committer.seconds, committer.offset_minutes};
  return info;
}

}  // namespace leaksift
