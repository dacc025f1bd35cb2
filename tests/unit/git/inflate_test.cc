#include "git/inflate.h"

#include <random>

#include "support/catch.h"
#include "support/git/pack_writer.h"
#include "support/git_fixture.h"

using namespace leaksift;

namespace {

std::string random_bytes(size_t size) {
  std::mt19937 random(7);
  std::string bytes(size, '\0');
  for (char& c : bytes) c = static_cast<char>(random());
  return bytes;
}

// What git wrote of a blob, and what it must inflate to.
struct Loose {
  std::string stream;
  std::string content;
};

Loose loose_by_git(const GitFixture& repo, const std::string& bytes,
                   const std::string& level) {
  const std::string id = repo.git(
      {"-c", "core.looseCompression=" + level, "hash-object", "-w", "--stdin"},
      bytes);
  const std::string name = id.substr(0, 2) + "/" + id.substr(2, 38);
  return {read_bytes(repo / (".git/objects/" + name)),
          "blob " + std::to_string(bytes.size()) + '\0' + bytes};
}

}  // namespace

TEST_CASE("what git deflates at any level inflates to the same bytes",
          "[git][inflate]") {
  const std::string level = GENERATE("0", "1", "6", "9");
  const GitFixture repo;
  Inflater inflater;
  for (const std::string& bytes :
       {std::string(), std::string("x"), random_bytes(100'000),
        std::string(3'000'000, '\0'), random_bytes(70) + random_bytes(70)}) {
    CAPTURE(level, bytes.size());
    const Loose loose = loose_by_git(repo, bytes, level);
    // As a variable, so that a difference does not print megabytes.
    const bool same =
        inflater.inflate_all(loose.stream, 4'000'000) == loose.content;
    CHECK(same);

    std::string out(loose.content.size() + kInflateSlack, '?');
    const std::string followed = loose.stream + "what comes next";
    CHECK(inflater.inflate(followed, out.data(), loose.content.size()) ==
          loose.stream.size());
    CHECK((out.substr(0, loose.content.size()) == loose.content));
  }
}

TEST_CASE("a stream of another size than declared is refused",
          "[git][inflate]") {
  Inflater inflater;
  const std::string stream = zlib_stored("twelve bytes");
  std::string out(13 + kInflateSlack, '\0');
  CHECK(inflater.inflate(stream, out.data(), 12) == stream.size());
  CHECK_FALSE(inflater.inflate(stream, out.data(), 11));
  CHECK_FALSE(inflater.inflate(stream, out.data(), 13));
  CHECK_FALSE(inflater.inflate(stream, out.data(), 0));
}

TEST_CASE("a damaged stream is refused wherever it is cut or changed",
          "[git][inflate]") {
  const GitFixture repo;
  const Loose loose =
      loose_by_git(repo, "some text, some text, some text", "6");
  Inflater inflater;
  const size_t size = loose.content.size();
  std::string out(size + kInflateSlack, '\0');
  const auto is_read = [&](const std::string& stream) {
    return inflater.inflate(stream, out.data(), size).has_value() ||
           inflater.inflate_all(stream, 1000).has_value();
  };
  REQUIRE(is_read(loose.stream));
  for (size_t length = 0; length < loose.stream.size(); ++length) {
    CAPTURE(length);
    CHECK_FALSE(is_read(loose.stream.substr(0, length)));
  }
  // Behind the two bytes of a header that says little about the content.
  for (size_t at = 2; at < loose.stream.size(); ++at) {
    CAPTURE(at);
    std::string changed = loose.stream;
    changed[at] = static_cast<char>(changed[at] ^ 0x41);
    CHECK_FALSE(is_read(changed));
  }
}

TEST_CASE("a stream of unknown size inflates up to the limit and not beyond",
          "[git][inflate]") {
  const GitFixture repo;
  const Loose loose = loose_by_git(repo, std::string(5'000'000, 'a'), "9");
  const size_t size = loose.content.size();
  Inflater inflater;
  CHECK((inflater.inflate_all(loose.stream, size) == loose.content));
  CHECK_FALSE(inflater.inflate_all(loose.stream, size - 1));
  CHECK_FALSE(inflater.inflate_all(loose.stream, 0));
  // The bound by which lies about sizes are told holds for the best that
  // deflate can do.
  CHECK(max_inflated_size(loose.stream.size()) >= size);
  CHECK(max_inflated_size(loose.stream.size()) < size * 2);
}
