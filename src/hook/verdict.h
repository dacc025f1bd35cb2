// What becomes of a push, and why.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "hook/policy.h"
#include "hook/push_options.h"
#include "hook/push_scan.h"

namespace leaksift {

// A finding, and what the policy says about it.
struct JudgedFinding {
  PushFinding finding;
  std::string id;  // hook/finding_key.h; may be empty
  Action action = Action::kOff;
  std::optional<Bypass> bypass;  // why it does not block
};

// Something that kept the push from being judged as a whole.
struct Trouble {
  enum class Kind : uint8_t { kTimeout, kError, kPartial };
  Kind kind = Kind::kError;
  Fallback fallback = Fallback::kBlock;
  std::string what;
};
std::string_view to_string(Trouble::Kind kind);  // "timeout"

struct PushVerdict {
  // Of several the last one counts.
  enum class Kind : uint8_t {
    kClean,
    kWarn,    // accepted, with findings that do not block
    kBypass,  // accepted, because somebody lets it in
    kAllow,   // accepted, though not judged as a whole
    kDefer,   // accepted, to be scanned later
    kBlock,
  };
  Kind kind = Kind::kClean;
  std::vector<JudgedFinding> findings;  // those whose action is not off
  uint64_t known = 0;                   // findings that were there before
  std::vector<Trouble> troubles;
  std::optional<Bypass> skip;  // lets the push in, whatever there is

  bool rejects() const { return kind == Kind::kBlock; }
  bool defers() const;
  // Findings that block.
  uint64_t blocking() const;
  void add(Trouble trouble);
};
std::string_view to_string(PushVerdict::Kind kind);  // "block"

// By policy and bypasses. What is introduced is judged, and strays as what is
// worth a warning at most; in the mode `touched` what was known, too.
//
// Ids of findings are made with the key in the folder `state`. Where there is
// none to be had, they have no ids, none is let in by its own, and that is a
// trouble of its own.
PushVerdict judge_push(const PushScan& scan, const Policy& policy,
                       const Bypasses& bypasses, const std::string& state,
                       const std::string& repository);

}  // namespace leaksift
