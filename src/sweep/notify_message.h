// What channels are told, as JSON. Nothing in it is a clear secret.
//
// A webhook gets, in batches:
//   type "findings", channel, batch and batches (from 1), findings [as in
//   finding_json.h, each with its event and its first 20 occurrences], summary
//   (as there)
// and when there was nothing for long
//   type "heartbeat", channel, summary
//
// Slack gets what an incoming webhook takes (its documentation: "Block Kit",
// "Formatting text for app surfaces"): text for where blocks are not shown, and
// blocks, at most 50 with at most 3000 characters each. Text of repositories is
// escaped, and nothing in it becomes a link or a mention.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "store/sweep_store.h"
#include "sweep/run_summary.h"

namespace leaksift {

// An event with what is to be said about it.
struct News {
  FindingEvent event;
  FindingLife life;
  std::vector<RepositoryOccurrence> occurrences;
};

struct BatchPlace {
  std::string channel;
  size_t batch = 1;
  size_t batches = 1;
};

std::string webhook_message(const BatchPlace& place,
                            const std::vector<News>& news,
                            const RunSummary& summary);
std::string webhook_heartbeat(const std::string& channel,
                              const RunSummary& summary);

// `news`: those that are listed; `all`: what happened, listed or not.
std::string slack_message(const std::vector<News>& news,
                          const std::vector<FindingEvent>& all,
                          const RunSummary& summary);
std::string slack_heartbeat(const RunSummary& summary);

// Untrusted text for Slack: escaped, on one line, cut to 200 bytes.
std::string slack_text(std::string_view untrusted);

}  // namespace leaksift
