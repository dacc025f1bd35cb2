// Entries of an inventory as text.
#include <array>
#include <charconv>
#include <nlohmann/json.hpp>
#include <string>
#include <utility>

#include "core/digest.h"
#include "core/text.h"
#include "core/utf8.h"
#include "core/words.h"
#include "sweep/inventory.h"
#include "sweep/json.h"

namespace leaksift {
namespace {

using Json = nlohmann::ordered_json;

constexpr std::string_view kAsBase64 = "_base64";
constexpr std::array<std::string_view, 4> kVisibilities = {
    "unknown", "public", "internal", "private"};

struct TextMember {
  std::string_view name;
  std::string RepositoryEntry::*member;
};
constexpr std::array<TextMember, 7> kTexts = {
    {{"key", &RepositoryEntry::key},
     {"url", &RepositoryEntry::url},
     {"path", &RepositoryEntry::path},
     {"name", &RepositoryEntry::name},
     {"default_branch", &RepositoryEntry::default_branch},
     {"fork_of", &RepositoryEntry::fork_of},
     {"pool", &RepositoryEntry::pool}}};

struct FlagMember {
  std::string_view name;
  bool RepositoryEntry::*member;
};
constexpr std::array<FlagMember, 3> kFlags = {
    {{"fork", &RepositoryEntry::fork},
     {"archived", &RepositoryEntry::archived},
     {"empty", &RepositoryEntry::empty}}};

// Paths are bytes, JSON is text.
void put_text(Json& out, std::string_view name, const std::string& text) {
  if (text.empty()) return;
  if (is_valid_utf8(text)) {
    out[std::string(name)] = text;
  } else {
    out[std::string(name).append(kAsBase64)] = to_base64(text);
  }
}

template <typename Number>
bool read_number(std::string_view text, std::optional<Number>& out) {
  Number number = 0;
  const auto [end, error] =
      std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size()) return false;
  out = number;
  return true;
}

Error unknown_member(std::string_view name) {
  std::vector<std::string_view> names = {"size_bytes", "pushed_at",
                                         "visibility"};
  for (const TextMember& text : kTexts) names.push_back(text.name);
  for (const FlagMember& flag : kFlags) names.push_back(flag.name);
  std::string all = "; there are ";
  for (const std::string_view known : names) {
    if (known != names.front()) all += ", ";
    all += known;
  }
  return Error("no member '" + printable(name) + "'" +
               did_you_mean(name, names, all));
}

Error wrong_value(std::string_view name, std::string_view what) {
  return Error(std::string(name) + " is not " + std::string(what));
}

// A member's value as text, as set_member() takes it.
Result<std::string> value_as_text(std::string_view name, JsonElement value) {
  if (std::string_view text; value.get(text) == simdjson::SUCCESS) {
    return std::string(text);
  }
  if (int64_t number = 0; value.get(number) == simdjson::SUCCESS) {
    return std::to_string(number);
  }
  if (bool flag = false; value.get(flag) == simdjson::SUCCESS) {
    return std::string(flag ? "true" : "false");
  }
  return wrong_value(name, "a text, a whole number, true or false");
}

Status take_member(RepositoryEntry& entry, std::string_view name,
                   JsonElement value) {
  Result<std::string> text = value_as_text(name, value);
  if (!text) return std::move(text).error();
  if (name.ends_with(kAsBase64)) {
    name.remove_suffix(kAsBase64.size());
    *text = from_base64(*text);
    if (text->empty()) return wrong_value(name, "base64");
  }
  return set_member(entry, name, *text);
}

// The key follows from where the repository is.
Status complete(RepositoryEntry& entry) {
  if (entry.url.empty() && entry.path.empty()) {
    return Error("it has neither a url nor a path");
  }
  if (!entry.key.empty()) return Ok{};
  if (entry.url.empty()) {
    entry.key = entry.path;
    return Ok{};
  }
  Result<RepositoryEntry> known = entry_of_url(entry.url);
  if (!known) return std::move(known).error();
  entry.key = std::move(known->key);
  return Ok{};
}

}  // namespace

std::string to_jsonl(const RepositoryEntry& entry) {
  Json out = Json::object();
  for (const TextMember& text : kTexts) {
    if (text.name == "default_branch") {
      if (entry.size_bytes) out["size_bytes"] = *entry.size_bytes;
      if (entry.pushed_at) out["pushed_at"] = *entry.pushed_at;
    }
    put_text(out, text.name, entry.*text.member);
  }
  if (entry.visibility != Visibility::kUnknown) {
    out["visibility"] = kVisibilities[static_cast<size_t>(entry.visibility)];
  }
  for (const FlagMember& flag : kFlags) {
    if (entry.*flag.member) out[std::string(flag.name)] = true;
  }
  return out.dump() + '\n';
}

Status set_member(RepositoryEntry& entry, std::string_view name,
                  std::string_view value) {
  if (name == "url") {
    Result<RepositoryEntry> parsed = entry_of_url(value);
    if (!parsed) return std::move(parsed).error();
    entry.url = std::move(parsed->url);
    return Ok{};
  }
  for (const TextMember& text : kTexts) {
    if (text.name != name) continue;
    entry.*text.member = value;
    return Ok{};
  }
  for (const FlagMember& flag : kFlags) {
    if (flag.name != name) continue;
    if (value != "true" && value != "false") {
      return wrong_value(name, "true or false");
    }
    entry.*flag.member = value == "true";
    return Ok{};
  }
  if (name == "visibility") {
    const auto known = value_of_word<Visibility>(kVisibilities, value);
    if (!known) return wrong_value(name, "public, internal or private");
    entry.visibility = *known;
    return Ok{};
  }
  const bool is_size = name == "size_bytes";
  if (!is_size && name != "pushed_at") return unknown_member(name);
  const bool read = is_size ? read_number(value, entry.size_bytes)
                            : read_number(value, entry.pushed_at);
  if (!read) return wrong_value(name, "a whole number");
  return Ok{};
}

Result<RepositoryEntry> parse_repository(std::string_view line) {
  JsonParser parser;
  JsonElement document;
  if (const auto error = parser.parse(line.data(), line.size()).get(document);
      error != simdjson::SUCCESS) {
    return Error(simdjson::error_message(error)).in("not JSON");
  }
  simdjson::dom::object object;
  if (document.get(object) != simdjson::SUCCESS) {
    return Error("not a JSON object");
  }
  RepositoryEntry entry;
  for (const auto [name, value] : object) {
    Status taken = take_member(entry, name, value);
    if (!taken) return std::move(taken).error();
  }
  Status whole = complete(entry);
  if (!whole) return std::move(whole).error();
  return entry;
}

}  // namespace leaksift
