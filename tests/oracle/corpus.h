// What the engines are compared on.
#pragma once

#include <string>
#include <vector>

#include "match/engine.h"
#include "match/worker.h"
#include "support/random.h"

namespace leaksift {

// A rule set with texts that its rules find, or nearly.
struct Pack {
  std::string name;
  RuleSet rules;
  // By rule: examples, or texts drawn from its regex where it has none.
  std::vector<std::vector<std::string>> secrets;
  // Counter-examples, and examples with a byte changed or lost.
  std::vector<std::string> look_alikes;
};

const Pack& builtin_pack();
const Pack& gitleaks_pack();

// An engine that lives as long as the program.
const Engine& engine_of_pack(const Pack& pack);

// Something between secrets: pieces of code, long lines, blanks, bytes.
std::string filler(Random& random, size_t size);

// All secrets and look-alikes in random order, filler between them.
std::string all_texts(const Pack& pack, Random& random);

// Our own sources, one behind the other, at most `max_size` bytes.
std::string own_sources(size_t max_size);

// Empty if both are the same; else the first that only one of them has.
std::string difference(const Engine& engine, std::vector<Match> expected,
                       std::vector<Match> found);

}  // namespace leaksift
