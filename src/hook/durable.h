// Files that are to survive whatever happens to the process or the machine.
#pragma once

#include <chrono>
#include <string>
#include <string_view>

#include "core/file.h"
#include "leaksift/result.h"

namespace leaksift {

// Makes the folder, and those above it, where they are missing: 0700.
Status make_folders(const std::string& folder);

// Puts the folder's names on the disk.
Status sync_folder(const std::string& folder);

// The folder that `path` is in.
std::string folder_of(const std::string& path);

// Opens for reading and writing, makes it if need be; `flags` and `mode` as in
// open(2), where nobody's link to elsewhere is followed. Only a regular file.
Result<FileHandle> open_own(const std::string& path, int flags, unsigned mode);

// Fails if others than the owner may read or change the open file.
Status check_private(const FileHandle& file, const std::string& path);

// Waits for the lock on an open file until it is free, at most for `longest`
// (it is tried at least once). It goes with the file handle, also when the
// process dies.
inline constexpr std::chrono::milliseconds kLongestWait{10'000};
Status lock(const FileHandle& file, const std::string& path,
            std::chrono::milliseconds longest = kLongestWait);
// Takes it if it is free.
bool try_lock(const FileHandle& file);

// Writes a new file, whole and on the disk: 0600. Fails where there is one.
Result<FileHandle> create_durable(const std::string& path,
                                  std::string_view bytes);

// Makes a file, or takes the place of one: whole, and on the disk with its
// name, or not at all. Not for one path from several processes at once.
Status replace_durable(const std::string& path, std::string_view bytes);

// `count` random bytes of the system.
Result<std::string> random_bytes(size_t count);

}  // namespace leaksift
