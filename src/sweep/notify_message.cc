#include "sweep/notify_message.h"

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>
#include <sstream>

#include "core/digest.h"
#include "core/text.h"
#include "core/utf8.h"
#include "report/json_frame.h"
#include "sweep/finding_json.h"

namespace leaksift {
namespace {

using Json = nlohmann::ordered_json;

constexpr size_t kMostOccurrences = 20;  // of a finding, for a webhook
constexpr size_t kMostPlaces = 3;        // for Slack
// With three of them in each of three places, and three around these, a block
// stays below 3000 characters.
constexpr size_t kMaxSlackText = 200;

std::string dump(const Json& json) {
  return json.dump(-1, ' ', true);
}

// A line of JSONL as a value.
std::string value_of(std::string line) {
  line.pop_back();
  return line;
}

std::string of_kind(const std::vector<FindingEvent>& events, EventKind kind) {
  const auto count =
      std::count_if(events.begin(), events.end(),
                    [&](const FindingEvent& one) { return one.kind == kind; });
  if (count == 0) return "";
  return ", " + std::to_string(count) + " " + std::string(to_string(kind));
}

std::string in_code(std::string_view untrusted) {
  std::string text = slack_text(untrusted);
  std::replace(text.begin(), text.end(), '`', '\'');
  return "`" + text + "`";
}

std::string place_line(const RepositoryOccurrence& at) {
  const SweptOccurrence& one = at.occurrence;
  std::string line = "\n" + in_code(at.repository) + " " +
                     in_code(one.path.empty() ? one.object_type : one.path);
  line += " line " + std::to_string(one.begin.line) + " (";
  line += to_string(one.standing);
  if (!one.commit.empty()) {
    line += ", " + to_hex(one.commit).substr(0, 12) + " by " +
            in_code(one.author_name);
  }
  return line + ")";
}

std::string finding_text(const News& news) {
  const SweptFinding& finding = news.life.finding;
  std::string text = "*" + std::string(to_string(news.event.kind)) + "* " +
                     std::string(to_string(finding.severity)) + " " +
                     in_code(finding.rule_id) + " " + in_code(finding.masked);
  const size_t count = std::min(news.occurrences.size(), kMostPlaces);
  for (size_t i = 0; i < count; ++i) text += place_line(news.occurrences[i]);
  if (news.occurrences.size() > count) {
    text +=
        "\nand " + std::to_string(news.occurrences.size() - count) + " more";
  }
  if (!news.life.owner.empty()) text += "\nowner: " + in_code(news.life.owner);
  return text + "\nid: " + to_hex(finding.id);
}

Json section(const std::string& text) {
  return {{"type", "section"},
          {"text", {{"type", "mrkdwn"}, {"text", text}, {"verbatim", true}}}};
}

std::string summary_text(const RunSummary& summary) {
  std::string text =
      "repositories: " + std::to_string(summary.run.repositories) + ", " +
      std::to_string(summary.run.unchanged) + " unchanged";
  if (summary.units_failed != 0) {
    text += ", " + std::to_string(summary.units_failed) + " failed";
  }
  if (!summary.is_complete()) text += "; not everything could be looked at";
  return text;
}

Json slack_frame(const std::string& text) {
  Json message;
  message["text"] = text;
  message["unfurl_links"] = false;
  message["unfurl_media"] = false;
  message["blocks"] = Json::array({section(text)});
  return message;
}

}  // namespace

std::string slack_text(std::string_view untrusted) {
  const std::string clean = printable(untrusted);
  std::string text;
  for (std::string_view rest = clean; !rest.empty();) {
    std::string_view one = rest.substr(0, decode_utf8(rest).size);
    rest.remove_prefix(one.size());
    if (one == "&") one = "&amp;";
    if (one == "<") one = "&lt;";
    if (one == ">") one = "&gt;";
    if (text.size() + one.size() > kMaxSlackText) return text + "...";
    text += one;
  }
  return text;
}

std::string webhook_message(const BatchPlace& place,
                            const std::vector<News>& news,
                            const RunSummary& summary) {
  std::ostringstream out;
  JsonFrame frame(out, JsonFrame::Layout::kOneLine);
  frame.open('{');
  frame.key("type");
  frame.value("\"findings\"");
  frame.key("channel");
  frame.value(dump(place.channel));
  frame.key("batch");
  frame.value(std::to_string(place.batch));
  frame.key("batches");
  frame.value(std::to_string(place.batches));
  frame.key("findings");
  frame.open('[');
  for (const News& one : news) {
    frame.value(value_of(
        to_jsonl(one.life, one.occurrences, one.event.kind, kMostOccurrences)));
  }
  frame.close();
  frame.key("summary");
  frame.value(value_of(to_jsonl(summary)));
  frame.close();
  return out.str();
}

std::string webhook_heartbeat(const std::string& channel,
                              const RunSummary& summary) {
  return "{\"type\":\"heartbeat\",\"channel\":" + dump(channel) +
         ",\"summary\":" + value_of(to_jsonl(summary)) + "}";
}

std::string slack_message(const std::vector<News>& news,
                          const std::vector<FindingEvent>& all,
                          const RunSummary& summary) {
  const std::string counts = of_kind(all, EventKind::kNew) +
                             of_kind(all, EventKind::kReopened) +
                             of_kind(all, EventKind::kResolved);
  Json message =
      slack_frame("leaksift, run " + std::to_string(summary.run.number) + ": " +
                  counts.substr(std::min<size_t>(2, counts.size())));
  for (const News& one : news) {
    message["blocks"].push_back(section(finding_text(one)));
  }
  std::string end = summary_text(summary);
  if (all.size() > news.size()) {
    end = "and " + std::to_string(all.size() - news.size()) +
          " more findings, see leaksift sweep findings\n" + end;
  }
  message["blocks"].push_back(section(end));
  return dump(message);
}

std::string slack_heartbeat(const RunSummary& summary) {
  return dump(slack_frame("leaksift, run " +
                          std::to_string(summary.run.number) + ": all quiet. " +
                          summary_text(summary)));
}

}  // namespace leaksift
