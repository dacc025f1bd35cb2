// A tree is read as by hand; and one that was made out of another one has that
// one's entries where it says so.
#include <optional>
#include <string>
#include <vector>

#include "fuzz/fuzz.h"
#include "fuzz/input.h"
#include "git/delta.h"
#include "git/object_id.h"
#include "git/tree.h"
#include "git/tree_delta.h"
#include "support/git/pack_writer.h"

namespace leaksift {
namespace {

constexpr uint64_t kMaxResult = 1 << 16;

struct PlainEntry {
  uint32_t mode = 0;
  std::string name;
  std::string id;
  friend bool operator==(const PlainEntry&, const PlainEntry&) = default;
};

struct PlainTree {
  std::vector<PlainEntry> entries;
  EntryOffsets offsets;  // of each, and behind the last
  bool damaged = false;
};

PlainTree read_plainly(std::string_view tree, size_t id_size) {
  PlainTree result;
  uint32_t at = 0;
  while (at < tree.size()) {
    const std::string_view rest = tree.substr(at);
    const size_t blank = rest.find_first_not_of("01234567");
    const size_t nul = rest.find('\0');
    if (blank == rest.npos || rest[blank] != ' ' || nul == rest.npos ||
        nul < blank || rest.size() - nul - 1 < id_size) {
      result.damaged = true;
      break;
    }
    PlainEntry entry;
    for (const char digit : rest.substr(0, blank)) {
      entry.mode = entry.mode * 8 + static_cast<uint32_t>(digit - '0');
    }
    entry.name = rest.substr(blank + 1, nul - blank - 1);
    entry.id = rest.substr(nul + 1, id_size);
    result.entries.push_back(entry);
    result.offsets.push_back(at);
    at += static_cast<uint32_t>(nul + 1 + id_size);
  }
  result.offsets.push_back(at);
  return result;
}

void check_reader(std::string_view tree, const PlainTree& plain,
                  size_t id_size) {
  TreeReader reader(tree, id_size);
  TreeEntry entry;
  size_t count = 0;
  while (reader.next(entry)) {
    must(count < plain.entries.size());
    must(PlainEntry{entry.mode, std::string(entry.name),
                    std::string(entry.raw_id)} == plain.entries[count]);
    must(reader.offset() == plain.offsets[++count]);
  }
  must(count == plain.entries.size() && reader.damaged() == plain.damaged);
}

// Entries that the delta says were copied are the same in both.
void check_delta(const PlainTree& base, const PlainTree& made,
                 const std::vector<CopyRun>& runs) {
  TreeDelta delta(runs, base.offsets);
  for (size_t i = 0; i < made.entries.size(); ++i) {
    const EntryRange copied = delta.copied_at(made.offsets[i]);
    must(copied.first <= copied.last && copied.last <= base.entries.size());
    for (size_t k = copied.first; k < copied.last; ++k) {
      const size_t at = i + k - copied.first;
      must(at < made.entries.size());
      must(made.entries[at] == base.entries[k]);
    }
  }
}

}  // namespace

void fuzz_one(std::string_view input) {
  Input parts(input);
  const size_t size =
      id_size(parts.flag() ? HashKind::kSha256 : HashKind::kSha1);
  const std::string_view base_bytes = parts.chunk();
  const PlainTree base = read_plainly(base_bytes, size);
  check_reader(base_bytes, base, size);

  const std::string delta = std::string(parts.rest());
  const auto sizes = read_delta_sizes(delta);
  if (!sizes || sizes->result > kMaxResult) return;
  const std::string slack(kDeltaSlack, '\0');
  const std::string from = std::string(base_bytes) + slack;
  const std::string padded = delta + slack;
  std::string result(sizes->result + kDeltaSlack, '\0');
  std::vector<CopyRun> runs;
  if (!apply_delta({from.data(), base_bytes.size()},
                   {padded.data(), delta.size()}, *sizes, result.data(),
                   runs)) {
    return;
  }
  result.resize(sizes->result);
  const PlainTree made = read_plainly(result, size);
  check_reader(result, made, size);
  check_delta(base, made, runs);
}

std::vector<std::string> fuzz_seeds() {
  const auto entry = [](const std::string& front, char id, size_t size) {
    return front + '\0' + std::string(size, id);
  };
  const std::string tree = entry("100644 a", 'A', 20) +
                           entry("40000 b", 'B', 20) +
                           entry("160000 c", 'C', 20);
  const std::string changed = entry("100644 a", 'A', 20) +
                              entry("40000 b", 'X', 20) +
                              entry("160000 c", 'C', 20);
  const std::string wide = entry("100755 a", 'A', 32);
  const std::string moved = delta_header(tree.size(), tree.size() + 29) +
                            copy_op(29, 28) + copy_op(0, 29) + copy_op(57, 29);
  return {
      Seed().byte(0).chunk(tree).raw(simple_delta(tree, changed)),
      Seed().byte(0).chunk(tree).raw(moved),
      Seed().byte(1).chunk(wide).raw(simple_delta(wide, wide + wide)),
      Seed().byte(0).chunk(tree.substr(0, 60)),
  };
}

}  // namespace leaksift
