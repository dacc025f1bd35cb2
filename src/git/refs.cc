#include "git/refs.h"

#include <algorithm>
#include <filesystem>

#include "core/file.h"
#include "core/text.h"
#include "git/bundle.h"
#include "git/reftable.h"

namespace leaksift {
namespace {

namespace fs = std::filesystem;

constexpr uint64_t kMaxRefFile = 4096;
constexpr uint64_t kMaxListBytes = uint64_t{1} << 30;
constexpr int kMaxSymbolicDepth = 5;  // as in git

// What a loose ref's file says; nothing if that is no ref.
std::optional<RefValue> parse_loose(std::string_view text, HashKind hash) {
  if (text.starts_with("ref:")) {
    return RefValue{std::nullopt, std::string(trimmed(text.substr(4)))};
  }
  const auto id = ObjectId::from_hex(trimmed(text), hash);
  return id ? std::optional(RefValue{id, ""}) : std::nullopt;
}

// A line of packed-refs.
struct PackedRef {
  std::string_view name;
  ObjectId id;
};

bool is_before(const PackedRef& a, const PackedRef& b) {
  return a.name < b.name;
}

class RefReader {
 public:
  RefReader(const Repository& repository, const RefVisitor& visit)
      : repository_(repository), visit_(visit) {}

  RefSet read() {
    if (repository_.reftable) {
      read_stacks();
    } else {
      read_packed();
      read_folder(repository_.common_dir, "refs", "");
    }
    read_own_heads(repository_.git_dir, "");
    if (is_linked()) read_own_heads(repository_.common_dir, kMainPrefix);
    read_worktrees();
    read_shallow();
    visit_all();
    return std::move(result_);
  }

 private:
  // How a linked worktree calls what is the main one's, as in git.
  static constexpr const char* kMainPrefix = "main-worktree/";

  bool is_linked() const {
    return repository_.git_dir != repository_.common_dir;
  }

  std::optional<ObjectId> id_in(std::string_view digits) const {
    return ObjectId::from_hex(digits, repository_.hash);
  }

  void problem(const std::string& name, const std::string& detail) {
    result_.problems.push_back({SkipReason::kUnreadable, name, detail});
  }

  void read_packed() {
    const std::string path = repository_.common_dir + "/packed-refs";
    std::error_code error;
    if (!fs::exists(path, error)) return;
    Result<MappedFile> file = MappedFile::open(path);
    if (!file) return problem(path, file.error().message());
    packed_file_ = *std::move(file);
    // More than there can be: what is not used costs nothing.
    packed_.reserve(packed_file_.bytes().size() /
                    (2 * id_size(repository_.hash)));
    bool damaged = false;
    for (std::string_view rest = packed_file_.bytes(); !rest.empty();) {
      const std::string_view line = rest.substr(0, rest.find('\n'));
      rest.remove_prefix(std::min(rest.size(), line.size() + 1));
      if (line.empty() || line[0] == '#' || line[0] == '^') continue;
      const size_t space = line.find(' ');
      const auto id = id_in(line.substr(0, space));
      if (id && space != std::string_view::npos) {
        packed_.push_back({trimmed(line.substr(space + 1)), *id});
      } else {
        damaged = true;
      }
    }
    if (damaged) problem(path, "a line that is no ref");
    sort_packed();
  }

  // Git writes them in order. Of a name that comes twice the last line counts.
  void sort_packed() {
    const auto is_not_before = [](const PackedRef& a, const PackedRef& b) {
      return !is_before(a, b);
    };
    if (std::adjacent_find(packed_.begin(), packed_.end(), is_not_before) ==
        packed_.end()) {
      return;
    }
    std::stable_sort(packed_.begin(), packed_.end(), is_before);
    const auto first_of_each =
        std::unique(packed_.rbegin(), packed_.rend(),
                    [](const PackedRef& a, const PackedRef& b) {
                      return a.name == b.name;
                    });
    packed_.erase(packed_.begin(), first_of_each.base());
  }

  // Loose refs are newer than packed ones. `prefix` goes before the names.
  void read_folder(const std::string& base, const std::string& name,
                   const std::string& prefix) {
    std::error_code error;
    const fs::path folder = fs::path(base) / name;
    for (fs::directory_iterator it(folder, error), end; !error && it != end;
         it.increment(error)) {
      const std::string child = name + "/" + it->path().filename().string();
      std::error_code ignored;
      if (it->is_symlink(ignored)) {
        read_link(it->path(), prefix + child);
      } else if (it->is_directory(ignored)) {
        read_folder(base, child, prefix);
      } else if (!child.ends_with(".lock")) {
        read_loose(it->path().string(), prefix + child);
      }
    }
    if (error && error != std::errc::no_such_file_or_directory) {
      problem(folder.string(), error.message());
    }
  }

  // Old repositories have symbolic refs that are symbolic links.
  void read_link(const fs::path& path, const std::string& name) {
    std::error_code error;
    const fs::path target = fs::read_symlink(path, error);
    if (!error) refs_[name] = {std::nullopt, target.string()};
  }

  void read_loose(const std::string& path, const std::string& name) {
    const Result<std::string> text = read_file(path, kMaxRefFile);
    if (!text) return problem(path, text.error().message());
    if (auto value = parse_loose(*text, repository_.hash)) {
      refs_[name] = *std::move(value);
    } else {
      problem(path, "neither an object id nor a symbolic ref");
    }
  }

  void read_stack(const std::string& folder, const std::string& prefix) {
    RefMap refs;
    if (const Status status =
            read_reftable_stack(folder, repository_.hash, refs);
        !status) {
      problem(folder, status.error().message());
    }
    for (auto& [name, value] : refs) refs_[prefix + name] = std::move(value);
  }

  // The shared stack has the main worktree's HEAD in it.
  void read_stacks() {
    read_stack(repository_.common_dir + "/reftable", "");
    if (!is_linked()) return;
    if (auto head = refs_.extract("HEAD")) {
      head.key() = std::string(kMainPrefix) + "HEAD";
      refs_.insert(std::move(head));
    }
    read_stack(repository_.git_dir + "/reftable", "");
  }

  // HEAD, ORIG_HEAD, FETCH_HEAD, … of one worktree.
  void read_own_heads(const std::string& git_dir, const std::string& prefix) {
    std::error_code error;
    for (fs::directory_iterator it(git_dir, error), end; !error && it != end;
         it.increment(error)) {
      const std::string name = it->path().filename().string();
      const bool is_head = name == "HEAD" || name.ends_with("_HEAD");
      const bool known = refs_.find(prefix + name) != refs_.end();
      if (!is_head || known) continue;
      std::error_code ignored;
      if (it->is_symlink(ignored)) {
        read_link(it->path(), prefix + name);
      } else if (name == "FETCH_HEAD") {
        read_fetch_head(it->path().string(), prefix + name);
      } else {
        read_loose(it->path().string(), prefix + name);
      }
    }
  }

  // One line for each ref fetched; the ids come first.
  void read_fetch_head(const std::string& path, const std::string& name) {
    const Result<std::string> text = read_file(path, kMaxListBytes);
    if (!text) return problem(path, text.error().message());
    for (const std::string_view line : split(*text, '\n')) {
      if (const auto id = id_in(line.substr(0, line.find('\t')))) {
        refs_[name] = {id, ""};
        return;
      }
    }
  }

  void read_worktrees() {
    const fs::path folder = fs::path(repository_.common_dir) / "worktrees";
    std::error_code error;
    for (fs::directory_iterator it(folder, error), end; !error && it != end;
         it.increment(error)) {
      const std::string prefix =
          "worktrees/" + it->path().filename().string() + "/";
      const std::string git_dir = it->path().string();
      if (repository_.reftable) read_stack(git_dir + "/reftable", prefix);
      read_own_heads(git_dir, prefix);
      read_folder(git_dir, "refs", prefix);
    }
  }

  void read_shallow() {
    const std::string& path = repository_.shallow;
    std::error_code error;
    if (!fs::exists(path, error)) return;
    const Result<std::string> text = read_file(path, kMaxListBytes);
    if (!text) return problem(path, text.error().message());
    for (const std::string_view line : split(*text, '\n')) {
      if (const auto id = id_in(trimmed(line))) {
        result_.shallow.push_back(*id);
      }
    }
    std::sort(result_.shallow.begin(), result_.shallow.end());
  }

  // The id at the end of a line of symbolic refs. A worktree's HEAD names
  // branches that all share.
  std::optional<ObjectId> resolve(const RefValue& value) const {
    const RefValue* at = &value;
    for (int i = 0; i < kMaxSymbolicDepth; ++i) {
      if (at->id || at->target.empty()) return at->id;
      const auto next = refs_.find(at->target);
      if (next == refs_.end()) return packed_id(at->target);
      at = &next->second;
    }
    return std::nullopt;
  }

  // Nothing for a branch that is to be born.
  std::optional<ObjectId> packed_id(std::string_view name) const {
    const auto found = std::lower_bound(packed_.begin(), packed_.end(),
                                        PackedRef{name, {}}, is_before);
    if (found == packed_.end() || found->name != name) return std::nullopt;
    return found->id;
  }

  void visit_all() {
    auto packed = packed_.begin();
    // Those that come before `name`, and none of that name.
    const auto take_packed = [&](std::string_view name) {
      for (; packed != packed_.end() && packed->name < name; ++packed) {
        visit_(packed->name, packed->id);
      }
      if (packed != packed_.end() && packed->name == name) ++packed;
    };
    for (const auto& [name, value] : refs_) {
      take_packed(name);
      if (const auto id = resolve(value)) visit_(name, *id);
      if (name == "HEAD") result_.head = value.target;
    }
    for (; packed != packed_.end(); ++packed) {
      visit_(packed->name, packed->id);
    }
  }

  const Repository& repository_;
  const RefVisitor& visit_;
  // Not in the map, which takes more memory and time than all the rest where
  // there are 100,000 of them. Git replaces the file as a whole.
  MappedFile packed_file_;
  std::vector<PackedRef> packed_;  // sorted by name
  RefMap refs_;                    // all others
  RefSet result_;
};

// A bundle's; those of a pack: none.
RefSet refs_of_file(const std::string& path) {
  RefSet refs;
  const Result<MappedFile> file = MappedFile::open(path);
  if (!file || !looks_like_bundle(file->bytes())) return refs;
  Result<Bundle> bundle = parse_bundle(file->bytes());
  if (!bundle) {
    refs.problems.push_back(
        {SkipReason::kCorrupt, path, bundle.error().message()});
    return refs;
  }
  refs.refs = std::move(bundle->refs);
  refs.prerequisites = std::move(bundle->prerequisites);
  return refs;
}

// The id of a line " NAME" of packed-refs.
std::optional<ObjectId> find_packed(std::string_view text,
                                    std::string_view name, HashKind hash) {
  const std::string end = " " + std::string(name) + "\n";
  const size_t at = text.find(end);
  if (at == text.npos) return std::nullopt;
  const size_t line = text.rfind('\n', at) + 1;  // npos + 1: the first
  return ObjectId::from_hex(text.substr(line, at - line), hash);
}

// One step: what the ref says, loose or packed.
std::optional<RefValue> read_value(const Repository& repository,
                                   const std::string& name) {
  const bool shared = name.starts_with("refs/");
  const fs::path path =
      fs::path(shared ? repository.common_dir : repository.git_dir) / name;
  std::error_code error;
  const fs::path link = fs::read_symlink(path, error);
  if (!error) return RefValue{std::nullopt, link.string()};
  if (const auto text = read_file(path.string(), kMaxRefFile)) {
    return parse_loose(*text, repository.hash);
  }
  const auto packed = MappedFile::open(repository.common_dir + "/packed-refs");
  if (!packed) return std::nullopt;
  const auto id = find_packed(packed->bytes(), name, repository.hash);
  return id ? std::optional(RefValue{id, ""}) : std::nullopt;
}

}  // namespace

const Ref* RefSet::find(std::string_view name) const {
  const auto found =
      std::lower_bound(refs.begin(), refs.end(), name,
                       [](const Ref& ref, std::string_view wanted) {
                         return ref.name < wanted;
                       });
  return found == refs.end() || found->name != name ? nullptr : &*found;
}

std::vector<ObjectId> RefSet::tag_chain(const ObjectId& id) const {
  constexpr size_t kMaxTags = 100;  // tags of tags
  std::vector<ObjectId> chain = {id};
  while (chain.size() <= kMaxTags) {
    const auto tag = peeled.find(chain.back());
    if (tag == peeled.end()) break;
    chain.push_back(tag->second);
  }
  return chain;
}

ObjectId RefSet::tip_of(const Ref& ref) const {
  return tag_chain(ref.id).back();
}

RefSet read_refs(const Repository& repository) {
  std::vector<Ref> refs;
  RefSet set = visit_refs(repository,
                          [&refs](std::string_view name, const ObjectId& id) {
                            refs.push_back({std::string(name), id});
                          });
  set.refs = std::move(refs);
  return set;
}

RefSet visit_refs(const Repository& repository, const RefVisitor& visit) {
  if (repository.file.empty()) return RefReader(repository, visit).read();
  RefSet set = refs_of_file(repository.file);
  for (const Ref& ref : set.refs) visit(ref.name, ref.id);
  set.refs.clear();
  return set;
}

std::optional<ObjectId> read_ref(const Repository& repository,
                                 std::string_view name) {
  if (repository.reftable) {
    const RefSet refs = read_refs(repository);
    const Ref* const ref = refs.find(name);
    return ref ? std::optional(ref->id) : std::nullopt;
  }
  std::string next(name);
  for (int i = 0; i < kMaxSymbolicDepth; ++i) {
    const std::optional<RefValue> value = read_value(repository, next);
    if (!value || value->id || !value->target.starts_with("refs/")) {
      return value ? value->id : std::nullopt;
    }
    next = value->target;
  }
  return std::nullopt;
}

}  // namespace leaksift
