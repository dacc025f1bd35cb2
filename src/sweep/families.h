// Which repositories share objects.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "git/object_id.h"
#include "git/repository.h"

namespace leaksift {

// The smallest ids of a repository's objects. Since ids are as good as random,
// they are a fair sample, and the same objects give the same sample wherever
// they are (Broder: On the resemblance and containment of documents, 1997).
// Indexes are sorted: taking it costs one page of each.
std::vector<ObjectId> sample_of(const Repository& repository);

// Groups those that have a good part of their objects in common: forks, copies,
// what came out of one another. By index; every index once. Groups and what is
// in them are in the order of their first.
std::vector<std::vector<size_t>> find_families(
    const std::vector<std::vector<ObjectId>>& samples);

}  // namespace leaksift
