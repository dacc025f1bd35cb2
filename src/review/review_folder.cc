#include "review/review_folder.h"

#include <sys/stat.h>

#include <cerrno>
#include <filesystem>
#include <sstream>
#include <string_view>

#include "core/file.h"
#include "core/text.h"
#include "git/repository.h"
#include "report/json.h"
#include "review/instructions.h"
#include "review/review_html.h"
#include "review/review_json.h"
#include "review/review_model.h"
#include "review/review_text.h"

namespace leaksift {
namespace {

namespace fs = std::filesystem;

constexpr unsigned kForOwner = 0600;
constexpr unsigned kForAll = 0644;

// The nearest folder above that is there.
fs::path existing_part(fs::path path) {
  std::error_code error;
  while (!path.empty() && !fs::exists(path, error)) {
    const fs::path above = path.parent_path();
    if (above == path) break;
    path = above;
  }
  return path.empty() ? fs::path(".") : path;
}

Status make_private_folder(const std::string& path) {
  std::error_code error;
  if (::mkdir(path.c_str(), 0700) != 0 && errno != EEXIST) {
    return system_error(path, errno);
  }
  // Somebody's link to elsewhere is not to be filled with secrets.
  if (!fs::is_directory(fs::symlink_status(path, error))) {
    return Error(path + ": not a folder");
  }
  fs::permissions(path, fs::perms::owner_all, error);
  if (error) return Error(path + ": " + error.message());
  return Ok{};
}

std::string id_lines(const RewritePlan& plan) {
  std::string lines;
  for (const std::string& id : plan.strip_blobs) lines += id + "\n";
  return lines;
}

std::string recode_lines(const RewritePlan& plan) {
  std::string lines;
  for (const auto& [id, encoding] : plan.recode_blobs) {
    lines += id + " " + std::string(to_string(encoding)) + "\n";
  }
  return lines;
}

std::string findings_json(const Report& report) {
  std::ostringstream out;
  ReportStyle style;
  style.show_suppressed = true;
  write_json(report, style, out);
  return out.str();
}

}  // namespace

Status check_review_folder(const std::string& folder) {
  std::error_code error;
  const fs::path above = existing_part(fs::absolute(folder, error));
  const Result<Repository> around =
      open_repository(fs::canonical(above, error).string());
  if (around) {
    const std::string& where =
        around->work_tree.empty() ? around->git_dir : around->work_tree;
    return Error(folder + ": lies in the git repository " + where +
                 ", and a review holds secrets in clear; name a folder "
                 "outside of it");
  }
  if (!fs::exists(folder, error)) return Ok{};
  if (!fs::is_directory(folder, error)) return Error(folder + ": not a folder");
  const bool is_review = fs::exists(fs::path(folder) / review_file::kJson) &&
                         fs::exists(fs::path(folder) / review_file::kScript);
  if (!is_review && !fs::is_empty(folder, error)) {
    return Error(folder + ": not empty, and not a review; name a new folder");
  }
  return Ok{};
}

Status write_review(const Report& report, const RewritePlan& plan,
                    const std::string& folder) {
  const std::string top = folder + "/";
  for (const std::string& path : {folder, top + review_file::kSensitive}) {
    if (Status made = make_private_folder(path); !made) return made;
  }
  std::error_code error;
  const std::string readme =
      review_readme(fs::absolute(report.target, error).string(),
                    fs::canonical(folder, error).string());
  const ReviewModel model = review_model(report, plan);
  struct File {
    const char* name;
    std::string bytes;
    unsigned mode;
  };
  const File files[] = {
      {review_file::kReplacements, write_replacements(plan.replacements),
       kForOwner},
      {review_file::kNames, write_replacements(plan.names), kForOwner},
      {review_file::kStripBlobs, id_lines(plan), kForOwner},
      {review_file::kRecodeBlobs, recode_lines(plan), kForOwner},
      {review_file::kCallbacks, std::string(rewrite_callbacks()), kForOwner},
      {review_file::kScript, std::string(rewrite_script()), kForAll},
      {review_file::kReadme, readme, kForAll},
      {review_file::kFindings, findings_json(report), kForAll},
      {review_file::kJson, review_json(report, plan), kForAll},
      {review_file::kCards, review_text(model), kForAll},
      {review_file::kHtml, review_html(model), kForAll},
  };
  for (const File& file : files) {
    Status written = write_file(top + file.name, file.bytes, file.mode);
    if (!written) return written;
  }
  return Ok{};
}

}  // namespace leaksift
