#include "fuzz/store_check.h"

#include <mutex>
#include <set>

#include "fuzz/fuzz.h"
#include "git/object_hash.h"

namespace leaksift {
namespace {

class Collector : public ObjectVisitor {
 public:
  explicit Collector(HashKind hash) : hash_(hash) {}

  NotePtr visit(unsigned, const DecodedObject& object) override {
    check_delta(object);
    add(object.raw_id, {object.type, std::string(object.bytes)});
    return std::make_shared<Note>(object.bytes);
  }

  Streamed visit_stream(unsigned, const StreamedObject& object,
                        ByteStream& bytes) override {
    std::string all;
    std::string piece(1000, '\0');
    std::optional<size_t> count;
    do {
      count = bytes.read(piece.data(), piece.size());
      if (!count) return Streamed::kDamaged;
      all += piece.substr(0, *count);
    } while (*count == piece.size());
    must(all.size() == object.size);
    add(object.raw_id, {object.type, all});
    return Streamed::kVisited;
  }

  void skip(unsigned, Skipped entry) override {
    const std::lock_guard lock(mutex_);
    walked_.skipped[entry.name].insert(entry);
  }

  WalkedStore take() { return std::move(walked_); }

 private:
  // The object itself, to see what is copied from it.
  struct Note : ObjectNote {
    explicit Note(std::string_view all) : bytes(all) {}
    std::string bytes;
  };

  static void check_delta(const DecodedObject& object) {
    if (object.delta == nullptr) return;
    const auto* const base = dynamic_cast<const Note*>(object.delta->base_note);
    must(base != nullptr && base->bytes.size() == object.delta->base_size);
    for (const CopyRun& run : object.delta->runs) {
      must(run.to + run.size <= object.bytes.size() &&
           run.from + run.size <= base->bytes.size());
      must(object.bytes.substr(run.to, run.size) ==
           std::string_view(base->bytes).substr(run.from, run.size));
    }
  }

  void add(std::string_view raw_id, PlainObject object) {
    must(raw_id.size() == id_size(hash_));
    const std::lock_guard lock(mutex_);
    walked_.objects.emplace(ObjectId(raw_id), std::move(object));
  }

  HashKind hash_;
  std::mutex mutex_;
  WalkedStore walked_;
};

std::set<ObjectId> ids_in(const ObjectStore& store) {
  std::set<ObjectId> ids;
  for (const Pack& pack : store.packs()) {
    for (uint32_t i = 0; i < pack.index().count(); ++i) {
      ids.insert(pack.index().id(i));
    }
  }
  for (const LooseObject& object : store.loose()) ids.insert(object.id);
  return ids;
}

}  // namespace

WalkedStore walk_and_check(const ObjectStore& store,
                           const ObjectWalkOptions& options) {
  Collector collector(store.hash());
  (void)ObjectWalk(store).run(options, collector);
  WalkedStore walked = collector.take();
  const bool all_types = options.types == ObjectWalkOptions().types;
  const std::set<ObjectId> ids = ids_in(store);
  std::set<std::string> names;
  for (const ObjectId& id : ids) {
    const std::string name = id.hex(store.hash());
    names.insert(name);
    if (all_types) must(walked.has(id) || walked.skipped.contains(name));
  }
  for (const auto& [id, object] : walked.objects) must(ids.contains(id));
  for (const auto& [name, skipped] : walked.skipped) must(names.contains(name));
  return walked;
}

void check_ids(const ObjectStore& store, const WalkedStore& all) {
  Digest digest(digest_kind(store.hash()));
  for (const auto& [id, object] : all.objects) {
    const bool is_loose = !store.find_packed(id.raw(store.hash())).has_value();
    must(is_loose || object_hash(digest, object.type, object.bytes) ==
                         id.raw(store.hash()));
  }
}

}  // namespace leaksift
