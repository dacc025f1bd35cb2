// What is in a folder.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>

#include "leaksift/result.h"

namespace leaksift {

enum class FileKind : uint8_t { kNone, kRegular, kFolder, kLink, kOther };

// The names in a folder, sorted, and what each is; a link is a link, wherever
// it leads. Holds them all.
class FolderNames {
 public:
  // Fails on what is no folder, a link to one among it.
  static Result<FolderNames> read(const std::string& folder);

  const std::map<std::string, FileKind, std::less<>>& all() const {
    return names_;
  }
  // kNone: there is no such name.
  FileKind kind_of(std::string_view name) const;

 private:
  std::map<std::string, FileKind, std::less<>> names_;
};

}  // namespace leaksift
