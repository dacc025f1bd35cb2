#include "core/digest.h"
#include "support/random.h"
#include "unit/check/look.h"

namespace leaksift {
namespace {

std::string url_base64(std::string_view bytes) {
  std::string text = to_base64(bytes);
  text.resize(text.find_last_not_of('=') + 1);
  for (char& c : text) {
    if (c == '+') c = '-';
    if (c == '/') c = '_';
  }
  return text;
}

std::string token(std::string_view header, std::string_view payload,
                  size_t signature) {
  return url_base64(header) + "." + url_base64(payload) + "." +
         Random(1).text(signature, "abcXYZ019-_");
}

// RFC 7519, 3.1.
const std::string kRfcToken =
    "eyJ0eXAiOiJKV1QiLA0KICJhbGciOiJIUzI1NiJ9."
    "eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFt"
    "cGxlLmNvbS9pc19yb290Ijp0cnVlfQ."
    "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";

TEST_CASE("a JSON Web Token tells its algorithm and when it expires",
          "[check]") {
  const CheckResult result = look("jwt", kRfcToken);
  CHECK(result.proof == Proof::kUnknown);
  CHECK(fact_of(result, "algorithm") == "HS256");
  CHECK(fact_of(result, "expires") == "2011-03-22");
  CHECK(fact_of(result, "issuer").empty());  // "joe" is no URL
}

TEST_CASE("of an issuer that is a URL the host is told", "[check]") {
  const auto issuer = [](const std::string& url) {
    return fact_of(look("jwt", token(R"({"alg":"ES256"})",
                                     R"({"iss":")" + url + R"("})", 86)),
                   "issuer");
  };
  CHECK(issuer("https://Login.Acme.example/tenant?x=1") ==
        "login.acme.example");
  CHECK(issuer("https://acme.example:8443") == "acme.example");
  CHECK(issuer("https://user@acme.example/").empty());
  CHECK(issuer("https://a\\u001b[31m/").empty());
  CHECK(issuer("https://" + std::string(254, 'a')).empty());
  CHECK(issuer("acme.example").empty());
}

TEST_CASE("a JSON Web Token in base64 once more is read", "[check]") {
  const CheckResult result = look("jwt", to_base64(kRfcToken));
  CHECK(result.proof == Proof::kUnknown);
  CHECK(fact_of(result, "algorithm") == "HS256");
}

TEST_CASE("what stands before a JSON Web Token does not matter", "[check]") {
  CHECK(proof_of("jwt", "ghs_123_" + kRfcToken) == Proof::kUnknown);
}

TEST_CASE("a token whose header or payload does not parse fails", "[check]") {
  CHECK(proof_of("jwt", "eyJ" + kRfcToken) == Proof::kFails);
  CHECK(proof_of("jwt", changed(kRfcToken, 10)) == Proof::kFails);
  CHECK(proof_of("jwt", changed(kRfcToken, 45)) == Proof::kFails);
  CHECK(proof_of("jwt", token(R"({"typ":"JWT"})", "{}", 43)) == Proof::kFails);
  CHECK(proof_of("jwt", token(R"({"alg":256})", "{}", 43)) == Proof::kFails);
  CHECK(proof_of("jwt", token(R"({"alg":"HS256"})", "[]", 43)) ==
        Proof::kFails);
}

TEST_CASE("a signature that is too short for its algorithm fails", "[check]") {
  struct Size {
    const char* algorithm;
    size_t least;
  };
  for (const Size& size : {Size{"HS256", 43}, Size{"HS512", 86},
                           Size{"RS256", 171}, Size{"ES512", 176}}) {
    INFO(size.algorithm);
    const std::string header =
        std::string(R"({"alg":")") + size.algorithm + R"("})";
    CHECK(proof_of("jwt", token(header, "{}", size.least)) == Proof::kUnknown);
    CHECK(proof_of("jwt", token(header, "{}", size.least - 1)) ==
          Proof::kFails);
  }
}

TEST_CASE("an unsigned token fails, and says so", "[check]") {
  const CheckResult result =
      look("jwt", token(R"({"alg":"none"})", R"({"exp":4102444800})", 20));
  CHECK(result.proof == Proof::kFails);
  CHECK(fact_of(result, "algorithm") == "none");
  CHECK(fact_of(result, "expires") == "2100-01-01");
}

TEST_CASE("an algorithm or a time that cannot be is not told", "[check]") {
  const CheckResult result = look(
      "jwt", token(R"({"alg":"\u001b[2J"})", R"({"exp":253402300800})", 43));
  CHECK(result.facts.empty());
  CHECK(look("jwt", token(R"({"alg":")" + std::string(25, 'A') + R"("})",
                          R"({"exp":-1})", 43))
            .facts.empty());
}

TEST_CASE("an encrypted token names its algorithm", "[check]") {
  // RFC 7516, A.1: header.
  const std::string header = "eyJhbGciOiJSU0EtT0FFUCIsImVuYyI6IkEyNTZHQ00ifQ";
  const CheckResult result = look("jwt", header + ".a.b.c.d");
  CHECK(result.proof == Proof::kUnknown);
  CHECK(fact_of(result, "algorithm") == "RSA-OAEP");
  CHECK(proof_of("jwt", header + ".a.b.c") == Proof::kFails);
  CHECK(proof_of("jwt", "eyJhbGciOiJIUzI1NiJ9.a.b.c.d") == Proof::kFails);
}

TEST_CASE("a token that is JSON in base64 fails where it is not", "[check]") {
  const std::string json = R"({"o":"1","n":"a","k":"b","m":{"r":"eu"}})";
  for (const char* prefix : {"glc_", "sntrys_", "sk.", ""}) {
    CHECK(proof_of("base64-json", prefix + to_base64(json)) == Proof::kUnknown);
    CHECK(proof_of("base64-json", prefix + to_base64(json + "}")) ==
          Proof::kFails);
  }
  CHECK(proof_of("base64-json", "sk." + to_base64(json + " ") + ".sig") ==
        Proof::kUnknown);
  CHECK(proof_of("base64-json", "glc_" + Random(2).text(80, "abcXYZ")) ==
        Proof::kFails);
}

// The second version of macaroons, as PyPI uses it.
std::string field(char type, const std::string& bytes) {
  return std::string(1, type) + static_cast<char>(bytes.size()) + bytes;
}

std::string pypi_token(const std::string& signature) {
  const std::string end(1, '\0');
  const std::string caveat = field(2, R"({"version":1,"permissions":"user"})");
  return "pypi-" +
         url_base64("\2" + field(1, "pypi.org") + field(2, "an identifier") +
                    end + caveat + end + end + field(6, signature));
}

TEST_CASE("a PyPI token is a macaroon from end to end", "[check]") {
  const std::string signature = Random(3).bytes(32);
  const std::string whole = pypi_token(signature);
  REQUIRE(whole.substr(0, 21) == "pypi-AgEIcHlwaS5vcmcC");
  CHECK(proof_of("macaroon", whole) == Proof::kHolds);
  for (size_t size = 21; size < whole.size(); ++size) {
    INFO(size);
    CHECK(proof_of("macaroon", whole.substr(0, size)) == Proof::kFails);
  }
  CHECK(proof_of("macaroon", whole + "AAAA") == Proof::kFails);
  CHECK(proof_of("macaroon", pypi_token(signature.substr(1))) == Proof::kFails);
}

std::string packet(const std::string& content) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  const size_t size = content.size() + 5;
  return std::string("00") + kDigits[size >> 4 & 15] + kDigits[size & 15] +
         content + "\n";
}

TEST_CASE("a macaroon of the first version is read", "[check]") {
  const std::string begins =
      packet("location http://mybank/") + packet("identifier we used");
  const std::string ends = packet("signature " + Random(4).bytes(32));
  CHECK(proof_of("macaroon", url_base64(begins + ends)) == Proof::kHolds);
  CHECK(proof_of("macaroon", url_base64(begins + packet("cid a = b") + ends)) ==
        Proof::kHolds);
  CHECK(proof_of("macaroon", url_base64(begins)) == Proof::kFails);
  CHECK(proof_of("macaroon", url_base64(begins + ends + ends)) ==
        Proof::kFails);
  CHECK(proof_of("macaroon", url_base64("+004" + begins + ends)) ==
        Proof::kFails);
}

}  // namespace
}  // namespace leaksift
