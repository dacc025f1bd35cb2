#include "hook/approvals.h"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include "support/catch.h"
#include "support/processes.h"
#include "support/temp_dir.h"

using namespace leaksift;

namespace {

Approval approval(int number) {
  const std::string digits = std::to_string(number);
  return {std::string(12 - digits.size(), '0') + digits,
          "team/r",
          "eve",
          "reason \"" + digits + "\"",
          100,
          200 + number};
}

}  // namespace

TEST_CASE("approvals are read as they were given", "[hook][approvals]") {
  const TempDir dir;
  const std::string path = dir / "a/approvals.jsonl";
  CHECK(read_approvals(path)->empty());
  REQUIRE(add_approval(path, approval(1)));
  REQUIRE(add_approval(path, approval(2)));
  const Result<std::vector<Approval>> read = read_approvals(path);
  REQUIRE(read);
  REQUIRE(read->size() == 2);
  CHECK((*read)[1].id == "000000000002");
  CHECK((*read)[1].repository == "team/r");
  CHECK((*read)[1].by == "eve");
  CHECK((*read)[1].reason == "reason \"2\"");
  CHECK((*read)[1].at == 100);
  CHECK((*read)[1].expires == 202);
}

TEST_CASE("approvals given at the same time are all kept",
          "[hook][approvals]") {
  const TempDir dir;
  const std::string path = dir / "approvals.jsonl";
  CHECK(all_succeed(8, [&](int process) {
    for (int i = 0; i < 10; ++i) {
      if (!add_approval(path, approval(100 * process + i))) return false;
    }
    return true;
  }));
  CHECK(read_approvals(path)->size() == 80);
}

TEST_CASE("a damaged line of approvals is an error that names it",
          "[hook][approvals]") {
  const TempDir dir;
  const std::string path = dir / "approvals.jsonl";
  REQUIRE(add_approval(path, approval(1)));
  const std::string good = read_bytes(path);
  auto line = GENERATE(
      std::string("{\"id\":\"0000"), std::string("null\n"),
      std::string("{\"id\":\"x\",\"repository\":\"r\",\"by\":\"e\","
                  "\"reason\":\"y\",\"at\":1,\"expires\":2}\n"),
      std::string("{\"id\":\"000000000001\",\"repository\":\"r\",\"by\":"
                  "\"e\",\"reason\":\"y\",\"at\":1}\n"),
      std::string("{\"id\":\"000000000001\",\"repository\":\"r\",\"by\":"
                  "\"e\",\"reason\":\"y\",\"at\":1,\"expires\":\"9\"}\n"),
      std::string("{\"id\":\"000000000001\",\"repository\":\"\",\"by\":"
                  "\"e\",\"reason\":\"y\",\"at\":1,\"expires\":2}\n"));
  dir.write("approvals.jsonl", good + line);
  const Result<std::vector<Approval>> read = read_approvals(path);
  REQUIRE_FALSE(read);
  CHECK(read.error().message().starts_with(path + ":2: "));
}

TEST_CASE("nothing is added behind half a line", "[hook][approvals]") {
  const TempDir dir;
  const std::string path = dir / "approvals.jsonl";
  dir.write("approvals.jsonl", "{\"id\":\"00");
  const Status added = add_approval(path, approval(1));
  REQUIRE_FALSE(added);
  CHECK(added.error().message().find("cut off") != std::string::npos);
  CHECK(read_bytes(path) == "{\"id\":\"00");
}

TEST_CASE("an approval names a finding, a repository, a person and a reason",
          "[hook][approvals]") {
  const TempDir dir;
  const std::string path = dir / "approvals.jsonl";
  Approval wrong = approval(1);
  SECTION("finding") {
    wrong.id = "0123";
  }
  SECTION("repository") {
    wrong.repository.clear();
  }
  SECTION("person") {
    wrong.by.clear();
  }
  SECTION("reason") {
    wrong.reason.clear();
  }
  SECTION("length") {
    wrong.reason.assign(1001, 'x');
  }
  CHECK_FALSE(add_approval(path, wrong));
  CHECK(::access(path.c_str(), F_OK) != 0);
}

TEST_CASE("somebody's link to elsewhere takes no approvals",
          "[hook][approvals]") {
  const TempDir dir;
  dir.write("elsewhere", "");
  dir.link("approvals.jsonl", dir / "elsewhere");
  CHECK_FALSE(add_approval(dir / "approvals.jsonl", approval(1)));
  CHECK(read_bytes(dir / "elsewhere").empty());
}
