#include "core/utf8.h"

namespace leaksift {
namespace {

uint8_t byte_at(std::string_view text, size_t i) {
  return static_cast<uint8_t>(text[i]);
}

// Bytes that the lead byte announces; 0 where it cannot lead.
uint8_t announced_size(uint8_t lead) {
  if (lead < 0x80) return 1;
  if (lead < 0xc2) return 0;
  if (lead < 0xe0) return 2;
  if (lead < 0xf0) return 3;
  return lead < 0xf5 ? 4 : 0;
}

bool is_allowed(char32_t code, uint8_t size) {
  constexpr char32_t kSmallest[] = {0, 0, 0x80, 0x800, 0x10000};
  const bool surrogate = code >= 0xd800 && code <= 0xdfff;
  return code >= kSmallest[size] && code <= 0x10ffff && !surrogate;
}

}  // namespace

Utf8Char decode_utf8(std::string_view text) {
  const uint8_t lead = byte_at(text, 0);
  const uint8_t size = announced_size(lead);
  if (size == 1) return {lead, 1, true};
  if (size == 0 || text.size() < size) return {lead, 1, false};

  char32_t code = lead & (0x7fU >> size);
  for (size_t i = 1; i < size; ++i) {
    if ((byte_at(text, i) & 0xc0) != 0x80) return {lead, 1, false};
    code = code << 6 | (byte_at(text, i) & 0x3fU);
  }
  if (!is_allowed(code, size)) return {lead, 1, false};
  return {code, size, true};
}

void append_utf8(std::string& out, char32_t code) {
  auto push = [&](char32_t byte) { out.push_back(static_cast<char>(byte)); };
  if (code < 0x80) return push(code);
  if (code < 0x800) {
    push(0xc0 | code >> 6);
  } else if (code < 0x10000) {
    push(0xe0 | code >> 12);
    push(0x80 | (code >> 6 & 0x3f));
  } else {
    push(0xf0 | code >> 18);
    push(0x80 | (code >> 12 & 0x3f));
    push(0x80 | (code >> 6 & 0x3f));
  }
  push(0x80 | (code & 0x3f));
}

bool is_valid_utf8(std::string_view text) {
  while (!text.empty()) {
    const Utf8Char c = decode_utf8(text);
    if (!c.valid) return false;
    text.remove_prefix(c.size);
  }
  return true;
}

size_t count_utf8(std::string_view text) {
  size_t count = 0;
  for (; !text.empty(); ++count) text.remove_prefix(decode_utf8(text).size);
  return count;
}

}  // namespace leaksift
