// What was scanned before: earlier in one run, or in earlier ones.
#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <set>
#include <string_view>
#include <utility>
#include <vector>

#include "core/coverage.h"
#include "git/object_store.h"
#include "git/selection.h"
#include "pipeline/history_visitor.h"

namespace leaksift {

// Objects with the same id are the same: those that an earlier repository had
// (a fork, or what both take from an alternate) are not scanned again. Reading
// it is safe from several threads.
class ScannedBefore {
 public:
  // `repositories`: how many there will be. Of the last one nothing is kept.
  explicit ScannedBefore(size_t repositories) : repositories_(repositories) {}
  // Objects that `seen` picks were scanned before, and nothing is in them; of
  // one repository to come. Called from several threads.
  explicit ScannedBefore(std::function<bool(std::string_view raw_id)> seen)
      : repositories_(1), seen_(std::move(seen)) {}

  bool empty() const { return parts_.empty() && !seen_; }
  bool holds(HashKind hash, std::string_view raw_id) const;

  // What was found in objects that `store` holds, too.
  std::vector<ObjectFindings> findings_in(const ObjectStore& store) const;
  std::vector<LfsBlob> pointers_in(const ObjectStore& store) const;

  // Stores that may hold the bases of a thin pack.
  const std::vector<std::shared_ptr<const ObjectStore>>& stores() const {
    return stores_;
  }

  // What was found in objects that were scanned now, for those to come.
  void keep(const std::vector<ObjectFindings>& findings);
  void keep(const std::vector<LfsBlob>& pointers);

  // `selection`: what of the store was scanned; nothing: all of it, but for
  // what `coverage` says could not be.
  void add(std::shared_ptr<const ObjectStore> store,
           std::optional<Selection> selection, const Coverage& coverage);

 private:
  struct Part {
    std::shared_ptr<const ObjectStore> store;
    std::optional<Selection> selection;
    std::set<ObjectId> lost;
    // Else there were too many to be named: all is scanned again.
    bool lost_are_known = true;
  };

  bool is_last() const { return parts_.size() + 1 >= repositories_; }

  size_t repositories_;
  std::function<bool(std::string_view raw_id)> seen_;
  std::vector<Part> parts_;
  std::vector<std::shared_ptr<const ObjectStore>> stores_;
  std::vector<ObjectFindings> findings_;
  std::vector<LfsBlob> pointers_;
};

}  // namespace leaksift
