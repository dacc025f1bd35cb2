// Commits and tags are read line by line as by hand, and hang together as their
// parents say: parents first, everything that leads to a commit reached.
#include <optional>
#include <string>
#include <vector>

#include "core/text.h"
#include "fuzz/fuzz.h"
#include "fuzz/input.h"
#include "git/commit.h"
#include "git/commit_graph.h"
#include "support/git/pack_writer.h"

namespace leaksift {
namespace {

constexpr size_t kMaxCommits = 24;

std::optional<ObjectId> id_behind(std::string_view line, std::string_view key,
                                  HashKind hash) {
  if (line.size() != key.size() + 1 + 2 * id_size(hash)) return std::nullopt;
  if (!line.starts_with(std::string(key) + ' ')) return std::nullopt;
  return ObjectId::from_hex(line.substr(key.size() + 1));
}

void check_header(std::string_view commit, HashKind hash) {
  const auto header = parse_commit_header(commit, hash);
  const auto lines = split(commit, '\n');
  const std::string_view first = lines.empty() ? "" : lines[0];
  const auto tree = id_behind(first, "tree", hash);
  must(header.has_value() == tree.has_value());
  if (!header) return;
  must(header->tree == *tree);
  std::vector<ObjectId> parents;
  for (size_t i = 1; i < lines.size() && !lines[i].empty(); ++i) {
    if (lines[i].starts_with("committer ") && lines[i].size() > 9) break;
    const auto parent = id_behind(lines[i], "parent", hash);
    if (parent) parents.push_back(*parent);
  }
  must(header->parents == parents);
}

void check_people(std::string_view text) {
  const CommitPeople people = parse_people(text);
  for (const Signature& who : {people.author, people.committer}) {
    must(text.find(who.name) != text.npos && text.find(who.email) != text.npos);
    must(who.offset_minutes >= -1440 && who.offset_minutes <= 1440);
  }
}

void check_texts(std::string_view text) {
  for (const HashKind hash : {HashKind::kSha1, HashKind::kSha256}) {
    check_header(text, hash);
    (void)parse_tag_header(text, hash);
  }
  check_people(text);
}

// They stay: a graph points to them.
const ObjectId& numbered(size_t number) {
  static const std::vector<ObjectId> kIds = [] {
    std::vector<ObjectId> ids;
    for (size_t i = 0; i <= kMaxCommits; ++i) {
      ids.push_back(id_of(ObjectType::kCommit, std::to_string(i)));
    }
    return ids;
  }();
  return kIds[number];
}

const ObjectNumbers& numbers() {
  static const ObjectNumbers kNumbers(HashKind::kSha1,
                                      {{numbered(0).raw(HashKind::kSha1).data(),
                                        sizeof(ObjectId), kMaxCommits}});
  return kNumbers;
}

// Commits whose parents are any others, and some that are not there.
struct Drawn {
  std::vector<std::vector<size_t>> parents;
  std::vector<ObjectId> shallow;
  std::vector<CommitGraph::Builder> builders;
};

Drawn draw(Input& input) {
  Drawn drawn;
  drawn.builders.assign(2, CommitGraph::Builder(numbers()));
  while (!input.at_end() && drawn.parents.size() < kMaxCommits) {
    const size_t number = drawn.parents.size();
    const uint8_t what = input.byte();
    std::string text = "tree " + std::string(40, 'a') + '\n';
    std::vector<size_t> parents;
    for (unsigned left = what & 7; left > 0; --left) {
      parents.push_back(input.byte() % (kMaxCommits + 1));
      text += "parent " + numbered(parents.back()).hex(HashKind::kSha1) + '\n';
    }
    text += "committer A <a> " + std::to_string(input.byte()) + " +0000\n\n";
    if ((what & 8) != 0) {
      drawn.shallow.push_back(numbered(number));
      parents.clear();
    }
    const ObjectId& id = numbered(number);
    must(drawn.builders[what >> 7].add(id.raw(HashKind::kSha1), text));
    drawn.parents.push_back(parents);
  }
  std::sort(drawn.shallow.begin(), drawn.shallow.end());
  return drawn;
}

// Through which commits one comes back to where one was, or to those.
std::vector<bool> outside_of_circles(const Drawn& drawn) {
  const size_t count = drawn.parents.size();
  std::vector<bool> placed(count);
  for (size_t round = 0; round < count; ++round) {
    for (size_t i = 0; i < count; ++i) {
      placed[i] = std::all_of(
          drawn.parents[i].begin(), drawn.parents[i].end(),
          [&](size_t parent) { return parent >= count || placed[parent]; });
    }
  }
  return placed;
}

void check_graph(Drawn drawn) {
  const std::vector<bool> placed = outside_of_circles(drawn);
  const CommitGraph graph(std::move(drawn.builders), drawn.shallow);
  size_t expected = 0;
  for (size_t i = 0; i < placed.size(); ++i) {
    const uint32_t number = graph.find(numbered(i));
    must((number != CommitGraph::kNone) == placed[i]);
    if (!placed[i]) continue;
    ++expected;
    must(graph.commit(number).id == numbered(i));
    std::vector<uint32_t> parents;
    for (const size_t parent : drawn.parents[i]) {
      if (parent < placed.size())
        parents.push_back(graph.find(numbered(parent)));
    }
    const auto found = graph.parents(number);
    must(
        std::equal(found.begin(), found.end(), parents.begin(), parents.end()));
    for (const uint32_t parent : found) must(parent < number);
    const std::vector<bool> reached = graph.reachable_from({number});
    must(reached[number]);
    for (const uint32_t parent : found) must(reached[parent]);
  }
  must(graph.size() == expected);
}

}  // namespace

void fuzz_one(std::string_view input) {
  Input parts(input);
  check_texts(parts.chunk());
  check_graph(draw(parts));
}

std::vector<std::string> fuzz_seeds() {
  const std::string id(40, 'a');
  const std::string people =
      "author A U Thor <a@b.c> 1700000000 +0130\n"
      "committer C <c@d.e> 1700000001 -0800\n";
  return {
      Seed()
          .chunk("tree " + id + "\nparent " + id + '\n' + people + "\nwhy\n")
          .byte(0)
          .byte(9)
          .byte(1)
          .byte(0)
          .byte(8)
          .byte(2)
          .byte(0)
          .byte(1)
          .byte(7),
      Seed()
          .chunk("object " + id + "\ntype commit\ntag v1\ntagger " +
                 people.substr(7))
          .byte(1)
          .byte(24)
          .byte(1)
          .byte(9)
          .byte(0)
          .byte(2),
      Seed()
          .chunk("tree " + std::string(64, 'b') + "\nparent " +
                 std::string(64, 'c') + '\n' + people)
          // A circle of two, and one that leads into it.
          .byte(1)
          .byte(1)
          .byte(1)
          .byte(0x81)
          .byte(0)
          .byte(1)
          .byte(1)
          .byte(0)
          .byte(1),
  };
}

}  // namespace leaksift
