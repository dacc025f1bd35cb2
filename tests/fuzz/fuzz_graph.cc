// Whatever stands in a commit-graph, what is said of a commit hangs together:
// its level, at most two parents of lower levels, a date of 34 bits.
#include <string>
#include <vector>

#include "core/big_endian.h"
#include "fuzz/folder.h"
#include "fuzz/fuzz.h"
#include "fuzz/input.h"
#include "git/stored_graph.h"
#include "support/git/pack_writer.h"

namespace leaksift {
namespace {

constexpr uint32_t kNoParent = 0x70000000;

std::string id_number(unsigned number, HashKind hash) {
  return std::string(id_size(hash) - 1, static_cast<char>(number * 60)) +
         static_cast<char>(number);
}

// A line of commits, each the parent of the next.
std::string graph_of(uint32_t count, HashKind hash, uint32_t below = 0) {
  const size_t size = id_size(hash);
  std::string fan_out;
  std::string ids;
  std::string links;
  for (uint32_t byte = 0; byte < 256; ++byte) {
    uint32_t lower = 0;
    while (lower < count && (below + lower) * 60 <= byte) ++lower;
    fan_out += big_endian(lower, 4);
  }
  for (uint32_t i = 0; i < count; ++i) {
    const uint32_t at = below + i;
    ids += id_number(at, hash);
    links += std::string(size, 't');
    links += big_endian(at == 0 ? kNoParent : at - 1, 4);
    links += big_endian(kNoParent, 4) + big_endian((at + 1) << 2, 4);
    links += big_endian(1'700'000'000 + at, 4);
  }
  std::string table;
  const uint64_t begin = 8 + 4 * 12;
  table += "OIDF" + big_endian(begin, 8);
  table += "OIDL" + big_endian(begin + fan_out.size(), 8);
  table += "CDAT" + big_endian(begin + fan_out.size() + ids.size(), 8);
  table += std::string(4, '\0') +
           big_endian(begin + fan_out.size() + ids.size() + links.size(), 8);
  const std::string header = "CGPH" + big_endian(1, 1) +
                             big_endian(hash == HashKind::kSha1 ? 1 : 2, 1) +
                             big_endian(3, 1) + big_endian(0, 1);
  return header + table + fan_out + ids + links + std::string(size, 'h');
}

}  // namespace

void fuzz_one(std::string_view input) {
  static const Folder folder;
  Input parts(input);
  const HashKind hash = parts.flag() ? HashKind::kSha256 : HashKind::kSha1;
  folder.clear();
  folder.write("info/commit-graph", parts.rest());
  const auto file = GraphFile::open(folder.path() + "/info/commit-graph", hash);
  const StoredGraph graph({folder.path()}, hash);
  if (!file) return must(!graph.find(ObjectId(id_number(1, hash))));
  for (uint32_t i = 0; i < file->count(); ++i) {
    const auto commit = graph.find(ObjectId(file->raw_id(i)));
    if (!commit) continue;
    must(file->raw_id(*file->find(file->raw_id(i))) == file->raw_id(i));
    must(commit->level > 0 && commit->parents.size() <= 2);
    must(commit->seconds >= 0 && commit->seconds >> 34 == 0);
    if (commit->has_more) must(commit->parents.empty());
  }
}

std::vector<std::string> fuzz_seeds() {
  std::vector<std::string> seeds;
  for (const HashKind hash : {HashKind::kSha1, HashKind::kSha256}) {
    const unsigned wide = hash == HashKind::kSha256 ? 1 : 0;
    seeds.push_back(Seed().byte(wide).raw(graph_of(4, hash)));
    seeds.push_back(Seed().byte(wide).raw(graph_of(0, hash)));
    std::string more = graph_of(4, hash);
    more.replace(more.size() - id_size(hash) - 12, 4, big_endian(1U << 31, 4));
    seeds.push_back(Seed().byte(wide).raw(more));
  }
  return seeds;
}

}  // namespace leaksift
