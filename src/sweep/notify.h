// Telling people what a run made of findings.
//
// Each event is told once on each channel: it is marked in the store when the
// server has taken it. What could not be told stays untold, and goes with the
// next run. If leaksift is killed between the two, that batch is told again:
// at least once, and at most that one twice.
//
// A webhook is a POST of JSON (notify_message.h), signed as Standard Webhooks
// 1.0.0 say:
//   webhook-id         the same whenever the same batch is sent: who has seen
//   it
//                      passes it over
//   webhook-timestamp  seconds since 1970: refuse what is five minutes off
//   webhook-signature  "v1," and the base64 of the HMAC-SHA256, under the key
//                      behind "whsec_", of id "." timestamp "." body
// Any 2xx takes it.
#pragma once

#include <chrono>
#include <functional>
#include <string>
#include <vector>

#include "leaksift/result.h"
#include "store/sweep_store.h"
#include "sweep/notify_config.h"
#include "sweep/run_summary.h"

namespace leaksift {

struct Told {
  std::string channel;
  size_t told = 0;    // events
  size_t untold = 0;  // that stay to be told
  bool heartbeat = false;
  std::string error;  // why the channel is dead; empty: it is not
};

struct NotifyOptions {
  std::function<int64_t()> now;  // seconds since 1970
  // How time passes between attempts; empty: by sleeping.
  std::function<void(std::chrono::milliseconds)> wait;
};

// Tells all channels what they have not been told, of runs since the first that
// they were asked to hear of. What decisions hide, what is not severe enough
// and what a later event has overtaken is marked without a word. A channel that
// is dead is named, and does not keep others from theirs; a minute's attempts
// and four, at most, for each. Fails only if the store does.
Result<std::vector<Told>> tell_news(SweepStore& store,
                                    const RunSummary& summary,
                                    const std::vector<Channel>& channels,
                                    const NotifyOptions& options);

// The headers of a webhook with this body.
std::vector<std::string> webhook_headers(const Secret& key,
                                         const std::string& id, int64_t now,
                                         const std::string& body);

}  // namespace leaksift
