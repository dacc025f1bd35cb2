#include "pipeline/history_visitor.h"

#include <algorithm>
#include <optional>

#include "decode/archive.h"
#include "git/commit.h"
#include "sources/file_reader.h"

namespace leaksift {
namespace {

// What scanning an object found out for those made out of it.
struct TraceNote : ObjectNote {
  ScanTrace trace;

  uint64_t held_bytes() const override {
    return trace.matches.capacity() * sizeof(Match) +
           trace.hits.capacity() * sizeof(AnchorHit);
  }
};

}  // namespace

struct HistoryVisitor::State {
  State(const Engine& engine, Progress& all) : scanner(engine), progress(all) {}
  BlobScanner scanner;
  WindowBuffer buffer;
  std::vector<BlobMatch> found;
  std::optional<CommitGraph::Builder> commits;  // unless only scanned
  std::vector<TagLink> tags;
  std::vector<LfsBlob> lfs;
  Coverage coverage;
  std::vector<ObjectId> differing;
  std::vector<ObjectId> stopped;
  Progress::Share progress;
};

HistoryVisitor::HistoryVisitor(const Engine& engine, HashKind hash,
                               unsigned jobs, uint64_t memory,
                               Progress& progress)
    : hash_(hash),
      window_bytes_(window_bytes(memory, jobs)),
      findings_(hash, matches_share(memory)) {
  for (unsigned i = 0; i < jobs; ++i) {
    states_.push_back(std::make_unique<State>(engine, progress));
  }
}

HistoryVisitor::~HistoryVisitor() = default;

void HistoryVisitor::collect_links(const ObjectNumbers& objects) {
  for (auto& state : states_) state->commits.emplace(objects);
}

NotePtr HistoryVisitor::visit(unsigned worker, const DecodedObject& object) {
  State& state = *states_[worker];
  link(state, object.type, object.raw_id, object.bytes);
  return links_only_ ? nullptr : scan(state, object);
}

// `head`: the object, or so much of it that its header is in it.
void HistoryVisitor::link(State& state, ObjectType type,
                          std::string_view raw_id, std::string_view head) {
  if (!state.commits) return;
  if (type == ObjectType::kCommit) {
    state.commits->add(raw_id, head);
  } else if (type == ObjectType::kTag) {
    if (const auto tag = parse_tag_header(head, hash_)) {
      state.tags.push_back({ObjectId(raw_id), tag->target});
    }
  }
}

Streamed HistoryVisitor::visit_stream(unsigned worker,
                                      const StreamedObject& object,
                                      ByteStream& bytes) {
  State& state = *states_[worker];
  WindowSizes sizes;
  sizes.window_bytes = window_bytes_;
  sizes.margin = state.scanner.margin();
  auto source = [&bytes](char* out, size_t size) -> Result<size_t> {
    const std::optional<size_t> count = bytes.read(out, size);
    return count ? Result<size_t>(*count) : Error("damaged");
  };
  WindowReader reader(source, state.buffer, sizes);
  std::string head;
  state.scanner.begin();
  const Status read = reader.for_each([&](const Window& window) {
    if (window.offset == 0 && window.own.begin == 0) {
      link(state, object.type, object.raw_id, window.text);
      head = window.text.substr(0, kArchiveSample);
    }
    if (!links_only_) state.scanner.add(window);
  });
  if (!read) return Streamed::kDamaged;
  if (links_only_) return Streamed::kVisited;
  state.scanner.finish(state.found);
  keep(state, object.type, object.raw_id, object.size, head);
  return Streamed::kVisited;
}

void HistoryVisitor::skip(unsigned worker, Skipped entry) {
  if (!links_only_) states_[worker]->coverage.skip(std::move(entry));
}

std::vector<CommitGraph::Builder> HistoryVisitor::take_commits() {
  std::vector<CommitGraph::Builder> builders;
  builders.reserve(states_.size());  // else it copies them as it grows
  for (auto& state : states_) {
    builders.push_back(*std::move(state->commits));
    state->commits.reset();
  }
  return builders;
}

std::vector<TagLink> HistoryVisitor::take_tags() {
  std::vector<TagLink> tags;
  for (auto& state : states_) {
    tags.insert(tags.end(), state->tags.begin(), state->tags.end());
  }
  return tags;
}

std::vector<ObjectFindings> HistoryVisitor::take_findings() {
  return findings_.take();
}

std::vector<LfsBlob> HistoryVisitor::take_lfs_pointers() {
  std::vector<LfsBlob> all;
  for (auto& state : states_) {
    std::move(state->lfs.begin(), state->lfs.end(), std::back_inserter(all));
  }
  std::sort(all.begin(), all.end(),
            [](const LfsBlob& a, const LfsBlob& b) { return a.id < b.id; });
  return all;
}

Coverage HistoryVisitor::take_coverage() {
  Coverage all;
  for (auto& state : states_) all.merge(std::move(state->coverage));
  all.merge(findings_.take_coverage());
  return all;
}

std::vector<ObjectId> HistoryVisitor::differing() const {
  return collected(&State::differing);
}

std::vector<ObjectId> HistoryVisitor::stopped() const {
  return collected(&State::stopped);
}

std::vector<ObjectId> HistoryVisitor::collected(
    std::vector<ObjectId> State::*list) const {
  std::vector<ObjectId> all;
  for (const auto& state : states_) {
    const std::vector<ObjectId>& some = (*state).*list;
    all.insert(all.end(), some.begin(), some.end());
  }
  std::sort(all.begin(), all.end());
  return all;
}

void HistoryVisitor::stop_at(std::optional<TimeLimit::Clock::time_point> time) {
  is_timed_ = time.has_value();
  for (auto& state : states_) state->scanner.stop_at(time);
}

MatchStats HistoryVisitor::stats() const {
  MatchStats all;
  for (const auto& state : states_) all.merge(state->scanner.stats());
  return all;
}

NotePtr HistoryVisitor::scan(State& state, const DecodedObject& object) {
  ScanTrace trace;
  // In windows, what is found in the first ones is there when time is over.
  const bool needs_no_trace = object.delta == nullptr && !object.is_base;
  if (needs_no_trace && is_timed_ && object.bytes.size() > kMaxWhole) {
    state.scanner.scan(object.bytes, state.found);
  } else if (object.delta == nullptr) {
    state.scanner.scan(object.bytes, nullptr, trace, state.found);
  } else {
    scan_delta(state, object, trace);
  }
  keep(state, object.type, object.raw_id, object.bytes.size(), object.bytes);
  if (object.type == ObjectType::kBlob) {
    if (auto pointer = parse_lfs_pointer(object.bytes)) {
      state.lfs.push_back({ObjectId(object.raw_id), *std::move(pointer)});
    }
  }
  if (!object.is_base || trace.says_nothing()) return nullptr;
  auto note = std::make_shared<TraceNote>();
  note->trace = std::move(trace);
  return note;
}

// What was found, and that the object was looked at.
void HistoryVisitor::keep(State& state, ObjectType type,
                          std::string_view raw_id, uint64_t size,
                          std::string_view head) {
  if (!state.found.empty()) {
    findings_.add({ObjectId(raw_id), type, std::move(state.found), false});
    state.found.clear();
  }
  if (state.scanner.was_stopped()) state.stopped.emplace_back(raw_id);
  name_cut(ObjectId(raw_id).hex(hash_), state.scanner.cut_line(),
           state.coverage);
  ++state.coverage.inputs;
  ++state.coverage.blobs;
  state.coverage.bytes += size;
  const std::string_view archive = archive_kind(head.substr(0, kArchiveSample));
  if (!archive.empty()) {
    state.coverage.skip({SkipReason::kArchiveNotOpened,
                         ObjectId(raw_id).hex(hash_), std::string(archive)});
  }
  state.progress.add(1, size);
}

void HistoryVisitor::scan_delta(State& state, const DecodedObject& object,
                                ScanTrace& trace) {
  const auto* note = static_cast<const TraceNote*>(object.delta->base_note);
  const DeltaSource source{object.delta->runs, object.delta->base_size,
                           note == nullptr ? nullptr : &note->trace};
  state.scanner.scan(object.bytes, &source, trace, state.found);
  if (!verify_deltas_) return;
  std::vector<BlobMatch> whole;
  state.scanner.scan(object.bytes, whole);
  if (whole != state.found) state.differing.emplace_back(object.raw_id);
}

}  // namespace leaksift
