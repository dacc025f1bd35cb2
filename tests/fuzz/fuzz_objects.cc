// Whatever stands in an object or a file of git's: it is read or refused.
#include "fuzz/fuzz.h"
#include "git/commit.h"
#include "git/config.h"
#include "git/index_file.h"
#include "git/inflate.h"
#include "git/reftable.h"
#include "git/tree.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace leaksift;
  constexpr size_t kMaxInflated = 1 << 20;
  const std::string_view input = bytes_of(data, size);
  for (const HashKind hash : {HashKind::kSha1, HashKind::kSha256}) {
    (void)parse_commit_header(input, hash);
    (void)parse_tag_header(input, hash);
    TreeReader reader(input, id_size(hash));
    TreeEntry entry;
    while (reader.next(entry)) must(reader.offset() <= input.size());
    RefMap refs;
    (void)static_cast<bool>(read_reftable(input, hash, refs));
  }
  (void)parse_people(input);
  (void)GitConfig(input).get("extensions", "objectformat");
  (void)static_cast<bool>(
      parse_index(input, [&](const std::string&) -> Result<std::string> {
        return std::string(input);
      }));
  Inflater inflater;
  (void)inflater.inflate_all(input, kMaxInflated);
  return 0;
}
