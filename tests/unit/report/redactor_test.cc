#include "report/redactor.h"

#include <algorithm>
#include <cstddef>
#include <random>

#include "support/catch.h"

using namespace leaksift;

namespace {

struct Fixture {
  Rule rule;
  Report report;

  explicit Fixture(const std::vector<std::string>& secrets,
                   DataClass data_class = DataClass::kSecret) {
    rule.regex = "x";
    rule.data_class = data_class;
    for (const std::string& secret : secrets) {
      Finding finding;
      finding.rule = &rule;
      finding.secret = Secret(secret);
      report.findings.push_back(std::move(finding));
    }
  }
  // As found in a file's name.
  Fixture& in_names() {
    for (Finding& finding : report.findings) {
      finding.occurrences.emplace_back().object_type = "path";
    }
    return *this;
  }
  std::string redact(const std::string& text) const {
    return Redactor(report, Redactor::Mode::kMask).without_secrets(text);
  }
};

// With one mask wherever any of `secrets` stands or some of them meet.
std::string masked_naively(const std::string& text,
                           const std::vector<std::string>& secrets) {
  std::string result = text;
  for (const std::string& secret : secrets) {
    for (size_t at = text.find(secret); at != std::string::npos;
         at = text.find(secret, at + 1)) {
      std::fill_n(result.begin() + static_cast<std::ptrdiff_t>(at),
                  secret.size(), '*');
    }
  }
  return result;
}

std::string with_single_stars(std::string text) {
  const auto both_stars = [](char a, char b) { return a == '*' && b == '*'; };
  text.erase(std::unique(text.begin(), text.end(), both_stars), text.end());
  return text;
}

}  // namespace

TEST_CASE("a secret is masked wherever it stands in a text",
          "[report][redactor]") {
  const Fixture f({"fake-secret-1", "abcdefghijklmnopqrstuvwxyz"});
  CHECK(f.redact("fake-secret-1") == "****");
  CHECK(f.redact("a/fake-secret-1/b") == "a/****/b");
  CHECK(f.redact("fake-secret-1fake-secret-1") == "********");
  CHECK(f.redact("x-abcdefghijklmnopqrstuvwxyz") == "x-abcd****");
  CHECK(f.redact("fake-secret-2") == "fake-secret-2");
  CHECK(f.redact("") == "");
}

TEST_CASE("secrets that overlap leave nothing of either",
          "[report][redactor]") {
  const Fixture f({"aaaaBBBBcccc", "BBBBccccDDDD", "aaaaBBBBccccX"});
  CHECK(f.redact("<aaaaBBBBccccDDDD>") == "<****>");
  CHECK(f.redact("<aaaaBBBBccccX>") == "<****>");
  CHECK(f.redact("<aaaaBBBBccccY>") == "<****Y>");
}

TEST_CASE("short secrets, personal data and paths are left in texts",
          "[report][redactor]") {
  CHECK(Fixture({"test"}).redact("src/test/a") == "src/test/a");
  CHECK(Fixture({"jane.doe@acme.example"}, DataClass::kPii)
            .redact("jane.doe@acme.example") == "jane.doe@acme.example");
  Fixture about_paths({"home/me/.ssh/id_rsa"});
  about_paths.rule.regex.clear();
  CHECK(about_paths.redact("home/me/.ssh/id_rsa") == "home/me/.ssh/id_rsa");
}

TEST_CASE("a short secret that was found in a name is masked in texts",
          "[report][redactor]") {
  Fixture f({"hush", "hus"});
  CHECK(f.redact("a/hush/b") == "a/hush/b");
  CHECK(f.in_names().redact("a/hush/b") == "a/****/b");
  CHECK(f.redact("a/hus/b") == "a/hus/b");
  CHECK(f.redact("hush") == "****");
}

TEST_CASE("a short secret that a long one begins with hides all of the latter",
          "[report][redactor]") {
  Fixture f({"hush", "hush-fake-secret", "hush-fake-secret-1"});
  f.in_names();
  CHECK(f.redact("<hush-fake-secret-1>") == "<****>");
  CHECK(f.redact("<hush-fake-secret-2>") == "<****-2>");
  CHECK(f.redact("<hush-fake>") == "<****-fake>");
}

TEST_CASE("of any secrets in any text nothing is left but what stands beside",
          "[report][redactor]") {
  std::mt19937 random(1);
  auto text_of = [&random](size_t bytes) {
    std::string text(bytes, ' ');
    for (char& c : text) c = "\x01z\xff"[random() % 3];
    return text;
  };
  for (size_t round = 0; round < 300; ++round) {
    std::vector<std::string> secrets;
    for (size_t i = 0; i < 1 + round % 40; ++i) {
      const bool goes_on = !secrets.empty() && random() % 2 == 0;
      std::string secret = goes_on ? secrets[random() % i] : "";
      secret += text_of(4 + random() % 4);
      secrets.push_back(secret.substr(0, 19));  // masked as a whole
    }
    std::string text = text_of(300);
    for (const std::string& secret : secrets) {
      text.replace(random() % 280, secret.size() - random() % 2, secret);
    }
    Fixture f(secrets);
    CAPTURE(round);
    CHECK(with_single_stars(f.in_names().redact(text)) ==
          with_single_stars(masked_naively(text, secrets)));
  }
}

TEST_CASE("what is to be shown is shown", "[report][redactor]") {
  const Fixture f({"fake-secret-1"});
  const Redactor shows(f.report, Redactor::Mode::kShow);
  CHECK(shows.shown(f.report.findings[0]) == "fake-secret-1");
  CHECK(shows.without_secrets("a fake-secret-1") == "a fake-secret-1");
  const Redactor masks(f.report, Redactor::Mode::kMask);
  CHECK(masks.shown(f.report.findings[0]) == "****");
}

TEST_CASE("code is shown, but for the secrets in it", "[report][redactor]") {
  Fixture code({"connect('fake-secret-1')"}, DataClass::kCode);
  CHECK(code.redact("a connect('fake-secret-1')") ==
        "a connect('fake-secret-1')");
  Rule rule;
  rule.regex = "x";
  Finding secret;
  secret.rule = &rule;
  secret.secret = Secret("fake-secret-1");
  code.report.findings.push_back(secret);
  const Redactor masks(code.report, Redactor::Mode::kMask);
  CHECK(masks.shown(code.report.findings[0]) == "connect('****')");
}
