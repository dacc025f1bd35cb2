#include "pipeline/history_visitor.h"

#include <algorithm>

#include "decode/archive.h"
#include "git/commit.h"

namespace leaksift {
namespace {

// What scanning an object found out for those made out of it.
struct TraceNote : ObjectNote {
  ScanTrace trace;
};

}  // namespace

struct HistoryVisitor::State {
  State(const Engine& engine, HashKind hash) : scanner(engine), commits(hash) {}
  BlobScanner scanner;
  std::vector<BlobMatch> found;
  std::vector<ObjectFindings> findings;
  CommitGraph::Builder commits;
  std::vector<TagLink> tags;
  Coverage coverage;
  std::vector<ObjectId> differing;
};

HistoryVisitor::HistoryVisitor(const Engine& engine, HashKind hash,
                               unsigned jobs, Progress& progress)
    : hash_(hash), progress_(progress) {
  for (unsigned i = 0; i < jobs; ++i) {
    states_.push_back(std::make_unique<State>(engine, hash));
  }
}

HistoryVisitor::~HistoryVisitor() = default;

NotePtr HistoryVisitor::visit(unsigned worker, const DecodedObject& object) {
  State& state = *states_[worker];
  if (object.type == ObjectType::kCommit && read_links_) {
    state.commits.add(object.raw_id, object.bytes);
  } else if (object.type == ObjectType::kTag && read_links_) {
    if (const auto tag = parse_tag_header(object.bytes, hash_)) {
      state.tags.push_back({ObjectId(object.raw_id), tag->target});
    }
  }
  return links_only_ ? nullptr : scan(state, object);
}

void HistoryVisitor::skip(unsigned worker, Skipped entry) {
  if (!links_only_) states_[worker]->coverage.skip(std::move(entry));
}

std::vector<CommitGraph::Builder> HistoryVisitor::take_commits() {
  read_links_ = false;
  std::vector<CommitGraph::Builder> builders;
  for (auto& state : states_) builders.push_back(std::move(state->commits));
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
  std::vector<ObjectFindings> all;
  for (auto& state : states_) {
    std::move(state->findings.begin(), state->findings.end(),
              std::back_inserter(all));
  }
  std::sort(all.begin(), all.end(),
            [](const auto& a, const auto& b) { return a.id < b.id; });
  return all;
}

Coverage HistoryVisitor::take_coverage() {
  Coverage all;
  for (auto& state : states_) all.merge(std::move(state->coverage));
  return all;
}

std::vector<ObjectId> HistoryVisitor::differing() const {
  std::vector<ObjectId> all;
  for (const auto& state : states_) {
    all.insert(all.end(), state->differing.begin(), state->differing.end());
  }
  std::sort(all.begin(), all.end());
  return all;
}

MatchStats HistoryVisitor::stats() const {
  MatchStats all;
  for (const auto& state : states_) all.merge(state->scanner.stats());
  return all;
}

NotePtr HistoryVisitor::scan(State& state, const DecodedObject& object) {
  ScanTrace trace;
  if (object.delta == nullptr) {
    state.scanner.scan(object.bytes, nullptr, trace, state.found);
  } else {
    scan_delta(state, object, trace);
  }
  if (!state.found.empty()) {
    state.findings.push_back(
        {ObjectId(object.raw_id), object.type, std::move(state.found)});
    state.found.clear();
  }
  ++state.coverage.inputs;
  ++state.coverage.blobs;
  state.coverage.bytes += object.bytes.size();
  const std::string_view archive =
      archive_kind(object.bytes.substr(0, kArchiveSample));
  if (!archive.empty()) {
    state.coverage.skip({SkipReason::kArchiveNotOpened,
                         ObjectId(object.raw_id).hex(hash_),
                         std::string(archive)});
  }
  progress_.add(1, object.bytes.size());
  if (trace.says_nothing()) return nullptr;
  auto note = std::make_shared<TraceNote>();
  note->trace = std::move(trace);
  return note;
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
