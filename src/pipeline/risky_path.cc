#include "pipeline/risky_path.h"

#include <algorithm>
#include <array>

#include "core/text.h"

namespace leaksift {
namespace {

constexpr std::array<std::string_view, 22> kEndings = {
    ".pem",  ".key",  ".p12",   ".pfx",    ".jks",        ".ppk",
    ".env",  ".yml",  ".yaml",  ".json",   ".properties", ".ini",
    ".toml", ".conf", ".cfg",   ".tfvars", ".tfstate",    ".sql",
    ".sh",   ".xml",  ".ipynb", "history"};
constexpr std::array<std::string_view, 9> kParts = {
    ".env",   "secret", "credential", "password", "token",
    "id_rsa", "id_ed",  "config",     ".npmrc"};

}  // namespace

bool is_risky_path(std::string_view path) {
  const std::string name = ascii_lower(path.substr(path.rfind('/') + 1));
  return std::any_of(
             kEndings.begin(), kEndings.end(),
             [&](std::string_view end) { return name.ends_with(end); }) ||
         std::any_of(kParts.begin(), kParts.end(), [&](std::string_view part) {
           return name.find(part) != std::string::npos;
         });
}

}  // namespace leaksift
