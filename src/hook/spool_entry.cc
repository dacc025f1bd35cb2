#include "hook/spool_entry.h"

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>
#include <optional>

#include "check/json_object.h"
#include "core/digest.h"
#include "core/text.h"
#include "core/utf8.h"
#include "core/words.h"

namespace leaksift {
namespace {

constexpr int64_t kVersion = 1;
// Of a member whose bytes are no text: its name then has this behind it.
constexpr std::string_view kAsBase64 = "_base64";

constexpr std::array<std::string_view, 3> kReasons = {"timeout", "error",
                                                      "partial"};

std::string updates_of(const DeferredPush& push) {
  std::string lines;
  for (const RefUpdate& update : push.updates) {
    lines += update.old_id.hex(push.hash) + " " + update.new_id.hex(push.hash) +
             " " + update.ref + "\n";
  }
  return lines;
}

Result<std::vector<RefUpdate>> parse_updates(std::string_view text,
                                             HashKind hash) {
  const size_t digits = 2 * id_size(hash);
  std::vector<RefUpdate> updates;
  for (const std::string_view line : split(text, '\n')) {
    if (line.empty()) continue;
    if (line.size() < 2 * digits + 3 || line[digits] != ' ' ||
        line[2 * digits + 1] != ' ') {
      return Error("its ref updates are damaged");
    }
    const auto old_id = ObjectId::from_hex(line.substr(0, digits));
    const auto new_id = ObjectId::from_hex(line.substr(digits + 1, digits));
    if (!old_id || !new_id) return Error("its ref updates are damaged");
    updates.push_back(
        {*old_id, *new_id, std::string(line.substr(2 * digits + 2))});
  }
  return updates;
}

std::string excluded_of(const DeferredPush& push) {
  std::string raw;
  const size_t count =
      std::min(push.excluded.size(), DeferredPush::kMaxExcluded);
  for (size_t i = 0; i < count; ++i) raw += push.excluded[i].raw(push.hash);
  return to_base64(raw);
}

Result<std::vector<ObjectId>> parse_excluded(std::string_view text,
                                             HashKind hash) {
  const std::string raw = from_base64(text);
  const size_t size = id_size(hash);
  if (raw.empty() != text.empty() || raw.size() % size != 0 ||
      raw.size() / size > DeferredPush::kMaxExcluded) {
    return Error("its excluded ids are damaged");
  }
  std::vector<ObjectId> ids;
  for (size_t at = 0; at < raw.size(); at += size) {
    ids.emplace_back(std::string_view(raw).substr(at, size));
  }
  return ids;
}

// Paths and names are bytes, JSON is text.
void put_bytes(nlohmann::ordered_json& out, const std::string& name,
               const std::string& bytes) {
  if (is_valid_utf8(bytes)) {
    out[name] = bytes;
  } else {
    out[name + std::string(kAsBase64)] = to_base64(bytes);
  }
}

std::string take_bytes(const JsonObject& object, const std::string& name) {
  const std::string_view coded = object.text(name + std::string(kAsBase64));
  return coded.empty() ? std::string(object.text(name)) : from_base64(coded);
}

}  // namespace

std::string_view to_string(DeferReason reason) {
  return kReasons[static_cast<size_t>(reason)];
}

std::string write_entry(const DeferredPush& push) {
  nlohmann::ordered_json entry;
  entry["version"] = kVersion;
  entry["reason"] = to_string(push.reason);
  entry["time"] = push.time;
  entry["record"] = push.record;
  put_bytes(entry, "repository", push.repository);
  put_bytes(entry, "git_dir", push.git_dir);
  put_bytes(entry, "user", push.user);
  entry["attempts"] = push.attempts;
  put_bytes(entry, "last_error", push.last_error);
  entry["hash"] = push.hash == HashKind::kSha1 ? "sha1" : "sha256";
  put_bytes(entry, "updates", updates_of(push));
  entry["excluded"] = excluded_of(push);
  return entry.dump() + "\n";
}

Result<DeferredPush> parse_entry(std::string_view text) {
  const std::optional<JsonObject> object = JsonObject::parse(text);
  if (!object) return Error("not a JSON object");
  if (object->number("version") != kVersion) {
    return Error("not of version " + std::to_string(kVersion));
  }
  DeferredPush push;
  const auto reason =
      value_of_word<DeferReason>(kReasons, object->text("reason"));
  const std::string_view hash = object->text("hash");
  const int64_t attempts = object->number("attempts").value_or(-1);
  if (!reason || (hash != "sha1" && hash != "sha256") || attempts < 0 ||
      attempts > UINT32_MAX) {
    return Error("its reason, its hash or its attempts are damaged");
  }
  push.reason = *reason;
  push.hash = hash == "sha1" ? HashKind::kSha1 : HashKind::kSha256;
  push.attempts = static_cast<uint32_t>(attempts);
  push.time = object->number("time").value_or(0);
  push.record = object->text("record");
  push.repository = take_bytes(*object, "repository");
  push.git_dir = take_bytes(*object, "git_dir");
  push.user = take_bytes(*object, "user");
  push.last_error = take_bytes(*object, "last_error");
  if (push.git_dir.empty()) return Error("it names no repository");
  auto updates = parse_updates(take_bytes(*object, "updates"), push.hash);
  if (!updates) return std::move(updates).error();
  push.updates = *std::move(updates);
  auto excluded = parse_excluded(object->text("excluded"), push.hash);
  if (!excluded) return std::move(excluded).error();
  push.excluded = *std::move(excluded);
  return push;
}

}  // namespace leaksift
