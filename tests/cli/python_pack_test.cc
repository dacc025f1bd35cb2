// The rules about Python code.
#include "cli/program.h"
#include "support/catch.h"

using namespace leaksift;
using Catch::Contains;

TEST_CASE("the rules about Python code are there when they are asked for",
          "[cli][python]") {
  const TempDir folder;
  folder.write("settings.py",
               "DEBUG = True\nSECRET_KEY = 'v3ry-"
               "s3cret-w0rds'\n");
  folder.write("a.py",
               "requests.get(url, verify=False)\n# verify=False\n"
               "os.system(cmd)  # nosec\n");
  folder.write("a.txt", "verify=False\n");
  folder.write(".env", "A=b\n");
  const auto scan = [&](const Arguments& more) {
    Arguments command = {"scan", ".", "--format", "text"};
    command.insert(command.end(), more.begin(), more.end());
    return run_program(command, folder.path()).out;
  };
  CHECK_THAT(scan({}), !Contains("python-"));

  const std::string report = scan({"--pack", "python"});
  CHECK_THAT(report, Contains("== Foundational =="));
  CHECK_THAT(report, Contains("python-env-file-committed"));
  CHECK_THAT(report, Contains("python-hardcoded-secret-key"));
  CHECK_THAT(report, !Contains("s3cret-w0rds"));
  CHECK_THAT(report, Contains("== Security Controls =="));
  CHECK_THAT(report, Contains("code        verify=False"));
  CHECK_THAT(report, Contains("a.py:1:"));
  CHECK_THAT(report, !Contains("a.py:2:") && !Contains("a.py:3:"));
  CHECK_THAT(report, !Contains("a.txt"));
  CHECK_THAT(report, Contains("== Evaluation ==\n\npython-django-debug: "));
  CHECK_THAT(report, Contains("remedy      Take it from the environment"));
}
