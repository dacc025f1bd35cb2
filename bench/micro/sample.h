// Made-up inputs of a given size, the same in every run.
#pragma once

#include <cstddef>
#include <string>

namespace leaksift {

// Something like source code: words, indentation, operators, no secrets.
std::string sample_source(size_t bytes);

// Lines that assign something to a name like api_token.
std::string sample_assignments(size_t lines);

std::string sample_base64(size_t characters);

}  // namespace leaksift
