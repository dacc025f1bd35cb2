// One pass over the bytes for all anchors of all rules: the door to Hyperscan.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "leaksift/result.h"

namespace leaksift {

// What is looked for: a text, or classes in the part of PCRE's syntax that
// Hyperscan takes (bytes, no ".", of bounded width).
struct PrefilterPattern {
  std::string text;
  bool fold_case = false;
  std::string shape;  // instead of a text

  friend auto operator<=>(const PrefilterPattern&,
                          const PrefilterPattern&) = default;
};

// A place where a pattern ends. A shape may end at several places for one
// begin.
struct PrefilterHit {
  uint32_t pattern = 0;  // index into the patterns compiled
  uint32_t end = 0;      // bytes from the beginning of the text
};

// Which instructions a compiled database may use.
enum class PrefilterTarget { kBaseline, kAvx2, kAvx512, kThisMachine };

// Longest text of one scan: Hyperscan counts in 32 bits.
inline constexpr uint64_t kMaxPrefilterText = uint64_t{1} << 31;

// A compiled set of patterns. Immutable and safe to share between threads.
class Prefilter {
 public:
  // An error names the pattern's index and Hyperscan's reason. No pattern at
  // all is fine: nothing is ever found.
  static Result<Prefilter> compile(
      const std::vector<PrefilterPattern>& patterns,
      PrefilterTarget target = PrefilterTarget::kThisMachine);

  // The inverse of serialize(); fails on bytes of another library version or
  // for a machine with other instructions. REQUIRES: bytes that serialize()
  // wrote; Hyperscan checks a checksum, not the content.
  static Result<Prefilter> deserialize(std::string_view bytes);
  std::string serialize() const;

  // Names library version and machine: a key for caches of serialize().
  static std::string platform();

  Prefilter(Prefilter&&) noexcept;
  Prefilter& operator=(Prefilter&&) noexcept;
  ~Prefilter();

 private:
  friend class PrefilterScanner;
  struct Impl;
  explicit Prefilter(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

// Scans with a Prefilter, which must outlive it. Not thread-safe: each thread
// has its own. Allocates nothing per scan but what `hits` needs to grow.
class PrefilterScanner {
 public:
  explicit PrefilterScanner(const Prefilter& prefilter);
  ~PrefilterScanner();
  PrefilterScanner(PrefilterScanner&&) noexcept;
  PrefilterScanner& operator=(PrefilterScanner&&) noexcept;

  // Replaces `hits` by those in `text`, in the order of their ends.
  // REQUIRES: text.size() <= kMaxPrefilterText
  void scan(std::string_view text, std::vector<PrefilterHit>& hits);

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace leaksift
