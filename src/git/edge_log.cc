#include "git/edge_log.h"

#include <algorithm>

namespace leaksift {
namespace {

constexpr size_t kBlockSize = size_t{1} << 18;
// Where lists are read one after the other, one is like the one before it; one
// out of order takes so many steps.
constexpr unsigned kMaxDepth = 16;
constexpr size_t kMaxNumber = 5;  // bytes

// Seven bits a byte, the lowest first; the last byte is below 128.
void append(std::string& bytes, uint32_t number) {
  for (; number >= 0x80; number >>= 7) {
    bytes.push_back(static_cast<char>(number | 0x80));
  }
  bytes.push_back(static_cast<char>(number));
}

class NumberReader {
 public:
  NumberReader(const std::string& bytes, uint32_t begin)
      : bytes_(bytes), at_(begin) {}
  uint32_t next() {
    uint32_t number = 0;
    for (unsigned shift = 0;; shift += 7) {
      const auto byte = static_cast<uint8_t>(bytes_[at_++]);
      number |= uint32_t{byte & 0x7fU} << shift;
      if (byte < 0x80) return number;
    }
  }
  uint32_t at() const { return at_; }

 private:
  const std::string& bytes_;
  uint32_t at_;
};

size_t count_changes(const EdgeLog::List& list, const EdgeLog::List& base) {
  size_t count = 0;
  for (size_t i = 0; i < list.size(); ++i) count += list[i] != base[i] ? 1 : 0;
  return count;
}

// The places of what is not the base's, each from the one behind the last.
void append_changes(std::string& bytes, const EdgeLog::List& list,
                    const EdgeLog::List& base) {
  size_t next = 0;
  for (size_t i = 0; i < list.size(); ++i) {
    if (list[i] == base[i]) continue;
    append(bytes, static_cast<uint32_t>(i - next));
    append(bytes, list[i]);
    next = i + 1;
  }
}

}  // namespace

void EdgeLog::add(uint32_t tree, Kept& edges, const Kept* base) {
  const List& list = edges.list;
  const size_t most = (list.size() + 4) * kMaxNumber;
  if (blocks_.empty() || blocks_.back().size() + most > kBlockSize) {
    blocks_.emplace_back().reserve(std::max(kBlockSize, most));
  }
  std::string& block = blocks_.back();
  edges.place = {static_cast<uint32_t>(blocks_.size() - 1),
                 static_cast<uint32_t>(block.size())};
  const bool is_like =
      base != nullptr && base->place.block == edges.place.block &&
      base->depth < kMaxDepth && base->list.size() == list.size() &&
      count_changes(list, base->list) * 2 <= list.size();
  scratch_.clear();
  if (is_like) {
    append_changes(scratch_, list, base->list);
  } else {
    for (const uint32_t edge : list) append(scratch_, edge);
  }
  edges.depth = is_like ? base->depth + 1 : 0;
  append(block, tree);
  append(block, is_like ? edges.place.offset - base->place.offset : 0);
  append(block, static_cast<uint32_t>(scratch_.size()));
  block += scratch_;
}

EdgeLog::Record EdgeLog::record_at(Place place) const {
  NumberReader numbers(blocks_[place.block], place.offset);
  Record record;
  record.tree = numbers.next();
  record.back = numbers.next();
  const uint32_t size = numbers.next();
  record.begin = numbers.at();
  record.end = record.begin + size;
  return record;
}

const EdgeLog::List& EdgeLog::Reader::read(Place place) {
  // A list that was kept has edges: an empty one is none that was read.
  auto& [known, list] = known_[place.offset % kSize];
  if (known == place && !list.empty()) return list;
  const Record record = log_->record_at(place);
  NumberReader numbers(log_->blocks_[place.block], record.begin);
  if (record.back == 0) {
    list.clear();
    while (numbers.at() < record.end) list.push_back(numbers.next());
  } else {
    const List& base = read({place.block, place.offset - record.back});
    if (&base != &list) list = base;
    for (size_t at = 0; numbers.at() < record.end; ++at) {
      at += numbers.next();
      list[at] = numbers.next();
    }
  }
  known = place;
  return list;
}

}  // namespace leaksift
