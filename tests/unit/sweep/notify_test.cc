#include "sweep/notify.h"

#include <sys/stat.h>

#include <ctime>
#include <filesystem>
#include <nlohmann/json.hpp>

#include "core/digest.h"
#include "core/text.h"
#include "support/catch.h"
#include "sweep/notify_message.h"
#include "unit/store/stores.h"
#include "unit/sweep/loopback.h"

namespace leaksift {
namespace {

using Json = nlohmann::json;

std::string key_bytes() {
  return std::string(32, 'k');
}

// A receiver of webhooks that gives these answers, then 200.
class Receiver {
 public:
  explicit Receiver(const std::vector<std::string>& answers = {})
      : server_(command(answers)) {}

  Channel channel(const std::string& name,
                  ChannelKind kind = ChannelKind::kWebhook) const {
    Channel one;
    one.name = name;
    one.kind = kind;
    one.origin = server_.origin();
    one.path = Secret("/in/" + name);
    one.key = Secret(key_bytes());
    return one;
  }
  // All requests so far.
  std::vector<Json> requests() const {
    std::vector<Json> all;
    const std::string text = read_bytes(dir_ / "log");
    for (const std::string_view line : split(text, '\n')) {
      if (!line.empty()) all.push_back(Json::parse(line));
    }
    return all;
  }

 private:
  std::vector<std::string> command(const std::vector<std::string>& answers) {
    std::vector<std::string> words = {
        "python3", LEAKSIFT_SOURCES "/tests/support/webhook_server.py",
        dir_ / "log", "whsec_" + to_base64(key_bytes())};
    words.insert(words.end(), answers.begin(), answers.end());
    return words;
  }

  TempDir dir_;
  LoopbackServer server_;
};

Channel dead_channel() {
  Channel one;
  one.name = "dead";
  one.origin = "http://127.0.0.1:1";
  one.path = Secret("/visibly-fake-path");
  one.key = Secret(key_bytes());
  return one;
}

// What the store's last run is to be told of.
std::vector<Told> tell(const StorePlace& place,
                       const std::vector<Channel>& channels,
                       int64_t later = 0) {
  const auto store = place.open();
  const RunSummary summary =
      value_of(summarize(*store, *value_of(store->last_run())));
  NotifyOptions options;
  options.now = [later] { return std::time(nullptr) + later; };
  options.wait = [](std::chrono::milliseconds) {};
  return value_of(tell_news(*store, summary, channels, options));
}

// A run that finds these numbers, of which each stands in HEAD.
void run_with(const StorePlace& place, const std::vector<size_t>& findings,
              Severity severity = Severity::kMedium) {
  std::vector<SweptOccurrence> all;
  for (const size_t number : findings) {
    all.push_back(occurrence(number, number, SweptStanding::kHead));
  }
  UnitResult result = result_for("org/a", all);
  for (SweptFinding& one : result.findings) one.severity = severity;
  run_over(*place.open(), {result});
}

std::vector<size_t> up_to(size_t count) {
  std::vector<size_t> numbers;
  for (size_t i = 1; i <= count; ++i) numbers.push_back(i);
  return numbers;
}

TEST_CASE("each event is told once on each channel, and signed") {
  const StorePlace place(StoreKind::kSqlite);
  const Receiver receiver;
  const std::vector<Channel> channels = {
      receiver.channel("hook"), receiver.channel("chat", ChannelKind::kSlack)};
  run_with(place, {1, 2});
  std::vector<Told> told = tell(place, channels);
  CHECK(told[0].told == 2);
  CHECK(told[1].told == 2);
  tell(place, channels);
  run_with(place, {1, 2, 3});
  tell(place, channels);
  run_with(place, {1, 2, 3});
  tell(place, channels);
  const std::vector<Json> requests = receiver.requests();
  REQUIRE(requests.size() == 4);
  CHECK(requests[0]["path"] == "/in/hook");
  CHECK(requests[0]["signed"] == true);
  CHECK(requests[0]["headers"]["content-type"] == "application/json");
  const Json& body = requests[0]["body"];
  CHECK(body["type"] == "findings");
  CHECK(body["summary"]["run"] == 1);
  REQUIRE(body["findings"].size() == 2);
  CHECK(body["findings"][0]["event"] == "new");
  CHECK(body["findings"][0]["secret"] == "acme_****");
  CHECK(body["findings"][0]["occurrences"][0]["repository"] == "org/a");
  CHECK(requests[1]["path"] == "/in/chat");
  CHECK(requests[1]["body"]["text"] == "leaksift, run 1: 2 new");
  REQUIRE(requests[2]["body"]["findings"].size() == 1);
  CHECK(requests[2]["body"]["findings"][0]["id"] == to_hex(id_of(3, 16)));
}

TEST_CASE("a signature is what Standard Webhooks say") {
  // The example of its reference implementations' tests.
  const auto headers = webhook_headers(
      Secret(from_base64("MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")),
      "msg_p5jXN8AQM9LWM0D4loKWxJek", 1614265330, "{\"test\": 2432232314}");
  CHECK(headers == std::vector<std::string>{
                       "webhook-id: msg_p5jXN8AQM9LWM0D4loKWxJek",
                       "webhook-timestamp: 1614265330",
                       "webhook-signature: "
                       "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="});
}

TEST_CASE("what a server does not take is sent again, the same") {
  const StorePlace place(StoreKind::kSqlite);
  const Receiver receiver({"500", "slow", "429"});
  Channel channel = receiver.channel("hook");
  channel.timeout_seconds = 1;
  run_with(place, {1});
  const std::vector<Told> told = tell(place, {channel});
  CHECK(told[0].error.empty());
  CHECK(told[0].told == 1);
  const std::vector<Json> requests = receiver.requests();
  REQUIRE(requests.size() == 4);
  for (const Json& request : requests) {
    CHECK(request["signed"] == true);
    CHECK(request["body"] == requests[0]["body"]);
    CHECK(request["headers"]["webhook-id"] ==
          requests[0]["headers"]["webhook-id"]);
  }
}

TEST_CASE("what a dead channel was not told goes with the next run") {
  const StorePlace place(StoreKind::kSqlite);
  const Receiver receiver({"500", "500", "500", "500", "404", "302"});
  run_with(place, {1});
  std::vector<Told> told = tell(place, {dead_channel()});
  CHECK(told[0].untold == 1);
  CHECK(told[0].error.find("127.0.0.1:1") != std::string::npos);
  CHECK(told[0].error.find("visibly-fake") == std::string::npos);

  // Others get theirs. Four attempts; none after an answer that will not
  // change; nobody is sent elsewhere.
  const Channel hook = receiver.channel("hook");
  for (const size_t requests : {4U, 5U, 6U}) {
    told = tell(place, {dead_channel(), hook});
    CHECK(!told[0].error.empty());
    CHECK(!told[1].error.empty());
    CHECK(told[1].untold == 1);
    CHECK(receiver.requests().size() == requests);
  }
  run_with(place, {1, 2});
  told = tell(place, {dead_channel(), hook});
  CHECK(told[0].untold == 2);
  CHECK(told[1].told == 2);
  // A batch for each run: the first is what was tried before.
  const std::vector<Json> requests = receiver.requests();
  REQUIRE(requests.size() == 8);
  CHECK(requests[6]["headers"]["webhook-id"] ==
        requests[0]["headers"]["webhook-id"]);
  CHECK(requests[6]["body"]["findings"] == requests[0]["body"]["findings"]);
  CHECK(requests[7]["body"]["findings"][0]["id"] == to_hex(id_of(2, 16)));
}

TEST_CASE("a batch that was sent but not marked has the same id again") {
  const StorePlace place(StoreKind::kSqlite);
  const Receiver receiver;
  run_with(place, up_to(250));
  // As after a kill before the mark: the store of before.
  TempDir kept;
  const auto kOver = std::filesystem::copy_options::overwrite_existing;
  const std::string file = place.where().folder + "/state.sqlite";
  std::filesystem::copy_file(file, kept / "state.sqlite");
  const Channel hook = receiver.channel("hook");
  CHECK(tell(place, {hook})[0].told == 250);
  std::filesystem::copy_file(kept / "state.sqlite", file, kOver);
  CHECK(tell(place, {hook})[0].told == 250);
  const std::vector<Json> requests = receiver.requests();
  REQUIRE(requests.size() == 6);
  for (size_t i = 0; i < 3; ++i) {
    CHECK(requests[i]["body"]["batch"] == i + 1);
    CHECK(requests[i]["body"]["batches"] == 3);
    CHECK(requests[i]["body"]["findings"].size() == (i < 2 ? 100 : 50));
    CHECK(requests[i]["headers"]["webhook-id"] ==
          requests[i + 3]["headers"]["webhook-id"]);
    CHECK(requests[i]["headers"]["webhook-id"] !=
          requests[(i + 1) % 3]["headers"]["webhook-id"]);
  }
}

TEST_CASE("a channel is told what it wants, and of nothing that is over") {
  const StorePlace place(StoreKind::kSqlite);
  const Receiver receiver;
  Channel hook = receiver.channel("hook");
  hook.min_severity = Severity::kMedium;
  run_with(place, {1, 2}, Severity::kLow);
  CHECK(tell(place, {hook})[0].told == 0);
  run_with(place, {1, 2, 3, 4, 5});
  check_ok(place.open()->decide({id_of(4, 16), "", "test", "", "ann", 1, 0}));
  run_with(place, {3, 4});
  // 5 is new and gone, 4 decided about; 1 and 2 were passed over before.
  CHECK(tell(place, {hook})[0].told == 1);
  run_with(place, {1, 3, 4});
  CHECK(tell(place, {hook})[0].told == 1);
  hook.events = {EventKind::kResolved};
  run_with(place, {3, 4});
  CHECK(tell(place, {hook})[0].told == 1);
  const std::vector<Json> requests = receiver.requests();
  REQUIRE(requests.size() == 3);
  CHECK(requests[0]["body"]["findings"][0]["id"] == to_hex(id_of(3, 16)));
  CHECK(requests[1]["body"]["findings"][0]["event"] == "reopened");
  CHECK(requests[2]["body"]["findings"][0]["event"] == "resolved");

  // One that comes later is not told of the past.
  const Channel late = receiver.channel("late");
  CHECK(tell(place, {late})[0].told == 0);
  run_with(place, {3, 4, 6});
  CHECK(tell(place, {late})[0].told == 1);
}

TEST_CASE("silence is broken as often as it is asked for") {
  const StorePlace place(StoreKind::kSqlite);
  const Receiver receiver;
  Channel hook = receiver.channel("hook");
  hook.heartbeat_hours = 2;
  Channel chat = receiver.channel("chat", ChannelKind::kSlack);
  chat.heartbeat_hours = 2;
  run_with(place, {});
  CHECK(tell(place, {hook, chat})[0].heartbeat);
  CHECK_FALSE(tell(place, {hook, chat})[0].heartbeat);
  CHECK(tell(place, {hook, chat}, 7200)[0].heartbeat);
  run_with(place, {1});
  CHECK_FALSE(tell(place, {hook}, 14400)[0].heartbeat);
  CHECK_FALSE(tell(place, {hook}, 14500)[0].heartbeat);
  const std::vector<Json> requests = receiver.requests();
  REQUIRE(requests.size() == 5);
  CHECK(requests[0]["body"]["type"] == "heartbeat");
  CHECK(requests[0]["body"]["summary"]["complete"] == true);
  CHECK(requests[1]["body"]["text"].get<std::string>().find("all quiet") !=
        std::string::npos);
}

TEST_CASE("Slack gets what it takes, whatever repositories hold") {
  const std::string hostile =
      "<!here> <@U1> & `*_~ \x1b[31m\xff @channel \u202e" +
      std::string(5000, '&');
  std::vector<News> news;
  std::vector<FindingEvent> events;
  for (size_t i = 0; i < 300; ++i) {
    News one;
    one.event = {1, id_of(i, 16), EventKind::kNew};
    one.life.finding = finding(i);
    one.life.finding.rule_id = hostile;
    one.life.finding.masked = hostile;
    one.life.owner = hostile;
    SweptOccurrence where = occurrence(i, i, SweptStanding::kHead);
    where.path = hostile;
    where.author_name = hostile;
    one.occurrences.assign(30, {hostile, where});
    events.push_back(one.event);
    if (i < 40) news.push_back(std::move(one));
  }
  const Json message = Json::parse(slack_message(news, events, {}));
  CHECK(message["text"] == "leaksift, run 0: 300 new");
  REQUIRE(message["blocks"].size() == 42);
  for (const Json& block : message["blocks"]) {
    const auto text = block["text"]["text"].get<std::string>();
    CHECK(text.size() <= 3000);
    CHECK(text.find_first_of("<>\x1b") == std::string::npos);
    CHECK(block["text"]["verbatim"] == true);
  }
  const auto last = message["blocks"].back()["text"]["text"];
  CHECK(last.get<std::string>().starts_with("and 260 more findings"));
  CHECK(slack_text("a<b>&c\n") == "a&lt;b&gt;&amp;c\\x0a");
}

// A file of channels, and what is said about it.
class Config {
 public:
  Config() {
    dir_.write("key", "whsec_" + to_base64(key_bytes()) + "\n");
    ::chmod((dir_ / "key").c_str(), 0600);
    dir_.write("short", "whsec_" + to_base64("short"));
    ::chmod((dir_ / "short").c_str(), 0600);
    dir_.write("open", "whsec_" + to_base64(key_bytes()));
    ::chmod((dir_ / "open").c_str(), 0644);
    dir_.write("slack", "https://hooks.example/visibly-fake\n");
    ::chmod((dir_ / "slack").c_str(), 0600);
  }
  Result<std::vector<Channel>> load(const std::string& text) const {
    dir_.write("channels.toml", "version = 1\n[[channel]]\n" + text);
    return load_channels(dir_ / "channels.toml");
  }
  std::string error(const std::string& text) const {
    const auto loaded = load(text);
    return loaded ? "" : loaded.error().message();
  }

 private:
  TempDir dir_;
};

TEST_CASE("channels are read with their secrets") {
  const Config config;
  const auto channels = config.load(
      "name = \"a\"\nkind = \"webhook\"\nurl = "
      "\"https://x.example:8/b?c=d#e\"\n"
      "key_file = \"key\"\nevents = [\"resolved\"]\nmin_severity = \"high\"\n"
      "[[channel]]\nname = \"b\"\nkind = \"slack\"\nurl_file = \"slack\"\n");
  REQUIRE(channels);
  REQUIRE(channels->size() == 2);
  const Channel& hook = channels->front();
  CHECK(hook.origin == "https://x.example:8");
  CHECK(hook.path.reveal() == "/b?c=d");
  CHECK(hook.key.reveal() == key_bytes());
  CHECK(hook.events == std::vector{EventKind::kResolved});
  CHECK(hook.min_severity == Severity::kHigh);
  CHECK(channels->back().kind == ChannelKind::kSlack);
  CHECK(channels->back().path.reveal() == "/visibly-fake");
}

TEST_CASE("what is wrong with a channel is told with its line") {
  const Config config;
  const std::string kHook =
      "name = \"a\"\nkind = \"webhook\"\nkey_file = \"key\"\n";
  const std::string kUrl = "url = \"https://x.example/\"\n";
  const std::vector<std::pair<std::string, std::string>> kCases = {
      {kHook, "needs one of url, url_env and url_file"},
      {kHook + "url = \"http://x.example/\"\n", "allow_http"},
      {kHook + "url = \"ftp://x.example/\"\n", "https://"},
      {kHook + "url = \"http://127.0.0.1:1@x.example/\"\n", "no user"},
      {kHook + kUrl + "url_env = \"X\"\n", "needs one of url"},
      {kHook + kUrl + "events = [\"old\"]\n", "new, reopened, resolved"},
      {kHook + kUrl + "max_findings = 41\n", "40"},
      {kHook + kUrl + "colour = 1\n", "colour"},
      {kHook + kUrl + "[[channel]]\n" + kHook + kUrl, "two channels"},
      {"name = \"a b\"\nkey_file = \"key\"\n" + kUrl, "a name of letters"},
      {"name = \"a\"\n" + kUrl, "key_env and key_file"},
      {"name = \"a\"\nkey_file = \"short\"\n" + kUrl, "24 to 64 bytes"},
      {"name = \"a\"\nkey_file = \"none\"\n" + kUrl, "none"},
      {"name = \"a\"\nkey_file = \"open\"\n" + kUrl, "open"},
      {"name = \"a\"\nkey_env = \"LEAKSIFT_NOT_SET\"\n" + kUrl,
       "LEAKSIFT_NOT_SET"},
      {"name = \"a\"\nkind = \"slack\"\n" + kUrl, "is a secret"},
      {"name = \"a\"\nkind = \"slack\"\nurl_file = \"slack\"\n"
       "key_file = \"key\"\n",
       "has no key"},
  };
  for (const auto& [text, expected] : kCases) {
    CAPTURE(text);
    const std::string error = config.error(text);
    CHECK(error.find(expected) != std::string::npos);
    CHECK(error.find("channels.toml:") != std::string::npos);
    CHECK(error.find("whsec_a2") == std::string::npos);
  }
}

}  // namespace
}  // namespace leaksift
