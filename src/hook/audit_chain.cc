#include "hook/audit_chain.h"

#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>

#include "check/json_object.h"
#include "core/ascii.h"
#include "core/digest.h"

namespace leaksift {
namespace {

constexpr size_t kHashDigits = 2 * kSha256Size;
constexpr size_t kSeqDigits = 20;
// "c 00000000000000000012 <hash> <before>\n"
constexpr size_t kSeqAt = 2;
constexpr size_t kHashAt = kSeqAt + kSeqDigits + 1;
constexpr size_t kBeforeAt = kHashAt + kHashDigits + 1;
constexpr size_t kHeadSize = kBeforeAt + kHashDigits + 1;

bool is_hash(std::string_view text) {
  return text.size() == kHashDigits &&
         std::all_of(text.begin(), text.end(), is_hex_digit);
}

std::optional<AuditHead> parse_head(std::string_view text) {
  AuditHead head;
  head.pending = text.starts_with('p');
  head.hash = text.substr(kHashAt, kHashDigits);
  head.before = text.substr(kBeforeAt, kHashDigits);
  const char* const digits = text.data() + kSeqAt;
  const auto [end, error] =
      std::from_chars(digits, digits + kSeqDigits, head.seq);
  const bool valid = error == std::errc() && end == digits + kSeqDigits &&
                     (head.pending || text.starts_with('c')) &&
                     is_hash(head.hash) && is_hash(head.before);
  if (!valid) return std::nullopt;
  return head;
}

}  // namespace

std::string hash_of_line(std::string_view line) {
  return to_hex(sha256(line));
}

std::string hash_of_nothing() {
  return std::string(kHashDigits, '0');
}

std::string padded_seq(uint64_t seq) {
  const std::string digits = std::to_string(seq);
  return std::string(kSeqDigits - digits.size(), '0') + digits;
}

std::optional<AuditLink> parse_link(std::string_view line) {
  const std::optional<JsonObject> object = JsonObject::parse(line);
  if (!object) return std::nullopt;
  const std::optional<int64_t> seq = object->number("seq");
  const std::string_view prev = object->text("prev");
  if (!seq || *seq < 1 || !is_hash(prev)) return std::nullopt;
  return AuditLink{static_cast<uint64_t>(*seq), std::string(prev),
                   std::string(object->text("type")),
                   std::string(object->text("unless_prev"))};
}

std::string head_path(const std::string& log_path) {
  return log_path + ".head";
}

Result<std::optional<AuditHead>> read_head(const FileHandle& file,
                                           const std::string& path) {
  std::array<char, kHeadSize + 1> bytes;
  const ssize_t size = ::pread(file.fd(), bytes.data(), bytes.size(), 0);
  if (size < 0) return system_error(path, errno);
  if (size == 0) return std::optional<AuditHead>();
  std::optional<AuditHead> head;
  if (size == static_cast<ssize_t>(kHeadSize)) {
    head = parse_head({bytes.data(), kHeadSize});
  }
  if (!head) {
    return Error(path +
                 ": not the head of an audit log; move the log and this file "
                 "away, and a new log is begun");
  }
  return head;
}

Status write_head(const FileHandle& file, const AuditHead& head,
                  const std::string& path) {
  const std::string line = std::string(head.pending ? "p " : "c ") +
                           padded_seq(head.seq) + " " + head.hash + " " +
                           head.before + "\n";
  const ssize_t written = ::pwrite(file.fd(), line.data(), line.size(), 0);
  if (written == static_cast<ssize_t>(line.size())) return Ok{};
  return system_error(path, written < 0 ? errno : ENOSPC);
}

}  // namespace leaksift
