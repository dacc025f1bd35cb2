#include "git/object_store.h"

#include <algorithm>
#include <array>
#include <bit>
#include <charconv>
#include <cstring>
#include <filesystem>
#include <iterator>
#include <set>

#include "git/bundle.h"
#include "git/delta.h"
#include "git/index_build.h"

namespace leaksift {
namespace {

namespace fs = std::filesystem;

constexpr size_t kMaxKeptBytes = size_t{32} << 20;

// Names in `folder`, sorted; none where it cannot be read.
std::vector<std::string> names_in(const std::string& folder,
                                  std::error_code& error) {
  std::vector<std::string> names;
  for (fs::directory_iterator it(folder, error), end; !error && it != end;
       it.increment(error)) {
    names.push_back(it->path().filename().string());
  }
  std::sort(names.begin(), names.end());
  return names;
}

// Nothing if there is none in front of the zlib stream, or one that cannot be
// true.
std::optional<LooseHeader> header_of(std::string_view zlib) {
  std::optional<LooseHeader> header =
      read_loose_header(inflate_head(zlib, kMaxLooseHeader));
  if (header && header->size > max_inflated_size(zlib.size())) header.reset();
  return header;
}

}  // namespace

ObjectStore ObjectStore::open(
    const Repository& repository,
    std::vector<std::shared_ptr<const ObjectStore>> lenders, uint64_t memory,
    LooseFiles loose) {
  ObjectStore store;
  store.loose_files_ = loose;
  store.lenders_ = std::move(lenders);
  store.hash_ = repository.hash;
  store.dirs_ = repository.object_dirs;
  for (uint32_t i = 0; i < store.dirs_.size(); ++i) {
    store.add_packs(store.dirs_[i] + "/pack");
    if (loose == LooseFiles::kListed) store.add_loose(store.dirs_[i], i);
  }
  if (!repository.file.empty()) store.add_file(repository.file);
  for (const std::string& missing : repository.missing_alternates) {
    store.problems_.push_back(
        {SkipReason::kUnreadable, missing, "an alternate that is not there"});
  }
  std::stable_sort(
      store.loose_.begin(), store.loose_.end(),
      [](const LooseObject& a, const LooseObject& b) { return a.id < b.id; });
  const auto twice = std::unique(
      store.loose_.begin(), store.loose_.end(),
      [](const LooseObject& a, const LooseObject& b) { return a.id == b.id; });
  store.loose_.erase(twice, store.loose_.end());
  store.index_packs(memory);
  return store;
}

void ObjectStore::add_file(const std::string& path) {
  uint64_t offset = 0;
  if (const auto file = MappedFile::open(path);
      file && looks_like_bundle(file->bytes())) {
    const Result<Bundle> bundle = parse_bundle(file->bytes());
    if (bundle) {
      offset = bundle->pack_offset;
      promised_ = bundle->filtered;
    }
  }
  add_unindexed(path, offset);
}

void ObjectStore::add_unindexed(const std::string& path, uint64_t offset) {
  Result<Pack> pack = Pack::open_unindexed(path, offset, hash_);
  if (pack) {
    unindexed_.push_back(*std::move(pack));
  } else {
    problems_.push_back({SkipReason::kCorrupt, path, pack.error().message()});
  }
}

// After all others: these may hold the bases of a thin pack.
void ObjectStore::index_packs(uint64_t memory) {
  for (Pack& pack : unindexed_) {
    BuiltIndex built = build_index(pack, *this, memory / 2);
    std::move(built.problems.begin(), built.problems.end(),
              std::back_inserter(problems_));
    pack.set_index(std::move(built.index));
    packs_.push_back(std::move(pack));
  }
  unindexed_.clear();
}

void ObjectStore::add_packs(const std::string& dir) {
  std::error_code error;
  const std::vector<std::string> names = names_in(dir, error);
  if (error && error != std::errc::no_such_file_or_directory) {
    problems_.push_back({SkipReason::kUnreadable, dir, error.message()});
  }
  const std::set<std::string_view> all(names.begin(), names.end());
  for (const std::string& name : names) {
    promised_ = promised_ || name.ends_with(".promisor");
    if (!name.ends_with(".pack")) continue;
    const std::string stem = dir + "/" + name.substr(0, name.size() - 5);
    if (!all.contains(name.substr(0, name.size() - 5) + ".idx")) {
      add_unindexed(stem + ".pack", 0);
      continue;
    }
    Result<Pack> pack = Pack::open(stem, hash_);
    if (pack) {
      packs_.push_back(*std::move(pack));
    } else {
      problems_.push_back(
          {SkipReason::kCorrupt, stem + ".pack", pack.error().message()});
    }
  }
}

void ObjectStore::add_loose(const std::string& dir, uint32_t index) {
  const size_t hex_size = id_size(hash_) * 2;
  std::error_code error;
  for (const std::string& prefix : names_in(dir, error)) {
    if (prefix.size() != 2 ||
        prefix.find_first_not_of("0123456789abcdef") != std::string::npos) {
      continue;
    }
    std::error_code inner;
    for (const std::string& rest : names_in(dir + "/" + prefix, inner)) {
      if (prefix.size() + rest.size() != hex_size) continue;  // tmp_obj_…
      if (const auto id = ObjectId::from_hex(prefix + rest)) {
        loose_.push_back({*id, index});
      }
    }
    if (inner) {
      problems_.push_back(
          {SkipReason::kUnreadable, dir + "/" + prefix, inner.message()});
    }
  }
  if (error) {
    problems_.push_back({SkipReason::kUnreadable, dir, error.message()});
  }
}

std::optional<ObjectStore::PackedAt> ObjectStore::find_packed(
    std::string_view raw_id, uint32_t first_pack) const {
  for (uint32_t i = first_pack; i < packs_.size(); ++i) {
    if (const auto position = packs_[i].index().find(raw_id)) {
      return PackedAt{i, *position};
    }
  }
  return std::nullopt;
}

std::optional<LooseObject> ObjectStore::find_loose(const ObjectId& id) const {
  if (loose_files_ == LooseFiles::kProbed) {
    for (uint32_t dir = 0; dir < dirs_.size(); ++dir) {
      std::error_code error;
      if (fs::exists(loose_path({id, dir}), error)) return LooseObject{id, dir};
    }
    return std::nullopt;
  }
  const auto found =
      std::lower_bound(loose_.begin(), loose_.end(), id,
                       [](const LooseObject& object, const ObjectId& wanted) {
                         return object.id < wanted;
                       });
  if (found == loose_.end() || found->id != id) return std::nullopt;
  return *found;
}

std::vector<LooseObject> ObjectStore::loose_copies(const ObjectId& id) const {
  std::vector<LooseObject> copies;
  const std::optional<LooseObject> first = find_loose(id);
  if (!first) return copies;
  for (uint32_t dir = first->dir; dir < dirs_.size(); ++dir) {
    std::error_code error;
    if (fs::exists(loose_path({id, dir}), error)) copies.push_back({id, dir});
  }
  return copies;
}

size_t ObjectStore::packed_count() const {
  size_t count = 0;
  for (const Pack& pack : packs_) count += pack.index().count();
  return count;
}

bool ObjectStore::holds(const ObjectId& id) const {
  return find_packed(id.raw(hash_)) || find_loose(id);
}

uint64_t ObjectStore::stored_bytes(const ObjectId& id) const {
  if (const auto at = find_packed(id.raw(hash_))) {
    const Pack& pack = packs_[at->pack];
    const auto entry =
        pack.entry(pack.index().offset(at->position), pack.bytes().size());
    return entry ? entry->size : 0;
  }
  const std::optional<LooseObject> loose = find_loose(id);
  if (!loose) return 0;
  std::error_code error;
  const uintmax_t size = fs::file_size(loose_path(*loose), error);
  return error ? 0 : size;
}

const ObjectStore* ObjectStore::lender_of(const ObjectId& id) const {
  const auto found =
      std::find_if(lenders_.begin(), lenders_.end(), [&](const auto& lender) {
        return lender->hash() == hash_ && lender->holds(id);
      });
  return found == lenders_.end() ? nullptr : found->get();
}

std::string ObjectStore::loose_path(const LooseObject& object) const {
  const std::string hex = object.id.hex(hash_);
  return dirs_[object.dir] + "/" + hex.substr(0, 2) + "/" + hex.substr(2);
}

const Object* ObjectCache::find(const Place& place) {
  const auto young = young_.find(place);
  if (young != young_.end()) return &young->second;
  const auto old = old_.find(place);
  if (old == old_.end()) return nullptr;
  const Object again = old->second;
  add(place, again);
  return &young_.find(place)->second;
}

void ObjectCache::add(const Place& place, const Object& object) {
  if (object.size > max_bytes_ / 8) return;
  if (young_bytes_ > max_bytes_ / 2) {
    old_ = std::exchange(young_, {});
    young_bytes_ = 0;
  }
  if (young_.emplace(place, object).second) young_bytes_ += object.size;
}

size_t ObjectCache::PlaceHasher::operator()(const Place& place) const {
  return std::hash<const void*>()(place.first) ^
         std::hash<uint64_t>()(place.second);
}

ObjectReader::ObjectReader(const ObjectStore& store, uint64_t max_bytes,
                           uint64_t cache_bytes)
    : store_(store),
      max_bytes_(max_bytes),
      cache_bytes_(cache_bytes),
      max_chain_(store.packed_count()),
      pool_(std::min<uint64_t>(kMaxKeptBytes, max_bytes / 4)),
      cache_(cache_bytes) {}

ObjectReader& ObjectReader::reader_of(const ObjectStore& lender) {
  std::unique_ptr<ObjectReader>& reader = lenders_[&lender];
  if (!reader) {
    reader = std::make_unique<ObjectReader>(lender, max_bytes_, cache_bytes_);
  }
  return *reader;
}

Result<Object> ObjectReader::read(const ObjectId& id) {
  const std::string_view raw_id = id.raw(store_.hash());
  failure_ = SkipReason::kMissingObject;
  Result<Object> object = Error("missing");
  for (auto at = store_.find_packed(raw_id); at && !object;
       at = store_.find_packed(raw_id, at->pack + 1)) {
    object = read_packed(*at);
  }
  // To ask for a loose file is a call of the kernel: 2 us for each of 200,000
  // commits.
  if (object) return object;
  if (const auto loose = store_.find_loose(id)) object = read_loose(*loose);
  if (object) return object;
  if (const ObjectStore* lender = store_.lender_of(id)) {
    ObjectReader& reader = reader_of(*lender);
    object = reader.read(id);
    failure_ = reader.failure();
    return object;
  }
  if (!object) {
    return std::move(object).error().in("object " + id.hex(store_.hash()));
  }
  return object;
}

Error ObjectReader::damaged(std::string_view what) {
  failure_ = SkipReason::kCorrupt;
  return Error("damaged: " + std::string(what));
}

Error ObjectReader::too_large() {
  failure_ = SkipReason::kTooLarge;
  return Error("larger than the memory budget");
}

Result<Object> ObjectReader::read_packed(ObjectStore::PackedAt at) {
  std::vector<Link> chain;
  Result<Object> object = follow(at, chain);
  while (object && !chain.empty()) {
    Object base = *std::move(object);
    object = apply(base, chain.back());
    pool_.put(std::move(base.memory));
    if (!object) break;
    cache_.add({chain.back().pack, chain.back().offset}, *object);
    chain.pop_back();
  }
  if (object) return object;
  const auto failure = std::make_shared<const Failure>(
      Failure{failure_, object.error().message()});
  for (const Link& link : chain) {
    failed_.emplace(std::pair(link.pack, link.offset), failure);
  }
  return object;
}

Result<Object> ObjectReader::follow(ObjectStore::PackedAt at,
                                    std::vector<Link>& chain) {
  Link link{&store_.packs()[at.pack], 0, {}};
  link.offset = link.pack->index().offset(at.position);
  std::pair<const Pack*, uint64_t> passed;
  for (;;) {
    const std::pair place(link.pack, link.offset);
    if (const Object* kept = cache_.find(place)) return *kept;
    if (const auto known = failed_.find(place); known != failed_.end()) {
      failure_ = known->second->reason;
      return Error(known->second->what);
    }
    // A chain cannot be longer than there are objects.
    if (place == passed || chain.size() > max_chain_) {
      return damaged("a delta chain in a circle");
    }
    // Whoever goes in a circle comes by one of these places again.
    if (std::has_single_bit(chain.size())) passed = place;
    // Offsets are not at hand in order here; a zlib stream says itself where it
    // ends, so the pack's end will do as a bound.
    const std::optional<PackEntry> entry =
        link.pack->entry(link.offset, link.pack->bytes().size());
    if (!entry) {
      return damaged("no entry at its place in " + link.pack->path());
    }
    link.entry = *entry;
    chain.push_back(link);
    if (entry->kind == PackEntry::Kind::kWhole) {
      Result<Object> base = inflate_whole(link);
      if (!base) return base;
      cache_.add(place, *base);
      chain.pop_back();
      return base;
    }
    if (auto base = find_base(chain.back(), link)) return *std::move(base);
  }
}

std::optional<Result<Object>> ObjectReader::find_base(const Link& link,
                                                      Link& next) {
  if (link.entry.kind == PackEntry::Kind::kOffsetDelta) {
    next.offset = link.entry.base_offset;
    return std::nullopt;
  }
  const ObjectId& id = link.entry.base_id;
  const std::string_view raw_id = id.raw(store_.hash());
  if (const auto position = link.pack->index().find(raw_id)) {
    next.offset = link.pack->index().offset(*position);
    return std::nullopt;
  }
  if (const auto elsewhere = store_.find_packed(raw_id)) {
    next.pack = &store_.packs()[elsewhere->pack];
    next.offset = next.pack->index().offset(elsewhere->position);
    return std::nullopt;
  }
  if (const auto loose = store_.find_loose(id)) return read_loose(*loose);
  if (store_.lender_of(id) != nullptr) return read(id);
  failure_ = SkipReason::kMissingObject;
  return Result<Object>(
      Error("its delta base " + id.hex(store_.hash()) + " is missing"));
}

Result<Object> ObjectReader::inflate_whole(const Link& link) {
  if (link.entry.size > max_bytes_) return too_large();
  Object object;
  object.type = link.entry.type;
  object.size = link.entry.size;
  object.memory = pool_.get(object.size);
  if (!inflater_.inflate(
          link.pack->stream(link.entry, link.pack->bytes().size()),
          object.memory.data(), object.size)) {
    return damaged("its zlib stream");
  }
  return object;
}

Result<Object> ObjectReader::apply(const Object& base, const Link& link) {
  const PackEntry& entry = link.entry;
  if (entry.size > max_bytes_) return too_large();
  Buffer delta = pool_.get(entry.size);
  if (!inflater_.inflate(link.pack->stream(entry, link.pack->bytes().size()),
                         delta.data(), entry.size)) {
    return damaged("its zlib stream");
  }
  const std::string_view bytes(delta.data(), entry.size);
  const std::optional<DeltaSizes> sizes = read_delta_sizes(bytes);
  if (!sizes) return damaged("its delta");
  if (sizes->result > max_bytes_) return too_large();
  Object result;
  result.type = base.type;
  result.size = sizes->result;
  result.memory = pool_.get(sizes->result);
  if (!apply_delta(base.bytes(), bytes, *sizes, result.memory.data(), runs_)) {
    return damaged("its delta");
  }
  pool_.put(std::move(delta));
  return result;
}

Result<Object> ObjectReader::read_loose(const LooseObject& object) {
  Result<Object> first = read_file(object);
  if (first || failure_ == SkipReason::kTooLarge) return first;
  for (const LooseObject& copy : store_.loose_copies(object.id)) {
    if (copy.dir == object.dir) continue;
    Result<Object> other = read_file(copy);
    if (other || failure_ == SkipReason::kTooLarge) return other;
  }
  failure_ = SkipReason::kCorrupt;
  return first;
}

Result<Object> ObjectReader::read_file(const LooseObject& object) {
  const Result<MappedFile> file = MappedFile::open(store_.loose_path(object));
  if (!file) {
    failure_ = SkipReason::kCorrupt;
    return file.error();
  }
  const std::string_view bytes = file->bytes();
  const std::optional<LooseHeader> header = header_of(bytes);
  if (!header) return damaged("its zlib stream or its header");
  if (header->size > max_bytes_) return too_large();
  const uint64_t size = header->content + header->size;
  Object result;
  result.type = header->type;
  result.size = header->size;
  result.memory = pool_.get(size);
  if (!inflater_.inflate(bytes, result.memory.data(), size)) {
    return damaged("its zlib stream, or its size");
  }
  std::memmove(result.memory.data(), result.memory.data() + header->content,
               header->size);
  return result;
}

Result<LooseStream> LooseStream::open(const ObjectStore& store,
                                      const LooseObject& object) {
  Result<MappedFile> file = MappedFile::open(store.loose_path(object));
  if (!file) return std::move(file).error();
  const std::optional<LooseHeader> header = header_of(file->bytes());
  if (!header) return Error("damaged: its zlib stream or its header");
  return LooseStream(*std::move(file), *header);
}

LooseStream::LooseStream(MappedFile file, const LooseHeader& header)
    : file_(std::move(file)),
      header_(header),
      content_(file_.bytes(), header.content + header.size) {
  // What was read once is there again.
  std::array<char, kMaxLooseHeader> head;
  content_.read(head.data(), header.content);
}

std::optional<LooseHeader> read_loose_header(std::string_view inflated) {
  const size_t space = inflated.substr(0, 16).find(' ');
  const size_t nul = inflated.substr(0, 40).find('\0');
  if (space == std::string_view::npos || nul == std::string_view::npos ||
      nul <= space) {
    return std::nullopt;
  }
  LooseHeader header;
  header.content = nul + 1;
  for (const ObjectType type : {ObjectType::kCommit, ObjectType::kTree,
                                ObjectType::kBlob, ObjectType::kTag}) {
    if (inflated.substr(0, space) == to_string(type)) header.type = type;
  }
  const char* const end = inflated.data() + nul;
  const auto [at, error] =
      std::from_chars(inflated.data() + space + 1, end, header.size);
  if (header.type == ObjectType::kNone || error != std::errc() || at != end) {
    return std::nullopt;
  }
  return header;
}

}  // namespace leaksift
