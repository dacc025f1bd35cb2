// A pack's index is read as by hand; and whatever it says of a pack that is all
// right, every object that it names is decoded or reported.
#include <string>
#include <vector>

#include "core/big_endian.h"
#include "fuzz/folder.h"
#include "fuzz/fuzz.h"
#include "fuzz/input.h"
#include "fuzz/store_check.h"
#include "git/pack_index.h"
#include "support/git/pack_writer.h"

namespace leaksift {
namespace {

PackWriter some_pack(HashKind hash) {
  const std::string text = "one two three four five six seven eight";
  PackWriter pack(hash);
  const uint64_t base = pack.add(ObjectType::kBlob, text);
  const std::string longer = text + " nine";
  const uint64_t middle = pack.add_offset_delta(
      id_of(ObjectType::kBlob, longer, hash), base, simple_delta(text, longer));
  pack.add_offset_delta(id_of(ObjectType::kBlob, longer + " ten", hash), middle,
                        simple_delta(longer, longer + " ten"));
  pack.add_id_delta(id_of(ObjectType::kBlob, "one two", hash),
                    id_of(ObjectType::kBlob, longer, hash),
                    simple_delta(longer, "one two"));
  pack.add(ObjectType::kBlob, "");
  pack.add(ObjectType::kTree, "");
  return pack;
}

// As git wrote it before there was version 2.
std::string version1_of(std::string_view index, size_t count, HashKind hash) {
  const size_t size = id_size(hash);
  const std::string_view ids = index.substr(8 + 1024);
  const std::string_view offsets = ids.substr(count * (size + 4));
  std::string old(index.substr(8, 1024));
  for (size_t i = 0; i < count; ++i) {
    old += offsets.substr(i * 4, 4);
    old += ids.substr(i * size, size);
  }
  old += index.substr(index.size() - 2 * size);
  return old;
}

// An entry of the index, read by what gitformat-pack says.
struct Plain {
  std::string_view id;
  uint64_t offset = 0;
};
Plain entry_of(std::string_view index, uint32_t count, uint32_t i,
               size_t size) {
  if (!index.starts_with("\377tOc")) {
    const std::string_view entry = index.substr(1024 + i * (4 + size));
    return {entry.substr(4, size), read_be32(entry.data())};
  }
  const std::string_view ids = index.substr(8 + 1024);
  const std::string_view offsets = ids.substr(count * (size + 4));
  const uint32_t offset = read_be32(offsets.data() + i * 4);
  if (offset < 0x80000000) return {ids.substr(i * size, size), offset};
  const std::string_view large = offsets.substr(count * 4);
  const uint64_t at = uint64_t{offset & 0x7fffffff} * 8;
  const bool is_there = at + 8 + 2 * size <= large.size();
  return {ids.substr(i * size, size),
          is_there ? read_be64(large.data() + at) : ~uint64_t{0}};
}

void check_index(const PackIndex& index, std::string_view bytes,
                 HashKind hash) {
  std::string_view last;
  bool in_order = true;
  for (uint32_t i = 0; i < index.count(); ++i) {
    const Plain plain = entry_of(bytes, index.count(), i, id_size(hash));
    must(index.raw_id(i) == plain.id && index.offset(i) == plain.offset);
    const auto first = static_cast<uint8_t>(plain.id[0]);
    const char* const fan_out =
        bytes.data() + (bytes.starts_with("\377tOc") ? 8 : 0);
    in_order = in_order && (i == 0 || last < plain.id) &&
               read_be32(fan_out + 4 * first) > i &&
               (first == 0 || read_be32(fan_out + 4 * first - 4) <= i);
    last = plain.id;
  }
  for (uint32_t i = 0; i < index.count(); ++i) {
    const auto found = index.find(index.raw_id(i));
    must(!found || index.raw_id(*found) == index.raw_id(i));
    if (in_order) must(found == i);
  }
}

}  // namespace

void fuzz_one(std::string_view input) {
  static const Folder folder;
  Input parts(input);
  const HashKind hash = parts.flag() ? HashKind::kSha256 : HashKind::kSha1;
  static const std::string packs[] = {some_pack(HashKind::kSha1).pack(),
                                      some_pack(HashKind::kSha256).pack()};
  const std::string_view bytes = parts.rest();
  const std::string stem = "objects/pack/pack-a";
  folder.write(stem + ".idx", bytes);
  folder.make_directory("objects/pack");
  const auto index = PackIndex::open(folder.path() + '/' + stem + ".idx", hash);
  if (!index) return;
  check_index(*index, bytes, hash);

  // Else the pack would be refused for its count alone.
  std::string pack = packs[hash == HashKind::kSha256];
  pack.replace(8, 4, big_endian(index->count(), 4));
  folder.write(stem + ".pack", pack);
  Repository repository;
  repository.hash = hash;
  repository.object_dirs = {folder.path() + "/objects"};
  const ObjectStore store = ObjectStore::open(repository);
  must(store.packs().size() == 1);
  walk_and_check(store, ObjectWalkOptions());
}

std::vector<std::string> fuzz_seeds() {
  const PackWriter small = some_pack(HashKind::kSha1);
  const PackWriter wide = some_pack(HashKind::kSha256);
  PackWriter odd = some_pack(HashKind::kSha1);
  odd.add_place(id_of(ObjectType::kBlob, ""), 12);
  odd.add_place(id_of(ObjectType::kBlob, "no"), 0x80000001);
  odd.add_place(id_of(ObjectType::kBlob, "nor"), 0x80000000);
  odd.add_place(id_of(ObjectType::kBlob, "one"), 13);
  return {
      Seed().byte(0).raw(small.index()),
      Seed().byte(1).raw(wide.index()),
      Seed().byte(0).raw(odd.index()),
      Seed().byte(0).raw(version1_of(small.index(), 6, HashKind::kSha1)),
      Seed().byte(1).raw(version1_of(wide.index(), 6, HashKind::kSha256)),
  };
}

}  // namespace leaksift
