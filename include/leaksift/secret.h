// The bytes of a secret, in a type that does not print them.
#pragma once

#include <ostream>
#include <string>
#include <utility>

namespace leaksift {

// Printing a Secret shows only a mask, so that a log line, an error message or
// a test failure cannot leak it.
class Secret {
 public:
  Secret() = default;
  explicit Secret(std::string bytes) : bytes_(std::move(bytes)) {}

  // The only way to the bytes: search for it to audit every use.
  const std::string& reveal() const { return bytes_; }

  // "****", behind the first four bytes where they are printable ASCII and at
  // least sixteen follow: enough to recognise a token, too little to use it.
  std::string masked() const;

  friend bool operator==(const Secret&, const Secret&) = default;
  friend std::ostream& operator<<(std::ostream& os, const Secret& secret) {
    return os << secret.masked();
  }

 private:
  std::string bytes_;
};

}  // namespace leaksift
