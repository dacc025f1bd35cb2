#include "hook/approvals.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <nlohmann/json.hpp>
#include <optional>
#include <string_view>

#include "check/json_object.h"
#include "core/file.h"
#include "core/text.h"
#include "hook/durable.h"
#include "hook/finding_key.h"
#include "report/json_frame.h"

namespace leaksift {
namespace {

constexpr uint64_t kMaxFile = 16 << 20;
constexpr size_t kMaxText = 1000;  // bytes of a name or a reason

Status check(const Approval& approval) {
  if (!is_finding_id(approval.id)) {
    return Error("'" + approval.id +
                 "' is no finding's id, which has 12 digits of 0-9a-f");
  }
  if (approval.repository.empty()) return Error("no repository is named");
  if (approval.by.empty()) return Error("nobody is named who approves");
  if (approval.reason.empty()) return Error("no reason is given");
  for (const std::string& text :
       {approval.repository, approval.by, approval.reason}) {
    if (text.size() > kMaxText) {
      return Error("a text of more than " + std::to_string(kMaxText) +
                   " bytes");
    }
  }
  return Ok{};
}

std::string line_of(const Approval& approval) {
  nlohmann::ordered_json line;
  line["id"] = approval.id;
  line["repository"] = json_text(approval.repository);
  line["by"] = json_text(approval.by);
  line["reason"] = json_text(approval.reason);
  line["at"] = approval.at;
  line["expires"] = approval.expires;
  return line.dump() + "\n";
}

Result<Approval> parse_line(std::string_view line) {
  const std::optional<JsonObject> object = JsonObject::parse(line);
  if (!object) return Error("not a JSON object");
  const std::optional<int64_t> at = object->number("at");
  const std::optional<int64_t> expires = object->number("expires");
  if (!at || !expires) return Error("no approval: it has no times");
  Approval approval{std::string(object->text("id")),
                    std::string(object->text("repository")),
                    std::string(object->text("by")),
                    std::string(object->text("reason")),
                    *at,
                    *expires};
  if (Status fine = check(approval); !fine) return fine.error();
  return approval;
}

// Does the file end in the middle of a line?
bool ends_torn(const FileHandle& file, off_t size) {
  char last = '\n';
  return size > 0 && ::pread(file.fd(), &last, 1, size - 1) == 1 &&
         last != '\n';
}

}  // namespace

Status add_approval(const std::string& path, const Approval& approval) {
  if (Status fine = check(approval); !fine) return fine;
  if (Status made = make_folders(folder_of(path)); !made) return made;
  const Result<FileHandle> file = open_own(path, O_CREAT | O_APPEND, 0640);
  if (!file) return file.error();
  if (Status locked = lock(*file, path); !locked) return locked;
  struct stat info {};
  if (::fstat(file->fd(), &info) != 0) return system_error(path, errno);
  if (ends_torn(*file, info.st_size)) {
    return Error(path + ": its last line is cut off; mend it first");
  }
  if (Status written = append(*file, line_of(approval), path); !written) {
    if (::ftruncate(file->fd(), info.st_size) != 0) {
      return system_error(path, errno);
    }
    return written;
  }
  if (::fsync(file->fd()) != 0) return system_error(path, errno);
  return sync_folder(folder_of(path));
}

Result<std::vector<Approval>> read_approvals(const std::string& path) {
  std::vector<Approval> approvals;
  if (::access(path.c_str(), F_OK) != 0 && errno == ENOENT) return approvals;
  const Result<std::string> text = read_file(path, kMaxFile);
  if (!text) return text.error();
  size_t number = 0;
  for (const std::string_view line : split(*text, '\n')) {
    ++number;
    if (trimmed(line).empty()) continue;
    Result<Approval> approval = parse_line(line);
    if (!approval) {
      return std::move(approval).error().in(path + ":" +
                                            std::to_string(number));
    }
    approvals.push_back(*std::move(approval));
  }
  return approvals;
}

}  // namespace leaksift
