#include "decode/archive.h"

#include <algorithm>
#include <array>
#include <cstdint>

namespace leaksift {
namespace {

using namespace std::string_view_literals;

struct Signature {
  std::string_view bytes;
  std::string_view kind;
  size_t offset = 0;
};

// Kinds that a few bytes tell; the others have a function of their own. Those
// that a file begins with:
constexpr std::array kSignatures = {
    Signature{"PK\x03\x04"sv, "zip"},
    Signature{"PK\x05\x06"sv, "zip"},  // without members
    Signature{"PK\x07\x08"sv, "zip"},  // in several parts
    Signature{"PK00PK\x03\x04"sv, "zip"},
    Signature{"\x1f\x8b\x08"sv, "gzip"},
    Signature{"\xfd"
              "7zXZ\0"sv,
              "xz"},
    Signature{"\x28\xb5\x2f\xfd"sv, "zstd"},
    Signature{"\x04\x22\x4d\x18"sv, "lz4"},
    Signature{"\x02\x21\x4c\x18"sv, "lz4"},  // its older format
    Signature{"7z\xbc\xaf\x27\x1c"sv, "7z"},
    Signature{"Rar!\x1a\x07\0"sv, "rar"},
    Signature{"Rar!\x1a\x07\x01\0"sv, "rar"},
    Signature{"\xed\xab\xee\xdb"sv, "rpm"},
    Signature{"MSCF\0\0\0\0"sv, "cab"},
    Signature{"!<arch>\ndebian-binary"sv, "deb"},
    Signature{"!<arch>\n"sv, "ar"},
    Signature{"LZIP\x01"sv, "lzip"},
    Signature{"\x89LZO\0\r\n\x1a\n"sv, "lzop"},
    Signature{"hsqs"sv, "squashfs"},
    Signature{"xar!\0\x1c"sv, "xar"},
    Signature{"MSWIM\0\0\0"sv, "wim"},
    Signature{"\xff\x06\0\0sNaPpY"sv, "snappy"},
};

// Those that stand further in.
constexpr std::array kInnerSignatures = {
    Signature{"ustar\0"sv, "tar", 257},
    Signature{"ustar  \0"sv, "tar", 257},
    Signature{"\x01"
              "CD001"sv,
              "iso", 0x8000},
};

// Bytes that one of kSignatures begins with. Asking for all of them took a
// hundredth of a history's scan.
constexpr auto kFirstBytes = [] {
  std::array<bool, 256> first{};
  for (const Signature& signature : kSignatures) {
    first[static_cast<uint8_t>(signature.bytes[0])] = true;
  }
  return first;
}();

bool has_at(std::string_view head, size_t offset, std::string_view bytes) {
  return head.size() >= offset && head.substr(offset).starts_with(bytes);
}

// "BZh9", then the number pi for a block or that of its root for the end.
bool is_bzip2(std::string_view head) {
  return head.starts_with("BZh") && head.size() > 3 && head[3] >= '1' &&
         head[3] <= '9' &&
         (has_at(head, 4, "\x31\x41\x59\x26\x53\x59"sv) ||
          has_at(head, 4, "\x17\x72\x45\x38\x50\x90"sv));
}

// zstd and lz4 may begin with a frame that is to be skipped: 0x184d2a5?.
bool is_skippable_frame(std::string_view head) {
  return head.size() > 8 && (head[0] & 0xf0) == 0x50 &&
         has_at(head, 1, "\x2a\x4d\x18"sv);
}

// The two bytes are few; the third is a flag and the width of codes in bits.
bool is_compress(std::string_view head) {
  if (!head.starts_with("\x1f\x9d"sv) || head.size() < 3) return false;
  const int width = head[2] & 0x1f;
  return (head[2] & 0x60) == 0 && width >= 9 && width <= 16;
}

// The formats whose header is a run of digits, so as not to take any text
// that begins with six of them.
bool is_text_cpio(std::string_view head) {
  if (head.starts_with("070707")) {
    return head.size() >= 76 &&
           head.substr(0, 76).find_first_not_of("01234567") == head.npos;
  }
  if (!head.starts_with("070701") && !head.starts_with("070702")) return false;
  constexpr std::string_view kHex = "0123456789abcdefABCDEF";
  return head.size() >= 110 &&
         head.substr(0, 110).find_first_not_of(kHex) == head.npos;
}

uint16_t le16(std::string_view bytes, size_t at) {
  return static_cast<uint16_t>(static_cast<uint8_t>(bytes[at]) |
                               static_cast<uint8_t>(bytes[at + 1]) << 8);
}

// Two bytes of magic are few: the header's name must end where its own length
// field says.
bool is_binary_cpio(std::string_view head) {
  constexpr size_t kHeader = 26;
  if (head.size() < kHeader) return false;
  const bool little = le16(head, 0) == 070707;
  if (!little && !has_at(head, 0, "\x71\xc7"sv)) return false;
  const uint16_t field = le16(head, 20);
  const size_t name_size =
      little ? field : static_cast<uint16_t>(field << 8 | field >> 8);
  return name_size > 1 && has_at(head, kHeader + name_size - 1, "\0"sv) &&
         head.substr(kHeader).find('\0') == name_size - 1;
}

// A tar file of before 1988 has no signature, but a checksum of its header,
// over which the checksum itself counts as blanks.
bool is_old_tar(std::string_view head) {
  constexpr size_t kHeader = 512, kField = 148, kFieldSize = 8;
  if (head.size() < kHeader || head[0] == '\0') return false;
  uint32_t stated = 0;
  size_t digits = 0;
  for (const char c : head.substr(kField, kFieldSize)) {
    if (c == ' ' && digits == 0) continue;
    if (c < '0' || c > '7') break;
    stated = stated * 8 + static_cast<uint32_t>(c - '0');
    ++digits;
  }
  if (digits < 3) return false;  // nearly always: most files are no tar
  uint32_t sum = 0;
  for (size_t i = 0; i < kHeader; ++i) {
    const bool in_field = i >= kField && i < kField + kFieldSize;
    sum += in_field ? ' ' : static_cast<uint8_t>(head[i]);
  }
  return stated == sum;
}

}  // namespace

std::string_view archive_kind(std::string_view head) {
  if (head.empty()) return {};
  if (kFirstBytes[static_cast<uint8_t>(head[0])]) {
    for (const Signature& signature : kSignatures) {
      if (head.starts_with(signature.bytes)) return signature.kind;
    }
  }
  for (const Signature& signature : kInnerSignatures) {
    if (has_at(head, signature.offset, signature.bytes)) return signature.kind;
  }
  if (is_bzip2(head)) return "bzip2";
  if (is_skippable_frame(head)) return "zstd";
  if (is_compress(head)) return "compress";
  if (is_text_cpio(head) || is_binary_cpio(head)) return "cpio";
  if (is_old_tar(head)) return "tar";
  return {};
}

}  // namespace leaksift
