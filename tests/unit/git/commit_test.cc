#include "git/commit.h"

#include "git/tree.h"
#include "support/catch.h"
#include "support/git/history.h"
#include "support/git/object_oracle.h"

using namespace leaksift;

namespace {

// The commit's text with `author` as its author's line.
std::string commit_by(const std::string& tree, const std::string& author,
                      const std::string& committer) {
  return "tree " + tree + "\nauthor " + author + "\ncommitter " + committer +
         "\n\nauthor F <f@x> 1 +0000\n";
}

std::string printed(const Signature& signature) {
  return signature.name + "|" + signature.email + "|" +
         std::to_string(signature.seconds);
}

std::string empty_tree(const GitFixture& repo) {
  return lines_of(repo.git({"hash-object", "-w", "-t", "tree", "--stdin"}))
      .at(0);
}

}  // namespace

TEST_CASE("authors and committers are read as git reads them, even broken ones",
          "[git][commit]") {
  const GitFixture repo;
  const std::string tree = empty_tree(repo);
  for (const std::string author : {
           "A U Thor <author@example.com> 1700000000 +0100",
           "A U Thor <author@example.com> 1700000000 -0830",
           "\xc3\x89mile <e@example.com> 0 +0000",
           "<only@example.com> 1700000000 +0000",
           "No Mail <> 1700000000 +0000",
           "Two <a@example.com> <b@example.com> 1700000000 +0000",
           "Inner <a<b@example.com> 1700000000 +0000",
           "Closed <a@example.com>> 1700000000 +0000",
           "Blanks  <a@example.com>   1700000000   +0000",
       }) {
    CAPTURE(author);
    const std::string good = "C <c@example.com> 1600000000 +0000";
    const bool swapped = GENERATE(false, true);
    const std::string text =
        swapped ? commit_by(tree, good, author) : commit_by(tree, author, good);
    const std::string id = lines_of(repo.git(
        {"hash-object", "-w", "--literally", "-t", "commit", "--stdin"},
        text))[0];
    const auto expected = lines_of(
        repo.git({"log", "-1", "--format=%an|%ae|%at%n%cn|%ce|%ct", id}));
    const auto [by, with] = parse_people(text);
    CHECK(printed(by) == expected.at(0));
    CHECK(printed(with) == expected.at(1));
  }
}

TEST_CASE("an offset from UTC is minutes, an absurd one is none",
          "[git][commit]") {
  const auto offset = [](const std::string& zone) {
    return parse_signature("A <a@x> 5 " + zone).offset_minutes;
  };
  CHECK(offset("+0000") == 0);
  CHECK(offset("+0130") == 90);
  CHECK(offset("-0830") == -510);
  CHECK(offset("+1400") == 840);
  CHECK(offset("+9999") == 0);
  CHECK(offset("-99999999999999999999") == 0);
  CHECK(offset("here") == 0);
}

TEST_CASE("a signature without its parts is empty where they are missing",
          "[git][commit]") {
  CHECK(printed(parse_signature("")) == "||0");
  CHECK(printed(parse_signature(" just a name ")) == "just a name||0");
  CHECK(printed(parse_signature("A <a@x>")) == "A|a@x|0");
  CHECK(printed(parse_signature("A >a@x< 5")) == "A >a@x< 5||0");
  CHECK(printed(parse_signature("A <a@x> soon")) == "A|a@x|0");
  CHECK(printed(parse_signature("A <a@x> 99999999999999999999 +0")) ==
        "A|a@x|0");
}

TEST_CASE("a commit's links are those that git prints", "[git][commit]") {
  const std::string format = GENERATE("sha1", "sha256");
  const HashKind hash = format == "sha1" ? HashKind::kSha1 : HashKind::kSha256;
  const GitFixture repo({"--object-format=" + format});
  commit_file(repo, "a", "1");
  repo.git({"branch", "side"});
  commit_file(repo, "a", "2");
  repo.git({"checkout", "-q", "side"});
  commit_file(repo, "b", "3");
  repo.git({"merge", "-q", "-s", "ours", "-m", "merged", "main"});
  const std::string text = repo.git({"cat-file", "commit", "HEAD"});
  const auto header = parse_commit_header(text, hash);
  REQUIRE(header);
  std::string printed = header->tree.hex(hash);
  for (const ObjectId& parent : header->parents) {
    printed += ' ' + parent.hex(hash);
  }
  CHECK(printed + ' ' + std::to_string(header->committer_seconds) ==
        lines_of(repo.git({"log", "-1", "--format=%T %P %ct"}))[0]);
}

TEST_CASE("links are read from the header only, not from the message",
          "[git][commit]") {
  const std::string a(40, 'a'), b(40, 'b'), c(40, 'c');
  const auto header = parse_commit_header(
      "tree " + a + "\nparent " + b + "\n\nparent " + c + "\n",
      HashKind::kSha1);
  REQUIRE(header);
  CHECK(header->parents == std::vector<ObjectId>{*ObjectId::from_hex(b)});
  CHECK(header->committer_seconds == 0);
  for (const std::string& broken :
       {std::string(), "parent " + b + "\n", "tree " + a.substr(1) + "\n",
        "tree " + a + "a\n", "tree " + std::string(40, 'x') + "\n",
        "tree" + a + "\n"}) {
    CHECK_FALSE(parse_commit_header(broken, HashKind::kSha1));
  }
  CHECK_FALSE(parse_commit_header("tree " + a + "\n", HashKind::kSha256));
}

TEST_CASE("tags say what they lead to", "[git][commit]") {
  const GitFixture repo;
  commit_file(repo, "a", "1");
  for (const std::string name : {"HEAD", "HEAD:a", "HEAD^{tree}"}) {
    repo.git({"tag", "-f", "-am", "m", "t", name});
    const auto tag =
        parse_tag_header(repo.git({"cat-file", "tag", "t"}), HashKind::kSha1);
    REQUIRE(tag);
    CHECK(tag->target.hex(HashKind::kSha1) == id_by_git(repo, name));
    CHECK(std::string(to_string(tag->target_type)) + "\n" ==
          repo.git({"cat-file", "-t", name}));
  }
  CHECK_FALSE(parse_tag_header("type commit\n", HashKind::kSha1));
}

TEST_CASE("a tree's entries are those that git ls-tree prints", "[git][tree]") {
  const GitFixture repo;
  repo.write("file", "1");
  repo.write("run", "2");
  repo.write("folder/inner", "3");
  repo.write("\xff tab\tname", "4");
  repo.around().link("repo/link", "file");
  repo.git({"add", "-A"});
  repo.git({"update-index", "--chmod=+x", "run"});
  repo.git({"update-index", "--add", "--cacheinfo",
            "160000," + std::string(40, 'a') + ",sub"});
  const std::string id = lines_of(repo.git({"write-tree"}))[0];
  const std::string bytes = repo.git({"cat-file", "tree", id});
  TreeReader reader(bytes, 20);
  TreeEntry entry;
  std::vector<std::string> read;
  while (reader.next(entry)) {
    char mode[8];
    std::snprintf(mode, sizeof mode, "%06o", entry.mode);
    const char* type = entry.is_tree()        ? " tree "
                       : entry.is_submodule() ? " commit "
                                              : " blob ";
    read.push_back(mode + std::string(type) +
                   ObjectId(entry.raw_id).hex(HashKind::kSha1) + "\t" +
                   std::string(entry.name));
  }
  CHECK_FALSE(reader.damaged());
  CHECK(read == split_nul(repo.git({"ls-tree", "-z", id})));
  CHECK(read.size() == 6);

  // Cut off anywhere but between two entries, it is damaged.
  size_t whole = 0;
  for (size_t size = 0; size < bytes.size(); ++size) {
    TreeReader cut(std::string_view(bytes).substr(0, size), 20);
    while (cut.next(entry)) continue;
    whole += cut.damaged() ? 0 : 1;
  }
  CHECK(whole == read.size());
  TreeReader no_mode(std::string_view(bytes).substr(1), 20);
  CHECK(no_mode.next(entry));
  TreeReader no_tree("what is this\0", 20);
  CHECK_FALSE(no_tree.next(entry));
  CHECK(no_tree.damaged());
}
