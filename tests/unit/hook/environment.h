// An environment that a test makes up.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <utility>

#include "hook/identity.h"

namespace leaksift {

inline Environment environment_of(
    std::map<std::string, std::string> variables) {
  return [variables = std::move(variables)](
             const std::string& name) -> std::optional<std::string> {
    const auto at = variables.find(name);
    if (at == variables.end()) return std::nullopt;
    return at->second;
  };
}

}  // namespace leaksift
