#include "support/planted.h"

#include <algorithm>
#include <array>
#include <map>
#include <string_view>
#include <utility>

#include "core/digest.h"
#include "core/text.h"
#include "support/catch.h"
#include "support/import_stream.h"
#include "support/random.h"

namespace leaksift {
namespace {

// Behind all branches with a name: it is gone in the end.
constexpr const char* kScratch = "refs/heads/scratch";
constexpr const char* kMain = "refs/heads/main";

// Where a secret of a format may stand.
enum class Fits { kName, kLine, kText };

struct Format {
  Fits fits;
  const char* rule;
  const char* secret;  // as fill() takes it
  const char* before = "";
  const char* after = "";
};

// Some have a digit for sure: what is all letters may be a word.
constexpr std::array kFormats = {
    Format{Fits::kName, "aws-access-key-id", "AKIA<B16>"},
    Format{Fits::kName, "github-pat", "ghp_<a36>"},
    Format{Fits::kName, "github-fine-grained-pat", "github_pat_<a22>_<a59>"},
    Format{Fits::kName, "slack-bot-token", "xoxb-<d12>-<d13>-<a24>"},
    Format{Fits::kName, "stripe-secret-key", "sk_live_<a24>"},
    Format{Fits::kName, "stripe-restricted-key", "rk_live_<a99>"},
    Format{Fits::kName, "gitlab-pat", "glpat-<a20>"},
    Format{Fits::kName, "npm-access-token", "npm_<a36>"},
    Format{Fits::kName, "sendgrid-api-key", "SG.<a22>.<a43>"},
    Format{Fits::kLine, "linear-api-key", "lin_api_<a40>", "LINEAR_KEY="},
    Format{Fits::kLine, "url-credentials", "<d1><a17>",
           "https://deploy:", "@git.acme.io/x.git"},
    Format{Fits::kLine, "connection-string-postgres", "<d1><a17>",
           "postgres://app:", "@db.acme.io/x"},
    Format{Fits::kLine, "generic-secret-assignment", "<d1><a31>",
           "client_secret = \"", "\""},
    Format{Fits::kLine, "slack-webhook", "T0<B9>/B0<B9>/<a24>",
           "https://hooks.slack.com/services/"},
    Format{Fits::kText, "private-key",
           "-----BEGIN RSA PRIVATE KEY-----\n<a64>\n<a64>\n<a64>\n<a64>\n"
           "<a64>\n<a64>\n<a64>\n<a64>\n<a24>\n"
           "-----END RSA PRIVATE KEY-----"},
};

// "<d9>" stands for nine digits, <B9> for digits of base 32, <a9> for letters
// and digits.
std::string fill(std::string_view format, Random& random) {
  constexpr std::string_view kBase32 = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
  constexpr std::string_view kLetters =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
  std::string out;
  for (size_t at = 0; at < format.size(); ++at) {
    if (format[at] != '<') {
      out += format[at];
      continue;
    }
    const size_t end = format.find('>', at);
    const size_t size =
        std::stoul(std::string(format.substr(at + 2, end - at - 2)));
    const char kind = format[at + 1];
    out += random.text(size, kind == 'd'   ? "123456789"
                             : kind == 'B' ? kBase32
                                           : kLetters);
    at = end;
  }
  return out;
}

std::string utf16(std::string_view ascii, bool big_endian) {
  std::string out = big_endian ? "\xfe\xff" : "\xff\xfe";
  for (const char c : ascii) {
    if (big_endian) out += '\0';
    out += c;
    if (!big_endian) out += '\0';
  }
  return out;
}

std::string number(size_t i) {
  return std::to_string(i);
}

}  // namespace

// Writes the histories, and down what it hides in them.
class PlantedRepository::Planter {
 public:
  Planter(std::vector<Planted>& secrets, const GitFixture& repo)
      : secrets_(secrets), repo_(repo) {}

  // All of the first history.
  std::string history();
  // Blobs of a pack without an index, and the other history.
  std::string loose_blobs();
  std::string other_history();

 private:
  struct Spot {
    std::string place;
    std::string state;
    std::string type = "blob";
    bool has_commit = true;
    Fits fits = Fits::kText;
  };

  // The next secret, to be put there by the next commit.
  std::string plant(const Spot& spot) {
    const Format* format = nullptr;
    do {
      format = &kFormats[turn_++ % kFormats.size()];
    } while (format->fits > spot.fits);
    Planted planted{spot.place, format->rule, fill(format->secret, random_)};
    planted.mark = spot.has_commit ? stream_.next_mark() : 0;
    planted.state = spot.state;
    planted.type = spot.type;
    secrets_.push_back(planted);
    return format->before + planted.secret + format->after;
  }

  std::string filler() {
    std::string text;
    for (uint64_t lines = random_.below(12); lines > 0; --lines) {
      text += "line " + random_.text(5, "aeiou ") + " of a text\n";
    }
    return text;
  }

  std::string between_lines(const Spot& spot) {
    std::string text = filler();
    text += plant(spot) + "\n";
    return text += filler();
  }

  std::vector<ImportFile> files(const Spot& spot) {
    std::vector<ImportFile> all;
    for (size_t i = 0; i < kPerPlace; ++i) {
      all.push_back({spot.place + "/" + number(i), between_lines(spot)});
    }
    return all;
  }

  // The same paths, with something else in them or with nothing.
  std::vector<ImportFile> clean(const std::string& place) {
    std::vector<ImportFile> all;
    for (size_t i = 0; i < kPerPlace; ++i) {
      all.push_back({place + "/" + number(i), filler() + number(i)});
    }
    return all;
  }
  std::vector<ImportFile> deleted(const std::string& place) {
    return {{place, "", ""}};
  }

  size_t commit(const std::string& ref, std::vector<size_t> parents,
                std::vector<std::vector<ImportFile>> parts) {
    ImportCommit made{ref, std::move(parents), {}};
    for (std::vector<ImportFile>& part : parts) {
      std::move(part.begin(), part.end(), std::back_inserter(made.files));
    }
    return stream_.commit(made);
  }

  size_t versions();
  size_t merges(size_t main);
  size_t messages(size_t main);
  size_t chain(size_t main);
  size_t last(size_t main);
  void branches(size_t main);
  void names_of_refs(size_t main);
  void outside_of_branches(size_t main);
  std::vector<ImportFile> odd_files();
  void repository_files();

  std::vector<Planted>& secrets_;
  const GitFixture& repo_;
  ImportStream stream_;
  Random random_{20240229};
  size_t turn_ = 0;
  std::vector<size_t> noted_;
};

size_t PlantedRepository::Planter::versions() {
  std::vector<ImportFile> moved = files({"old", "head"});
  size_t main = commit(
      kMain, {},
      {files({"first", "history"}), clean("middle"), clean("newest"), moved});
  std::vector<ImportFile> names;
  for (size_t i = 0; i < kPerPlace; ++i) {
    const Spot file{"file name", "history", "path", true, Fits::kName};
    const Spot folder{"folder name", "history", "path", true, Fits::kName};
    names.push_back({"names/a-" + plant(file), number(i)});
    names.push_back({"names/b/" + plant(folder) + "/c/d", number(i)});
  }
  main = commit(kMain, {main},
                {clean("first"), files({"middle", "history"}),
                 files({"deleted", "history"}), names});
  for (ImportFile& one : moved) one.path = "new/" + one.path;
  return commit(kMain, {main},
                {clean("middle"), deleted("deleted"), deleted("names"),
                 deleted("old"), moved});
}

size_t PlantedRepository::Planter::merges(size_t main) {
  const std::vector<ImportFile> merged = files({"merged", "head"});
  const size_t side = commit(kScratch, {main}, {merged});
  main = commit(kMain, {main}, {clean("meanwhile")});
  main = commit(kMain, {main, side}, {merged, files({"evil-merge", "head"})});
  const std::vector<ImportFile> first = files({"octopus", "head"});
  const size_t arm = commit(kScratch, {main}, {first});
  const size_t other = commit(kScratch, {main}, {clean("another arm")});
  main = commit(kMain, {main}, {clean("meanwhile")});
  return commit(kMain, {main, arm, other}, {first, clean("another arm")});
}

size_t PlantedRepository::Planter::messages(size_t main) {
  const auto said = [&](const std::string& place, Fits fits) {
    return plant({place, "history", "commit", true, fits});
  };
  for (size_t i = 0; i < kPerPlace; ++i) {
    ImportCommit made{kMain, {main}, {}};
    made.message = "subject\n\n" + said("commit message", Fits::kText);
    made.author = said("author name", Fits::kLine) + " <" +
                  said("author mail", Fits::kName) + ">";
    made.committer = said("committer name", Fits::kLine) + " <" +
                     said("committer mail", Fits::kName) + ">";
    main = stream_.commit(made);
    noted_.push_back(main);
  }
  return main;
}

// One file, whose versions differ by little: with deltas upon deltas.
size_t PlantedRepository::Planter::chain(size_t main) {
  std::string text;
  for (int i = 0; i < 40; ++i) text += number(i * 7919) + " " + filler();
  std::string kept;
  for (size_t i = 0; i < 12 * kPerPlace; ++i) {
    std::string gone;
    if (i % 12 == 0) kept += plant({"kept in a chain", "head"}) + "\n";
    if (i % 12 == 5) gone = plant({"gone in a chain", "history"}) + "\n";
    text.insert(random_.below(text.size()), "change " + number(i));
    main = commit(kMain, {main},
                  {{{"chain", kept + text + gone + "\nend of the text\n"}}});
  }
  return main;
}

std::vector<ImportFile> PlantedRepository::Planter::odd_files() {
  std::vector<ImportFile> all;
  std::string modules;
  for (size_t i = 0; i < kPerPlace; ++i) {
    const std::string name = number(i);
    all.push_back(
        {"utf16le/" + name, utf16(between_lines({"utf16le", "head"}), false)});
    all.push_back(
        {"utf16be/" + name, utf16(between_lines({"utf16be", "head"}), true)});
    all.push_back({"link/" + name,
                   "/opt/" + plant({"link", "head", "blob", true, Fits::kName}),
                   "120000"});
    const std::string large = between_lines({"lfs", "head", "lfs"});
    Digest digest(DigestKind::kSha256);
    digest.add(large);
    const std::string oid = to_hex(digest.finish());
    repo_.write(".git/lfs/objects/" + oid.substr(0, 2) + "/" +
                    oid.substr(2, 2) + "/" + oid,
                large);
    all.push_back({"lfs/" + name,
                   "version https://git-lfs.github.com/spec/v1\noid sha256:" +
                       oid + "\nsize " + number(large.size()) + "\n"});
    modules += "[submodule \"" + name + "\"]\n\turl = https://u:" +
               plant({"gitmodules", "head", "blob", true, Fits::kName}) +
               "@git.acme.io/m.git\n";
  }
  all.push_back({".gitmodules", modules});
  return all;
}

size_t PlantedRepository::Planter::last(size_t main) {
  return commit(kMain, {main}, {files({"newest", "head"}), odd_files()});
}

void PlantedRepository::Planter::branches(size_t main) {
  const size_t below =
      commit(kScratch, {main}, {files({"below a branch", "history"})});
  const size_t tip =
      commit(kScratch, {below},
             {deleted("below a branch"), files({"tip of a branch", "tip"})});
  stream_.ref("refs/heads/topic", tip);
  const size_t tagged = commit(kScratch, {main}, {files({"tagged", "tip"})});
  stream_.tag("v1", tagged, "only a tag has it");
}

void PlantedRepository::Planter::names_of_refs(size_t main) {
  for (size_t i = 0; i < kPerPlace; ++i) {
    const auto said = [&](const std::string& place, Fits fits) {
      return plant({place, "tip", "tag", false, fits});
    };
    const std::string message = said("tag message", Fits::kText);
    const std::string name = said("tagger name", Fits::kLine);
    stream_.tag("t" + number(i), main, message,
                name + " <" + said("tagger mail", Fits::kName) + ">");
    stream_.ref("refs/heads/fix/" +
                    plant({"branch name", "tip", "ref", false, Fits::kName}),
                main);
    stream_.ref(
        "refs/tags/x-" + plant({"tag name", "tip", "ref", false, Fits::kName}),
        main);
  }
}

// Their refs are moved on by keep_outside_of_refs().
void PlantedRepository::Planter::outside_of_branches(size_t main) {
  std::vector<ImportFile> notes;
  for (const size_t mark : noted_) {
    notes.push_back({":" + number(mark), plant({"note", "note"}) + "\n"});
  }
  commit("refs/notes/commits", {}, {notes});
  for (const std::string name : {"older stash", "stash"}) {
    const size_t index =
        commit(kScratch, {main}, {files({name + " index", "stash"})});
    const size_t stash =
        commit(kScratch, {main, index}, {files({name, "stash"})});
    stream_.ref(name == "stash" ? "refs/stash" : "refs/heads/older-stash",
                stash);
  }
  stream_.ref("refs/heads/remembered",
              commit(kScratch, {main}, {files({"reflog", "reflog"})}));
  commit(kScratch, {main}, {files({"dangling commit", "dangling"})});
  for (size_t i = 0; i < kPerPlace; ++i) {
    stream_.blob(between_lines({"dangling blob", "dangling", "blob", false}));
  }
}

void PlantedRepository::Planter::repository_files() {
  const std::string path = ".git/config";
  std::string config = read_bytes(repo_ / path);
  std::string log;
  const std::string zeros(40, '0');
  for (size_t i = 0; i < kPerPlace; ++i) {
    config += "[remote \"r" + number(i) + "\"]\n\turl = " +
              plant({"config", "", "file", false, Fits::kLine}) + "\n";
    log += zeros + " " + zeros + " A Tester <a@x> 1700000000 +0000\tcommit: " +
           plant({"reflog message", "reflog", "reflog", false, Fits::kLine}) +
           "\n";
  }
  repo_.write(path, config);
  repo_.write(".git/logs/refs/heads/gone", log);
}

std::string PlantedRepository::Planter::history() {
  size_t main = versions();
  main = merges(main);
  main = messages(main);
  main = chain(main);
  main = last(main);
  branches(main);
  names_of_refs(main);
  outside_of_branches(main);
  repository_files();
  return stream_.text();
}

std::string PlantedRepository::Planter::loose_blobs() {
  stream_ = {};
  for (size_t i = 0; i < kPerPlace; ++i) {
    stream_.blob(
        between_lines({"pack without index", "dangling", "blob", false}));
  }
  return stream_.text();
}

std::string PlantedRepository::Planter::other_history() {
  stream_ = {};
  commit(kMain, {}, {files({"bundle", "head"})});
  return stream_.text();
}

PlantedRepository::PlantedRepository() {
  Planter planter(secrets_, repo_);
  store(repo_, planter.history(), 0);
  keep_outside_of_refs();
  // All of an import's objects in one pack, whatever is in it already.
  const size_t blobs = secrets_.size();
  store(donor_, planter.loose_blobs(), blobs);
  pack_without_index_ = read_bytes(donor_.packs().at(0));
  const size_t others = secrets_.size();
  store(donor_, planter.other_history(), others);
  donor_.git({"bundle", "create", "-q", bundle(), "HEAD", "main"});
  put_pack_without_index();
}

void PlantedRepository::store(const GitFixture& into, const std::string& stream,
                              size_t first) {
  const std::string marks = into.around() / "marks";
  into.git({"-c", "fastimport.unpackLimit=1", "fast-import", "--quiet",
            "--depth=4095", "--force", "--export-marks=" + marks},
           stream);
  std::map<size_t, std::string> ids;
  const std::string lines = read_bytes(marks);
  for (const std::string_view line : split(lines, '\n')) {
    const size_t space = line.find(' ');
    if (space == line.npos) continue;
    ids[std::stoul(std::string(line.substr(1, space - 1)))] =
        line.substr(space + 1);
  }
  for (size_t i = first; i < secrets_.size(); ++i) {
    Planted& one = secrets_[i];
    if (one.mark != 0) one.commit = ids.at(one.mark);
  }
}

// From refs that hold what others than branches are to remember.
void PlantedRepository::keep_outside_of_refs() const {
  const auto taken = [&](const std::string& name) {
    std::string id(trimmed(repo_.git({"rev-parse", "refs/heads/" + name})));
    repo_.git({"update-ref", "-d", "refs/heads/" + name});
    return id;
  };
  const std::string topic(trimmed(repo_.git({"rev-parse", "topic"})));
  const std::string stash(trimmed(repo_.git({"rev-parse", "refs/stash"})));
  repo_.git({"update-ref", "-d", "refs/stash"});
  for (const auto& [ref, id] : {std::pair<std::string, std::string>{
                                    "refs/heads/topic", taken("remembered")},
                                {"refs/heads/topic", topic},
                                {"refs/stash", taken("older-stash")},
                                {"refs/stash", stash}}) {
    repo_.git({"update-ref", "--create-reflog", "-m", "moved", ref, id});
  }
  taken("scratch");
}

void PlantedRepository::put_pack_without_index() const {
  repo_.write(".git/objects/pack/pack-" + std::string(40, '0') + ".pack",
              pack_without_index_);
}

}  // namespace leaksift
