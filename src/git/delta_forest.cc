#include "git/delta_forest.h"

#include <algorithm>
#include <bit>

#include "git/threads.h"

namespace leaksift {
namespace {

// A base that is named by its id.
constexpr uint32_t kById = DeltaForest::kNone - 1;

}  // namespace

DeltaForest::DeltaForest(const Pack& pack, unsigned jobs) : pack_(&pack) {
  const std::vector<uint32_t> base_of = read_headers(sort_by_offset(), jobs);
  link_children(base_of);
  spread_types();
  find_damaged();
}

// A bucket sort: offsets are spread evenly enough that buckets of about one
// entry each leave next to nothing to compare.
DeltaForest::Buckets DeltaForest::sort_by_offset() {
  const PackIndex& index = pack_->index();
  const uint32_t count = index.count();
  const uint64_t pack_size = pack_->bytes().size();
  Buckets buckets;
  buckets.shift =
      static_cast<unsigned>(std::bit_width(pack_size / std::max(count, 1U)));
  const uint64_t bucket_count = buckets.of(pack_size) + 2;

  // An offset beyond the pack is damage: it sorts last.
  auto place = [&](uint32_t position) {
    return buckets.of(std::min(index.offset(position), pack_size));
  };
  std::vector<uint32_t>& first = buckets.first;
  first.assign(bucket_count + 1, 0);
  for (uint32_t i = 0; i < count; ++i) ++first[place(i) + 1];
  for (uint64_t b = 0; b < bucket_count; ++b) first[b + 1] += first[b];
  std::vector<uint32_t> next = first;
  positions_.resize(count);
  for (uint32_t i = 0; i < count; ++i) positions_[next[place(i)]++] = i;

  auto by_offset = [&](uint32_t a, uint32_t b) {
    return index.offset(a) < index.offset(b);
  };
  for (uint64_t b = 0; b < bucket_count; ++b) {
    std::sort(positions_.begin() + first[b], positions_.begin() + first[b + 1],
              by_offset);
  }
  keep_offsets();
  return buckets;
}

void DeltaForest::keep_offsets() {
  const uint64_t pack_size = pack_->bytes().size();
  low_offsets_.reserve(positions_.size() + 1);
  auto keep = [this](uint64_t offset) {
    const auto entry = static_cast<uint32_t>(low_offsets_.size());
    wraps_.resize(offset >> 32, entry);
    low_offsets_.push_back(static_cast<uint32_t>(offset));
  };
  // Cut off at the pack's end, so that the entry before damage ends there too.
  for (const uint32_t position : positions_) {
    keep(std::min(pack_->index().offset(position), pack_size));
  }
  keep(pack_size);
}

uint32_t DeltaForest::entry_at(uint64_t wanted, const Buckets& buckets) const {
  if (wanted >= pack_->bytes().size()) return kNone;
  const uint64_t bucket = buckets.of(wanted);
  for (uint32_t i = buckets.first[bucket]; i < buckets.first[bucket + 1]; ++i) {
    if (offset(i) == wanted) return i;
  }
  return kNone;
}

// Returns the base of each entry; kNone where it is not in the pack.
std::vector<uint32_t> DeltaForest::read_headers(const Buckets& buckets,
                                                unsigned jobs) {
  types_.assign(size(), ObjectType::kNone);
  std::vector<uint32_t> base_of(size());
  constexpr uint32_t kAhead = 16;
  in_parts(jobs, size(), [&](uint32_t begin, uint32_t end) {
    for (uint32_t i = begin; i < end; ++i) {
      if (size() - i > kAhead) pack_->prefetch(offset(i + kAhead));
      base_of[i] = read_header(i, buckets);
    }
  });
  roots_ = RankedSet(size());
  for (uint32_t i = 0; i < size(); ++i) {
    if (types_[i] != ObjectType::kNone) roots_.add(i);
  }
  roots_.count();
  find_bases_by_id(base_of);
  return base_of;
}

// Notes the type of a whole object; else returns the base, if it is known
// without its id.
uint32_t DeltaForest::read_header(uint32_t i, const Buckets& buckets) {
  const std::optional<PackEntry> entry = pack_->entry(offset(i), end(i));
  if (!entry) return kNone;
  switch (entry->kind) {
    case PackEntry::Kind::kWhole:
      types_[i] = entry->type;
      return kNone;
    case PackEntry::Kind::kIdDelta:
      return kById;
    case PackEntry::Kind::kOffsetDelta:
      break;
  }
  return entry_at(entry->base_offset, buckets);
}

void DeltaForest::find_bases_by_id(std::vector<uint32_t>& base_of) {
  const PackIndex& index = pack_->index();
  std::vector<uint32_t> entry_of_position;
  for (uint32_t i = 0; i < size(); ++i) {
    if (base_of[i] != kById) continue;
    if (entry_of_position.empty()) {
      entry_of_position.resize(size());
      for (uint32_t entry = 0; entry < size(); ++entry) {
        entry_of_position[positions_[entry]] = entry;
      }
    }
    const ObjectId base = pack_->entry(offset(i), end(i))->base_id;
    const std::optional<uint32_t> position =
        index.find(base.raw(index.hash_kind()));
    base_of[i] = position ? entry_of_position[*position] : kNone;
    if (!position) foreign_.push_back(i);
  }
}

void DeltaForest::link_children(const std::vector<uint32_t>& base_of) {
  bases_ = RankedSet(size());
  for (const uint32_t base : base_of) {
    if (base != kNone) bases_.add(base);
  }
  bases_.count();
  children_ = listed<uint32_t>(bases_.size(), [&](const auto& add) {
    for (uint32_t i = 0; i < size(); ++i) {
      if (base_of[i] != kNone) add(bases_.rank(base_of[i]), i);
    }
  });
}

// From each root to all that is made out of it.
void DeltaForest::spread_types() {
  std::vector<uint32_t> pending;
  roots_.for_each([&](uint32_t root) {
    pending.push_back(root);
    while (!pending.empty()) {
      const uint32_t entry = pending.back();
      pending.pop_back();
      for (const uint32_t child : children(entry)) {
        types_[child] = types_[entry];
        pending.push_back(child);
      }
    }
  });
}

// What neither a root nor a foreign delta leads to.
void DeltaForest::find_damaged() {
  if (std::none_of(types_.begin(), types_.end(),
                   [](ObjectType t) { return t == ObjectType::kNone; })) {
    return;
  }
  std::vector<bool> reached(size());
  std::vector<uint32_t> pending = foreign_;
  while (!pending.empty()) {
    const uint32_t entry = pending.back();
    pending.pop_back();
    reached[entry] = true;
    const auto more = children(entry);
    pending.insert(pending.end(), more.begin(), more.end());
  }
  for (uint32_t i = 0; i < size(); ++i) {
    if (types_[i] == ObjectType::kNone && !reached[i]) damaged_.push_back(i);
  }
}

}  // namespace leaksift
