// Whatever a secret is made of: every check says the same of it each time, and
// tells nothing that a terminal could not show.
#include "check/check.h"
#include "core/text.h"
#include "fuzz/fuzz.h"

namespace leaksift {

void fuzz_one(std::string_view input) {
  constexpr size_t kLongestFact = 300;
  for (const Check& check : all_checks()) {
    const CheckResult result = check.look(input);
    const CheckResult again = check.look(input);
    must(result.proof == again.proof && result.facts == again.facts);
    for (const Fact& fact : result.facts) {
      must(!fact.value.empty() && fact.value.size() <= kLongestFact);
      must(printable(fact.value) == fact.value);
    }
  }
}

std::vector<std::string> fuzz_seeds() {
  const std::string begin = "-----BEGIN ";
  const std::string end = "-----END ";
  return {
      "4111 1111 1111 1111",
      "ASIA"
      "QNZGKIQY56JQ7WML",
      "eyJ0eXAiOiJKV1QiLA0KICJhbGciOiJIUzI1NiJ9."
      "eyJpc3MiOiJodHRwczovL2EuYiIsImV4cCI6MTMwMDgxOTM4MH0.AAAA",
      begin +
          "PRIVATE KEY-----\\n\" +\n"
          "\"MC4CAQAwBQYDK2VwBCIEINTuctv5E1hK1bbY8fdp+K06/nwoy/HU++CXqI9EdVhC"
          "\\n" +
          end + "PRIVATE KEY-----",
      begin +
          "RSA PRIVATE KEY-----\nProc-Type: 4,ENCRYPTED\nDEK-Info: "
          "AES-128-CBC,0011\n\nAAAA\n" +
          end + "RSA PRIVATE KEY-----",
      begin +
          "RSA PRIVATE "
          "KEY-----\nMBsCAQACAQ8CAQMCAQMCAQMCAQUCAQECAQECAQE="
          "\n" +
          end + "RSA PRIVATE KEY-----",
      "AAAAM2FhYWE=",
      "pypi-"
      "AgEIcHlwaS5vcmcCAWEAAAYgAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
      "MDAxMGxvY2F0aW9uIGFiCg",
      "A12UEL5L",
      "legal winner thank year wave sausage worth useful legal winner thank "
      "yellow",
      "glc_eyJvIjoiMSJ9",
  };
}

}  // namespace leaksift
