// A table that is read says the same when it is written anew.
#include <string>
#include <vector>

#include "fuzz/fuzz.h"
#include "fuzz/input.h"
#include "git/reftable.h"
#include "support/git/pack_writer.h"
#include "support/git/reftable_writer.h"

namespace leaksift {
namespace {

// What it reads from a table that says of each ref what `refs` do.
void check_again(const RefMap& refs, HashKind hash, uint32_t block_size) {
  ReftableRecords records;
  for (const auto& [name, value] : refs) {
    ReftableRecord& record = records[name];
    record.target = value.target;
    if (value.id) record.id = value.id->raw(hash);
  }
  ReftableLayout layout;
  layout.hash = hash;
  layout.block_size = block_size;
  RefMap again;
  must(static_cast<bool>(
      read_reftable(write_reftable(records, layout), hash, again)));
  must(again.size() == refs.size());
  for (const auto& [name, value] : refs) {
    const auto found = again.find(name);
    must(found != again.end());
    must(found->second.id == value.id && found->second.target == value.target);
  }
}

// `bytes` are the records of one block: the header and what goes behind it are
// put around them.
std::string table_of(std::string_view bytes, HashKind hash) {
  ReftableLayout layout;
  layout.hash = hash;
  layout.block_size = 0;
  const std::string frame = write_reftable({}, layout);
  const size_t header = hash == HashKind::kSha1 ? 24 : 28;
  const size_t size = header + 4 + bytes.size() + 2;
  return frame.substr(0, header) + 'r' + big_endian(size, 3) +
         std::string(bytes) + big_endian(0, 2) + frame.substr(header);
}

}  // namespace

void fuzz_one(std::string_view input) {
  Input parts(input);
  const uint8_t how = parts.byte();
  const HashKind hash = (how & 1) != 0 ? HashKind::kSha256 : HashKind::kSha1;
  const std::string_view rest = parts.rest();
  const std::string table =
      (how & 2) != 0 ? table_of(rest, hash) : std::string(rest);
  RefMap refs;
  const bool whole = static_cast<bool>(read_reftable(table, hash, refs));
  const bool writable = !refs.contains("");
  if (whole && writable) check_again(refs, hash, 4096);
}

std::vector<std::string> fuzz_seeds() {
  const std::string id(20, 'A');
  const std::string wide(32, 'B');
  const ReftableRecords some = {{"HEAD", {"", "", "refs/heads/main"}},
                                {"refs/heads/gone", {}},
                                {"refs/heads/main", {id, "", ""}},
                                {"refs/tags/v1", {id, id, ""}}};
  const ReftableRecords of_sha256 = {{"HEAD", {wide, "", ""}},
                                     {"refs/tags/v1", {wide, wide, ""}}};
  const ReftableLayout small{HashKind::kSha1, 100, true};
  const ReftableLayout sha256{HashKind::kSha256, 4096, false};
  const std::string whole = write_reftable(some, {HashKind::kSha1, 0});
  return {
      Seed().byte(0).raw(write_reftable(some, small)),
      Seed().byte(0).raw(whole),
      Seed().byte(1).raw(write_reftable(of_sha256, sha256)),
      // The records alone.
      Seed().byte(2).raw(whole.substr(28, whole.size() - 28 - 68 - 5)),
  };
}

}  // namespace leaksift
