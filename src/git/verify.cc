#include "git/verify.h"

#include <algorithm>
#include <string>

#include "git/object_hash.h"

namespace leaksift {
namespace {

class Verifier : public ObjectVisitor {
 public:
  Verifier(HashKind kind, unsigned jobs, bool hash) : kind_(kind), hash_(hash) {
    for (unsigned i = 0; i < jobs; ++i) {
      states_.emplace_back(digest_kind(kind));
    }
  }

  NotePtr visit(unsigned worker, const DecodedObject& object) override {
    State& state = states_[worker];
    ++state.count_by_type[static_cast<size_t>(object.type)];
    if (hash_ &&
        object_hash(state.digest, object.type, object.bytes) != object.raw_id) {
      name_false_id(state, object.raw_id);
    }
    return nullptr;
  }

  Streamed visit_stream(unsigned worker, const StreamedObject& object,
                        ByteStream& bytes) override {
    State& state = states_[worker];
    add_object_header(state.digest, object.type, object.size);
    const bool whole = drain(bytes, [&](std::string_view block) {
      if (hash_) state.digest.add(block);
    });
    const std::string id = state.digest.finish();
    if (!whole) return Streamed::kDamaged;
    ++state.count_by_type[static_cast<size_t>(object.type)];
    if (hash_ && id != object.raw_id) name_false_id(state, object.raw_id);
    return Streamed::kVisited;
  }

  void skip(unsigned worker, Skipped entry) override {
    states_[worker].problems.push_back(std::move(entry));
  }

  void collect(VerifyResult& result) {
    for (State& state : states_) {
      for (size_t i = 0; i < state.count_by_type.size(); ++i) {
        result.count_by_type[i] += state.count_by_type[i];
      }
      std::move(state.problems.begin(), state.problems.end(),
                std::back_inserter(result.problems));
    }
    std::sort(result.problems.begin(), result.problems.end());
  }

 private:
  struct State {
    explicit State(DigestKind kind) : digest(kind) {}
    Digest digest;
    std::array<uint64_t, 5> count_by_type{};
    std::vector<Skipped> problems;
  };

  void name_false_id(State& state, std::string_view raw_id) const {
    state.problems.push_back({SkipReason::kCorrupt, ObjectId(raw_id).hex(kind_),
                              "its content has another id"});
  }

  HashKind kind_;
  bool hash_;
  std::vector<State> states_;
};

}  // namespace

VerifyResult verify_objects(const ObjectStore& store, unsigned jobs, bool hash,
                            uint64_t memory) {
  Verifier verifier(store.hash(), jobs, hash);
  ObjectWalkOptions options;
  options.jobs = jobs;
  options.memory = memory;
  VerifyResult result;
  result.problems = store.problems();
  result.walk = ObjectWalk(store, options.jobs).run(options, verifier);
  verifier.collect(result);
  return result;
}

}  // namespace leaksift
