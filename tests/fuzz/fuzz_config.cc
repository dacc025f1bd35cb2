// Files beside the objects: configurations, the index of a work tree, pointers
// of LFS. They are read or refused; of an index that is read, each path is
// found again.
#include <string>
#include <vector>

#include "core/digest.h"
#include "fuzz/fuzz.h"
#include "fuzz/input.h"
#include "git/config.h"
#include "git/index_file.h"
#include "git/lfs.h"
#include "support/git/pack_writer.h"

namespace leaksift {
namespace {

std::string with_checksum(std::string bytes, DigestKind kind) {
  Digest digest(kind);
  digest.add(bytes);
  return bytes + digest.finish();
}

void check_index(std::string_view own, std::string_view shared,
                 DigestKind kind) {
  const auto tracked =
      parse_index(with_checksum(std::string(own), kind),
                  [&](const std::string&) -> Result<std::string> {
                    return with_checksum(std::string(shared), kind);
                  });
  if (!tracked) return;
  for (size_t i = 0; i < tracked->size(); ++i) {
    const std::string_view path = tracked->path(i);
    must(!path.empty() && tracked->contains(path));
    must(i == 0 || tracked->path(i - 1) < path);
    const bool is_submodule =
        tracked->kind(i) == TrackedPaths::Kind::kSubmodule;
    must(tracked->contains_submodule(path) == is_submodule);
    const size_t slash = path.find('/');
    if (slash != path.npos) {
      must(tracked->contains_below(path.substr(0, slash)));
      const std::string_view folder = path.substr(0, slash + 1);
      const auto [first, end] = tracked->range_of(folder);
      must(first <= i && i < end);
      const CachedTree* const tree = tracked->cached_tree(folder);
      must(tree == nullptr || tree->count == end - first);
    }
  }
}

std::string entry_of(const std::string& path, uint32_t mode) {
  std::string entry = std::string(24, '\0') + big_endian(mode, 4) +
                      std::string(32, '\1') + big_endian(path.size(), 2) + path;
  return entry + std::string(8 - entry.size() % 8, '\0');
}

}  // namespace

void fuzz_one(std::string_view input) {
  Input parts(input);
  const DigestKind kind =
      parts.flag() ? DigestKind::kSha256 : DigestKind::kSha1;
  const std::string_view first = parts.chunk();
  const std::string_view rest = parts.rest();
  check_index(rest, first, kind);
  (void)GitConfig(rest).get("extensions", "objectformat");
  const auto pointer = parse_lfs_pointer(rest);
  if (pointer) {
    must(pointer->oid.size() == 64);
    must(pointer->stored_at().find("..") == std::string::npos);
  }
}

std::vector<std::string> fuzz_seeds() {
  const std::string shared = "DIRC" + big_endian(2, 4) + big_endian(2, 4) +
                             entry_of("a", 0100644) +
                             entry_of("sub/b", 0100755);
  const std::string with_submodule =
      "DIRC" + big_endian(3, 4) + big_endian(2, 4) +
      entry_of("folded/", 0040000) + entry_of("sub", 0160000) + "TREE" +
      big_endian(3, 4) + "abc";
  const std::string no_stat =
      std::string(24, '\0') + big_endian(0100644, 4) + std::string(32, '\1');
  const std::string version4 = "DIRC" + big_endian(4, 4) + big_endian(2, 4) +
                               no_stat + big_endian(3, 2) +
                               std::string("\0a/b\0", 5) + no_stat +
                               big_endian(4, 2) + std::string("\1cd\0", 4);
  const std::string empty_bitmap = big_endian(0, 8) + big_endian(0, 4);
  const std::string split = "DIRC" + big_endian(2, 4) + big_endian(0, 4) +
                            "link" + big_endian(44, 4) + std::string(20, '\2') +
                            empty_bitmap + empty_bitmap;
  return {
      Seed().byte(0).chunk("").raw(shared),
      Seed().byte(0).chunk(shared).raw(split),
      Seed().byte(0).chunk("").raw(with_submodule),
      Seed().byte(0).chunk("").raw(version4),
      Seed().byte(1).chunk("").raw("[core]\n\tbare = true ; no\n[remote "
                                   "\"x\\\"y\"]\n\turl = \"a b\" \\\n"
                                   "c\n[extensions]\nobjectFormat = sha256\n"),
      Seed().byte(0).chunk("").raw(
          "version https://git-lfs.github.com/spec/v1\noid sha256:" +
          std::string(64, 'a') + "\nsize 12345\n"),
  };
}

}  // namespace leaksift
