// A loose object read whole, as a stream and by zlib alone is the same; and any
// zlib stream inflates at once to what it does piece by piece.
#define ZLIB_CONST
#include <zlib.h>

#include <algorithm>
#include <optional>
#include <string>
#include <vector>

#include "fuzz/folder.h"
#include "fuzz/fuzz.h"
#include "fuzz/input.h"
#include "fuzz/store_check.h"
#include "git/inflate.h"
#include "support/git/pack_writer.h"

namespace leaksift {
namespace {

constexpr size_t kMaxInflated = 1 << 18;

// By zlib, with (15) or without (-15) header and checksum. Nothing where it is
// damaged or too large.
std::optional<std::string> inflate_plainly(std::string_view bytes, int window) {
  std::string out(kMaxInflated, '\0');
  z_stream zlib{};
  must(::inflateInit2(&zlib, window) == Z_OK);
  zlib.next_in = reinterpret_cast<const Bytef*>(bytes.data());
  zlib.avail_in = static_cast<uInt>(bytes.size());
  zlib.next_out = reinterpret_cast<Bytef*>(out.data());
  zlib.avail_out = static_cast<uInt>(out.size());
  const int result = ::inflate(&zlib, Z_FINISH);
  out.resize(out.size() - zlib.avail_out);
  ::inflateEnd(&zlib);
  if (result != Z_STREAM_END) return std::nullopt;
  return out;
}

std::string deflated(std::string_view bytes, int level) {
  std::string out(::compressBound(bytes.size()), '\0');
  uLongf size = out.size();
  must(::compress2(reinterpret_cast<Bytef*>(out.data()), &size,
                   reinterpret_cast<const Bytef*>(bytes.data()), bytes.size(),
                   level) == Z_OK);
  out.resize(size);
  return out;
}

// Makes a whole zlib stream of what stands between header and checksum.
std::string with_checksum(std::string_view deflate) {
  const std::string content = inflate_plainly(deflate, -MAX_WBITS).value_or("");
  const uLong sum = ::adler32(1, reinterpret_cast<const Bytef*>(content.data()),
                              static_cast<uInt>(content.size()));
  return "\x78\x01" + std::string(deflate) + big_endian(sum, 4);
}

// The object in an inflated file. Unlike git, leading zeros of its size are
// nothing to refuse it for.
std::optional<PlainObject> object_in(const std::optional<std::string>& text) {
  const size_t nul = text ? text->find('\0') : std::string::npos;
  if (nul >= kMaxLooseHeader) return std::nullopt;
  const size_t blank = std::min(text->find(' '), nul);
  std::string digits = text->substr(blank, nul - blank);
  digits.erase(0, 1);
  while (digits.size() > 1 && digits[0] == '0') digits.erase(0, 1);
  const std::string content = text->substr(nul + 1);
  for (const ObjectType type : {ObjectType::kCommit, ObjectType::kTree,
                                ObjectType::kBlob, ObjectType::kTag}) {
    if (text->substr(0, blank) == to_string(type) &&
        digits == std::to_string(content.size())) {
      return PlainObject{type, content};
    }
  }
  return std::nullopt;
}

void check_inflater(std::string_view zlib,
                    const std::optional<std::string>& expected) {
  Inflater inflater;
  must(inflater.inflate_all(zlib, kMaxInflated) == expected);
  if (!expected) return;
  const size_t size = expected->size();
  std::string out(size + 1 + kInflateSlack, '?');
  must(inflater.inflate(zlib, out.data(), size).has_value());
  must(out.substr(0, size) == *expected && out.back() == '?');
  must(!inflater.inflate(zlib, out.data(), size + 1));
  for (const size_t step : {size_t{3}, size_t{4096}}) {
    InflateStream stream(zlib, expected->size());
    std::string all;
    std::string piece(step, '\0');
    std::optional<size_t> count;
    do {
      count = stream.read(piece.data(), step);
      must(count.has_value());
      all += piece.substr(0, *count);
    } while (*count == step);
    must(all == *expected);
  }
}

// Whole with much memory, as a stream with little.
void check_object(const std::optional<PlainObject>& expected,
                  const std::string& folder) {
  Repository repository;
  repository.object_dirs = {folder + "/objects"};
  const ObjectStore store = ObjectStore::open(repository);
  for (const uint64_t memory : {uint64_t{64} << 20, uint64_t{16}}) {
    ObjectWalkOptions options;
    options.memory = memory;
    const WalkedStore walked = walk_and_check(store, options);
    must(walked.objects.size() + walked.skipped.size() == 1);
    must(walked.objects.size() == (expected ? 1 : 0));
    if (expected) must(walked.objects.begin()->second == *expected);
  }
}

}  // namespace

void fuzz_one(std::string_view input) {
  static const Folder folder;
  folder.make_directory("objects");
  Input parts(input);
  const uint8_t how = parts.byte();
  const std::string_view rest = parts.rest();
  std::string file(rest);
  if (how % 4 == 1) file = deflated(rest, how >> 2 & 7);
  if (how % 4 == 2) file = with_checksum(rest);
  const auto text = inflate_plainly(file, MAX_WBITS);
  check_inflater(file, text);
  folder.write("objects/ab/" + std::string(38, 'c'), file);
  check_object(object_in(text), folder.path());
}

std::vector<std::string> fuzz_seeds() {
  const std::string blob("blob 26\0abcabcabcabcabcabcabcabcde", 34);
  const std::string tree("tree 0\0", 7);
  std::vector<std::string> seeds;
  for (const std::string& object : {blob, tree}) {
    for (const int level : {0, 1, 6}) {
      const std::string zlib = deflated(object, level);
      seeds.push_back(Seed().byte(0).raw(zlib));
      seeds.push_back(Seed().byte(2).raw(zlib.substr(2, zlib.size() - 6)));
    }
    seeds.push_back(Seed().byte(1 + 4 * 6).raw(object));
  }
  return seeds;
}

}  // namespace leaksift
