#include "decode/archive.h"

#include <cstdlib>
#include <string>

#include "support/catch.h"
#include "support/temp_dir.h"

using namespace leaksift;

namespace {

using namespace std::string_view_literals;

// Packs a small file by `command` ("%" is the file, "@" the archive); nothing
// where this machine does not have the program.
std::string packed_by(std::string command) {
  const TempDir dir;
  dir.write("file", "some text to pack, some text to pack");
  for (size_t at; (at = command.find('@')) != command.npos;) {
    command.replace(at, 1, "archive");
  }
  for (size_t at; (at = command.find('%')) != command.npos;) {
    command.replace(at, 1, "file");
  }
  command = "cd " + dir.path() + " && { " + command + "; } >/dev/null 2>&1";
  return std::system(command.c_str()) == 0 ? read_bytes(dir / "archive") : "";
}

}  // namespace

TEST_CASE("archives are recognised by their first bytes", "[decode][archive]") {
  auto [head, kind] = GENERATE(table<std::string_view, std::string_view>({
      {"PK\x03\x04\x14\0"sv, "zip"},
      {"PK\x05\x06\0\0"sv, "zip"},
      {"\x1f\x8b\x08\0"sv, "gzip"},
      {"BZh91AY&SY"sv, "bzip2"},
      {"\xfd"
       "7zXZ\0"sv,
       "xz"},
      {"\x28\xb5\x2f\xfd"sv, "zstd"},
      {"\x50\x2a\x4d\x18\x04\0\0\0abcd"sv, "zstd"},
      {"\x04\x22\x4d\x18"sv, "lz4"},
      {"7z\xbc\xaf\x27\x1c\0\x04"sv, "7z"},
      {"Rar!\x1a\x07\0"sv, "rar"},
      {"Rar!\x1a\x07\x01\0"sv, "rar"},
      {"\xed\xab\xee\xdb\x03"sv, "rpm"},
      {"MSCF\0\0\0\0"sv, "cab"},
      {"!<arch>\ndebian-binary   "sv, "deb"},
      {"!<arch>\nfile.o/"sv, "ar"},
      {"\x1f\x9d\x90"sv, "compress"},
  }));
  CHECK(archive_kind(head) == kind);
}

TEST_CASE("what looks like an archive at first is none", "[decode][archive]") {
  const std::string_view head =
      GENERATE(""sv, "P"sv, "PK"sv, "PKcs"sv, "BZh is a name"sv, "BZh9"sv,
               "070701 is a number"sv, "070707"sv, "Rar! it says"sv,
               "7z x file"sv, "!<arch> without a line end"sv, "\xc7\x71"sv,
               "\x1f\x9d\x01"sv, "hsq"sv, "SQLite format 3\0"sv, "%PDF-1.7"sv,
               "\x7f"
               "ELF"sv);
  CAPTURE(head);
  CHECK(archive_kind(head).empty());
  CHECK(archive_kind(std::string(head) + std::string(600, 'x')).empty());
  CHECK(archive_kind(std::string(head) + std::string(40'000, '\0')).empty());
}

TEST_CASE("what packers write is recognised", "[decode][archive]") {
  auto [command, kind] = GENERATE(table<std::string, std::string_view>({
      {"tar --format=ustar -cf @ %", "tar"},
      {"tar --format=gnu -cf @ %", "tar"},
      {"tar --format=pax -cf @ %", "tar"},
      {"tar --format=v7 -cf @ %", "tar"},
      {"tar -czf @ %", "gzip"},
      {"gzip -c % > @", "gzip"},
      {"bzip2 -c % > @", "bzip2"},
      {": | bzip2 -c > @", "bzip2"},
      {"xz -c % > @", "xz"},
      {"zstd -c % > @", "zstd"},
      {"lz4 -c % > @", "lz4"},
      {"compress -c % > @", "compress"},
      {"zip @.zip % && mv @.zip @", "zip"},
      {"7z a @ % && mv @.7z @", "7z"},
      {"ar rc @ %", "ar"},
      {"echo % | cpio -o -H newc > @", "cpio"},
      {"echo % | cpio -o -H odc > @", "cpio"},
      {"echo % | cpio -o -H bin > @", "cpio"},
      {"genisoimage -o @ %", "iso"},
  }));
  CAPTURE(command);
  const std::string bytes = packed_by(command);
  if (!bytes.empty()) CHECK(archive_kind(bytes) == kind);
}

TEST_CASE("an ISO image is recognised behind its first 32 KB",
          "[decode][archive]") {
  std::string image(kArchiveSample, '\0');
  image.replace(0x8000, 6,
                "\x01"
                "CD001");
  CHECK(archive_kind(image) == "iso");
}
