// The names of a repository: branches, tags, HEAD and whatever else points at
// objects.
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/coverage.h"
#include "git/object_id.h"
#include "git/repository.h"

namespace leaksift {

struct Ref {
  std::string name;  // "refs/heads/main", "HEAD", "worktrees/x/HEAD"
  ObjectId id;
  friend auto operator<=>(const Ref&, const Ref&) = default;
};

struct RefSet {
  std::vector<Ref> refs;  // sorted by name; symbolic ones resolved
  std::string head;       // the branch that HEAD names; empty if detached
  std::vector<ObjectId> shallow;  // commits whose parents were cut off
  // Of a bundle: commits that it builds on, sorted. What it lacks is theirs.
  std::vector<ObjectId> prerequisites;
  std::vector<Skipped> problems;  // what could not be read

  // What annotated tags lead to in the end; filled by whoever reads tags.
  std::map<ObjectId, ObjectId> peeled;

  const Ref* find(std::string_view name) const;

  // `id`, what it tags if it is a tag, and so on.
  std::vector<ObjectId> tag_chain(const ObjectId& id) const;

  // The object that a ref stands for, behind annotated tags.
  ObjectId tip_of(const Ref& ref) const;
};

// Reads all refs, loose, packed or in reftables, those of linked worktrees
// too.
RefSet read_refs(const Repository& repository);

// The same, telling the refs one by one, sorted by name, instead of keeping
// them: a server may have 100,000.
using RefVisitor = std::function<void(std::string_view name, const ObjectId&)>;
RefSet visit_refs(const Repository& repository, const RefVisitor& visit);

// The object that one ref names; nothing if there is none. Without reftables it
// costs reading that ref, and packed-refs where it is there.
std::optional<ObjectId> read_ref(const Repository& repository,
                                 std::string_view name);

}  // namespace leaksift
