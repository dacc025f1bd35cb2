// Who is told of what sweeps find: a TOML file.
//
//   version = 1
//   [[channel]]
//   name = "security"      the store remembers by it what was told
//   kind = "webhook"       or "slack" (and what takes the same JSON)
//   url = "https://…"      else url_env = "VARIABLE" or url_file = "FILE"; a
//                          slack channel's URL is a secret: not in this file
//   key_env, key_file      webhook: what it is signed with, see notify.h
//   events = ["new", "reopened"]       and "resolved"
//   min_severity = "info"
//   max_findings = 20      slack: that are listed; the others are counted
//   heartbeat_hours = 0    when there was nothing to tell for so long, "all
//                          quiet" is told, so that silence means trouble; 0: no
//   timeout_seconds = 15   of one attempt
//   allow_http = false     http to other machines
//   proxy, ca_file         a URL; a file of certificates for the server's
//
// Relative files begin at this one's folder. Those with a secret nobody else
// may read.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "leaksift/result.h"
#include "leaksift/secret.h"
#include "store/sweep_records.h"
#include "sweep/finding_json.h"

namespace leaksift {

enum class ChannelKind : uint8_t { kWebhook, kSlack };

template <>
std::optional<ChannelKind> from_string(std::string_view word);
template <>
std::optional<EventKind> from_string(std::string_view word);

struct Channel {
  std::string name;
  ChannelKind kind = ChannelKind::kWebhook;
  std::string origin;  // "https://host:port"
  Secret path;         // of the URL: from '/' on
  Secret key;          // bytes
  std::vector<EventKind> events = {EventKind::kNew, EventKind::kReopened};
  Severity min_severity = Severity::kInfo;
  uint32_t max_findings = 20;
  uint32_t heartbeat_hours = 0;
  uint32_t timeout_seconds = 15;
  std::string proxy;
  std::string ca_file;
};

// Fails on whatever is not as above, a secret that is not there among it; with
// the file and the line, and nothing of a secret.
Result<std::vector<Channel>> load_channels(const std::string& path);

}  // namespace leaksift
