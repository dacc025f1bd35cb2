// Packs with anything wrong in their entries: each object is decoded or named,
// the same with much memory and with next to none, on one thread and on two, by
// type and one at a time; and where nothing is wrong, all are what they should
// be. A pack without an index gets one.
#include <set>
#include <string>
#include <vector>

#include "fuzz/fuzz.h"
#include "fuzz/store_check.h"
#include "fuzz/store_input.h"

namespace leaksift {
namespace {

constexpr uint64_t kMemory = 64 << 20;

ObjectWalkOptions with_limits(uint64_t memory, unsigned jobs) {
  ObjectWalkOptions options;
  options.memory = memory;
  options.jobs = jobs;
  options.max_object_bytes = 1 << 20;
  return options;
}

// Walks by type come by everything, too.
void check_types(const ObjectStore& store, const WalkedStore& all) {
  std::set<ObjectId> seen;
  std::set<std::string> skipped;
  for (const ObjectType type : {ObjectType::kCommit, ObjectType::kTree,
                                ObjectType::kBlob, ObjectType::kTag}) {
    ObjectWalkOptions options = with_limits(kMemory, 1);
    options.types = type_bit(type);
    const WalkedStore walked = walk_and_check(store, options);
    for (const auto& [id, object] : walked.objects) {
      const auto found = all.objects.find(id);
      must(found != all.objects.end() && found->second == object);
      seen.insert(id);
    }
    for (const auto& [name, why] : walked.skipped) skipped.insert(name);
  }
  for (const auto& [id, object] : all.objects) {
    must(seen.contains(id) || skipped.contains(id.hex(store.hash())));
  }
  for (const auto& [name, why] : all.skipped) must(skipped.contains(name));
}

// One at a time, out of order. A walk makes use of what it has already where a
// base is damaged, and comes further.
void check_reader(const ObjectStore& store, const WalkedStore& all) {
  ObjectReader reader(store, kMemory / 4);
  for (const auto& [id, object] : all.objects) {
    const Result<Object> read = reader.read(id);
    if (!read) continue;
    must(read->type == object.type && read->bytes() == object.bytes);
  }
  for (const auto& [name, skipped] : all.skipped) {
    must(!reader.read(*ObjectId::from_hex(name)));
  }
}

void check_sound(const StoreInput& input, const ObjectStore& store,
                 const WalkedStore& all) {
  must(store.problems().empty() && all.skipped.empty());
  must(all.objects.size() >= input.objects().size());
  for (const auto& [id, object] : all.objects) {
    const auto expected = input.objects().find(id);
    must(expected != input.objects().end() && object == expected->second);
  }
  for (const auto& [id, object] : input.objects()) must(all.has(id));
}

}  // namespace

void fuzz_one(std::string_view input) {
  static const Folder folder;
  Input parts(input);
  const uint8_t how = parts.byte();
  const HashKind hash = (how & 1) != 0 ? HashKind::kSha256 : HashKind::kSha1;
  const bool indexed = (how & 2) == 0;
  const StoreInput store_input(parts, hash, indexed, folder);
  const ObjectStore store = ObjectStore::open(store_input.repository());
  const WalkedStore all = walk_and_check(store, with_limits(kMemory, 1));
  if (store_input.sound()) check_sound(store_input, store, all);
  if (!indexed) check_ids(store, all);
  if ((how & 4) != 0) {
    const WalkedStore parallel =
        walk_and_check(store, with_limits(2 * kMemory, 2));
    must(parallel.objects.size() == all.objects.size());
    must(parallel.skipped == all.skipped);
  }
  const WalkedStore tight = walk_and_check(store, with_limits(256, 1));
  if (!store_input.unambiguous()) return;
  for (const auto& [id, object] : tight.objects) {
    const auto found = all.objects.find(id);
    must(found != all.objects.end() && found->second == object);
  }
  if ((how & 8) != 0) check_types(store, all);
  check_reader(store, all);
}

std::vector<std::string> fuzz_seeds() {
  std::vector<std::string> seeds;
  for (const std::string& store : store_seeds()) {
    for (const unsigned how : {0U, 2U, 13U}) {
      seeds.push_back(Seed().byte(how).raw(store));
    }
  }
  return seeds;
}

}  // namespace leaksift
