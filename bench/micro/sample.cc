#include "bench/micro/sample.h"

#include <array>
#include <cstdint>
#include <random>
#include <string_view>

namespace leaksift {
namespace {

constexpr std::array<std::string_view, 40> kWords = {
    "if",     "return", "static", "const",  "int",    "char",  "struct",
    "for",    "while",  "size",   "buffer", "length", "data",  "result",
    "error",  "state",  "conn",   "handle", "option", "flags", "client",
    "server", "token",  "key",    "name",   "value",  "file",  "path",
    "line",   "string", "NULL",   "TRUE",   "0",      "1",     "0x1f",
    "the",    "this",   "config", "user",   "index"};
constexpr std::array<std::string_view, 12> kGlue = {
    " ",  " ",  " ",     "(",       ")",    " = ",
    "->", ", ", ";\n  ", ";\n    ", " {\n", "\"%s\""};

}  // namespace

std::string sample_source(size_t bytes) {
  std::mt19937 random(1);
  std::string text;
  while (text.size() < bytes) {
    text += kWords[random() % kWords.size()];
    text += kGlue[random() % kGlue.size()];
  }
  text.resize(bytes);
  return text;
}

std::string sample_assignments(size_t lines) {
  std::mt19937 random(2);
  std::string text;
  for (size_t i = 0; i < lines; ++i) {
    text += random() % 2 == 0 ? "api_token = \"" : "password: ";
    text += kWords[random() % kWords.size()];
    text += random() % 2 == 0 ? sample_base64(20) + "\"\n" : "_value\n";
  }
  return text;
}

std::string sample_base64(size_t characters) {
  constexpr std::string_view kAlphabet =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::mt19937 random(3);
  std::string text;
  for (size_t i = 0; i < characters; ++i) {
    text += kAlphabet[random() % kAlphabet.size()];
  }
  return text;
}

}  // namespace leaksift
