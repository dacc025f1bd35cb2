#include "sweep/list_inventory.h"

#include <unistd.h>

#include <cerrno>
#include <filesystem>
#include <iterator>
#include <utility>
#include <vector>

#include "core/file.h"
#include "core/text.h"
#include "sweep/disk_inventory.h"
#include "sweep/remote_url.h"

namespace leaksift {
namespace {

namespace fs = std::filesystem;

constexpr uint64_t kMaxList = 1 << 30;  // bytes: millions of lines

// A path begins at `folder`.
void place(RepositoryEntry& entry, const std::string& folder) {
  if (entry.path.empty()) return;
  const bool is_key = entry.key == entry.path;
  entry.path = (fs::path(folder) / entry.path).lexically_normal().string();
  if (is_key) entry.key = entry.path;
}

Result<RepositoryEntry> parse_fields(std::string_view line) {
  const std::vector<std::string_view> fields = split(line, '\t');
  RepositoryEntry entry;
  const std::string_view where = trimmed(fields[0]);
  if (looks_like_remote(where)) {
    Result<RepositoryEntry> known = entry_of_url(where);
    if (!known) return known;
    entry = *std::move(known);
  } else {
    if (where.empty()) return Error("neither a URL nor a path in front");
    entry.path = entry.key = where;
  }
  for (size_t i = 1; i < fields.size(); ++i) {
    const std::string_view field = trimmed(fields[i]);
    const size_t equals = field.find('=');
    if (field.empty()) continue;
    if (equals == std::string_view::npos) {
      return Error("'" + printable(field) + "' is not written as key=value");
    }
    Status set =
        set_member(entry, field.substr(0, equals), field.substr(equals + 1));
    if (!set) return std::move(set).error();
  }
  return entry;
}

Result<std::string> read_standard_input() {
  std::string text;
  for (;;) {
    constexpr size_t kStep = 1 << 16;
    const size_t had = text.size();
    text.resize(had + kStep);
    const int64_t n = read_fully(STDIN_FILENO, text.data() + had, kStep);
    if (n < 0) return system_error("standard input", errno);
    text.resize(had + static_cast<size_t>(n));
    if (text.size() > kMaxList) return Error("standard input: too long a list");
    if (static_cast<size_t>(n) < kStep) return text;
  }
}

}  // namespace

Status list_text(std::string_view text, const std::string& name,
                 const std::string& folder, Inventory& out) {
  Inventory listed;
  size_t number = 0;
  for (const std::string_view whole : split(text, '\n')) {
    ++number;
    const std::string_view line = trimmed(whole);
    if (line.empty() || line[0] == '#') continue;
    Result<RepositoryEntry> entry =
        line[0] == '{' ? parse_repository(line) : parse_fields(line);
    if (!entry) {
      return std::move(entry).error().in(name + ":" + std::to_string(number));
    }
    place(*entry, folder);
    listed.entries.push_back(*std::move(entry));
  }
  describe_local(listed);
  out.coverage.merge(std::move(listed.coverage));
  std::move(listed.entries.begin(), listed.entries.end(),
            std::back_inserter(out.entries));
  return Ok{};
}

Status list_file(const std::string& path, Inventory& out) {
  if (path == "-") {
    const Result<std::string> text = read_standard_input();
    if (!text) return text.error();
    return list_text(*text, "standard input", ".", out);
  }
  const Result<std::string> text = read_file(path, kMaxList);
  if (!text) return text.error();
  return list_text(*text, path, fs::path(path).parent_path().string(), out);
}

}  // namespace leaksift
