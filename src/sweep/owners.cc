#include "sweep/owners.h"

#include <algorithm>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "core/digest.h"
#include "core/text.h"
#include "git/object_store.h"
#include "git/refs.h"
#include "git/repository.h"
#include "git/tree_path.h"
#include "hook/isolated.h"
#include "sweep/code_owners.h"
#include "sweep/meta_number.h"

namespace leaksift {
namespace {

using namespace std::chrono_literals;

constexpr const char* kOwnedRun = "owners_of_run";
constexpr uint64_t kMaxObject = uint64_t{64} << 20;  // a commit, a tree
constexpr auto kTime = 60s;                          // for one repository

// A finding that waits for its owner.
struct Orphan {
  std::string finding;
  std::string path;
  std::string author;
};

// By repository.
using Orphans = std::map<std::string, std::vector<Orphan>>;

bool is_before(const SweptOccurrence& a, const SweptOccurrence& b) {
  return a.standing != b.standing ? a.standing < b.standing
                                  : a.date.seconds > b.date.seconds;
}

Result<Orphans> find_orphans(SweepStore& store) {
  const Result<int64_t> owned = meta_number(store, kOwnedRun);
  if (!owned) return owned.error();
  FindingFilter filter;
  filter.state = FindingState::kOpen;
  filter.decided = true;
  const auto findings = store.findings(filter);
  if (!findings) return findings.error();
  Orphans orphans;
  for (const FindingLife& life : *findings) {
    const bool is_old = static_cast<int64_t>(life.state_run) <= *owned;
    if (!life.owner.empty() || is_old) continue;
    const auto places = store.occurrences(life.finding.id);
    if (!places) return places.error();
    const auto first = std::min_element(
        places->begin(), places->end(), [](const auto& a, const auto& b) {
          return is_before(a.occurrence, b.occurrence);
        });
    if (first == places->end()) continue;
    orphans[first->repository].push_back({life.finding.id,
                                          first->occurrence.path,
                                          first->occurrence.author_email});
  }
  return orphans;
}

// What a repository says about its owners, at HEAD.
struct OwnersFile {
  CodeOwnersKind kind = CodeOwnersKind::kGitHub;
  std::string blob;  // its id, in hexadecimal
  std::string text;
};

std::optional<OwnersFile> read_owners(const std::string& path) {
  const Result<Repository> repository = open_repository(path);
  if (!repository) return std::nullopt;
  const std::optional<ObjectId> head = read_ref(*repository, "HEAD");
  if (!head) return std::nullopt;
  const ObjectStore store =
      ObjectStore::open(*repository, {}, kDefaultMemory, LooseFiles::kProbed);
  ObjectReader reader(store, kMaxObject);
  const ObjectId tree = CommitTrees(reader, store.hash()).of(*head);
  for (const CodeOwnersPlace& place : code_owners_places()) {
    const auto blob = find_file(reader, store.hash(), tree, place.path);
    if (!blob) continue;
    const Result<Object> object = reader.read(*blob);
    if (!object) return std::nullopt;
    return OwnersFile{place.kind, blob->hex(store.hash()),
                      std::string(object->bytes())};
  }
  return std::nullopt;
}

// The id of the file's blob, then for each orphan a line: the owners of its
// path. Nothing where there is no file.
std::string owners_by_line(const std::string& path,
                           const std::vector<Orphan>& orphans) {
  const auto file = read_owners(path);
  if (!file) return "";
  CodeOwners owners(file->text, file->kind);
  std::string lines = file->blob;
  for (const Orphan& orphan : orphans) {
    lines += '\n';
    if (!orphan.path.empty()) lines += owners.owners_of(orphan.path);
  }
  return lines;
}

// What the file says; the authors where there is none, or where there is a
// secret in it.
Status note_owners(SweepStore& store, const std::string& rules,
                   const std::string& lines,
                   const std::vector<Orphan>& orphans) {
  std::vector<std::string_view> named = split(lines, '\n');
  const std::string blob = from_hex(named.front());
  if (!blob.empty()) {
    const auto sightings = store.sightings_of(rules, {blob});
    if (!sightings) return sightings.error();
    if (!sightings->empty()) named.clear();
  }
  std::map<std::string, std::string> owners;
  for (size_t i = 0; i < orphans.size(); ++i) {
    std::string owner(i + 1 < named.size() ? named[i + 1] : "");
    if (owner.empty()) owner = orphans[i].author;
    if (!owner.empty()) owners.emplace(orphans[i].finding, std::move(owner));
  }
  return store.set_owners(owners);
}

}  // namespace

Status assign_owners(const StateLocation& where) {
  uint64_t run = 0;
  Orphans orphans;
  std::map<std::string, SweptRepository> about;  // by key
  {
    // Closed before there are other processes, which must not share it.
    const auto store = SweepStore::open(where);
    if (!store) return store.error();
    const auto last = (*store)->last_run();
    if (!last) return last.error();
    if (!*last) return Ok{};
    run = (*last)->number;
    auto found = find_orphans(**store);
    if (!found) return std::move(found).error();
    orphans = *std::move(found);
    for (const auto& [key, list] : orphans) {
      const auto repository = (*store)->repository(key);
      if (!repository) return repository.error();
      if (*repository) about[key] = **repository;
    }
  }
  std::map<std::string, std::string> lines;  // by repository
  for (const auto& one : orphans) {
    const std::string& path = about[one.first].path;
    lines[one.first] =
        run_isolated([&] { return owners_by_line(path, one.second); },
                     std::chrono::steady_clock::now() + kTime)
            .bytes;
  }
  const auto store = SweepStore::open(where);
  if (!store) return store.error();
  for (const auto& [key, list] : orphans) {
    Status noted = note_owners(**store, about[key].rules, lines[key], list);
    if (!noted) return noted;
  }
  return set_meta_number(**store, kOwnedRun, static_cast<int64_t>(run));
}

}  // namespace leaksift
