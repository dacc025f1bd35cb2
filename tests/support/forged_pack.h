// Packs that git would never write.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace leaksift {

// An object of a pack as its bytes say, true or not.
struct ForgedObject {
  enum Type { kCommit = 1, kTree = 2, kBlob = 3, kRefDelta = 7 };

  std::string id;  // 40 hexadecimal digits
  Type type = kBlob;
  uint64_t size = 0;      // that the entry's header claims
  std::string base;       // of a delta: its base's id
  std::string payload;    // before compression
  bool deflated = false;  // the payload is a zlib stream already
};

// A blob that is all right; `id` need not be that of its content.
ForgedObject forged_blob(const std::string& id, const std::string& content);

// A blob of `count` times `block`, then `end`; made without ever holding it.
ForgedObject forged_large_blob(const std::string& id, const std::string& block,
                               uint64_t count, const std::string& end);

// A delta: the sizes that it claims, then its instructions.
ForgedObject forged_delta(const std::string& id, const std::string& base,
                          uint64_t base_size, uint64_t result_size,
                          const std::string& instructions);

// Writes pack-forged.pack and its index into `folder`.
void write_forged_pack(const std::string& folder,
                       const std::vector<ForgedObject>& objects);

}  // namespace leaksift
