// The files that refs and reflogs are in: every line and file that names an
// object is found, the newer one of two counts, and what cannot be read is
// named.
#include <algorithm>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "core/text.h"
#include "fuzz/folder.h"
#include "fuzz/fuzz.h"
#include "fuzz/input.h"
#include "git/reflog.h"
#include "git/refs.h"
#include "git/repository.h"
#include "support/git/pack_writer.h"
#include "support/git/reftable_writer.h"

namespace leaksift {
namespace {

constexpr std::string_view kFiles[] = {
    "HEAD",
    "config",
    "packed-refs",
    "refs/heads/main",
    "refs/heads/topic",
    "refs/stash",
    "FETCH_HEAD",
    "ORIG_HEAD",
    "shallow",
    "logs/HEAD",
    "logs/refs/stash",
    "logs/refs/heads/main",
    "worktrees/w/HEAD",
    "worktrees/w/logs/HEAD",
    "worktrees/w/refs/bisect/bad",
    "objects/info/alternates",
    "commondir",
    "reftable/tables.list",
    "reftable/one",
};

using Files = std::map<std::string, std::string, std::less<>>;

Files lay_out(Input& input, const Folder& folder) {
  folder.clear();
  for (const char* const name : {"objects", "refs", "logs"}) {
    folder.make_directory(name);
  }
  Files files;
  while (!input.at_end()) {
    const std::string name(kFiles[input.below(std::size(kFiles))]);
    files[name] = input.chunk();
    folder.write(name, files[name]);
  }
  return files;
}

bool is_named(const RefSet& refs, std::string_view file) {
  return std::any_of(
      refs.problems.begin(), refs.problems.end(),
      [&](const Skipped& problem) { return problem.name.ends_with(file); });
}

const std::string* text_of(const Files& files, std::string_view name) {
  const auto found = files.find(name);
  return found == files.end() ? nullptr : &found->second;
}

// A loose ref is an id, as long as the repository's hash, another one's name,
// or named as a problem.
void check_loose(const RefSet& refs, const Files& files, std::string_view name,
                 HashKind hash) {
  const std::string* const text = text_of(files, name);
  if (text == nullptr || text->starts_with("ref:")) return;
  const Ref* const found = refs.find(name);
  const auto id = ObjectId::from_hex(trimmed(*text), hash);
  if (id) {
    must(found != nullptr && found->id == *id);
  } else {
    must(is_named(refs, name));
  }
}

// Of a packed ref without a loose one, the last line counts; a line that is
// none is named.
void check_packed(const RefSet& refs, const Files& files, HashKind hash) {
  const std::string* const text = text_of(files, "packed-refs");
  if (text == nullptr) return;
  std::map<std::string, ObjectId> last;
  for (const std::string_view line : split(*text, '\n')) {
    if (line.empty() || line[0] == '#' || line[0] == '^') continue;
    const size_t space = line.find(' ');
    const auto id = ObjectId::from_hex(line.substr(0, space), hash);
    if (!id || space == line.npos) {
      must(is_named(refs, "packed-refs"));
      continue;
    }
    last[std::string(trimmed(line.substr(space + 1)))] = *id;
  }
  for (const auto& [name, id] : last) {
    if (files.contains(name) || !name.starts_with("refs/heads/")) continue;
    const Ref* const found = refs.find(name);
    must(found != nullptr && found->id == id);
  }
}

void check_reflogs(const Repository& repository, const Files& files) {
  const ReflogIds ids = read_reflogs(repository);
  for (const char* const name : {"logs/HEAD", "logs/refs/stash"}) {
    const std::string* const text = text_of(files, name);
    if (text == nullptr) continue;
    const auto& list = name[5] == 'r' ? ids.stash : ids.others;
    for (const std::string_view line : split(*text, '\n')) {
      const auto entry = parse_reflog_line(line, repository.hash);
      if (!entry || entry->new_id.is_null()) continue;
      must(std::binary_search(list.begin(), list.end(), entry->new_id));
    }
  }
  must(std::is_sorted(ids.others.begin(), ids.others.end()));
}

}  // namespace

void fuzz_one(std::string_view input) {
  static const Folder folder;
  Input parts(input);
  const Files files = lay_out(parts, folder);
  const Result<Repository> repository = open_repository(folder.path());
  if (!repository) return;
  const RefSet refs = read_refs(*repository);
  must(std::is_sorted(refs.refs.begin(), refs.refs.end()));
  must(std::is_sorted(refs.shallow.begin(), refs.shallow.end()));
  const bool elsewhere = files.contains("commondir");
  if (!repository->reftable && !elsewhere) {
    for (const char* const name : {"refs/heads/main", "refs/heads/topic",
                                   "refs/stash", "HEAD", "ORIG_HEAD"}) {
      check_loose(refs, files, name, repository->hash);
    }
    check_packed(refs, files, repository->hash);
  }
  if (!elsewhere) check_reflogs(*repository, files);
}

std::vector<std::string> fuzz_seeds() {
  const std::string id(40, 'a');
  const std::string other(40, 'b');
  const std::string who = " A <a@b.c> 1700000000 +0000\t";
  const std::string log = std::string(40, '0') + ' ' + id + who + "commit\n" +
                          id + ' ' + other + who + "reset\n";
  const auto file = [](std::string_view name, std::string_view text) {
    const auto at = std::find(std::begin(kFiles), std::end(kFiles), name);
    return std::string(Seed()
                           .byte(static_cast<unsigned>(at - std::begin(kFiles)))
                           .chunk(text));
  };
  const std::string head = file("HEAD", "ref: refs/heads/main\n");
  ReftableLog entry;
  entry.ref = "refs/stash";
  entry.old_id = entry.new_id = std::string(20, 'A');
  entry.message = "why";
  const std::string table =
      write_reftable({{"HEAD", {"", "", "refs/heads/main"}},
                      {"refs/heads/main", {std::string(20, 'A'), "", ""}}},
                     {HashKind::kSha1, 0}, {entry});
  return {
      head +
          file("packed-refs", "# pack-refs with: peeled sorted\n" + id +
                                  " refs/heads/main\n" + other +
                                  " refs/tags/v\n^" + id + '\n') +
          file("refs/heads/topic", other + '\n'),
      head + file("refs/heads/main", id + '\n') + file("refs/stash", other) +
          file("logs/HEAD", log) + file("logs/refs/stash", log) +
          file("shallow", id + '\n' + other + '\n'),
      head +
          file("config",
               "[extensions]\n\trefStorage = reftable\n"
               "[core]\n\trepositoryformatversion = 1\n") +
          file("reftable/tables.list", "one\n") + file("reftable/one", table),
      file("HEAD", id) + file("FETCH_HEAD", id + "\t\tbranch 'x' of y\n") +
          file("ORIG_HEAD", "ref: refs/heads/none") +
          file("worktrees/w/HEAD", "ref: refs/heads/topic\n") +
          file("worktrees/w/logs/HEAD", log) +
          file("worktrees/w/refs/bisect/bad", id) +
          file("objects/info/alternates", "../objects\n\"a\\\\b\\303\"\n#\n"),
  };
}

}  // namespace leaksift
