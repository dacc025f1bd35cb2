// Without libFuzzer: the seeds, then random changes of them, always the same
// ones. Given a file, only that is run. An input that ends the process is left
// behind as a file.
#include <fcntl.h>
#include <sanitizer/common_interface_defs.h>
#include <unistd.h>

#include <csignal>
#include <cstdio>
#include <string>
#include <vector>

#include "core/file.h"
#include "fuzz/fuzz.h"
#include "support/random.h"

namespace leaksift {
namespace {

constexpr size_t kMaxInput = 4096;

std::string_view current;
std::string kept_as;

void keep_current() {
  const int file =
      ::open(kept_as.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
  const bool kept =
      file >= 0 && ::write(file, current.data(), current.size()) ==
                       static_cast<ssize_t>(current.size());
  std::fprintf(stderr, "the input that ended it: %s\n",
               kept ? kept_as.c_str() : "cannot be written");
}

void run(std::string_view input) {
  current = input;
  fuzz_one(input);
}

// A run of bytes of the input, anywhere.
struct Place {
  size_t at;
  size_t size;
};
Place place_in(std::string_view input, Random& random) {
  const size_t at = random.below(input.size() + 1);
  const size_t most = random.one_in(4) ? input.size() - at : 8;
  return {at, random.below(std::min(most, input.size() - at) + 1)};
}

void change(std::string& input, const std::string& other, Random& random) {
  const Place place = place_in(input, random);
  const Place from = place_in(other, random);
  switch (random.below(6)) {
    case 0:
      input.replace(place.at, place.size, random.bytes(random.below(5)));
      break;
    case 1:  // a piece of another one in its place
      input.replace(place.at, place.size, other.substr(from.at, from.size));
      break;
    case 2:
      input.insert(place.at, other.substr(from.at, from.size));
      break;
    case 3:
      input.insert(place.at, input.substr(place.at, place.size));
      break;
    case 4:  // numbers at the edges
      if (place.at < input.size()) {
        input[place.at] = random.pick(std::string("\0\1\x7f\x80\xff", 5));
      }
      break;
    default:
      if (place.at < input.size()) {
        input[place.at] =
            static_cast<char>(input[place.at] ^ (1 << random.below(8)));
      }
  }
  if (input.size() > kMaxInput) input.resize(kMaxInput);
}

void run_changes(const std::vector<std::string>& seeds, int count) {
  Random random(1);
  for (int i = 0; i < count; ++i) {
    std::string input = random.pick(seeds);
    for (uint64_t left = random.between(1, 5); left > 0; --left) {
      change(input, random.pick(seeds), random);
    }
    run(input);
  }
}

int run_file(const std::string& path) {
  const Result<std::string> input = read_file(path);
  if (!input) {
    std::fprintf(stderr, "%s\n", input.error().message().c_str());
    return 1;
  }
  run(*input);
  return 0;
}

}  // namespace
}  // namespace leaksift

// <program> COUNT|FILE
int main(int count, char** arguments) {
  using namespace leaksift;
  if (count != 2) return 2;
  kept_as = std::string(arguments[0]) + ".input";
  const std::string what = arguments[1];
  const bool is_file = what.find_first_not_of("0123456789") != what.npos;
  if (is_file) return run_file(what);
  std::signal(SIGABRT, [](int) { keep_current(); });
  __sanitizer_set_death_callback(keep_current);
  const std::vector<std::string> seeds = fuzz_seeds();
  for (const std::string& seed : seeds) run(seed);
  run_changes(seeds, std::stoi(what));
  return 0;
}
