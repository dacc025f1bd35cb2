#include "micro/sample.h"

#include <array>
#include <cstdint>
#include <random>
#include <string_view>

#include "rules/example.h"

namespace leaksift {
namespace {

constexpr std::array<std::string_view, 40> kWords = {
    "if",     "return", "static", "const",  "int",    "char",  "struct",
    "for",    "while",  "size",   "buffer", "length", "data",  "result",
    "error",  "state",  "conn",   "handle", "option", "flags", "client",
    "server", "queue",  "node",   "name",   "value",  "file",  "path",
    "line",   "string", "NULL",   "TRUE",   "0",      "1",     "0x1f",
    "the",    "this",   "config", "user",   "index"};
constexpr std::array<std::string_view, 9> kGlue = {
    " ", " ", " ", "(", ")", " = ", "->", ", ", "\"%s\""};
constexpr std::array<std::string_view, 5> kLineEnds = {";\n  ", ";\n    ",
                                                       " {\n", "\n", ":\n"};

// "#" stands for a hex digit.
constexpr std::array<std::string_view, 8> kLookAlikes = {
    "commit ########################################\n",
    "id = \"########-####-####-####-############\"\n",
    "password = getenv(\"APP_PASSWORD\");\n",
    "api_key: ${API_KEY}\n",
    "-----BEGIN CERTIFICATE-----\n",
    "url = \"https://example.com/v1/items?page=2&token=\" + token;\n",
    "secret_key = \"<your secret key>\"\n",
    "sha256:################################\n"};

// Its own, as the distributions of <random> differ between libraries.
template <typename Table>
std::string_view pick(std::mt19937& random, const Table& table) {
  return table[random() % table.size()];
}

void add_code(std::mt19937& random, std::string& text) {
  const size_t words = 4 + random() % 8;
  for (size_t i = 0; i < words; ++i) {
    text += pick(random, kWords);
    text += pick(random, kGlue);
  }
  text += pick(random, kLineEnds);
}

void add_look_alike(std::string_view form, std::mt19937& random,
                    std::string& text) {
  for (const char c : form) {
    text += c == '#' ? "0123456789abcdef"[random() % 16] : c;
  }
}

}  // namespace

std::string sample_source(size_t bytes) {
  std::mt19937 random(1);
  std::string text;
  for (size_t line = 1; text.size() < bytes; ++line) {
    if (line % 40 == 0) {
      const std::string_view form = kLookAlikes[line / 40 % kLookAlikes.size()];
      add_look_alike(form, random, text);
    } else {
      add_code(random, text);
    }
  }
  text.resize(bytes);
  return text;
}

std::string sample_assignments(size_t lines) {
  std::mt19937 random(2);
  std::string text;
  for (size_t i = 0; i < lines; ++i) {
    text += random() % 2 == 0 ? "api_token = \"" : "password = \"";
    text += pick(random, kWords);
    text += random() % 2 == 0 ? sample_base64(20) : "_value";
    text += "\"\n";
  }
  return text;
}

std::string sample_secrets(const RuleSet& rules) {
  std::string text;
  for (const Rule& rule : rules.rules) {
    for (const std::string& example : rule.examples) {
      const Result<std::string> expanded = expand_example(example, rule.id);
      if (expanded) text += *expanded + "\n";
    }
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
