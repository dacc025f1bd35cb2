#include "review/secret_search.h"

#include <functional>

#include "support/catch.h"
#include "support/random.h"

using namespace leaksift;

namespace {

using Found = std::set<FoundSecret>;

Found in_whole(const SecretSearch& secrets, const std::string& text) {
  SecretSearcher searcher(secrets);
  searcher.begin(true);
  searcher.add(text, true);
  return searcher.finish();
}

Found in_pieces(SecretSearcher& searcher, std::string_view text,
                const std::function<size_t()>& next_size) {
  searcher.begin(true);
  while (!text.empty()) {
    const std::string_view piece = text.substr(0, next_size());
    text.remove_prefix(piece.size());
    searcher.add(piece, false);
  }
  searcher.add("", true);
  return searcher.finish();
}

std::string pem(Random& random, const std::string& line_end) {
  std::string text = "-----BEGIN KEY-----" + line_end;
  for (int i = 0; i < 4; ++i) {
    text += random.text(24, "ABCDEFGHabcdefgh0123") + line_end;
  }
  return text + "-----END KEY-----";
}

}  // namespace

TEST_CASE("what is found does not depend on where a text is cut",
          "[review][search]") {
  Random random(20261124);
  for (int round = 0; round < 20; ++round) {
    const std::vector<std::string> secrets = {
        random.text(6, "ab"), random.text(20, "abcdef/\"\\ "),
        pem(random, "\n"), random.text(40, "\\nrt ab")};
    const SecretSearch search(secrets);
    std::string text;
    for (const std::string& secret : secrets) {
      const std::vector<SecretText> forms = forms_of(secret);
      for (int i = 0; i < 3; ++i) {
        text += random.text(random.below(30), "ab\\n \n");
        text += forms[random.below(forms.size())].bytes;
      }
      for (const char c : secret) {  // wrapped in yet another way
        text += c == '\n' ? std::string("\\r\\n \"") : std::string(1, c);
      }
    }
    const Found want = in_whole(search, text);
    REQUIRE(want.size() >= 4);
    SecretSearcher searcher(search);
    for (const size_t size : {size_t{1}, size_t{7}, size_t{64}}) {
      REQUIRE(in_pieces(searcher, text, [&] { return size; }) == want);
    }
    REQUIRE(in_pieces(searcher, text, [&] { return 1 + random.below(90); }) ==
            want);
  }
}

TEST_CASE("a secret that stands as it is anywhere is not one that is wrapped",
          "[review][search]") {
  const std::string secret = "first-line-of-it\nsecond-line-of-it";
  const SecretSearch search({secret});
  const std::string wrapped = "first-line-of-it\\n  second-line-of-it";
  Found found = in_whole(search, wrapped);
  REQUIRE(found.size() == 1);
  CHECK(found.begin()->rewrapped);
  SecretSearcher searcher(search);
  found = in_pieces(searcher, wrapped + std::string(500, '\n') + secret,
                    [] { return size_t{16}; });
  REQUIRE(!found.empty());
  for (const FoundSecret& one : found) CHECK(!one.rewrapped);
}
