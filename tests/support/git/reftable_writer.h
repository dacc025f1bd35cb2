// Reftables by hand, after git's Documentation/technical/reftable.txt: git can
// write them only since 2.45.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>

#include "git/object_id.h"

namespace leaksift {

// What a table says of one ref; nothing set: that it is deleted.
struct ReftableRecord {
  std::string id;      // raw
  std::string peeled;  // raw; of an annotated tag
  std::string target;  // of a symbolic ref
};
using ReftableRecords = std::map<std::string, ReftableRecord>;

struct ReftableLayout {
  HashKind hash = HashKind::kSha1;
  // Blocks are padded to this; 0: they follow one another as they come.
  uint32_t block_size = 4096;
  bool with_index = false;
  bool with_log = false;
};

std::string write_reftable(const ReftableRecords& records,
                           const ReftableLayout& layout = {});

}  // namespace leaksift
