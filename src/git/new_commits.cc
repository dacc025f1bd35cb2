#include "git/new_commits.h"

#include <algorithm>

#include "core/sort_unique.h"
#include "git/commit.h"

namespace leaksift {
namespace {

constexpr size_t kMaxTags = 100;  // tags of tags
// By how much a commit may be dated before its parent and still be understood
// where dates are all there is to go by.
constexpr int64_t kSlopSeconds = 24 * 60 * 60;

// Where nothing tells what arrived, dates say soon enough where to stop.
std::vector<std::string> folders_of(const ObjectStore* repository) {
  return repository ? repository->object_dirs() : std::vector<std::string>();
}

}  // namespace

NewCommitWalk::NewCommitWalk(const IncomingStore& store, ObjectReader& reader,
                             const IncomingTips& tips,
                             const IncomingOptions& options)
    : store_(store),
      reader_(reader),
      tips_(tips),
      hash_(store.store.hash()),
      graph_(folders_of(store.repository), hash_),
      shallow_(tips.shallow) {
  sort_unique(shallow_);
  limit_.set(options.deadline);
}

NewCommits NewCommitWalk::run() {
  start_known(tips_.likely);
  for (const ObjectId& tip : tips_.tips) start(tip);
  while (!is_done()) {
    if (limit_.is_over_soon()) {
      result_.cut = true;
      break;
    }
    step(pop());
  }
  result_.commits = in_order();
  return std::move(result_);
}

// A tag is new unless a ref names it; behind it there may be anything.
void NewCommitWalk::start(const ObjectId& tip) {
  ObjectId id = tip;
  for (size_t i = 0; i < kMaxTags && !tips_.known.contains(id); ++i) {
    if (numbers_.contains(id)) return add(id, Colour::kNew);
    const Result<Object> object = reader_.read(id);
    if (!object) {
      result_.problems.push_back(
          {reader_.failure(), id.hex(hash_), object.error().message()});
      return;
    }
    if (object->type == ObjectType::kCommit) return add(id, Colour::kNew);
    if (object->type != ObjectType::kTag) {
      result_.objects.push_back(id);
      return;
    }
    result_.tags.push_back(id);
    const auto tag = parse_tag_header(object->bytes(), hash_);
    if (!tag) return;
    id = tag->target;
  }
}

void NewCommitWalk::start_known(const std::vector<ObjectId>& ids) {
  for (const ObjectId& known : ids) {
    ObjectId id = known;
    for (size_t i = 0; i < kMaxTags; ++i) {
      if (numbers_.contains(id) || graph_.find(id)) break;
      const Result<Object> object = reader_.read(id);
      if (!object || object->type != ObjectType::kTag) break;
      const auto tag = parse_tag_header(object->bytes(), hash_);
      if (!tag) break;
      id = tag->target;
    }
    add(id, Colour::kKnown);
  }
}

void NewCommitWalk::add(const ObjectId& id, Colour colour) {
  const auto [at, is_first] =
      numbers_.emplace(id, static_cast<uint32_t>(nodes_.size()));
  if (is_first) {
    Node& node = nodes_.emplace_back();
    node.id = id;
    node.colour = colour;
    read(node);
    if (colour == Colour::kNew) node.arrived = store_.arrived(id);
    enqueue(at->second);
  } else if (colour == Colour::kKnown) {
    mark_known(at->second);
  }
}

// Where it is known it is no loss if it cannot be read, or is no commit.
void NewCommitWalk::read(Node& node) {
  if (read_stored(node)) return;
  const Result<Object> object = reader_.read(node.id);
  const bool is_commit = object && object->type == ObjectType::kCommit;
  auto header =
      is_commit ? parse_commit_header(object->bytes(), hash_) : std::nullopt;
  if (!header) {
    if (node.colour == Colour::kNew) {
      result_.problems.push_back(
          {object ? SkipReason::kCorrupt : reader_.failure(),
           node.id.hex(hash_),
           object ? "no commit" : object.error().message()});
    }
    return;
  }
  node.tree = header->tree;
  node.seconds = header->committer_seconds;
  set_parents(node, std::move(header->parents));
}

// What is new is always read itself.
bool NewCommitWalk::read_stored(Node& node) {
  std::optional<StoredGraph::Commit> stored = graph_.find(node.id);
  if (!stored) return false;
  node.level = stored->level;
  if (node.colour == Colour::kNew || stored->has_more) return false;
  // Git says so of what it has thrown away, too.
  if (!store_.repository->holds(node.id)) return false;
  node.seconds = stored->seconds;
  set_parents(node, std::move(stored->parents));
  return true;
}

void NewCommitWalk::set_parents(Node& node, std::vector<ObjectId> parents) {
  if (!std::binary_search(shallow_.begin(), shallow_.end(), node.id)) {
    node.parents = std::move(parents);
  }
}

void NewCommitWalk::enqueue(uint32_t number) {
  Node& node = nodes_[number];
  node.queued = true;
  if (node.colour == Colour::kNew) ++new_waiting_;
  queue_.push({node.level, node.seconds, number});
}

uint32_t NewCommitWalk::pop() {
  const uint32_t number = queue_.top().node;
  queue_.pop();
  Node& node = nodes_[number];
  node.queued = false;
  if (node.colour == Colour::kNew) --new_waiting_;
  return number;
}

void NewCommitWalk::step(uint32_t number) {
  if (nodes_[number].colour == Colour::kNew &&
      tips_.known.contains(nodes_[number].id)) {
    nodes_[number].colour = Colour::kKnown;
  }
  // Nothing says yet that no ref leads to it.
  const bool in_doubt = nodes_[number].colour == Colour::kNew &&
                        !nodes_[number].arrived && !all_started_;
  if (in_doubt) {
    all_started_ = true;
    enqueue(number);
    return start_known(tips_.known.ids());
  }
  Node& node = nodes_[number];
  node.done = true;
  const Colour colour = node.colour;
  if (colour == Colour::kNew) {
    oldest_new_ = std::min(oldest_new_, node.seconds);
    lowest_new_ = std::min(lowest_new_, node.level);
    if (!node.arrived) ++unproven_;
  }
  // Adding moves the nodes.
  const std::vector<ObjectId> parents = node.parents;
  for (const ObjectId& parent : parents) add(parent, colour);
}

// Ancestors that have passed for new are known, too.
void NewCommitWalk::mark_known(uint32_t number) {
  std::vector<uint32_t> waiting = {number};
  while (!waiting.empty()) {
    Node& node = nodes_[waiting.back()];
    waiting.pop_back();
    if (node.colour == Colour::kKnown) continue;
    node.colour = Colour::kKnown;
    if (node.queued) --new_waiting_;
    if (!node.done) continue;
    if (!node.arrived) --unproven_;
    for (const ObjectId& parent : node.parents) {
      const auto at = numbers_.find(parent);
      if (at != numbers_.end()) waiting.push_back(at->second);
    }
  }
}

bool NewCommitWalk::is_done() const {
  if (queue_.empty()) return true;
  if (new_waiting_ != 0) return false;
  if (unproven_ == 0) return true;
  const Waiting& next = queue_.top();
  if (store_.repository == nullptr) {
    return next.seconds < oldest_new_ - kSlopSeconds;
  }
  return next.level != kNoLevel && next.level <= lowest_new_;
}

std::vector<IncomingCommit> NewCommitWalk::in_order() {
  std::vector<uint32_t> children(nodes_.size());
  auto for_parents = [&](const Node& node, auto each) {
    for (const ObjectId& parent : node.parents) {
      const auto at = numbers_.find(parent);
      if (at == numbers_.end()) continue;
      const Node& found = nodes_[at->second];
      if (found.done && found.colour == Colour::kNew) each(at->second);
    }
  };
  auto is_new = [](const Node& node) {
    return node.done && node.colour == Colour::kNew;
  };
  for (const Node& node : nodes_) {
    if (!is_new(node)) continue;
    for_parents(node, [&](uint32_t parent) { ++children[parent]; });
  }
  std::priority_queue<Waiting> ready;
  for (uint32_t i = 0; i < nodes_.size(); ++i) {
    if (is_new(nodes_[i]) && children[i] == 0) {
      ready.push({kNoLevel, nodes_[i].seconds, i});
    }
  }
  std::vector<IncomingCommit> commits;
  while (!ready.empty()) {
    Node& node = nodes_[ready.top().node];
    ready.pop();
    for_parents(node, [&](uint32_t parent) {
      if (--children[parent] == 0) {
        ready.push({kNoLevel, nodes_[parent].seconds, parent});
      }
    });
    commits.push_back({node.id, node.tree, std::move(node.parents)});
  }
  return commits;
}

}  // namespace leaksift
