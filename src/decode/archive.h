// Recognises archives and compressed files.
#pragma once

#include <cstddef>
#include <string_view>

namespace leaksift {

// How many bytes of a blob archive_kind() looks at: an ISO image says what it
// is behind its first 32 KB. With fewer, that one kind is not recognised.
inline constexpr size_t kArchiveSample = 0x8800;

// The kind of archive or compressed file that begins with `head`, by content
// ("zip" for whatever is one: jar, docx, apk); empty for anything else. Such a
// blob's bytes can be scanned, but what is packed inside is not seen.
std::string_view archive_kind(std::string_view head);

}  // namespace leaksift
