#include "git/delta_forest.h"

#include <algorithm>
#include <bit>

namespace leaksift {

DeltaForest::DeltaForest(const Pack& pack) : pack_(&pack) {
  sort_by_offset();
  read_headers();
  spread_types();
  find_damaged();
}

// A bucket sort: offsets are spread evenly enough that buckets of about one
// entry each leave next to nothing to compare.
void DeltaForest::sort_by_offset() {
  const PackIndex& index = pack_->index();
  const uint32_t count = index.count();
  const uint64_t pack_size = pack_->bytes().size();
  const uint64_t mean = pack_size / std::max(count, 1U);
  bucket_shift_ = static_cast<unsigned>(std::bit_width(mean));
  const uint64_t buckets = bucket_of(pack_size) + 2;

  // An offset beyond the pack is damage: it sorts last.
  auto place = [&](uint32_t position) {
    return bucket_of(std::min(index.offset(position), pack_size));
  };
  bucket_first_.assign(buckets + 1, 0);
  for (uint32_t i = 0; i < count; ++i) ++bucket_first_[place(i) + 1];
  for (uint64_t b = 0; b < buckets; ++b) {
    bucket_first_[b + 1] += bucket_first_[b];
  }
  std::vector<uint32_t> next = bucket_first_;
  positions_.resize(count);
  for (uint32_t i = 0; i < count; ++i) positions_[next[place(i)]++] = i;

  auto by_offset = [&](uint32_t a, uint32_t b) {
    return index.offset(a) < index.offset(b);
  };
  for (uint64_t b = 0; b < buckets; ++b) {
    std::sort(positions_.begin() + bucket_first_[b],
              positions_.begin() + bucket_first_[b + 1], by_offset);
  }
  // Cut off at the pack's end, so that the entry before damage ends there too.
  offsets_.reserve(count + 1);
  for (const uint32_t position : positions_) {
    offsets_.push_back(std::min(index.offset(position), pack_size));
  }
  offsets_.push_back(pack_size);
}

uint32_t DeltaForest::entry_at(uint64_t offset) const {
  if (offset >= pack_->bytes().size()) return kNone;
  const uint64_t bucket = bucket_of(offset);
  const auto first = offsets_.begin() + bucket_first_[bucket];
  const auto last = offsets_.begin() + bucket_first_[bucket + 1];
  const auto found = std::find(first, last, offset);
  return found == last ? kNone
                       : static_cast<uint32_t>(found - offsets_.begin());
}

void DeltaForest::read_headers() {
  types_.assign(size(), ObjectType::kNone);
  std::vector<uint32_t> base_of(size(), kNone);
  const PackIndex& index = pack_->index();
  // Ids of bases, looked up once all entries have their place.
  std::vector<uint32_t> entry_of_position;
  auto entry_of_id = [&](const ObjectId& id) {
    const std::optional<uint32_t> position =
        index.find(id.raw(index.hash_kind()));
    if (!position) return kNone;
    if (entry_of_position.empty()) {
      entry_of_position.resize(size());
      for (uint32_t i = 0; i < size(); ++i) {
        entry_of_position[positions_[i]] = i;
      }
    }
    return entry_of_position[*position];
  };
  for (uint32_t i = 0; i < size(); ++i) {
    const std::optional<PackEntry> entry = pack_->entry(offset(i), end(i));
    if (!entry) continue;
    if (entry->kind == PackEntry::Kind::kWhole) {
      types_[i] = entry->type;
      roots_.push_back(i);
      continue;
    }
    const bool by_id = entry->kind == PackEntry::Kind::kIdDelta;
    base_of[i] =
        by_id ? entry_of_id(entry->base_id) : entry_at(entry->base_offset);
    if (by_id && base_of[i] == kNone) foreign_.push_back({i, entry->base_id});
  }
  link_children(base_of);
}

void DeltaForest::link_children(const std::vector<uint32_t>& base_of) {
  first_child_.assign(size() + 1, 0);
  for (const uint32_t base : base_of) {
    if (base != kNone) ++first_child_[base + 1];
  }
  for (uint32_t i = 0; i < size(); ++i) first_child_[i + 1] += first_child_[i];
  std::vector<uint32_t> next = first_child_;
  children_.resize(first_child_[size()]);
  for (uint32_t i = 0; i < size(); ++i) {
    if (base_of[i] != kNone) children_[next[base_of[i]]++] = i;
  }
}

// From each root to all that is made out of it.
void DeltaForest::spread_types() {
  std::vector<uint32_t> pending;
  for (const uint32_t root : roots_) {
    pending.push_back(root);
    while (!pending.empty()) {
      const uint32_t entry = pending.back();
      pending.pop_back();
      for (const uint32_t child : children(entry)) {
        types_[child] = types_[entry];
        pending.push_back(child);
      }
    }
  }
}

// What neither a root nor a foreign delta leads to.
void DeltaForest::find_damaged() {
  if (std::none_of(types_.begin(), types_.end(),
                   [](ObjectType t) { return t == ObjectType::kNone; })) {
    return;
  }
  std::vector<bool> reached(size());
  std::vector<uint32_t> pending;
  for (const ForeignDelta& delta : foreign_) pending.push_back(delta.entry);
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
