#include "sweep/occurrences.h"

#include <algorithm>
#include <set>
#include <string_view>
#include <tuple>
#include <unordered_map>
#include <utility>

#include "core/sort_unique.h"
#include "git/commit.h"
#include "git/reach.h"
#include "git/tip_paths.h"
#include "pipeline/commit_info.h"

namespace leaksift {
namespace {

constexpr uint64_t kMaxLinkBytes = uint64_t{256} << 20;  // a commit, a tree
constexpr size_t kMaxTags = 100;                         // tags of tags

// What a ref leads to, behind annotated tags.
struct Tip {
  ObjectId object;
  ObjectId tree;  // null: no commit or tree
};

class OccurrenceFinder {
 public:
  OccurrenceFinder(const Engine& engine, const PlaceRules& rules,
                   const ObjectStore& store, const RefSet& refs,
                   uint64_t memory)
      : rules_(rules),
        store_(store),
        refs_(refs),
        hash_(store.hash()),
        reader_(store, std::min(kMaxLinkBytes, memory), memory / 8) {
    for (const Rule& rule : engine.rules().rules) {
      numbers_.emplace(rule.id, numbers_.size());
    }
  }

  std::vector<SweptOccurrence> run(const std::vector<ObjectSighting>& sightings,
                                   const std::vector<ObjectPlace>& places) {
    for (const ObjectSighting& sighting : sightings) {
      if (sighting.allowed_inline) continue;
      const auto rule = numbers_.find(sighting.rule_id);
      if (rule == numbers_.end()) continue;
      place(sighting, static_cast<uint32_t>(rule->second), places);
    }
    tell_standings();
    return by_path();
  }

 private:
  void place(const ObjectSighting& sighting, uint32_t rule,
             const std::vector<ObjectPlace>& places) {
    const std::map<std::string, std::vector<std::string>>& paths =
        paths_of(sighting.object, places);
    for (const auto& [path, commits] : paths) {
      if (!sighting.path.empty() && sighting.path != path) continue;
      add(sighting, rule, path, earliest(commits));
    }
    if (!paths.empty() || !sighting.path.empty()) return;
    const bool is_commit = sighting.object_type == "commit";
    add(sighting, rule, "", is_commit ? sighting.object : "");
  }

  // Where the object stands, with the commits that brought it there.
  const std::map<std::string, std::vector<std::string>>& paths_of(
      const std::string& object, const std::vector<ObjectPlace>& places) {
    if (object == object_) return paths_;
    object_ = object;
    paths_.clear();
    auto at =
        std::lower_bound(places.begin(), places.end(), object,
                         [](const ObjectPlace& one, const std::string& id) {
                           return one.object < id;
                         });
    for (; at != places.end() && at->object == object; ++at) {
      if (!at->commit.empty() && !store_.holds(ObjectId(at->commit))) continue;
      paths_[at->path].push_back(at->commit);
    }
    return paths_;
  }

  // By the committer's date, then by id: dates may be wrong, but every scan
  // that knows these commits says the same.
  std::string earliest(const std::vector<std::string>& commits) {
    std::string first;
    int64_t seconds = 0;
    for (const std::string& commit : commits) {
      if (commit.empty()) continue;
      const int64_t date = info(commit).commit_date.seconds;
      const bool is_earlier = first.empty() || date < seconds ||
                              (date == seconds && commit < first);
      if (is_earlier) {
        first = commit;
        seconds = date;
      }
    }
    return first;
  }

  const CommitInfo& info(const std::string& commit) {
    const auto known = infos_.find(commit);
    if (known != infos_.end()) return known->second;
    return infos_
        .emplace(commit, read_commit_info(reader_, ObjectId(commit), hash_))
        .first->second;
  }

  void add(const ObjectSighting& sighting, uint32_t rule,
           const std::string& path, const std::string& commit) {
    const std::string commit_hex =
        commit.empty() ? "" : ObjectId(commit).hex(hash_);
    if (!rules_.is_finding(rule, sighting.if_place_agrees, path, commit_hex)) {
      return;
    }
    SweptOccurrence occurrence;
    occurrence.finding = sighting.finding;
    occurrence.object = sighting.object;
    occurrence.object_type = sighting.object_type;
    occurrence.path = path;
    occurrence.begin = sighting.begin;
    occurrence.end = sighting.end;
    occurrence.encoding = sighting.encoding;
    occurrence.commit = commit;
    found_.push_back(std::move(occurrence));
  }

  void tell_standings() {
    TipPaths in_head(reader_, hash_);
    TipPaths in_tips(reader_, hash_);
    for (const SweptOccurrence& one : found_) {
      in_head.add(one.path, ObjectId(one.object));
      in_tips.add(one.path, ObjectId(one.object));
    }
    if (found_.empty()) return;
    std::set<ObjectId> named;  // what refs lead to without a path
    std::set<ObjectId> trees;
    for (const Ref& ref : refs_.refs) {
      if (kind_of_ref(ref.name) != Reach::kRef) continue;
      const Tip tip = tip_of(ref.id);
      named.insert(tip.object);
      if (tip.tree.is_null()) continue;
      if (ref.name == "HEAD") in_head.look(tip.tree);
      trees.insert(tip.tree);
    }
    for (const ObjectId& tree : trees) in_tips.look(tree);
    for (size_t i = 0; i < found_.size(); ++i) {
      found_[i].standing =
          standing_of(found_[i], in_head.stands(i), in_tips.stands(i), named);
    }
  }

  // One for each finding and path, of all its versions. Messages have no path,
  // and stay what they are.
  std::vector<SweptOccurrence> by_path() {
    sort_unique(found_);
    auto place = [](const SweptOccurrence& one) {
      return std::tuple<std::string_view, std::string_view, std::string_view,
                        std::string_view>(
          one.finding, one.object_type, one.path,
          one.path.empty() ? std::string_view(one.object) : "");
    };
    std::stable_sort(found_.begin(), found_.end(),
                     [&](const SweptOccurrence& a, const SweptOccurrence& b) {
                       return place(a) < place(b);
                     });
    std::vector<SweptOccurrence> all;
    for (auto begin = found_.begin(); begin != found_.end();) {
      const auto end =
          std::find_if(begin, found_.end(), [&](const SweptOccurrence& one) {
            return place(one) != place(*begin);
          });
      all.push_back(one_of({begin, end}));
      begin = end;
    }
    sort_unique(all);
    return all;
  }

  SweptOccurrence one_of(std::vector<SweptOccurrence> versions) {
    std::vector<std::string> commits;
    std::set<std::string> objects;
    const SweptOccurrence* best = &versions.front();
    for (const SweptOccurrence& one : versions) {
      commits.push_back(one.commit);
      objects.insert(one.object);
      if (is_nearer(one, *best)) best = &one;
    }
    SweptOccurrence all = *best;
    all.versions = objects.size();
    all.commit = earliest(commits);
    if (!all.commit.empty()) {
      const CommitInfo& about = info(all.commit);
      all.author_name = about.author_name;
      all.author_email = about.author_email;
      all.date = about.date;
    }
    return all;
  }

  // To the tips, then in time; else it is all the same.
  bool is_nearer(const SweptOccurrence& a, const SweptOccurrence& b) {
    if (a.standing != b.standing) return a.standing < b.standing;
    return date_of(a) > date_of(b);
  }
  int64_t date_of(const SweptOccurrence& one) {
    return one.commit.empty() ? INT64_MIN
                              : info(one.commit).commit_date.seconds;
  }

  static SweptStanding standing_of(const SweptOccurrence& one, bool in_head,
                                   bool in_tips,
                                   const std::set<ObjectId>& named) {
    if (one.object_type == "commit" || one.object_type == "tag") {
      return SweptStanding::kMessage;
    }
    if (!one.path.empty() && in_head) return SweptStanding::kHead;
    if (!one.path.empty() && in_tips) return SweptStanding::kTip;
    if (one.path.empty() && named.contains(ObjectId(one.object))) {
      return SweptStanding::kTip;
    }
    return SweptStanding::kHistory;
  }

  Tip tip_of(ObjectId id) {
    for (size_t i = 0; i < kMaxTags; ++i) {
      const Result<Object> object = reader_.read(id);
      if (!object) break;
      if (object->type == ObjectType::kTree) return {id, id};
      if (object->type == ObjectType::kCommit) {
        const auto header = parse_commit_header(object->bytes(), hash_);
        return {id, header ? header->tree : ObjectId()};
      }
      if (object->type != ObjectType::kTag) break;
      const auto tag = parse_tag_header(object->bytes(), hash_);
      if (!tag) break;
      id = tag->target;
    }
    return {id, {}};
  }

  const PlaceRules& rules_;
  const ObjectStore& store_;
  const RefSet& refs_;
  HashKind hash_;
  ObjectReader reader_;
  std::unordered_map<std::string_view, size_t> numbers_;  // of rules, by id
  std::string object_;                                    // that paths_ are of
  std::map<std::string, std::vector<std::string>> paths_;
  std::unordered_map<std::string, CommitInfo> infos_;
  std::vector<SweptOccurrence> found_;
};

}  // namespace

std::vector<SweptOccurrence> find_occurrences(
    const Engine& engine, const PlaceRules& rules, const ObjectStore& store,
    const RefSet& refs, const std::vector<ObjectSighting>& sightings,
    const std::vector<ObjectPlace>& places, uint64_t memory) {
  return OccurrenceFinder(engine, rules, store, refs, memory)
      .run(sightings, places);
}

}  // namespace leaksift
