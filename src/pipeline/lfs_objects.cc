#include "pipeline/lfs_objects.h"

#include <map>
#include <optional>
#include <string>
#include <utility>
#include <variant>

#include "core/digest.h"
#include "sources/tree_root.h"

namespace leaksift {
namespace {

std::string what_is_missing(const LfsPointer& pointer) {
  return "LFS object " + pointer.oid + ", " + std::to_string(pointer.size) +
         " bytes";
}

// Why an object could not be scanned; nothing if it was.
std::optional<Skipped> scan_object(const std::shared_ptr<const TreeRoot>& root,
                                   const LfsPointer& pointer,
                                   StoredFileScanner& scanner,
                                   std::vector<BlobMatch>& found,
                                   Coverage& coverage) {
  const FileEntry entry{root->prefix() + pointer.stored_at(), 0, root};
  std::variant<FileHandle, Skipped> opened = open_file(entry);
  if (auto* skipped = std::get_if<Skipped>(&opened)) {
    if (skipped->reason != SkipReason::kVanished) return std::move(*skipped);
    return Skipped{SkipReason::kLfsNotFetched, "", what_is_missing(pointer)};
  }
  ++coverage.inputs;
  Digest digest(DigestKind::kSha256);
  const Result<uint64_t> size =
      scanner.scan(std::get<FileHandle>(opened), found,
                   [&](std::string_view bytes) { digest.add(bytes); });
  if (!size) {
    return Skipped{SkipReason::kUnreadable, entry.path, size.error().message()};
  }
  if (to_hex(digest.finish()) != pointer.oid) {
    found.clear();  // nobody can say whose it is
    return Skipped{SkipReason::kCorrupt, entry.path,
                   "its SHA-256 is not its name"};
  }
  name_cut(entry.path, scanner.cut_line(), coverage);
  ++coverage.blobs;
  coverage.bytes += *size;
  return std::nullopt;
}

}  // namespace

LfsScan scan_lfs_objects(const Repository& repository,
                         const std::vector<LfsBlob>& pointers,
                         StoredFileScanner& scanner, Coverage& coverage) {
  LfsScan all;
  if (pointers.empty()) return all;
  if (!repository.file.empty()) {
    for (const LfsBlob& blob : pointers) {
      coverage.skip({SkipReason::kLfsNotFetched, blob.id.hex(repository.hash),
                     what_is_missing(blob.pointer)});
    }
    return all;
  }
  const Result<std::shared_ptr<const TreeRoot>> root =
      TreeRoot::open(repository.common_dir);
  if (!root) {
    coverage.skip({SkipReason::kUnreadable, repository.common_dir,
                   root.error().message()});
    return all;
  }
  struct Scanned {
    std::optional<Skipped> skipped;
    std::vector<BlobMatch> found;
  };
  std::map<std::string, Scanned> by_oid;
  for (const LfsBlob& blob : pointers) {
    const auto [at, fresh] = by_oid.try_emplace(blob.pointer.oid);
    Scanned& scanned = at->second;
    if (fresh) {
      scanned.skipped =
          scan_object(*root, blob.pointer, scanner, scanned.found, coverage);
      if (!scanned.skipped) {
        all.scanned.insert(blob.pointer.oid);
      } else if (!scanned.skipped->name.empty()) {
        coverage.skip(*scanned.skipped);
      }
    }
    if (scanned.skipped && scanned.skipped->name.empty()) {
      coverage.skip({scanned.skipped->reason, blob.id.hex(repository.hash),
                     scanned.skipped->detail});
    } else if (!scanned.found.empty()) {
      all.findings.push_back({blob.id, ObjectType::kBlob, scanned.found, true});
    }
  }
  return all;
}

}  // namespace leaksift
