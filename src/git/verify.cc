#include "git/verify.h"

#include <algorithm>
#include <string>

#include "core/digest.h"

namespace leaksift {
namespace {

class Verifier : public ObjectVisitor {
 public:
  Verifier(HashKind kind, unsigned jobs, bool hash) : kind_(kind), hash_(hash) {
    const DigestKind digest =
        kind == HashKind::kSha1 ? DigestKind::kSha1 : DigestKind::kSha256;
    for (unsigned i = 0; i < jobs; ++i) states_.emplace_back(digest);
  }

  NotePtr visit(unsigned worker, const DecodedObject& object) override {
    State& state = states_[worker];
    ++state.count_by_type[static_cast<size_t>(object.type)];
    if (hash_ && id_of(state.digest, object) != object.raw_id) {
      state.problems.push_back({SkipReason::kCorrupt,
                                ObjectId(object.raw_id).hex(kind_),
                                "its content has another id"});
    }
    return nullptr;
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

  // An object's id is the hash of its type, its size and its bytes.
  static std::string id_of(Digest& digest, const DecodedObject& object) {
    std::string header(to_string(object.type));
    header += " " + std::to_string(object.bytes.size());
    header.push_back('\0');
    digest.add(header);
    digest.add(object.bytes);
    return digest.finish();
  }

  HashKind kind_;
  bool hash_;
  std::vector<State> states_;
};

}  // namespace

VerifyResult verify_objects(const ObjectStore& store, unsigned jobs, bool hash,
                            uint64_t max_object_bytes) {
  Verifier verifier(store.hash(), jobs, hash);
  ObjectWalkOptions options;
  options.jobs = jobs;
  options.max_object_bytes = max_object_bytes;
  VerifyResult result;
  result.problems = store.problems();
  result.walk = ObjectWalk(store).run(options, verifier);
  verifier.collect(result);
  return result;
}

}  // namespace leaksift
