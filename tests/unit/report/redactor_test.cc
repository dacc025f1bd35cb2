#include "report/redactor.h"

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
  std::string redact(const std::string& text) const {
    return Redactor(report, Redactor::Mode::kMask).without_secrets(text);
  }
};

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

TEST_CASE("what is to be shown is shown", "[report][redactor]") {
  const Fixture f({"fake-secret-1"});
  const Redactor shows(f.report, Redactor::Mode::kShow);
  CHECK(shows.shown(f.report.findings[0].secret) == "fake-secret-1");
  CHECK(shows.without_secrets("a fake-secret-1") == "a fake-secret-1");
  const Redactor masks(f.report, Redactor::Mode::kMask);
  CHECK(masks.shown(f.report.findings[0].secret) == "****");
}
