#include "review/secret_forms.h"

#include <algorithm>

#include "core/digest.h"
#include "core/text.h"
#include "support/catch.h"
#include "support/command.h"
#include "support/random.h"

using namespace leaksift;

namespace {

// Does one of the texts of this form stand in `text`?
bool holds(const std::string& text, const std::string& secret,
           SecretForm form) {
  const std::vector<SecretText> forms = forms_of(secret);
  return std::any_of(forms.begin(), forms.end(), [&](const SecretText& one) {
    return one.form == form && text.find(one.bytes) != std::string::npos;
  });
}

std::string unwrapped(std::string_view text) {
  std::string out;
  unwrap(text, '\0', out);
  return out;
}

// What each of these expressions of Python makes of `secret`, which it has as
// bytes `s`.
std::vector<std::string> in_python(const std::vector<std::string>& expressions,
                                   std::string_view secret) {
  std::string program =
      "import base64, html, json, sys, urllib.parse\n"
      "s = sys.stdin.buffer.read()\n";
  for (const std::string& one : expressions) {
    program += "print((" + one + ").hex())\n";
  }
  const Ran ran = run_command({"python3", "-c", program}, "/", secret);
  INFO(ran.err);
  REQUIRE(ran.exit_code == 0);
  std::vector<std::string> results;
  for (const std::string_view line : split(trimmed(ran.out), '\n')) {
    results.push_back(from_hex(line));
  }
  REQUIRE(results.size() == expressions.size());
  return results;
}

}  // namespace

TEST_CASE("the forms of a secret are those that Python writes",
          "[review][forms]") {
  struct Way {
    SecretForm form;
    const char* expression;
  };
  const std::string secret = "Pa/ss+w\"or'd\\<&$ \xc3\xa9\xf0\x9f\x94\x91!";
  const std::vector<Way> ways = {
      Way{SecretForm::kUtf16Le, "s.decode().encode('utf-16-le')"},
      Way{SecretForm::kUtf16Be, "s.decode().encode('utf-16-be')"},
      Way{SecretForm::kUtf32Le, "s.decode().encode('utf-32-le')"},
      Way{SecretForm::kUtf32Be, "s.decode().encode('utf-32-be')"},
      Way{SecretForm::kBase64, "base64.b64encode(s)"},
      Way{SecretForm::kBase64, "base64.b64encode(b'a' + s + b'z')"},
      Way{SecretForm::kBase64, "base64.b64encode(b'ab' + s + b'zz')"},
      Way{SecretForm::kBase64, "base64.urlsafe_b64encode(b'abc' + s)"},
      Way{SecretForm::kBase64, "base64.urlsafe_b64encode(b'a' + s)"},
      Way{SecretForm::kHex, "s.hex().encode()"},
      Way{SecretForm::kHex, "s.hex().upper().encode()"},
      Way{SecretForm::kPercent, "urllib.parse.quote(s, safe='').encode()"},
      Way{SecretForm::kEscaped,
          "json.dumps(s.decode(), ensure_ascii=False).encode()"},
      Way{SecretForm::kEscaped,
          "json.dumps(s.decode(), ensure_ascii=False)"
          ".replace('/', '\\\\/').encode()"},
      Way{SecretForm::kEscaped,
          "html.escape(s.decode(), quote=False).replace('\"', '&quot;')"
          ".encode()"},
  };
  std::vector<std::string> expressions;
  for (const Way& way : ways) expressions.emplace_back(way.expression);
  const std::vector<std::string> texts = in_python(expressions, secret);
  for (size_t i = 0; i < ways.size(); ++i) {
    INFO(ways[i].expression);
    CHECK(holds(texts[i], secret, ways[i].form));
  }
}

TEST_CASE("a secret in single quotes of a shell is one of its forms",
          "[review][forms]") {
  const std::string secret = "it's-a-secret";
  CHECK(holds("x='it'\\''s-a-secret'", secret, SecretForm::kEscaped));
  CHECK(holds("x=\"pa\\$s\\\"word\"", "pa$s\"word", SecretForm::kEscaped));
  CHECK(holds("x=pa\\$s\\\"word\\ 1", "pa$s\"word 1", SecretForm::kEscaped));
}

TEST_CASE("a key is found in other wrappings", "[review][forms]") {
  Random random(7);
  const std::string alphabet = "ABCDEFGHIJKLMNOPabcdefghijklmnop0123456789+/";
  const std::string body = random.text(400, alphabet);
  auto wrapped = [&](size_t width, const std::string& line_end) {
    std::string text = "-----BEGIN KEY-----" + line_end;
    for (size_t at = 0; at < body.size(); at += width) {
      text += body.substr(at, width) + line_end;
    }
    return text + "-----END KEY-----";
  };
  const std::string secret = wrapped(64, "\n");
  CHECK(holds(wrapped(64, "\r\n"), secret, SecretForm::kPlain));
  for (const std::string line_end :
       {"\r\n", "\\n", "\\r\\n", "\n    ", "\"\n  \"", "", " "}) {
    for (const size_t width : {size_t{64}, size_t{70}, size_t{76}}) {
      INFO(width << to_hex(line_end));
      CHECK(holds(unwrapped("k: " + wrapped(width, line_end) + " end"), secret,
                  SecretForm::kWrapped));
    }
  }
}

TEST_CASE("every form is listed once, the plain one first", "[review][forms]") {
  for (const std::string secret :
       {"simple-token-0123456789", "a\nb\nc\nd\ne\nf", "sixsix"}) {
    const std::vector<SecretText> forms = forms_of(secret);
    CHECK(forms.front().bytes == secret);
    CHECK(forms.front().form == SecretForm::kPlain);
    std::vector<std::string> texts;
    for (const SecretText& one : forms) texts.push_back(one.bytes);
    std::sort(texts.begin(), texts.end());
    CHECK(std::unique(texts.begin(), texts.end()) == texts.end());
  }
  // Of six bytes, four digits of base64 would be all that is certain.
  for (const SecretText& one : forms_of("sixsix")) {
    CHECK(one.form != SecretForm::kBase64);
  }
}
