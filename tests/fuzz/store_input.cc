#include "fuzz/store_input.h"

#include "fuzz/plain_delta.h"

namespace leaksift {
namespace {

constexpr size_t kMaxEntries = 64;
constexpr uint64_t kMaxObject = 1 << 16;

std::string loose_name(const ObjectId& id, HashKind hash) {
  const std::string hex = id.hex(hash);
  return "objects/" + hex.substr(0, 2) + '/' + hex.substr(2);
}

}  // namespace

StoreInput::StoreInput(Input& input, HashKind hash, bool indexed,
                       const Folder& folder)
    : hash_(hash), indexed_(indexed), folder_(folder), pack_(hash) {
  folder_.clear();
  folder_.make_directory("objects/pack");
  while (!input.at_end() && entries_.size() < kMaxEntries) {
    take_step(input.byte(), input);
  }
  finish_pack();
}

Repository StoreInput::repository() const {
  Repository repository;
  repository.git_dir = repository.common_dir = folder_.path();
  repository.hash = hash_;
  repository.object_dirs = {folder_.path() + "/objects"};
  return repository;
}

void StoreInput::take_step(uint8_t step, Input& input) {
  if ((step & 0xf0) != 0) sound_ = false;
  switch ((step & 0xf) % kSteps) {
    case kWhole:
      return add_whole(step, input);
    case kOffsetDelta:
    case kIdDelta:
      return add_delta(step, input);
    case kAnyEntry:
    case kAnyBytes:
      return add_raw(step, input);
    case kLoose:
    case kAnyLoose:
      return add_loose(step, input);
    default:
      finish_pack();
  }
}

const StoreInput::Entry* StoreInput::entry_at(size_t number) const {
  return entries_.empty() ? nullptr : &entries_[number % entries_.size()];
}

// What an entry cannot be known to be gets an id that is nothing's hash.
ObjectId StoreInput::id_for(uint8_t step,
                            const std::optional<PlainObject>& object,
                            Input& input) {
  if ((step & kOfAnotherId) != 0) {
    const Entry* const other = entry_at(input.byte());
    if (other != nullptr) {
      unambiguous_ = false;
      return other->id;
    }
  }
  if (object) return id_of(object->type, object->bytes, hash_);
  return id_of(ObjectType::kTag, std::to_string(entries_.size()), hash_);
}

void StoreInput::put(uint8_t step, const std::optional<PlainObject>& object,
                     const std::string& header, std::string_view content,
                     Input& input) {
  const ObjectId id = id_for(step, object, input);
  std::string bytes = header + zlib_stored(content);
  if ((step & kCutOff) != 0) bytes.resize(bytes.size() - bytes.size() / 4);
  uint64_t offset = 0;
  if ((step & kAtAnotherPlace) != 0) {
    offset = input.number();
    pack_.add_place(id, offset);
  } else {
    offset = pack_.add_bytes(id, bytes);
  }
  const bool again = object && !objects_.emplace(id, *object).second;
  const bool is_true = !again || objects_[id] == *object;
  if (!is_true) unambiguous_ = false;
  // Twice in a pack, an object may be said to be made out of itself.
  if (!object || again) sound_ = false;
  entries_.push_back({id, offset, packs_, object});
}

void StoreInput::add_whole(uint8_t step, Input& input) {
  const auto type = static_cast<ObjectType>(1 + input.byte() % 4);
  const PlainObject object{type, std::string(input.chunk())};
  const uint64_t size =
      (step & kOfAnotherSize) != 0 ? input.number() : object.bytes.size();
  put(step, object, PackWriter::entry_header(static_cast<unsigned>(type), size),
      object.bytes, input);
}

// By id a base may also be one that is still to come, or is not there at all.
void StoreInput::add_delta(uint8_t step, Input& input) {
  const bool by_id = (step & 0xf) % kSteps == kIdDelta;
  const uint8_t number = input.byte();
  const std::string_view operations = input.chunk();
  const Entry* base = entry_at(number);
  const bool to_come = by_id && number >= 0xc0;
  if (to_come || (base != nullptr && !by_id && base->pack != packs_)) {
    base = nullptr;
  }
  std::optional<PlainObject> object;
  uint64_t base_size = 0;
  if (base != nullptr && base->object) {
    base_size = base->object->bytes.size();
    auto made = apply_plainly(base->object->bytes, operations, kMaxObject);
    if (made) object = PlainObject{base->object->type, *std::move(made)};
  }
  uint64_t size = object ? object->bytes.size() : 0;
  if ((step & kOfAnotherSize) != 0) size = input.number();
  const std::string delta =
      delta_header(base_size, size) + std::string(operations);
  if (by_id) {
    const size_t later = entries_.size() + (number & 7U);
    const ObjectId id =
        base != nullptr ? base->id
                        : id_of(ObjectType::kTag, std::to_string(later), hash_);
    put(step, object,
        PackWriter::entry_header(7, delta.size()) + std::string(id.raw(hash_)),
        delta, input);
    return;
  }

  const uint64_t here = pack_.pack().size() - id_size(hash_);
  const uint64_t distance = base != nullptr ? here - base->offset : number;
  put(step, object,
      PackWriter::entry_header(6, delta.size()) + offset_varint(distance),
      delta, input);
}

void StoreInput::add_raw(uint8_t step, Input& input) {
  sound_ = false;
  const ObjectId id = id_for(step, std::nullopt, input);
  const std::string_view header = input.chunk();
  const bool any = (step & 0xf) % kSteps == kAnyBytes;
  const uint64_t offset = any ? pack_.add_bytes(id, header)
                              : pack_.add_entry(id, header, input.chunk());
  entries_.push_back({id, offset, packs_, std::nullopt});
}

void StoreInput::add_loose(uint8_t step, Input& input) {
  const Entry* const entry = entry_at(input.byte());
  if (entry == nullptr) return;
  std::string content;
  if ((step & 0xf) % kSteps == kLoose && entry->object) {
    content = std::string(to_string(entry->object->type)) + ' ' +
              std::to_string(entry->object->bytes.size()) + '\0' +
              entry->object->bytes;
  } else {
    sound_ = false;
    unambiguous_ = false;
    content = input.chunk();
  }
  std::string bytes = zlib_stored(content);
  if ((step & kCutOff) != 0) bytes.resize(bytes.size() - bytes.size() / 4);
  folder_.write(loose_name(entry->id, hash_), bytes);
}

void StoreInput::finish_pack() {
  const std::string stem = "objects/pack/pack-" + std::to_string(packs_++);
  folder_.write(stem + ".pack", pack_.pack());
  if (indexed_) folder_.write(stem + ".idx", pack_.index());
  pack_ = PackWriter(hash_);
}

std::vector<std::string> store_seeds() {
  using Step = StoreInput::Step;
  const std::string text = "one two three four five six seven eight nine ten";
  const std::string more = copy_op(0, 30) + insert_op("and more");
  const auto whole = [&](unsigned step) {
    return Seed().byte(step).byte(2).chunk(text);
  };
  const auto delta = [&](unsigned step, unsigned base) {
    return Seed().byte(step).byte(base).chunk(more);
  };
  const std::string chain = std::string(whole(Step::kWhole)) +
                            std::string(delta(Step::kOffsetDelta, 0)) +
                            std::string(delta(Step::kIdDelta, 1)) +
                            std::string(delta(Step::kOffsetDelta, 0));
  const std::string next = Seed().byte(Step::kNextPack);
  const std::string commit =
      "tree 4b825dc642cb6eb9a060e54bf8d69288fbee4904\n"
      "author A <a@b.c> 1700000000 +0000\n"
      "committer A <a@b.c> 1700000000 +0000\n\nwhy\n";
  return {
      chain,
      chain + next + std::string(delta(Step::kIdDelta, 1)),
      chain + std::string(Seed().byte(Step::kLoose).byte(0)) +
          std::string(Seed().byte(Step::kLoose | Step::kCutOff).byte(1)),
      chain + std::string(Seed()
                              .byte(Step::kAnyLoose)
                              .byte(2)
                              .chunk(std::string("blob 3\0abc", 10))),
      std::string(whole(Step::kWhole | Step::kCutOff)) +
          std::string(delta(Step::kOffsetDelta, 0)) +
          std::string(Seed().byte(Step::kLoose).byte(0)),
      // Two that are made out of one another.
      std::string(delta(Step::kIdDelta, 0xc1)) +
          std::string(delta(Step::kIdDelta, 0)),
      std::string(whole(Step::kWhole)) +
          std::string(whole(Step::kWhole | Step::kOfAnotherId).byte(0)) +
          std::string(
              whole(Step::kWhole | Step::kOfAnotherSize).number(70'000)) +
          std::string(whole(Step::kWhole | Step::kAtAnotherPlace).number(12)),
      std::string(Seed().byte(Step::kWhole).byte(0).chunk(commit)) +
          std::string(Seed().byte(Step::kAnyEntry).chunk("\x33").chunk("abc")) +
          std::string(Seed().byte(Step::kAnyBytes).chunk("not an entry")),
  };
}

}  // namespace leaksift
