#include "hook/install.h"

#include <algorithm>
#include <array>
#include <cstdlib>
#include <filesystem>

#include "core/file.h"
#include "core/text.h"
#include "hook/hook_script.h"

namespace leaksift {
namespace {

namespace fs = std::filesystem;

using Lines = std::vector<std::string>;

constexpr uint64_t kMaxScript = 16 << 20;
constexpr unsigned kExecutable = 0755;

// The hooks that a folder has to forward that stands in for all others. Not
// those which change what git does by being there: push-to-checkout and
// proc-receive, nor those that are only run if they are configured.
constexpr std::array<const char*, 21> kForwarded = {"applypatch-msg",
                                                    "commit-msg",
                                                    "post-applypatch",
                                                    "post-checkout",
                                                    "post-commit",
                                                    "post-index-change",
                                                    "post-merge",
                                                    "post-receive",
                                                    "post-rewrite",
                                                    "post-update",
                                                    "pre-applypatch",
                                                    "pre-auto-gc",
                                                    "pre-commit",
                                                    "pre-merge-commit",
                                                    "pre-push",
                                                    "pre-rebase",
                                                    "pre-receive",
                                                    "prepare-commit-msg",
                                                    "reference-transaction",
                                                    "sendemail-validate",
                                                    "update"};

std::string what_stands_at(const std::string& path) {
  const Result<std::string> text = read_file(path, kMaxScript);
  return text ? *text : std::string();
}

bool is_link(const std::string& path) {
  std::error_code error;
  return fs::is_symlink(fs::symlink_status(path, error));
}

// A link to a script of ours is somebody else's doing.
bool is_ours(const std::string& path) {
  return !is_link(path) && is_our_script(what_stands_at(path));
}

bool runs_ours(const std::string& path) {
  return !is_link(path) && runs_leaksift(what_stands_at(path));
}

bool is_there(const std::string& path) {
  std::error_code error;
  return fs::exists(fs::symlink_status(path, error));
}

Error cannot_write(const std::string& path, const std::string& why) {
  return Error(path + ": " + why +
               "; run this as somebody who may write there");
}

Status make_folder(const fs::path& path) {
  std::error_code error;
  fs::create_directories(path, error);
  return error ? Status(cannot_write(path.string(), error.message()))
               : Status(Ok{});
}

Status rename_hook(const std::string& from, const std::string& to) {
  std::error_code error;
  fs::rename(from, to, error);
  return error ? Status(cannot_write(from, error.message())) : Status(Ok{});
}

Status write_script(const std::string& path, const std::string& text) {
  const Status written = write_file(path, text, kExecutable);
  return written ? Status(Ok{})
                 : Error(written.error().message() +
                         "; run this as somebody who may write there");
}

// In a folder all of whose files are run another name would not put the hook
// that is there out of the way.
Result<std::string> install_one(const std::string& path,
                                const std::string& text, bool has_parts) {
  if (Status made = make_folder(fs::path(path).parent_path()); !made) {
    return std::move(made).error();
  }
  const std::string earlier = path + std::string(kEarlierSuffix);
  const bool is_kept = is_there(earlier);
  if (is_ours(path) || !is_there(path)) {
    if (Status done = write_script(path, text); !done) {
      return std::move(done).error();
    }
    return path + (is_kept ? ": runs after " + earlier : ": installed");
  }
  if (has_parts) return Error(path + " is not leaksift's: remove it");
  if (is_kept) {
    return Error(path + " is not leaksift's, and there is an earlier hook at " +
                 earlier + " already: remove the one that is not needed");
  }
  if (Status moved = rename_hook(path, earlier); !moved) {
    return std::move(moved).error();
  }
  if (Status done = write_script(path, text); !done) {
    Status back = rename_hook(earlier, path);
    return std::move(back ? done : back).error();
  }
  return path + ": runs after the hook that was there, now " + earlier;
}

// Empty where nothing is to be done.
Result<std::string> uninstall_one(const std::string& path) {
  const std::string earlier = path + std::string(kEarlierSuffix);
  if (!is_there(path) && !is_there(earlier)) return std::string();
  if (is_there(path) && !is_ours(path)) {
    return path + ": not leaksift's, left as it is" +
           (is_there(earlier) ? "; there is also " + earlier : "");
  }
  if (is_there(earlier)) {
    if (Status moved = rename_hook(earlier, path); !moved) {
      return std::move(moved).error();
    }
    return path + ": as it was before leaksift";
  }
  std::error_code error;
  fs::remove(path, error);
  if (error) return cannot_write(path, error.message());
  return path + ": removed";
}

bool contains(const Lines& list, const std::string& one) {
  return std::find(list.begin(), list.end(), one) != list.end();
}

// The others of a folder that stands in. Hooks that run leaksift already go on
// doing so.
Status forward_others(const HookFolder& folder, const Lines& hooks) {
  for (const char* hook : kForwarded) {
    const std::string path = folder.file_of(hook);
    if (contains(hooks, hook) || runs_ours(path)) continue;
    HookScript script;
    script.hook = hook;
    script.runs_own = true;
    if (Result<std::string> done = install_one(path, text_of(script), false);
        !done) {
      return std::move(done).error();
    }
  }
  return Ok{};
}

// Without a hook that runs leaksift the folder has no use.
Result<Lines> clear_folder(const HookFolder& folder) {
  for (const char* hook : kForwarded) {
    if (runs_ours(folder.file_of(hook))) return Lines{};
  }
  if (Status unset = unset_global_hooks(folder); !unset) {
    return std::move(unset).error();
  }
  for (const char* hook : kForwarded) {
    const std::string path = folder.file_of(hook);
    if (!is_ours(path)) continue;
    Result<std::string> done = uninstall_one(path);
    if (!done) return std::move(done).error();
  }
  std::error_code error;
  fs::remove(folder.path, error);  // stays if there is something else in it
  return Lines{"core.hooksPath: unset"};
}

}  // namespace

Result<std::vector<std::string>> install_hooks(const HookFolder& folder,
                                               const InstallRequest& request) {
  Lines lines;
  for (const std::string& hook : request.hooks) {
    const HookScript script{hook, request.program, request.options,
                            folder.stands_in};
    Result<std::string> done =
        install_one(folder.file_of(hook), text_of(script), folder.has_parts);
    if (!done) return std::move(done).error();
    lines.push_back(*std::move(done));
  }
  if (folder.stands_in) {
    if (Status done = forward_others(folder, request.hooks); !done) {
      return std::move(done).error();
    }
    if (Status set = set_global_hooks(folder); !set) {
      return std::move(set).error();
    }
    lines.push_back("core.hooksPath: set to " + folder.path +
                    " for all repositories of this user; hooks of a "
                    "repository's own run from there");
  }
  if (!folder.note.empty()) lines.push_back("note: " + folder.note);
  return lines;
}

Result<std::vector<std::string>> uninstall_hooks(
    const HookFolder& folder, const std::vector<std::string>& hooks) {
  Lines lines;
  for (const std::string& hook : hooks) {
    const std::string path = folder.file_of(hook);
    const bool only_forwards = is_ours(path) && !runs_ours(path);
    if (folder.stands_in && only_forwards) continue;
    Result<std::string> done = uninstall_one(path);
    if (!done) return std::move(done).error();
    if (!done->empty()) lines.push_back(*std::move(done));
  }
  if (lines.empty()) return Lines{folder.path + ": leaksift is not installed"};
  if (!folder.stands_in) return lines;
  Result<Lines> cleared = clear_folder(folder);
  if (!cleared) return std::move(cleared).error();
  lines.insert(lines.end(), cleared->begin(), cleared->end());
  if (!cleared->empty()) return lines;
  if (Status done = forward_others(folder, {}); !done) {
    return std::move(done).error();
  }
  return lines;
}

std::string path_of_this_program() {
  std::error_code error;
  const fs::path here = fs::read_symlink("/proc/self/exe", error);
  const char* const path = std::getenv("PATH");
  for (const std::string_view folder :
       split(path == nullptr ? "" : path, ':')) {
    if (!folder.starts_with('/')) continue;
    const fs::path named = fs::path(folder) / "leaksift";
    std::error_code differs;
    if (fs::equivalent(named, here, differs)) return named.string();
  }
  return here.string();
}

}  // namespace leaksift
