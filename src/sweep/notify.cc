#include "sweep/notify.h"

#include <algorithm>
#include <map>
#include <utility>

#include "core/digest.h"
#include "sweep/http.h"
#include "sweep/meta_number.h"
#include "sweep/notify_message.h"

namespace leaksift {
namespace {

using namespace std::chrono_literals;

constexpr size_t kBatch = 100;  // findings in a webhook's message
constexpr uint64_t kMaxAnswer = 1 << 20;
// All attempts with what is waited between them take less than the five minutes
// for which a signature holds.
constexpr uint32_t kAttempts = 4;
constexpr auto kLongestWait = 15s;

using Findings = std::map<std::string, FindingLife>;

std::string id_of(const Channel& channel,
                  const std::vector<FindingEvent>& events) {
  std::string all = channel.name;
  for (const FindingEvent& event : events) {
    all += '\n' + std::to_string(event.run) + ' ' + to_hex(event.finding) +
           ' ' + std::string(to_string(event.kind));
  }
  return "msg_" + to_hex(sha256(all)).substr(0, 32);
}

// One channel's share of the news.
class Teller {
 public:
  Teller(SweepStore& store, const RunSummary& summary, const Channel& channel,
         const NotifyOptions& options)
      : store_(store),
        summary_(summary),
        channel_(channel),
        options_(options),
        client_(http_options()) {
    told_.channel = channel.name;
  }

  Result<Told> run(const std::function<Result<const Findings*>()>& findings) {
    auto untold = store_.untold(channel_.name);
    if (!untold) return std::move(untold).error();
    std::vector<FindingEvent> events;
    if (!untold->empty()) {
      const auto known = findings();
      if (!known) return known.error();
      auto kept = pass_over(*untold, **known);
      if (!kept) return std::move(kept).error();
      events = *std::move(kept);
      if (Status done = tell(events, **known); !done) {
        return std::move(done).error();
      }
    }
    told_.untold = events.size() - told_.told;
    if (events.empty()) {
      if (Status done = tell_quiet(); !done) return std::move(done).error();
    }
    return std::move(told_);
  }

 private:
  HttpOptions http_options() const {
    HttpOptions http;
    http.origin = channel_.origin;
    http.proxy = channel_.proxy;
    http.ca_file = channel_.ca_file;
    http.max_answer = kMaxAnswer;
    http.timeout = std::chrono::seconds(channel_.timeout_seconds);
    http.max_attempts = kAttempts;
    http.max_wait = kLongestWait;
    http.wait = options_.wait;
    return http;
  }

  // The first run that the channel is told of.
  Result<uint64_t> first_run() {
    const std::string name = "notify_from:" + channel_.name;
    const Result<int64_t> known = meta_number(store_, name);
    if (!known) return known.error();
    if (*known != 0) return static_cast<uint64_t>(*known);
    const uint64_t run = summary_.run.number;
    Status set = set_meta_number(store_, name, static_cast<int64_t>(run));
    if (!set) return std::move(set).error();
    return run;
  }

  bool is_wanted(const FindingEvent& event, const Findings& findings) const {
    const auto known = findings.find(event.finding);
    return known != findings.end() &&
           known->second.finding.severity >= channel_.min_severity &&
           std::find(channel_.events.begin(), channel_.events.end(),
                     event.kind) != channel_.events.end();
  }

  // Marks what is not to be told; what is left, in the order of runs.
  Result<std::vector<FindingEvent>> pass_over(
      const std::vector<FindingEvent>& untold, const Findings& findings) {
    const Result<uint64_t> first = first_run();
    if (!first) return first.error();
    std::map<std::string, uint64_t> last;  // run, by finding
    for (const FindingEvent& event : untold) {
      uint64_t& run = last[event.finding];
      run = std::max(run, event.run);
    }
    std::vector<FindingEvent> kept;
    std::vector<FindingEvent> passed;
    for (const FindingEvent& event : untold) {
      const bool is_kept = event.run >= *first &&
                           event.run == last[event.finding] &&
                           is_wanted(event, findings);
      (is_kept ? kept : passed).push_back(event);
    }
    if (passed.empty()) return kept;
    if (Status done = store_.mark_told(channel_.name, passed); !done) {
      return std::move(done).error();
    }
    return kept;
  }

  // Batches of webhooks end with a run, so that a batch that is sent again is
  // the same even if another run has come since.
  std::vector<std::vector<FindingEvent>> batches_of(
      const std::vector<FindingEvent>& events) const {
    if (channel_.kind == ChannelKind::kSlack) return {events};
    std::vector<std::vector<FindingEvent>> batches;
    for (const FindingEvent& event : events) {
      if (batches.empty() || batches.back().size() == kBatch ||
          batches.back().front().run != event.run) {
        batches.emplace_back();
      }
      batches.back().push_back(event);
    }
    return batches;
  }

  Result<std::vector<News>> news_of(const std::vector<FindingEvent>& events,
                                    const Findings& findings) {
    std::vector<News> all;
    for (const FindingEvent& event : events) {
      const auto places = store_.occurrences(event.finding);
      if (!places) return places.error();
      all.push_back({event, findings.at(event.finding), *places});
    }
    return all;
  }

  // The worst first.
  std::vector<FindingEvent> listed(std::vector<FindingEvent> events,
                                   const Findings& findings) const {
    std::stable_sort(events.begin(), events.end(),
                     [&](const FindingEvent& a, const FindingEvent& b) {
                       return findings.at(a.finding).finding.severity >
                              findings.at(b.finding).finding.severity;
                     });
    events.resize(std::min<size_t>(events.size(), channel_.max_findings));
    return events;
  }

  Status tell(const std::vector<FindingEvent>& events,
              const Findings& findings) {
    if (events.empty()) return Ok{};
    const auto batches = batches_of(events);
    for (size_t i = 0; i < batches.size(); ++i) {
      const bool is_slack = channel_.kind == ChannelKind::kSlack;
      const auto news = news_of(
          is_slack ? listed(batches[i], findings) : batches[i], findings);
      if (!news) return news.error();
      const std::string body =
          is_slack ? slack_message(*news, batches[i], summary_)
                   : webhook_message({channel_.name, i + 1, batches.size()},
                                     *news, summary_);
      if (!send(id_of(channel_, batches[i]), body)) return Ok{};
      Status marked = store_.mark_told(channel_.name, batches[i]);
      if (!marked) return marked;
      told_.told += batches[i].size();
    }
    return note_beat();
  }

  // "All quiet", if that is wanted and nothing was told for long enough.
  Status tell_quiet() {
    if (channel_.heartbeat_hours == 0) return Ok{};
    const Result<int64_t> last = meta_number(store_, beat_name());
    if (!last) return last.error();
    const int64_t next = *last + int64_t{channel_.heartbeat_hours} * 3600;
    if (options_.now() < next) return Ok{};
    const std::string body = channel_.kind == ChannelKind::kSlack
                                 ? slack_heartbeat(summary_)
                                 : webhook_heartbeat(channel_.name, summary_);
    const FindingEvent run{summary_.run.number, "", EventKind::kNew};
    told_.heartbeat = send(id_of(channel_, {run}), body);
    return told_.heartbeat ? note_beat() : Status(Ok{});
  }

  std::string beat_name() const { return "notify_beat:" + channel_.name; }
  Status note_beat() {
    return set_meta_number(store_, beat_name(), options_.now());
  }

  // False: the channel is dead.
  bool send(const std::string& id, const std::string& body) {
    std::vector<std::string> headers = {"Content-Type: application/json"};
    if (channel_.kind == ChannelKind::kWebhook) {
      const auto more = webhook_headers(channel_.key, id, options_.now(), body);
      headers.insert(headers.end(), more.begin(), more.end());
    }
    const HttpResult answer =
        client_.post(channel_.path.reveal(), body, headers);
    const auto* const failure = std::get_if<HttpFailure>(&answer);
    if (failure != nullptr) told_.error = failure->error.message();
    return failure == nullptr;
  }

  SweepStore& store_;
  const RunSummary& summary_;
  const Channel& channel_;
  const NotifyOptions& options_;
  HttpClient client_;
  Told told_;
};

}  // namespace

std::vector<std::string> webhook_headers(const Secret& key,
                                         const std::string& id, int64_t now,
                                         const std::string& body) {
  const std::string time = std::to_string(now);
  const std::string signature =
      to_base64(hmac_sha256(key.reveal(), id + "." + time + "." + body));
  return {"webhook-id: " + id, "webhook-timestamp: " + time,
          "webhook-signature: v1," + signature};
}

Result<std::vector<Told>> tell_news(SweepStore& store,
                                    const RunSummary& summary,
                                    const std::vector<Channel>& channels,
                                    const NotifyOptions& options) {
  Findings findings;
  bool is_read = false;
  const auto read = [&]() -> Result<const Findings*> {
    if (is_read) return &findings;
    auto all = store.findings({});
    if (!all) return std::move(all).error();
    for (FindingLife& life : *all) {
      findings.emplace(life.finding.id, std::move(life));
    }
    is_read = true;
    return &findings;
  };
  std::vector<Told> all;
  for (const Channel& channel : channels) {
    Result<Told> told = Teller(store, summary, channel, options).run(read);
    if (!told) return std::move(told).error();
    all.push_back(*std::move(told));
  }
  return all;
}

}  // namespace leaksift
