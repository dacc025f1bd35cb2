// Private keys as they stand in source and configuration.
#pragma once

#include <string>
#include <string_view>

namespace leaksift {

// What base64 `text` holds, in one line. It may be broken into lines, escaped
// as in JSON, C or HTML, quoted, put together with + or ., or commented out:
// all that is no base64 is left out.
std::string base64_of(std::string_view text);

struct Pem {
  std::string label;       // "RSA PRIVATE KEY"; empty: no PEM
  std::string base64;      // in one line
  bool encrypted = false;  // by its header, as RFC 1421 has it
  bool complete = false;   // it has an END
};

// The first block of `text`.
Pem parse_pem(std::string_view text);

}  // namespace leaksift
