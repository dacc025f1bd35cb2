#include "sweep/notify_config.h"

#include <algorithm>
#include <array>
#include <filesystem>
#include <utility>

#include "core/digest.h"
#include "core/file.h"
#include "core/words.h"
#include "rules/toml_fields.h"
#include "sweep/forge.h"
#include "sweep/http.h"

namespace leaksift {
namespace {

constexpr uint64_t kMaxConfigBytes = 1 << 20;
constexpr size_t kMaxName = 64;
constexpr uint32_t kMostListed = 40;  // a Slack message has 50 blocks
constexpr uint32_t kMaxTimeout = 60;
constexpr uint32_t kMaxHours = 24 * 366;
// Standard Webhooks: keys have 24 to 64 bytes.
constexpr std::string_view kKeyMark = "whsec_";
constexpr size_t kMinKey = 24;
constexpr size_t kMaxKey = 64;

// A value that stands in the file, or where it stands.
struct Given {
  std::string text;
  std::string variable;
  std::string file;

  int count() const {
    return !text.empty() + !variable.empty() + !file.empty();
  }
};

// A channel as it is written.
struct Written {
  Channel channel;
  Given url;
  Given key;
  bool allow_http = false;
};

bool is_name(std::string_view name) {
  return !name.empty() && name.size() <= kMaxName &&
         std::all_of(name.begin(), name.end(), [](char c) {
           return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
                  (c >= '0' && c <= '9') || c == '-' || c == '_' || c == '.';
         });
}

class ConfigReader {
 public:
  explicit ConfigReader(const std::string& path)
      : doc_(path), folder_(std::filesystem::path(path).parent_path()) {}

  Result<std::vector<Channel>> read(std::string_view text) {
    if (const auto root = doc_.parse(text)) read_root(*root);
    if (doc_.failed()) return doc_.take_error();
    return std::move(channels_);
  }

 private:
  using Region = toml::source_region;

  void read_root(const toml::table& root) {
    uint32_t version = 0;
    doc_.read(root, "a file of channels",
              {{"version", doc_.count(version, 1, 1)},
               {"channel", doc_.tables([this](const toml::table& table) {
                  read_channel(table);
                })}});
    if (version == 0) {
      doc_.fail(root.source(), "a file of channels begins with version = 1");
    }
    if (channels_.empty() && !doc_.failed()) {
      doc_.fail(root.source(), "there is no [[channel]]");
    }
  }

  void read_channel(const toml::table& table) {
    Written written;
    Channel& channel = written.channel;
    doc_.read(
        table, "[[channel]]",
        {{"name", doc_.text(channel.name)},
         {"kind", doc_.word(channel.kind, "webhook, slack")},
         {"url", doc_.text(written.url.text)},
         {"url_env", doc_.text(written.url.variable)},
         {"url_file", doc_.text(written.url.file)},
         {"key_env", doc_.text(written.key.variable)},
         {"key_file", doc_.text(written.key.file)},
         {"events", doc_.words(channel.events, "new, reopened, resolved")},
         {"min_severity",
          doc_.word(channel.min_severity, "info, low, medium, high, critical")},
         {"max_findings", doc_.count(channel.max_findings, 1, kMostListed)},
         {"heartbeat_hours", doc_.count(channel.heartbeat_hours, 0, kMaxHours)},
         {"timeout_seconds",
          doc_.count(channel.timeout_seconds, 1, kMaxTimeout)},
         {"allow_http", doc_.flag(written.allow_http)},
         {"proxy", doc_.text(channel.proxy)},
         {"ca_file", doc_.text(channel.ca_file)}});
    if (doc_.failed()) return;
    Status good = complete(written);
    if (!good) return doc_.fail(table.source(), good.error().message());
    channels_.push_back(std::move(channel));
  }

  Status complete(Written& written) {
    Channel& channel = written.channel;
    if (!is_name(channel.name)) {
      return Error(
          "a [[channel]] needs a name of letters, digits, '-', '_' and '.'");
    }
    const bool is_twice = std::any_of(
        channels_.begin(), channels_.end(),
        [&](const Channel& other) { return other.name == channel.name; });
    if (is_twice) return Error("two channels are called " + channel.name);
    if (!channel.ca_file.empty()) channel.ca_file = full(channel.ca_file);
    if (Status good = take_url(written); !good) return good;
    return take_key(written);
  }

  Status take_url(Written& written) {
    const Given& given = written.url;
    const bool is_slack = written.channel.kind == ChannelKind::kSlack;
    if (given.count() != 1) {
      return Error("a [[channel]] needs one of url, url_env and url_file");
    }
    if (is_slack && !given.text.empty()) {
      return Error(
          "the URL of a slack channel is a secret: put it in a file or a "
          "variable, and name that by url_file or url_env");
    }
    Result<Secret> url = given.text.empty() ? value_of(given, "URL")
                                            : Result(Secret(given.text));
    if (!url) return std::move(url).error();
    return split_url(url->reveal(), written);
  }

  static Status split_url(const std::string& url, Written& written) {
    const bool is_https = url.starts_with("https://");
    if (!is_https && !url.starts_with("http://")) {
      return Error("the URL does not begin with https://");
    }
    const size_t host = url.find("://") + 3;
    const size_t end = std::min(url.find_first_of("/?#", host), url.size());
    const std::string origin = url.substr(0, end);
    const bool has_bad_host =
        end == host || origin.find('@') != std::string::npos ||
        std::any_of(url.begin(), url.end(),
                    [](char c) { return c <= ' ' || c >= '\x7f'; });
    if (has_bad_host) {
      return Error("the URL is not as https://host/path: no user, no blanks");
    }
    if (!is_https && !is_loopback(origin) && !written.allow_http) {
      return Error("the URL is http: use https, or allow_http = true");
    }
    Channel& channel = written.channel;
    channel.origin = origin;
    const std::string path = url.substr(end, url.find('#', end) - end);
    channel.path = Secret(path.starts_with('/') ? path : "/" + path);
    return Ok{};
  }

  Status take_key(Written& written) {
    if (written.channel.kind == ChannelKind::kSlack) {
      if (written.key.count() == 0) return Ok{};
      return Error("a slack channel has no key: its URL is the secret");
    }
    if (written.key.count() != 1) {
      return Error("a webhook needs one of key_env and key_file");
    }
    const Result<Secret> text = value_of(written.key, "key");
    if (!text) return text.error();
    std::string key;
    if (text->reveal().starts_with(kKeyMark)) {
      key = from_base64(text->reveal().substr(kKeyMark.size()));
    }
    if (key.size() < kMinKey || key.size() > kMaxKey) {
      return Error(
          "the key is not as whsec_BASE64 with 24 to 64 bytes; make one by: "
          "echo whsec_$(openssl rand -base64 32)");
    }
    written.channel.key = Secret(std::move(key));
    return Ok{};
  }

  Result<Secret> value_of(const Given& given, const std::string& what) const {
    Result<Secret> value =
        read_token(given.variable, given.file.empty() ? "" : full(given.file));
    if (value && value->reveal().empty()) {
      return Error("no " + what + ": the environment has no " + given.variable);
    }
    return value;
  }

  std::string full(const std::string& path) const {
    return (folder_ / path).string();
  }

  TomlDocument doc_;
  std::filesystem::path folder_;
  std::vector<Channel> channels_;
};

}  // namespace

template <>
std::optional<ChannelKind> from_string(std::string_view word) {
  constexpr std::array<std::string_view, 2> kWords = {"webhook", "slack"};
  return value_of_word<ChannelKind>(kWords, word);
}

template <>
std::optional<EventKind> from_string(std::string_view word) {
  constexpr std::array<std::string_view, 3> kWords = {"new", "resolved",
                                                      "reopened"};
  return value_of_word<EventKind>(kWords, word);
}

Result<std::vector<Channel>> load_channels(const std::string& path) {
  const Result<std::string> text = read_file(path, kMaxConfigBytes);
  if (!text) return Error(text.error()).in("cannot read the channels");
  return ConfigReader(path).read(*text);
}

}  // namespace leaksift
