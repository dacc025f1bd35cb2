#include "git/repository.h"

#include <algorithm>
#include <filesystem>
#include <optional>

#include "core/file.h"
#include "core/text.h"
#include "git/bundle.h"
#include "git/config.h"
#include "git/object_hash.h"

namespace leaksift {
namespace {

namespace fs = std::filesystem;

constexpr uint64_t kMaxSmallFile = 1 << 20;

bool is_folder(const fs::path& path) {
  std::error_code error;
  return fs::is_directory(path, error);
}

bool is_plain_file(const fs::path& path) {
  std::error_code error;
  return fs::is_regular_file(path, error);
}

// The system would see a path only up to a NUL byte: another one than it says.
bool is_a_path(std::string_view text) {
  return !text.empty() && text.find('\0') == std::string_view::npos;
}

// The first line of a small file, relative to `folder` where it is a path.
std::optional<fs::path> read_path(const fs::path& file, std::string_view prefix,
                                  const fs::path& folder) {
  const Result<std::string> text = read_file(file.string(), kMaxSmallFile);
  if (!text || !text->starts_with(prefix)) return std::nullopt;
  const std::string_view line =
      trimmed(std::string_view(*text).substr(prefix.size()));
  if (!is_a_path(line)) return std::nullopt;
  const fs::path path = (folder / line).lexically_normal();
  return path.has_filename() ? path : path.parent_path();
}

// A folder that git would take for a repository.
bool is_git_dir(const fs::path& path) {
  std::error_code error;
  const bool has_head =
      fs::exists(path / "HEAD", error) || fs::is_symlink(path / "HEAD", error);
  const bool whole = is_folder(path / "objects") && is_folder(path / "refs");
  return has_head && (whole || is_plain_file(path / "commondir"));
}

struct Place {
  fs::path git_dir;
  fs::path work_tree;
};

std::optional<Place> place_at(const fs::path& folder) {
  const fs::path dot_git = folder / ".git";
  if (is_git_dir(dot_git)) return Place{dot_git, folder};
  if (is_plain_file(dot_git)) {
    const auto target = read_path(dot_git, "gitdir:", folder);
    if (target && is_git_dir(*target)) return Place{*target, folder};
  }
  if (is_git_dir(folder)) {
    const bool is_dot_git = folder.filename() == ".git";
    return Place{folder, is_dot_git ? folder.parent_path() : fs::path()};
  }
  return std::nullopt;
}

std::optional<Place> find_place(const std::string& path) {
  std::error_code error;
  fs::path folder = fs::absolute(path, error).lexically_normal();
  if (!folder.has_filename()) folder = folder.parent_path();
  if (is_plain_file(folder)) {  // the `.git` file itself
    const auto target = read_path(folder, "gitdir:", folder.parent_path());
    if (target && is_git_dir(*target)) {
      return Place{*target, folder.parent_path()};
    }
    return std::nullopt;
  }
  for (;; folder = folder.parent_path()) {
    if (std::optional<Place> place = place_at(folder)) return place;
    if (!folder.has_relative_path()) return std::nullopt;
  }
}

// A path of info/alternates or of the environment's list; a quoted one is spelt
// as in C.
std::string unquote(std::string_view line) {
  if (!line.starts_with('"') || !line.ends_with('"') || line.size() < 2) {
    return std::string(line);
  }
  line = line.substr(1, line.size() - 2);
  std::string out;
  for (size_t i = 0; i < line.size(); ++i) {
    if (line[i] != '\\' || i + 1 == line.size()) {
      out += line[i];
      continue;
    }
    const char c = line[++i];
    const bool octal = c >= '0' && c <= '3' && i + 2 < line.size();
    if (octal) {
      out += static_cast<char>((c - '0') * 64 + (line[i + 1] - '0') * 8 +
                               (line[i + 2] - '0'));
      i += 2;
    } else {
      out += c == 'n' ? '\n' : c == 't' ? '\t' : c;
    }
  }
  return out;
}

void add_object_dirs(const fs::path& dir, int depth, Repository& repository) {
  const std::string name = dir.lexically_normal().string();
  auto& known = repository.object_dirs;
  if (std::find(known.begin(), known.end(), name) != known.end()) return;
  if (depth > kMaxAlternateDepth || !is_a_path(name) || !is_folder(dir)) {
    repository.missing_alternates.push_back(name);
    return;
  }
  known.push_back(name);
  for (const std::string& path : alternates_of(name)) {
    add_object_dirs(path, depth + 1, repository);
  }
}

Status read_format(Repository& repository) {
  const Result<std::string> text =
      read_file(repository.common_dir + "/config", kMaxSmallFile);
  if (!text) return Ok{};  // git takes the defaults as well
  const GitConfig config(*text);
  const std::string version =
      config.get("core", "repositoryformatversion").value_or("0");
  if (version != "0" && version != "1") {
    return Error(repository.common_dir + "/config: repository format " +
                 version + " is not known");
  }
  const std::string hash =
      ascii_lower(config.get("extensions", "objectformat").value_or("sha1"));
  const std::string refs =
      ascii_lower(config.get("extensions", "refstorage").value_or("files"));
  if (hash != "sha1" && hash != "sha256") {
    return Error(repository.common_dir + "/config: object format " + hash +
                 " is not known");
  }
  if (refs != "files" && refs != "reftable") {
    return Error(repository.common_dir + "/config: ref storage " + refs +
                 " is not known");
  }
  repository.hash = hash == "sha1" ? HashKind::kSha1 : HashKind::kSha256;
  repository.reftable = refs == "reftable";
  return Ok{};
}

// Nothing in a pack says which hash its objects have, but it ends with its own.
HashKind hash_of_pack(std::string_view bytes) {
  for (const HashKind kind : {HashKind::kSha1, HashKind::kSha256}) {
    if (bytes.size() < id_size(kind)) continue;
    Digest digest(digest_kind(kind));
    digest.add(bytes.substr(0, bytes.size() - id_size(kind)));
    if (bytes.ends_with(digest.finish())) return kind;
  }
  return HashKind::kSha1;
}

// If `path` is a bundle or a pack.
std::optional<Result<Repository>> open_repository_file(
    const std::string& path) {
  if (!is_plain_file(path)) return std::nullopt;
  const Result<MappedFile> file = MappedFile::open(path);
  if (!file) return Result<Repository>(file.error());
  Repository repository;
  repository.file = path;
  if (looks_like_bundle(file->bytes())) {
    Result<Bundle> bundle = parse_bundle(file->bytes());
    if (!bundle) {
      return Result<Repository>(std::move(bundle).error().in(path));
    }
    repository.hash = bundle->hash;
    return Result<Repository>(std::move(repository));
  }
  if (!file->bytes().starts_with("PACK")) return std::nullopt;
  repository.hash = hash_of_pack(file->bytes());
  return Result<Repository>(std::move(repository));
}

// Entries are apart by colons; one with a colon in it is quoted.
std::vector<std::string> split_alternates(std::string_view list) {
  std::vector<std::string> paths;
  while (!list.empty()) {
    size_t end = 0;
    if (list[0] == '"') {
      for (end = 1; end < list.size() && list[end] != '"'; ++end) {
        if (list[end] == '\\') ++end;
      }
    }
    end = std::min(list.find(':', std::min(end, list.size())), list.size());
    if (end != 0) paths.push_back(unquote(list.substr(0, end)));
    list.remove_prefix(std::min(end + 1, list.size()));
  }
  return paths;
}

}  // namespace

std::vector<std::string> alternates_of(const std::string& object_dir) {
  std::vector<std::string> paths;
  const fs::path dir(object_dir);
  const Result<std::string> text =
      read_file((dir / "info" / "alternates").string(), kMaxSmallFile);
  if (!text) return paths;
  for (std::string_view line : split(*text, '\n')) {
    if (line.ends_with('\r')) line.remove_suffix(1);
    if (line.empty() || line[0] == '#') continue;
    const fs::path path{unquote(line)};
    paths.push_back(path.is_absolute() ? path.string() : (dir / path).string());
  }
  return paths;
}

Result<ReceivingRepository> open_receiving(const HookEnvironment& environment) {
  Result<Repository> opened =
      open_repository(environment.git_dir.empty() ? "." : environment.git_dir);
  if (!opened) return std::move(opened).error();
  ReceivingRepository receiving{*std::move(opened), std::nullopt};
  for (const std::string& path : split_alternates(environment.alternates)) {
    std::error_code error;
    add_object_dirs(fs::absolute(path, error), 0, receiving.repository);
  }
  if (!environment.shallow.empty()) {
    receiving.repository.shallow = environment.shallow;
  }
  if (environment.quarantine.empty()) return receiving;
  Repository quarantine = receiving.repository;
  quarantine.object_dirs.clear();
  quarantine.missing_alternates.clear();
  std::error_code error;
  add_object_dirs(fs::absolute(environment.object_directory, error), 0,
                  quarantine);
  if (quarantine.object_dirs.empty()) {
    return Error(environment.object_directory +
                 ": no such folder (GIT_OBJECT_DIRECTORY)");
  }
  receiving.quarantine = std::move(quarantine);
  return receiving;
}

Result<Repository> open_repository(const std::string& path) {
  std::error_code error;
  if (!fs::exists(path, error)) {
    return Error(path + ": no such file or folder");
  }
  if (std::optional<Result<Repository>> file = open_repository_file(path)) {
    return *std::move(file);
  }
  const std::optional<Place> place = find_place(path);
  if (!place) {
    return Error(path +
                 ": not a git repository (no HEAD with objects and refs here "
                 "or in a folder above)");
  }
  Repository repository;
  repository.git_dir = place->git_dir.string();
  repository.work_tree = place->work_tree.string();
  repository.common_dir = repository.git_dir;
  if (const auto common =
          read_path(place->git_dir / "commondir", "", place->git_dir)) {
    repository.common_dir = common->string();
  }
  repository.shallow = repository.common_dir + "/shallow";
  if (Status format = read_format(repository); !format) {
    return std::move(format).error();
  }
  add_object_dirs(fs::path(repository.common_dir) / "objects", 0, repository);
  if (repository.object_dirs.empty()) {
    return Error(repository.common_dir + "/objects: no such folder");
  }
  return repository;
}

}  // namespace leaksift
