#include "match/placeholder.h"

#include <algorithm>
#include <array>
#include <bitset>

#include "check/digits.h"
#include "core/ascii.h"
#include "core/text.h"

namespace leaksift {
namespace {

// Lower case. Long enough not to turn up in random base64 by chance: a given
// five letters, of either case, do so in one of a million 40-byte tokens.
constexpr std::array<std::string_view, 31> kTelltales = {
    "example",    "placeholder", "changeme",  "change_me",  "change-me",
    "dummy",      "redacted",    "insert",    "your_",      "your-",
    "yourtoken",  "yourkey",     "yourapi",   "yoursecret", "yourpass",
    "sample",     "foobar",      "xxxxx",     "replace",    "notreal",
    "fake_",      "fakekey",     "faketoken", "12345678",   "abcdefgh",
    "deadbeef",   "*****",       ".....",     "_here",
    "***removed",  // by git filter-repo, also with our files
    ".signature",  // of a JWT in a text about them
};

// What texts and tests call a password, and the words that they qualify it
// with. A value counts only if nothing is left of it beside these.
constexpr std::array<std::string_view, 116> kWords = {
    "access",     "admin",     "administrator",
    "api",        "app",       "asdf",
    "ask",        "auth",      "bad",
    "bar",        "basic",     "baz",
    "blah",       "broken",    "cert",
    "changeit",   "client",    "correct",
    "credential", "current",   "customer",
    "database",   "db",        "default",
    "demo",       "dev",       "devel",
    "empty",      "encrypted", "evil",
    "fake",       "first",     "foo",
    "for",        "guest",     "hello",
    "hunter",     "ignored",   "incorrect",
    "invalid",    "jdbc",      "key",
    "letmein",    "local",     "login",
    "master",     "mock",      "mongo",
    "my",         "mysql",     "name",
    "new",        "nobody",    "none",
    "not",        "null",      "old",
    "on",         "one",       "oops",
    "other",      "pass",      "passcode",
    "passphrase", "passw",     "passwd",
    "password",   "plain",     "plaintext",
    "postgres",   "prod",      "proxy",
    "pw",         "pwd",       "qux",
    "qwerty",     "random",    "real",
    "redis",      "reset",     "root",
    "same",       "second",    "secret",
    "secure",     "sekret",    "server",
    "service",    "short",     "silly",
    "some",       "store",     "string",
    "super",      "sys",       "system",
    "temp",       "test",      "tester",
    "testing",    "the",       "third",
    "this",       "tmp",       "token",
    "top",        "trust",     "two",
    "user",       "username",  "valid",
    "value",      "vault",     "welcome",
    "world",      "wrong",
};

// Printed in the RFCs (2617, 5849, 6455, 6749, 6750, 7515, 7616, 7617, 7636)
// and copied from there into tests.
constexpr std::array<std::string_view, 18> kPublished = {
    "0a4f113b",
    "2YotnFZFEjr1zCsicMWpAA",
    "5ccc069c403ebaf9f0171e9517f40e41",
    "7Fjfp0ZBr1KtDRbnfVdmIw",
    "7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v",
    "AyM1SysPpbyDfgZld3umj1qzKObwVMkoqQ-EstJQLr_T-1qS0gZH75aKtMN3Yj0iPS4hcgUuTw"
    "jAzZr1Z9CAow",
    "QWxhZGRpbjpvcGVuIHNlc2FtZQ==",
    "SplxlOBeZQQYbYS6WxSbIA",
    "czZCaGRSa3F0MzpnWDFmQmF0M2JW",
    "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk",
    "dGhlIHNhbXBsZSBub25jZQ==",
    "dcd98b7102dd2f0e8b11d0f600bfb0c093",
    "dpf43f3p2l4k3l03",
    "hdhd0244k9j7ao03",
    "kd94hf93k423kf44",
    "mF_9.B5f-4.1JqM",
    "pfkkdhi9sl3r4s00",
    "tGzv3JOkF0XG5Qx2TlKWIA",
};

// Numbers of nobody that are in tests everywhere: of the Netherlands (BSN),
// Brazil (CPF), Turkey and Poland (NIP).
constexpr std::array<std::string_view, 4> kSpecimens = {
    "111222333", "11144477735", "10000000146", "1234563218"};

// ${NAME}, {{ name }}, <name>, $(name), #{name}, %(name)s, %NAME%
bool is_reference(std::string_view secret) {
  struct Form {
    std::string_view open;
    std::string_view close;
  };
  constexpr std::array<Form, 7> kForms = {{{"${", "}"},
                                           {"{{", "}}"},
                                           {"<", ">"},
                                           {"$(", ")"},
                                           {"#{", "}"},
                                           {"%(", ")s"},
                                           {"%", "%"}}};
  return std::any_of(kForms.begin(), kForms.end(), [&](const Form& form) {
    return secret.size() > form.open.size() + form.close.size() &&
           secret.starts_with(form.open) && secret.ends_with(form.close);
  });
}

// Bytes that stand in runs of one letter or digit, of `least` or more. Signs
// pad what is real: passports' "<<<<", base64's "=".
size_t in_long_repeats(std::string_view secret, size_t least) {
  size_t total = 0;
  for (size_t i = 0; i < secret.size();) {
    const size_t end =
        std::min(secret.find_first_not_of(secret[i], i), secret.size());
    if (end - i >= least && is_alphanumeric(secret[i])) total += end - i;
    i = end;
  }
  return total;
}

size_t most_frequent(std::string_view secret) {
  std::array<size_t, 256> counts{};
  for (const char c : secret) ++counts[static_cast<unsigned char>(c)];
  return *std::max_element(counts.begin(), counts.end());
}

size_t distinct_characters(std::string_view secret) {
  std::bitset<256> seen;
  for (const char c : secret) seen.set(static_cast<unsigned char>(c));
  return seen.count();
}

// Bytes at the beginning of `text` that go up by one, or stay the same: "1234",
// "abc", "xxx". Behind 9 comes 0.
size_t series(std::string_view text, int step) {
  size_t length = 1;
  while (length < text.size()) {
    const int next = text[length - 1] + step;
    const bool wraps = step == 1 && text[length - 1] == '9';
    if (text[length] != (wraps ? '0' : static_cast<char>(next))) break;
    ++length;
  }
  return length;
}

// Marks in `ends` where a piece of `text` (in lower case) that begins at
// `begin` may end: a word, a series, a number of one or two digits, a sign.
void mark_pieces(std::string_view text, size_t begin, std::bitset<64>& ends) {
  constexpr size_t kSeries = 3;
  const std::string_view rest = text.substr(begin);
  for (const std::string_view word : kWords) {
    if (rest.starts_with(word)) ends.set(begin + word.size());
  }
  for (const int step : {0, 1}) {
    const size_t length = series(rest, step);
    for (size_t n = kSeries; n <= length; ++n) ends.set(begin + n);
  }
  if (!is_digit(rest[0]) && !is_lower(rest[0])) ends.set(begin + 1);
  const bool begins_number = begin == 0 || !is_digit(text[begin - 1]);
  if (!is_digit(rest[0]) || !begins_number) return;
  const size_t digits =
      std::min(rest.find_first_not_of("0123456789"), rest.size());
  if (digits <= 2) ends.set(begin + digits);
}

bool holds_word(std::string_view lower) {
  return std::any_of(kWords.begin(), kWords.end(), [&](std::string_view word) {
    return lower.find(word) != std::string_view::npos;
  });
}

// Nothing but pieces, as "test-pass123", "MySecret", "123456"? A few letters or
// digits in a row alone say too little.
bool is_made_of_words(std::string_view lower) {
  constexpr size_t kLongest = 40;
  constexpr size_t kLongSeries = 6;
  if (lower.empty() || lower.size() > kLongest) return false;
  std::bitset<64> ends;
  ends.set(0);
  for (size_t i = 0; i < lower.size(); ++i) {
    if (ends[i]) mark_pieces(lower, i, ends);
  }
  if (!ends[lower.size()]) return false;
  const bool only_signs = std::none_of(lower.begin(), lower.end(), [](char c) {
    return is_lower(c) || is_digit(c);
  });
  return !only_signs && (lower.size() >= kLongSeries || holds_word(lower));
}

bool has_telltale(std::string_view lower) {
  return std::any_of(kTelltales.begin(), kTelltales.end(),
                     [&](std::string_view telltale) {
                       return lower.find(telltale) != std::string_view::npos;
                     });
}

}  // namespace

bool is_placeholder(std::string_view secret) {
  constexpr size_t kLongRepeat = 8;
  constexpr size_t kLargePart = 3;  // of the secret; keys do have runs of zeros
  constexpr size_t kFewCharacters = 3;
  constexpr size_t kLong = 12;
  const size_t filler = in_long_repeats(secret, kLongRepeat);
  const bool is_filler = filler > 0 && filler * kLargePart >= secret.size();
  const bool is_cut_off = secret.ends_with("...");
  if (is_filler || is_cut_off || is_reference(secret)) return true;
  if (secret.size() >= kLong &&
      (distinct_characters(secret) <= kFewCharacters ||
       most_frequent(secret) * 2 >= secret.size())) {
    return true;
  }
  // In the 2 KB of a key block any five letters do turn up now and then.
  constexpr size_t kToken = 256;
  if (secret.size() > kToken) return false;
  if (std::find(kPublished.begin(), kPublished.end(), secret) !=
      kPublished.end()) {
    return true;
  }
  const std::string lower = ascii_lower(secret);
  return is_made_of_words(lower) || has_telltale(lower);
}

bool is_specimen(std::string_view number) {
  const std::string text = compact(number);
  return has_telltale(ascii_lower(text)) ||
         std::find(kSpecimens.begin(), kSpecimens.end(), text) !=
             kSpecimens.end();
}

}  // namespace leaksift
