// A bundle's front is read line by line as by hand; and of the pack behind it
// all objects are found that its own index would name.
#include <algorithm>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "core/text.h"
#include "fuzz/folder.h"
#include "fuzz/fuzz.h"
#include "fuzz/input.h"
#include "fuzz/store_check.h"
#include "git/bundle.h"
#include "git/object_hash.h"
#include "git/refs.h"
#include "git/repository.h"
#include "support/git/pack_writer.h"

namespace leaksift {
namespace {

struct PlainFront {
  std::map<std::string, std::vector<std::string>> refs;  // ids by name
  size_t prerequisites = 0;
  size_t size = 0;  // in bytes
};

// Only of fronts that are all right.
PlainFront read_plainly(std::string_view bytes, HashKind hash) {
  const size_t digits = 2 * id_size(hash);
  PlainFront front;
  front.size = bytes.find("\n\n") + 2;
  const auto lines = split(bytes.substr(0, front.size - 2), '\n');
  for (size_t i = 1; i < lines.size(); ++i) {
    const std::string line(lines[i]);
    if (line[0] == '@') continue;
    if (line[0] == '-') {
      ++front.prerequisites;
      continue;
    }
    const std::string name =
        line.size() > digits ? line.substr(digits + 1) : "";
    front.refs[name].push_back(ascii_lower(line.substr(0, digits)));
  }
  return front;
}

void check_front(const Bundle& bundle, std::string_view bytes) {
  const PlainFront plain = read_plainly(bytes, bundle.hash);
  must(bundle.pack_offset == plain.size);
  must(bundle.prerequisites.size() == plain.prerequisites);
  must(bundle.refs.size() == plain.refs.size());
  for (const Ref& ref : bundle.refs) {
    const auto& ids = plain.refs.at(ref.name);
    must(std::find(ids.begin(), ids.end(), ref.id.hex(bundle.hash)) !=
         ids.end());
  }
}

void check_file(const std::string& path) {
  const Result<Repository> repository = open_repository(path);
  if (!repository) return;
  (void)read_refs(*repository);
  const ObjectStore store = ObjectStore::open(*repository);
  const WalkedStore walked = walk_and_check(store, ObjectWalkOptions());
  must(walked.skipped.empty());  // a damaged one does not get into the index
  check_ids(store, walked);
}

}  // namespace

void fuzz_one(std::string_view input) {
  static const Folder folder;
  Input parts(input);
  const uint8_t how = parts.byte();
  std::string file(parts.chunk());
  const HashKind hash =
      file.find("=sha256\n") == file.npos ? HashKind::kSha1 : HashKind::kSha256;
  // Entries of a pack, with a header and a hash; or anything.
  std::string rest(parts.rest());
  if ((how & 1) != 0) {
    rest = "PACK" + big_endian(2, 4) + big_endian(how >> 1, 4) + rest;
    Digest digest(digest_kind(hash));
    digest.add(rest);
    rest += digest.finish();
  }
  file += rest;
  const Result<Bundle> bundle = parse_bundle(file);
  if (bundle) check_front(*bundle, file);
  folder.write("file", file);
  check_file(folder.path() + "/file");
}

std::vector<std::string> fuzz_seeds() {
  const std::string id(40, 'a');
  const std::string v2 =
      "# v2 git bundle\n-" + id + " why\n" + id + " refs/heads/main\n\n";
  const std::string v3 =
      "# v3 git bundle\n@object-format=sha256\n@filter=blob:none\n" +
      std::string(64, 'b') + " HEAD\n\n";
  PackWriter pack;
  const std::string text = "one two three four five six seven";
  const uint64_t base = pack.add(ObjectType::kBlob, text);
  pack.add_offset_delta(id_of(ObjectType::kBlob, "one two"), base,
                        simple_delta(text, "one two"));
  pack.add_id_delta(id_of(ObjectType::kBlob, "one"),
                    id_of(ObjectType::kBlob, text), simple_delta(text, "one"));
  const std::string whole = pack.pack();
  const std::string entries = whole.substr(12, whole.size() - 32);
  PackWriter wide(HashKind::kSha256);
  wide.add(ObjectType::kBlob, text);
  return {
      Seed().byte(1 + 2 * 3).chunk(v2).raw(entries),
      Seed().byte(0).chunk(v2).raw(whole),
      Seed().byte(0).chunk(v3).raw(wide.pack()),
      Seed().byte(0).chunk("").raw(whole),
      Seed().byte(1 + 2 * 4).chunk(v2).raw(entries),
  };
}

}  // namespace leaksift
