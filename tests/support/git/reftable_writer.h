// Reftables by hand, after git's Documentation/technical/reftable.txt: git can
// write them only since 2.45.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "git/object_id.h"

namespace leaksift {

// What a table says of one ref; nothing set: that it is deleted.
struct ReftableRecord {
  std::string id;      // raw
  std::string peeled;  // raw; of an annotated tag
  std::string target;  // of a symbolic ref
};
using ReftableRecords = std::map<std::string, ReftableRecord>;

// One entry of a reflog, and of which update of which ref.
struct ReftableLog {
  std::string ref;
  uint64_t update = 1;
  bool deleted = false;  // it takes the entry of an older table back
  std::string old_id;    // raw
  std::string new_id;
  std::string name = "A U Thor";
  std::string email = "author@example.com";
  uint64_t seconds = 1'700'000'000;
  int16_t zone = 100;
  std::string message;  // git ends it with a line feed
};

struct ReftableLayout {
  HashKind hash = HashKind::kSha1;
  // Blocks are padded to this; 0: they follow one another as they come.
  uint32_t block_size = 4096;
  bool with_index = false;
};

std::string write_reftable(const ReftableRecords& records,
                           const ReftableLayout& layout = {},
                           const std::vector<ReftableLog>& logs = {});

}  // namespace leaksift
