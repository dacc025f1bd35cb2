#include "git/bundle.h"

#include <algorithm>
#include <optional>

#include "core/text.h"

namespace leaksift {
namespace {

constexpr std::string_view kVersion2 = "# v2 git bundle\n";
constexpr std::string_view kVersion3 = "# v3 git bundle\n";

// Of the front of version 3, before prerequisites and refs (gitformat-bundle):
// these are read by the hash that a capability names.
Status read_capability(std::string_view text, Bundle& bundle) {
  if (!bundle.prerequisites.empty() || !bundle.refs.empty()) {
    return Error("bundle capability '" + std::string(text) +
                 "' stands behind refs");
  }
  if (text == "object-format=sha1") return Ok{};
  if (text == "object-format=sha256") {
    bundle.hash = HashKind::kSha256;
    return Ok{};
  }
  if (text.starts_with("filter=")) {
    bundle.filtered = true;
    return Ok{};
  }
  return Error("bundle capability '" + std::string(text) + "' is not known");
}

// "ID name", or with nothing behind the id.
std::optional<Ref> read_line(std::string_view line, HashKind hash) {
  const size_t digits = id_size(hash) * 2;
  if (line.size() < digits) return std::nullopt;  // or it has another hash's
  const auto id = ObjectId::from_hex(line.substr(0, digits));
  if (!id || (line.size() > digits && line[digits] != ' ')) return std::nullopt;
  return Ref{std::string(line.substr(std::min(line.size(), digits + 1))), *id};
}

Status read_line_into(std::string_view line, Bundle& bundle) {
  if (line.starts_with('@')) return read_capability(line.substr(1), bundle);
  const bool is_prerequisite = line.starts_with('-');
  std::optional<Ref> ref =
      read_line(line.substr(is_prerequisite ? 1 : 0), bundle.hash);
  if (!ref) return Error("bundle header: no ref: " + std::string(line));
  if (is_prerequisite) {
    bundle.prerequisites.push_back(ref->id);
  } else {
    bundle.refs.push_back(*std::move(ref));
  }
  return Ok{};
}

}  // namespace

bool looks_like_bundle(std::string_view bytes) {
  return bytes.starts_with(kVersion2) || bytes.starts_with(kVersion3);
}

Result<Bundle> parse_bundle(std::string_view bytes) {
  if (!looks_like_bundle(bytes)) {
    return Error("not a bundle of version 2 or 3");
  }
  Bundle bundle;
  uint64_t at = kVersion2.size();
  for (;;) {
    const size_t end = bytes.find('\n', at);
    if (end == std::string_view::npos) return Error("bundle header is cut off");
    const std::string_view line = bytes.substr(at, end - at);
    at = end + 1;
    if (line.empty()) break;
    if (Status read = read_line_into(line, bundle); !read) {
      return std::move(read).error();
    }
  }
  bundle.pack_offset = at;
  std::sort(bundle.prerequisites.begin(), bundle.prerequisites.end());
  std::sort(bundle.refs.begin(), bundle.refs.end());
  const auto twice =
      std::unique(bundle.refs.begin(), bundle.refs.end(),
                  [](const Ref& a, const Ref& b) { return a.name == b.name; });
  bundle.refs.erase(twice, bundle.refs.end());
  return bundle;
}

}  // namespace leaksift
