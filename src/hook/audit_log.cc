#include "hook/audit_log.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <nlohmann/json.hpp>
#include <optional>
#include <utility>

#include "core/file.h"
#include "hook/audit_chain.h"
#include "hook/line_reader.h"
#include "leaksift/span.h"

namespace leaksift {
namespace {

using Json = nlohmann::ordered_json;

constexpr unsigned kMode = 0640;
// Of a line, for `seq`, `prev` and the brackets.
constexpr size_t kLinkRoom = 128;

std::string dump(const Json& json) {
  return json.dump(-1, ' ', false, Json::error_handler_t::replace);
}

// Leaves out what is longest until the record fits: half of a list at a time,
// anything else as a whole.
std::string fitting_dump(Json record) {
  std::string text = dump(record);
  while (text.size() > AuditLog::kMaxLine - kLinkRoom) {
    Json* longest = nullptr;
    std::string name;
    size_t most = 0;
    for (auto& [key, value] : record.items()) {
      const size_t size = dump(value).size();
      if (size > most && key != "left_out") {
        most = size;
        name = key;
        longest = &value;
      }
    }
    if (longest == nullptr) return R"({"left_out":"everything"})";
    uint64_t count = most;  // bytes
    if (longest->is_array() && !longest->empty()) {
      count = (longest->size() + 1) / 2;
      longest->erase(longest->end() - static_cast<ptrdiff_t>(count),
                     longest->end());
    } else {
      record.erase(name);
    }
    Json& left_out = record["left_out"];
    if (left_out.is_null()) left_out = Json::object();
    left_out[name] = left_out.value(name, uint64_t{0}) + count;
    text = dump(record);
  }
  return text;
}

// What stands at the end of the log.
struct Tail {
  uint64_t size = 0;
  std::string last;  // the last whole line, without its end
  std::string torn;  // bytes behind it
};

Result<Tail> read_tail(const FileHandle& log, const std::string& path) {
  struct stat info {};
  if (::fstat(log.fd(), &info) != 0) return system_error(path, errno);
  Tail tail;
  tail.size = static_cast<uint64_t>(info.st_size);
  std::string bytes;
  for (uint64_t reach = 1 << 12;; reach *= 4) {
    const uint64_t from = back_from(tail.size, reach);
    bytes.resize(tail.size - from);
    const ssize_t n =
        ::pread(log.fd(), bytes.data(), bytes.size(), static_cast<off_t>(from));
    if (n != static_cast<ssize_t>(bytes.size())) {
      return system_error(path, n < 0 ? errno : EIO);
    }
    const size_t end = bytes.rfind('\n');
    const size_t begin = end == std::string::npos || end == 0
                             ? std::string::npos
                             : bytes.rfind('\n', end - 1);
    if (begin == std::string::npos && from > 0) continue;
    if (end == std::string::npos) {
      tail.torn = std::move(bytes);
      return tail;
    }
    const size_t first = begin == std::string::npos ? 0 : begin + 1;
    tail.last = bytes.substr(first, end - first);
    tail.torn = bytes.substr(end + 1);
    return tail;
  }
}

// One append, from the lock to the end.
class Appender {
 public:
  Appender(const std::string& path, uint64_t max_bytes,
           std::chrono::milliseconds longest_wait)
      : path_(path),
        head_path_(head_path(path)),
        max_bytes_(max_bytes),
        longest_wait_(longest_wait) {}

  Status run(const std::string& record) {
    if (Status ready = open(); !ready) return ready;
    if (Status settled = settle(); !settled) return settled;
    return add(record);
  }

 private:
  Status open() {
    if (Status made = make_folders(folder_of(path_)); !made) return made;
    Result<FileHandle> head = open_own(head_path_, O_CREAT, kMode);
    if (!head) return std::move(head).error();
    head_file_ = *std::move(head);
    if (Status locked = lock(head_file_, head_path_, longest_wait_); !locked)
      return locked;
    Result<std::optional<AuditHead>> known = read_head(head_file_, head_path_);
    if (!known) return std::move(known).error();
    has_head_ = known->has_value();
    head_ = std::move(*known).value_or(AuditHead());
    if (Status opened = open_log(); !opened) return opened;
    Result<Tail> tail = read_tail(log_, path_);
    if (!tail) return std::move(tail).error();
    tail_ = *std::move(tail);
    return Ok{};
  }

  Status open_log() {
    Result<FileHandle> log = open_own(path_, O_CREAT | O_APPEND, kMode);
    if (!log) return std::move(log).error();
    log_ = *std::move(log);
    return Ok{};
  }

  // Compares what the head says with what is in the log. Afterwards both end
  // at the same line, and if there was anything amiss, it says so.
  Status settle() {
    const std::string last =
        tail_.size == tail_.torn.size() ? "" : hash_of_line(tail_.last);
    const bool torn = !tail_.torn.empty();
    if (last.empty() && !torn) return settle_empty();
    if (has_head_ && last == head_.hash && !torn) return Ok{};
    if (head_.pending && (last == head_.before || last.empty())) {
      const Json lost = {{"seq", head_.seq}, {"hash", head_.hash}};
      head_ = {false, head_.seq - 1, head_.before, {}};
      return note({{"type", "interrupted"}, {"lost", lost}});
    }
    const Json expected = {{"seq", head_.seq}, {"hash", head_.hash}};
    const uint64_t found = torn ? 0 : lines_behind_head();
    const std::optional<AuditLink> link = parse_link(tail_.last);
    if (!last.empty()) {
      head_.hash = last;
      head_.seq = std::max(head_.seq, link ? link->seq : 0);
    }
    if (found > 0) return note({{"type", "interrupted"}, {"found", found}});
    return note({{"type", "damaged"}, {"expected", expected}});
  }

  // The head is not waited for to be on the disk: where the machine stops, that
  // of some lines ago may be left. How many lines go on from it, up to the end
  // of the log; 0: it is not as simple as that.
  uint64_t lines_behind_head() const {
    if (!has_head_) return 0;
    if (::lseek(log_.fd(), 0, SEEK_SET) != 0) return 0;
    LineReader reader(log_, tail_.size, AuditLog::kMaxLine);
    AuditHead at = head_;
    uint64_t count = 0;
    std::string line;
    bool whole = false;
    while (reader.next(line, whole)) {
      const std::optional<AuditLink> link = parse_link(line);
      if (!whole || !link) return 0;
      if (link->seq <= head_.seq) continue;
      if (link->prev != at.hash || link->seq != at.seq + 1) return 0;
      at.hash = hash_of_line(line);
      at.seq = link->seq;
      ++count;
    }
    return reader.failed() ? 0 : count;
  }

  // A new file, or a rotated one. Was the line that somebody was killed at in
  // the old one? Whoever checks will see.
  Status settle_empty() {
    if (!head_.pending) return Ok{};
    return note({{"type", "interrupted"}, {"unless_prev", head_.before}});
  }

  // A line about the log itself. What is behind the last whole line is kept.
  Status note(Json line) {
    if (!tail_.torn.empty()) {
      const std::string aside = path_ + ".torn." + padded_seq(head_.seq + 1) +
                                "." + hash_of_line(tail_.torn).substr(0, 12);
      if (Status kept = replace_durable(aside, tail_.torn); !kept) return kept;
      tail_.size -= tail_.torn.size();
      if (Status cut = cut_log(); !cut) return cut;
      line["torn_bytes"] = tail_.torn.size();
      line["torn_sha256"] = hash_of_line(tail_.torn);
    }
    return add(dump(line));
  }

  Status add(const std::string& record) {
    const uint64_t seq = head_.seq + 1;
    std::string line =
        "{\"seq\":" + std::to_string(seq) + ",\"prev\":\"" + head_.hash + "\"";
    line += record == "{}" ? "}" : "," + record.substr(1);
    if (Status rotated = rotate_for(line.size() + 1); !rotated) return rotated;
    const AuditHead known = head_;
    head_ = {true, seq, hash_of_line(line), known.hash};
    Status added = write_line(line + "\n");
    if (!added) {
      head_ = known;
      head_.pending = false;
      // What can still be done is done; the first error is the one to tell.
      static_cast<void>(cut_log());
      static_cast<void>(write_head(head_file_, head_, head_path_));
    }
    return added;
  }

  Status write_line(const std::string& line) {
    const bool first = tail_.size == 0;
    if (Status noted = write_head(head_file_, head_, head_path_); !noted) {
      return noted;
    }
    if (Status written = append(log_, line, path_); !written) return written;
    if (Status synced = sync(log_, path_); !synced) return synced;
    if (first) {
      Status named = sync_folder(folder_of(path_));
      if (!named) return named;
    }
    head_.pending = false;
    if (Status noted = write_head(head_file_, head_, head_path_); !noted) {
      return noted;
    }
    tail_.size += line.size();
    return Ok{};
  }

  Status rotate_for(uint64_t more) {
    if (max_bytes_ == 0 || tail_.size == 0 || tail_.size + more <= max_bytes_) {
      return Ok{};
    }
    // The head says where the new file goes on.
    head_.pending = false;
    if (Status noted = write_head(head_file_, head_, head_path_); !noted) {
      return noted;
    }
    if (Status synced = sync(head_file_, head_path_); !synced) return synced;
    const std::string old = path_ + "." + padded_seq(head_.seq);
    if (::access(old.c_str(), F_OK) == 0) {
      return Error(old + ": is there already; move it away");
    }
    // Somebody else may have rotated it meanwhile.
    if (::rename(path_.c_str(), old.c_str()) != 0 && errno != ENOENT) {
      return system_error(old, errno);
    }
    tail_.size = 0;
    return open_log();
  }

  Status cut_log() {
    if (::ftruncate(log_.fd(), static_cast<off_t>(tail_.size)) != 0) {
      return system_error(path_, errno);
    }
    return Ok{};
  }

  static Status sync(const FileHandle& file, const std::string& path) {
    if (::fdatasync(file.fd()) != 0) return system_error(path, errno);
    return Ok{};
  }

  const std::string& path_;
  const std::string head_path_;
  const uint64_t max_bytes_;
  const std::chrono::milliseconds longest_wait_;
  FileHandle head_file_;
  FileHandle log_;
  bool has_head_ = false;
  AuditHead head_;
  Tail tail_;
};

}  // namespace

Status AuditLog::append(nlohmann::ordered_json record,
                        std::chrono::milliseconds longest_wait) const {
  record.erase("seq");
  record.erase("prev");
  record.erase("left_out");
  return Appender(path_, max_bytes_, longest_wait)
      .run(fitting_dump(std::move(record)));
}

}  // namespace leaksift
