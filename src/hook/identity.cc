#include "hook/identity.h"

#include <cstdlib>
#include <string_view>

#include "core/text.h"

namespace leaksift {
namespace {

constexpr std::string_view kCertificateSigner = "GIT_PUSH_CERT_SIGNER";

// A certificate with a good signature that was made for this push: with a nonce
// of this session, or of another one within receive.certNonceSlop.
bool has_good_certificate(const Environment& environment) {
  const std::string nonce =
      environment("GIT_PUSH_CERT_NONCE_STATUS").value_or("");
  return environment("GIT_PUSH_CERT_STATUS") == "G" &&
         (nonce == "OK" || nonce == "SLOP");
}

// What `variable` ("A", "A/B") says; empty if any part of it says nothing.
std::string value_of(std::string_view variable,
                     const Environment& environment) {
  if (variable == kCertificateSigner && !has_good_certificate(environment)) {
    return {};
  }
  std::string value;
  for (const std::string_view name : split(variable, '/')) {
    const std::optional<std::string> part = environment(std::string(name));
    if (!part || part->empty()) return {};
    if (!value.empty()) value += '/';
    value += *part;
  }
  return value;
}

std::string first_of(const std::vector<std::string>& variables,
                     const Environment& environment) {
  for (const std::string& variable : variables) {
    std::string value = value_of(variable, environment);
    if (!value.empty()) return value;
  }
  return {};
}

}  // namespace

Environment process_environment() {
  return [](const std::string& name) -> std::optional<std::string> {
    const char* const value = std::getenv(name.c_str());
    if (value == nullptr) return std::nullopt;
    return value;
  };
}

std::string user_of(const IdentityVariables& variables,
                    const Environment& environment) {
  return first_of(variables.user, environment);
}

std::string repository_of(const IdentityVariables& variables,
                          const Environment& environment) {
  return first_of(variables.repository, environment);
}

}  // namespace leaksift
