#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <optional>
#include <utility>

#include "core/file.h"
#include "hook/audit_chain.h"
#include "hook/audit_log.h"
#include "hook/durable.h"
#include "hook/line_reader.h"

namespace leaksift {
namespace {

// The last file, as it is between two lines.
struct Snapshot {
  uint64_t size = 0;
  std::optional<AuditHead> head;
};

Result<uint64_t> size_of(const FileHandle& file, const std::string& path) {
  struct stat info {};
  if (::fstat(file.fd(), &info) != 0) return system_error(path, errno);
  return static_cast<uint64_t>(info.st_size);
}

Result<Snapshot> take_snapshot(const FileHandle& file,
                               const std::string& path) {
  Snapshot snapshot;
  const std::string beside = head_path(path);
  std::optional<FileHandle> head;  // locked until the size is known
  if (::access(beside.c_str(), F_OK) == 0) {
    Result<FileHandle> opened = open_regular(beside);
    if (!opened) return std::move(opened).error();
    if (Status locked = lock(*opened, beside); !locked) return locked.error();
    Result<std::optional<AuditHead>> known = read_head(*opened, beside);
    if (!known) return std::move(known).error();
    snapshot.head = *std::move(known);
    head = *std::move(opened);
  }
  const Result<uint64_t> size = size_of(file, path);
  if (!size) return size.error();
  snapshot.size = *size;
  return snapshot;
}

class Verifier {
 public:
  Status read_file(const std::string& path, bool is_last) {
    const Result<FileHandle> file = open_regular(path);
    if (!file) return file.error();
    Snapshot snapshot;
    if (is_last) {
      Result<Snapshot> taken = take_snapshot(*file, path);
      if (!taken) return std::move(taken).error();
      snapshot = *std::move(taken);
    } else {
      const Result<uint64_t> size = size_of(*file, path);
      if (!size) return size.error();
      snapshot.size = *size;
    }
    LineReader reader(*file, snapshot.size, AuditLog::kMaxLine);
    std::string line;
    bool whole = false;
    uint64_t number = 0;
    while (found_.problem.empty() && reader.next(line, whole)) {
      place_ = path + ":" + std::to_string(++number);
      take(line, whole, snapshot.head);
    }
    if (reader.failed()) return system_error(path, errno);
    place_ = path;
    if (is_last) check_end(snapshot.head);
    return Ok{};
  }

  AuditCheck take_result() { return std::move(found_); }

 private:
  void fail(const std::string& what) {
    if (found_.problem.empty()) found_.problem = place_ + ": " + what;
  }

  void take(const std::string& line, bool whole,
            const std::optional<AuditHead>& head) {
    const std::optional<AuditLink> link =
        whole ? parse_link(line) : std::nullopt;
    if (!link) {
      // Of a writer that was killed; the next one will put it aside.
      if (!whole && head && head->pending && head->before == hash_) {
        torn_ = true;
        return;
      }
      return fail(whole ? "no line of an audit log" : "cut off, or too long");
    }
    check_link(*link);
    if (!found_.problem.empty()) return;
    if (link->type == "interrupted") ++found_.interrupted;
    ++found_.lines;
    if (found_.first == 0) found_.first = link->seq;
    found_.last = link->seq;
    hash_ = hash_of_line(line);
  }

  void check_link(const AuditLink& link) {
    if (link.type == "damaged") {
      return fail("the log was not as its writer had left it: see this line");
    }
    if (found_.lines == 0) {
      if (link.seq == 1 && link.prev != hash_of_nothing()) {
        fail("the first line of a log goes on from another");
      }
      return;
    }
    const bool follows = link.prev == hash_ && link.seq == found_.last + 1;
    const bool follows_lost = link.type == "interrupted" &&
                              link.unless_prev == hash_ &&
                              link.seq == found_.last + 2;
    if (follows || follows_lost) return;
    fail("does not follow from the line before it (number " +
         std::to_string(found_.last) + "; this is " + std::to_string(link.seq) +
         "): one of the two was changed, or lines between them are gone");
  }

  void check_end(const std::optional<AuditHead>& head) {
    if (!head) return;
    found_.has_head = true;
    // Strict: who writes next accounts for lines that a machine which stopped
    // left behind the head's.
    const bool ends_there =
        hash_ == head->hash || (head->pending && hash_ == head->before);
    if (!ends_there) {
      fail("the last line is not number " + std::to_string(head->seq) +
           ", where the log ends by its .head: it was changed, or lines behind "
           "it are gone");
    }
    if (torn_) ++found_.interrupted;
  }

  AuditCheck found_;
  std::string hash_ = hash_of_nothing();
  std::string place_;
  bool torn_ = false;
};

}  // namespace

Result<AuditCheck> verify_audit_log(const std::vector<std::string>& files) {
  Verifier verifier;
  for (const std::string& path : files) {
    Status read = verifier.read_file(path, &path == &files.back());
    if (!read) return std::move(read).error();
  }
  return verifier.take_result();
}

}  // namespace leaksift
