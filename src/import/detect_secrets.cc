// Baselines of detect-secrets: they name the plugins and filters of a scan.
//
// A plugin is a program, so its rules cannot be read. What is taken over is the
// choice: the built-in rules stay, without those whose plugin is not used.
#include <simdjson.h>

#include <algorithm>
#include <array>

#include "import/collector.h"

namespace leaksift {
namespace {

using simdjson::dom::element;

struct Plugin {
  std::string_view name;
  std::vector<std::string> rules;  // of ours, that look for the same
};

const std::vector<Plugin>& plugins() {
  static const std::vector<Plugin> kAll = {
      {"AWSKeyDetector", {"aws-access-key-id", "aws-secret-access-key"}},
      {"ArtifactoryDetector", {"jfrog-api-key", "jfrog-encrypted-password"}},
      {"AzureStorageKeyDetector", {"azure-storage-account-key"}},
      {"Base64HighEntropyString", {}},
      {"BasicAuthDetector", {"url-credentials"}},
      {"DiscordBotTokenDetector", {"discord-bot-token"}},
      {"GitHubTokenDetector",
       {"github-pat", "github-oauth-token", "github-app-user-token",
        "github-app-installation-token", "github-refresh-token"}},
      {"GitLabTokenDetector",
       {"gitlab-pat", "gitlab-pat-routable", "gitlab-deploy-token",
        "gitlab-runner-token", "gitlab-runner-registration-token",
        "gitlab-ci-job-token", "gitlab-trigger-token", "gitlab-feed-token",
        "gitlab-incoming-mail-token", "gitlab-agent-token",
        "gitlab-oauth-app-secret"}},
      {"HexHighEntropyString", {}},
      {"IbmCloudIamDetector", {"ibm-cloud-api-key"}},
      {"IbmCosHmacDetector", {"ibm-cos-hmac-secret"}},
      {"JwtTokenDetector", {"jwt"}},
      {"KeywordDetector",
       {"generic-password-assignment", "generic-password-config",
        "generic-password-env", "generic-secret-assignment",
        "generic-secret-config", "generic-secret-env", "generic-key-assignment",
        "generic-token-assignment"}},
      {"MailchimpDetector", {"mailchimp-api-key"}},
      {"NpmDetector", {"npmrc-auth-token"}},
      {"OpenAIDetector", {"openai-api-key", "openai-project-key"}},
      {"PrivateKeyDetector",
       {"private-key", "private-key-openssh", "private-key-encrypted",
        "private-key-pgp", "private-key-ssh2", "private-key-putty"}},
      {"PypiTokenDetector", {"pypi-api-token", "pypi-test-api-token"}},
      {"SendGridDetector", {"sendgrid-api-key"}},
      {"SlackDetector",
       {"slack-bot-token", "slack-user-token", "slack-legacy-token",
        "slack-webhook"}},
      {"SquareOAuthDetector", {"square-oauth-secret"}},
      {"StripeDetector", {"stripe-secret-key", "stripe-restricted-key"}},
      {"TelegramBotTokenDetector", {"telegram-bot-token"}},
      {"TwilioKeyDetector", {"twilio-account-sid", "twilio-api-key-sid"}},
  };
  return kAll;
}

// Filters that stand for something here: what their patterns are held against.
enum class FilterOf { kLine, kFile, kSecret };
struct Filter {
  std::string_view path;
  FilterOf of;
};
constexpr std::array<Filter, 3> kFilters = {{
    {"detect_secrets.filters.regex.should_exclude_line", FilterOf::kLine},
    {"detect_secrets.filters.regex.should_exclude_file", FilterOf::kFile},
    {"detect_secrets.filters.regex.should_exclude_secret", FilterOf::kSecret},
}};
constexpr std::string_view kPragma =
    "detect_secrets.filters.allowlist.is_line_allowlisted";

std::string text_of(element object, std::string_view key) {
  std::string_view text;
  if (object[key].get(text) != simdjson::SUCCESS) return {};
  return std::string(text);
}

// A list of texts, or one text alone.
std::vector<std::string> texts_of(element object, std::string_view key) {
  std::vector<std::string> all;
  simdjson::dom::array list;
  if (object[key].get(list) != simdjson::SUCCESS) {
    if (std::string one = text_of(object, key); !one.empty()) {
      all.push_back(std::move(one));
    }
    return all;
  }
  for (const element item : list) {
    std::string_view text;
    if (item.get(text) == simdjson::SUCCESS) all.emplace_back(text);
  }
  return all;
}

class BaselineReader {
 public:
  explicit BaselineReader(Collector& out) : out_(out) {}

  Status read(element root) {
    simdjson::dom::object fields;
    simdjson::dom::array used;
    if (root.get(fields) != simdjson::SUCCESS ||
        root["plugins_used"].get(used) != simdjson::SUCCESS) {
      return Error(out_.file() +
                   ": no baseline of detect-secrets: it has no plugins_used");
    }
    read_plugins(used);
    simdjson::dom::array filters;
    if (root["filters_used"].get(filters) == simdjson::SUCCESS) {
      for (const element filter : filters) read_filter(filter);
    }
    for (const auto [key, value] : fields) name_field(key, value);
    return Ok{};
  }

 private:
  void read_plugins(simdjson::dom::array used) {
    std::vector<std::string> names;
    for (const element plugin : used) {
      names.push_back(text_of(plugin, "name"));
      read_plugin(names.back(), plugin);
    }
    std::vector<std::string> disabled;
    for (const Plugin& known : plugins()) {
      if (std::find(names.begin(), names.end(), known.name) != names.end()) {
        continue;
      }
      disabled.insert(disabled.end(), known.rules.begin(), known.rules.end());
    }
    out_.extend_builtin(disabled);
  }

  void read_plugin(const std::string& name, element plugin) {
    const auto known =
        std::find_if(plugins().begin(), plugins().end(),
                     [&](const Plugin& entry) { return entry.name == name; });
    if (plugin["path"].error() == simdjson::SUCCESS) {
      out_.not_taken(0, "", "plugin " + name + ": a program, which is not run");
    } else if (known == plugins().end()) {
      out_.not_taken(0, "", "plugin " + name + ": no rule looks for the same");
    }
    if (!text_of(plugin, "keyword_exclude").empty()) {
      out_.not_taken(0, "", "plugin " + name + ": keyword_exclude");
    }
    double limit = 0;
    if (plugin["limit"].get(limit) != simdjson::SUCCESS) return;
    if (name == "Base64HighEntropyString") {
      add_entropy_rule("base64", R"(A-Za-z0-9+/\\\-_=)", limit);
    } else if (name == "HexHighEntropyString") {
      add_entropy_rule("hex", "0-9A-Fa-f", limit);
      out_.not_taken(0, "",
                     "plugin HexHighEntropyString: it asks more of numbers "
                     "than of other strings");
    }
  }

  void add_entropy_rule(const std::string& what, const std::string& members,
                        double limit) {
    Rule rule = out_.new_rule("detect-secrets-" + what + "-high-entropy", 0);
    rule.description = "Quoted " + what + " string of high entropy";
    rule.regex = "\"([" + members + "]+)\"|'([" + members + "]+)'";
    rule.entropy = limit;
    rule.severity = Severity::kMedium;
    out_.add(std::move(rule), RegexDialect::kGo);
  }

  void read_filter(element filter) {
    const std::string path = text_of(filter, "path");
    if (path == kPragma) {
      add_allowlist(FilterOf::kLine,
                    {"pragma: ?(?:allow|white)list[ -]secret"});
      return out_.not_taken(
          0, "", "filter " + path + ": comments about the line below");
    }
    const auto known =
        std::find_if(kFilters.begin(), kFilters.end(),
                     [&](const Filter& entry) { return entry.path == path; });
    if (known == kFilters.end()) return out_.not_taken(0, "", "filter " + path);
    add_allowlist(known->of, texts_of(filter, "pattern"));
  }

  void add_allowlist(FilterOf of, std::vector<std::string> patterns) {
    Allowlist list;
    list.source = {out_.file(), 0};
    if (of == FilterOf::kLine) list.target = AllowTarget::kLine;
    (of == FilterOf::kFile ? list.paths : list.regexes) = std::move(patterns);
    out_.add(std::move(list), RegexDialect::kGo);
  }

  void name_field(std::string_view key, element value) {
    simdjson::dom::object files;
    if (key == "results" && value.get(files) == simdjson::SUCCESS) {
      if (files.size() == 0) return;
      return out_.not_taken(0, "",
                            "results: accepted findings of " +
                                std::to_string(files.size()) +
                                " files; see --baseline");
    }
    const bool known = key == "version" || key == "plugins_used" ||
                       key == "filters_used" || key == "generated_at";
    if (!known) out_.not_taken(0, "", "the unknown field " + std::string(key));
  }

  Collector& out_;
};

}  // namespace

Status read_detect_secrets(std::string_view text, Collector& out) {
  simdjson::dom::parser parser;
  element document;
  if (const auto error = parser.parse(text.data(), text.size()).get(document);
      error != simdjson::SUCCESS) {
    return Error(simdjson::error_message(error)).in("not JSON").in(out.file());
  }
  return BaselineReader(out).read(document);
}

}  // namespace leaksift
