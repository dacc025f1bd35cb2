#include <filesystem>
#include <utility>

#include "core/digest.h"
#include "core/file.h"
#include "core/text.h"
#include "findings/path_glob.h"
#include "hook/policy.h"
#include "rules/toml_fields.h"

namespace leaksift {
namespace {

constexpr uint32_t kMinMemoryMib = 32;
constexpr uint32_t kMaxSlots = 1024;

constexpr std::string_view kFallbackWords = "block, defer, allow";
constexpr std::string_view kActionWords = "block, warn, off";
constexpr std::string_view kModeWords = "introduced, touched";
constexpr std::string_view kKindWords = "allow, skip";
constexpr std::string_view kClassWords = "secret, pii, pci, phi, code";
constexpr std::string_view kSeverityWords = "info, low, medium, high, critical";
constexpr std::string_view kConfidenceWords = "low, medium, high, certain";
constexpr std::string_view kConfigWords = "inline-comments, ignore-file";

// One policy file while it is being read.
class PolicyReader {
 public:
  explicit PolicyReader(const std::string& path)
      : doc_(path),
        folder_(std::filesystem::path(path).parent_path()),
        file_(built_in_policy()) {
    file_.path = path;
  }

  Result<PolicyFile> read(std::string_view text) {
    if (const auto root = doc_.parse(text)) read_root(*root);
    if (doc_.failed()) return doc_.take_error();
    return std::move(file_);
  }

 private:
  // The keys that [[repo]] may have, too.
  std::vector<TomlKey> keys_of(Policy& policy) {
    return {
        {"mode", doc_.word(policy.mode, kModeWords)},
        {"deadline_ms", doc_.count(policy.deadline_ms, 1)},
        {"on_timeout", doc_.word(policy.on_timeout, kFallbackWords)},
        {"on_error", doc_.word(policy.on_error, kFallbackWords)},
        {"on_partial", doc_.word(policy.on_partial, kFallbackWords)},
        {"jobs", doc_.count(policy.jobs, 1, 1024)},
        {"slots", doc_.count(policy.slots, 0, kMaxSlots)},
        {"memory_mib", doc_.count(policy.memory_mib, kMinMemoryMib)},
        {"max_file_mib", doc_.count(policy.max_file_mib, 1)},
        {"packs", doc_.texts(policy.packs)},
        {"rules", paths(policy.rules)},
        {"config", path(policy.config)},
        {"repository_config", repository_config(policy.repository_config)},
        {"state", path(policy.state)},
        {"action_max", doc_.word(policy.action_max, kActionWords)},
        {"message",
         table("[message]", {{"max_findings", doc_.count(policy.max_findings)},
                             {"help_url", doc_.text(policy.help_url)},
                             {"contact", doc_.text(policy.contact)}})},
        {"rule_action", list(policy.rule_actions,
                             [this](const toml::table& entry) {
                               return read_rule_action(entry);
                             })},
        {"bypass",
         list(policy.bypasses,
              [this](const toml::table& entry) { return read_bypass(entry); })},
        {"audit",
         table("[audit]", {{"file", path(policy.audit_file)},
                           {"max_mib", doc_.count(policy.audit_max_mib)}})},
        {"spool", table("[spool]", {{"dir", path(policy.spool_dir)}})},
        {"approvals",
         table("[approvals]", {{"file", path(policy.approvals_file)}})},
    };
  }

  void read_root(const toml::table& root) {
    std::vector<const toml::table*> overrides;  // read last: they inherit
    std::vector<TomlKey> keys = keys_of(file_.policy);
    bool has_version = false;
    keys.push_back({"version", version(has_version)});
    keys.push_back({"groups", groups()});
    keys.push_back(
        {"identity",
         table("[identity]",
               {{"user_env", doc_.texts(file_.identity.user)},
                {"repository_env", doc_.texts(file_.identity.repository)}})});
    keys.push_back({"repo", doc_.tables([&](const toml::table& entry) {
                      overrides.push_back(&entry);
                    })});
    doc_.read(root, "a policy", keys);
    if (!has_version) {
      doc_.fail(root.source(), "a policy begins with version = 1");
    }
    for (const toml::table* entry : overrides) read_override(*entry);
    check_groups();
  }

  void read_override(const toml::table& entry) {
    PolicyFile::Override& one = file_.overrides.emplace_back();
    one.policy = file_.policy;
    one.source = doc_.place_of(entry.source());
    std::vector<TomlKey> keys = keys_of(one.policy);
    keys.push_back({"match", glob(one.match)});
    doc_.read(entry, "[[repo]]", keys);
    if (one.match.empty()) {
      doc_.fail(entry.source(), "a [[repo]] without match");
    }
  }

  RuleAction read_rule_action(const toml::table& entry) {
    RuleAction rule;
    rule.source = doc_.place_of(entry.source());
    bool has_action = false;
    doc_.read(
        entry, "[[rule_action]]",
        {{"rules", globs(rule.rules)},
         {"classes", doc_.words(rule.classes, kClassWords)},
         {"min_severity", doc_.word(rule.min_severity, kSeverityWords)},
         {"min_confidence", doc_.word(rule.min_confidence, kConfidenceWords)},
         {"action", seen(has_action, doc_.word(rule.action, kActionWords))}});
    if (!has_action) {
      doc_.fail(entry.source(), "a [[rule_action]] without action");
    }
    return rule;
  }

  BypassRule read_bypass(const toml::table& entry) {
    BypassRule rule;
    doc_.read(entry, "[[bypass]]",
              {{"who", doc_.texts(rule.who)},
               {"kinds", doc_.words(rule.kinds, kKindWords)},
               {"reason_required", doc_.flag(rule.reason_required)},
               {"max_per_push", doc_.count(rule.max_per_push)}});
    if (rule.who.empty() || rule.kinds.empty()) {
      doc_.fail(entry.source(), "a [[bypass]] needs who and kinds");
    }
    for (const std::string& who : rule.who) {
      if (who.starts_with(kGroupPrefix)) {
        group_uses_.emplace_back(entry.source(),
                                 who.substr(kGroupPrefix.size()));
      }
    }
    return rule;
  }

  void check_groups() {
    std::vector<std::string_view> names;
    for (const auto& [name, users] : file_.policy.groups) names.push_back(name);
    for (const auto& [region, name] : group_uses_) {
      if (file_.policy.groups.contains(name)) continue;
      doc_.fail(region, "no group '" + name + "' in [groups]" +
                            did_you_mean(name, names));
    }
  }

  // Fields.
  TomlField version(bool& seen_it) {
    return [this, &seen_it](const toml::node& node) {
      seen_it = true;
      const auto* number = node.as_integer();
      if (number == nullptr || number->get() != 1) {
        doc_.fail(node.source(), "the only known version is 1");
      }
    };
  }

  TomlField groups() {
    return [this](const toml::node& node) {
      const auto* table = node.as_table();
      if (table == nullptr) {
        return doc_.fail(node.source(), "expected a table");
      }
      for (const auto& [name, users] : *table) {
        doc_.texts(file_.policy.groups[std::string(name.str())])(users);
      }
    };
  }

  TomlField repository_config(RepositoryConfig& out) {
    return [this, &out](const toml::node& node) {
      std::vector<std::string> words;
      doc_.texts(words)(node);
      out = {};
      for (const std::string& word : words) {
        if (word == "inline-comments") {
          out.inline_comments = true;
        } else if (word == "ignore-file") {
          out.ignore_file = true;
        } else {
          doc_.fail(node.source(),
                    "expected some of " + std::string(kConfigWords));
        }
      }
    };
  }

  // Every entry anew: a list replaces what holds otherwise.
  template <typename Entry, typename Read>
  TomlField list(std::vector<Entry>& out, Read read_entry) {
    return [this, &out, read_entry](const toml::node& node) {
      out.clear();
      doc_.tables([&](const toml::table& entry) {
        out.push_back(read_entry(entry));
      })(node);
    };
  }

  TomlField table(std::string_view what, std::vector<TomlKey> keys) {
    return [this, what, keys = std::move(keys)](const toml::node& node) {
      const auto* entries = node.as_table();
      if (entries == nullptr) {
        return doc_.fail(node.source(), "expected a table");
      }
      doc_.read(*entries, what, keys);
    };
  }

  static TomlField seen(bool& flag, TomlField field) {
    return [&flag, field = std::move(field)](const toml::node& node) {
      flag = true;
      field(node);
    };
  }

  TomlField path(std::string& out) {
    return [this, &out](const toml::node& node) {
      doc_.text(out)(node);
      if (out.empty()) return doc_.fail(node.source(), "expected a path");
      out = (folder_ / out).string();
    };
  }

  TomlField paths(std::vector<std::string>& out) {
    return [this, &out](const toml::node& node) {
      doc_.texts(out)(node);
      for (std::string& one : out) one = (folder_ / one).string();
    };
  }

  TomlField glob(std::string& out) {
    return [this, &out](const toml::node& node) {
      doc_.text(out)(node);
      check_glob(node, out);
    };
  }

  TomlField globs(std::vector<std::string>& out) {
    return [this, &out](const toml::node& node) {
      doc_.texts(out)(node);
      for (const std::string& one : out) check_glob(node, one);
    };
  }

  // Only a bracket can be wrong: most globs cost nothing here.
  void check_glob(const toml::node& node, const std::string& text) {
    if (!text.empty() && text.find('[') == std::string::npos) return;
    if (const auto parsed = PathGlob::parse(text); !parsed) {
      doc_.fail(node.source(), parsed.error().message());
    }
  }

  TomlDocument doc_;
  std::filesystem::path folder_;
  PolicyFile file_;
  std::vector<std::pair<toml::source_region, std::string>> group_uses_;
};

}  // namespace

Result<PolicyFile> parse_policy(std::string_view text,
                                const std::string& path) {
  Result<PolicyFile> file = PolicyReader(path).read(text);
  if (file) file->hash = to_hex(sha256(text));
  return file;
}

Result<PolicyFile> load_policy(const std::string& path) {
  const Result<std::string> text = read_file(path, kMaxPolicySize);
  if (!text) return Error(text.error()).in("cannot read the policy");
  return parse_policy(*text, path);
}

}  // namespace leaksift
