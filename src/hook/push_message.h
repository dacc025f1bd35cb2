// What the pusher is told.
#pragma once

#include <cstdint>
#include <string>

#include "hook/push_options.h"
#include "hook/spool.h"
#include "hook/verdict.h"

namespace leaksift {

// Where the message is read: a line length, and what the forge asks for.
struct MessageFrame {
  // In front of the first line, or of all: GitLab shows those lines alone in
  // its web interface.
  std::string first_prefix;
  std::string prefix;

  static MessageFrame of(const Environment& environment);
};

struct MessageInput {
  const PushVerdict& verdict;
  const PushScan& scan;
  const Policy& policy;
  const Bypasses& bypasses;
  std::string repository;
  std::string record;  // the audit log's
  uint64_t milliseconds = 0;
};

// Plain lines of ASCII, at most 100 columns where a path does not need more, no
// colours; nothing from the push that a terminal would obey. Empty: there is
// nothing to say.
std::string push_message(const MessageInput& input, const MessageFrame& frame);

// What whoever drains the spool is told about one push. Never empty.
std::string deferred_message(const MessageInput& input,
                             const DeferredPush& push);

}  // namespace leaksift
