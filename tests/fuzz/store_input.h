// An object store as an input describes it: packs, their indexes and loose
// objects, right or wrong in any part.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "fuzz/folder.h"
#include "fuzz/input.h"
#include "git/object_id.h"
#include "git/repository.h"
#include "support/git/pack_writer.h"

namespace leaksift {

struct PlainObject {
  ObjectType type = ObjectType::kNone;
  std::string bytes;
  friend bool operator==(const PlainObject&, const PlainObject&) = default;
};

class StoreInput {
 public:
  // One step of the input: the lower four bits of a byte say what, the upper
  // ones what is wrong with it.
  enum Step : uint8_t {
    kWhole,        // type, content
    kOffsetDelta,  // which base, operations
    kIdDelta,      // which base, operations
    kAnyEntry,     // header, content
    kAnyBytes,     // bytes
    kLoose,        // which object
    kAnyLoose,     // of which object, content with its header
    kNextPack,
    kSteps,
    kOfAnotherId = 0x10,     // which object has the id
    kAtAnotherPlace = 0x20,  // where
    kOfAnotherSize = 0x40,   // size
    kCutOff = 0x80,
  };

  // Lays the store out in `folder`, which is emptied before.
  StoreInput(Input& input, HashKind hash, bool indexed, const Folder& folder);

  Repository repository() const;

  // Is nothing wrong with it? Then these are all its objects.
  bool sound() const { return sound_; }
  const std::map<ObjectId, PlainObject>& objects() const { return objects_; }
  // Does no id stand for two things?
  bool unambiguous() const { return unambiguous_; }

 private:
  struct Entry {
    ObjectId id;
    uint64_t offset = 0;
    uint32_t pack = 0;
    std::optional<PlainObject> object;  // if it is known what it should be
  };

  void take_step(uint8_t step, Input& input);
  void add_whole(uint8_t step, Input& input);
  void add_delta(uint8_t step, Input& input);
  void add_raw(uint8_t step, Input& input);
  void add_loose(uint8_t step, Input& input);
  void finish_pack();
  ObjectId id_for(uint8_t step, const std::optional<PlainObject>& object,
                  Input& input);
  void put(uint8_t step, const std::optional<PlainObject>& object,
           const std::string& header, std::string_view content, Input& input);
  const Entry* entry_at(size_t number) const;

  HashKind hash_;
  bool indexed_;
  const Folder& folder_;
  PackWriter pack_;
  uint32_t packs_ = 0;
  std::vector<Entry> entries_;
  bool sound_ = true;
  bool unambiguous_ = true;
  std::map<ObjectId, PlainObject> objects_;
};

// Seeds of stores: steps without what goes in front of them.
std::vector<std::string> store_seeds();

}  // namespace leaksift
