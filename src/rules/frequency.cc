// How often a text is to be expected in source code.
//
// Only the order of magnitude counts: it decides which literal of a rule
// becomes its anchor, and which needs structure around it. The byte shares
// were counted over the sources of curl, redis and git (Nov 2026), rounded.
#include <algorithm>
#include <array>
#include <cmath>

#include "rules/plan.h"

namespace leaksift {
namespace {

constexpr double kBytesPerKb = 1024;

// Words that source code uses everywhere: 0.1 hits per KB or more in some
// large repository, so none of them may be an anchor by itself.
constexpr std::array<std::string_view, 55> kEverydayWords = {
    "access",  "account", "admin",    "api",     "auth",   "base",   "bearer",
    "begin",   "client",  "cert",     "code",    "config", "cookie", "cred",
    "curl",    "data",    "database", "default", "email",  "file",   "git",
    "hash",    "host",    "http",     "https",   "id",     "key",    "line",
    "link",    "login",   "mail",     "name",    "pass",   "passwd", "password",
    "path",    "private", "public",   "pwd",     "redis",  "secret", "server",
    "service", "session", "sign",     "string",  "test",   "token",  "type",
    "user",    "value",   "version",  "www",     "://",
};

double byte_share(unsigned char c) {
  constexpr std::array<double, 26> kLower = {
      .034, .008, .024, .022, .063, .015, .012, .014, .037,
      .001, .005, .024, .016, .033, .032, .015, .001, .037,
      .039, .051, .017, .005, .005, .005, .006, .002};
  constexpr std::array<double, 26> kUpper = {
      .0049, .0015, .0053, .0031, .0068, .0020, .0018, .0018, .0044,
      .0002, .0010, .0060, .0025, .0042, .0043, .0033, .0002, .0059,
      .0056, .0064, .0038, .0007, .0008, .0007, .0009, .0003};
  if (c >= 'a' && c <= 'z') return kLower[c - 'a'];
  if (c >= 'A' && c <= 'Z') return kUpper[c - 'A'];
  if (c >= '0' && c <= '9') return c <= '2' ? .004 : .001;
  if (c == ' ') return .177;
  if (c == '\n') return .032;
  if (c == '_') return .019;
  if (std::string_view("\t\"()*,-./;").find(static_cast<char>(c)) !=
      std::string_view::npos) {
    return .009;
  }
  if (std::string_view(":=<>&'#{}").find(static_cast<char>(c)) !=
      std::string_view::npos) {
    return .004;
  }
  return c < 0x80 ? .001 : .0002;
}

bool is_letter(char c) {
  return (c | 0x20) >= 'a' && (c | 0x20) <= 'z';
}

// The share of a literal that holds an everyday word: the word's, times that
// of what stands around it, which goes with the word more often than by chance.
double share_by_words(std::string_view literal) {
  constexpr double kEverydayWord = 1e-4;
  double share = 0;
  for (const std::string_view word : kEverydayWords) {
    const size_t at = literal.find(word);
    if (at == std::string_view::npos) continue;
    double rest = kEverydayWord;
    for (size_t i = 0; i < literal.size(); ++i) {
      const bool in_word = i >= at && i < at + word.size();
      if (in_word) continue;
      rest *= std::sqrt(byte_share(static_cast<unsigned char>(literal[i])));
    }
    share = std::max(share, rest);
  }
  return share;
}

// Rulers and indentation: "--------", "        ".
bool is_one_character(std::string_view literal) {
  return literal.size() > 1 &&
         literal.find_first_not_of(literal.front()) == std::string_view::npos;
}

}  // namespace

double estimated_hits_per_kb(std::string_view literal, bool fold_case) {
  double share = 1;
  for (const char c : literal) {
    const auto byte = static_cast<unsigned char>(c);
    share *= byte_share(byte);
    if (fold_case && is_letter(c)) share *= 1.15;  // the other case too
  }
  // Letters of a word come together far more often than by chance.
  constexpr double kSomeWord = 5e-7;
  constexpr double kRuler = 1e-2;
  if (std::all_of(literal.begin(), literal.end(), is_letter)) {
    share = std::max(share, kSomeWord);
  }
  if (is_one_character(literal)) share = std::max(share, kRuler);
  share = std::max(share, share_by_words(literal));
  return share * kBytesPerKb;
}

}  // namespace leaksift
