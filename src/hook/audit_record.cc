#include "hook/audit_record.h"

#include <algorithm>
#include <chrono>
#include <nlohmann/json.hpp>

#include "core/digest.h"
#include "core/text.h"
#include "findings/finding.h"
#include "hook/careful_name.h"
#include "hook/durable.h"

namespace leaksift {
namespace {

using Json = nlohmann::json;

constexpr size_t kMaxRefs = 1'000;
constexpr size_t kMaxSkipped = 100;

std::string_view kind_of(const RefUpdate& update) {
  if (update.new_id.is_null()) return "delete";
  return update.old_id.is_null() ? "create" : "update";
}

Json refs_of(const AuditedPush& push) {
  Json refs = Json::array();
  // Without a scan nobody knows whether a name has a secret in it.
  const std::vector<std::string>& names = push.scan.refs;
  for (size_t i = 0; i < std::min(push.updates.size(), kMaxRefs); ++i) {
    const RefUpdate& update = push.updates[i];
    refs.push_back(
        {{"ref",
          printable(i < names.size() ? names[i] : careful_name(update.ref))},
         {"old", update.old_id.hex(push.hash)},
         {"new", update.new_id.hex(push.hash)},
         {"kind", kind_of(update)}});
  }
  return refs;
}

Json of(const Bypass& bypass) {
  Json json = {{"kind", to_string(bypass.kind)},
               {"by", printable(bypass.by)},
               {"reason", printable(bypass.reason)}};
  if (!bypass.id.empty()) json["id"] = printable(bypass.id);
  if (!bypass.refusal.empty()) json["refused"] = printable(bypass.refusal);
  return json;
}

Json of(const JudgedFinding& judged) {
  const PushFinding& finding = judged.finding;
  const PushFinding::Place& place = finding.places[0];
  Json parts = Json::array();
  for (const PushFinding::Part& part : finding.parts) {
    parts.push_back({{"rule", part.rule_id}, {"line", part.line}});
  }
  return {{"id", judged.id},
          {"rule", finding.rule_id},
          {"class", to_string(finding.data_class)},
          {"severity", to_string(finding.severity)},
          {"confidence", to_string(finding.confidence)},
          {"kind", to_string(finding.kind)},
          {"object", place.object},
          {"object_type", place.object_type},
          {"path", printable(place.path)},
          {"line", place.line},
          {"commit", place.commit},
          {"places", finding.place_count},
          {"parts", std::move(parts)},
          {"action", to_string(judged.action)},
          {"bypass", judged.bypass ? of(*judged.bypass) : Json()}};
}

Json objects_of(const PushScan& scan) {
  Json skipped = Json::object();
  for (const auto& [reason, count] : scan.skip_counts) {
    skipped[std::string(to_string(reason))] = count;
  }
  return {{"commits", scan.commits}, {"tags", scan.tags},
          {"scanned", scan.objects}, {"bytes", scan.bytes},
          {"strays", scan.strays},   {"not_scanned", std::move(skipped)}};
}

Json skipped_of(const PushScan& scan) {
  Json list = Json::array();
  for (const Skipped& skipped : scan.skipped) {
    if (list.size() == kMaxSkipped) break;
    if (!is_failure(skipped.reason)) continue;
    list.push_back({{"reason", to_string(skipped.reason)},
                    {"name", printable(skipped.name)},
                    {"detail", printable(skipped.detail)}});
  }
  return list;
}

}  // namespace

Result<std::string> new_record_id() {
  const auto now = std::chrono::duration_cast<std::chrono::milliseconds>(
                       std::chrono::system_clock::now().time_since_epoch())
                       .count();
  std::string bytes;
  for (int shift = 40; shift >= 0; shift -= 8) {
    bytes.push_back(static_cast<char>(now >> shift & 0xff));
  }
  const Result<std::string> random = random_bytes(4);
  if (!random) return random.error();
  return to_hex(bytes + *random);
}

Json audit_record(const AuditedPush& push) {
  Json findings = Json::array();
  for (const JudgedFinding& judged : push.verdict.findings) {
    findings.push_back(of(judged));
  }
  Json troubles = Json::array();
  for (const Trouble& trouble : push.verdict.troubles) {
    troubles.push_back({{"kind", to_string(trouble.kind)},
                        {"policy", to_string(trouble.fallback)},
                        {"what", printable(trouble.what)}});
  }
  Json bypasses = Json::array();
  for (const Bypass& bypass : push.bypasses.granted) {
    bypasses.push_back(of(bypass));
  }
  for (const Bypass& bypass : push.bypasses.refused) {
    bypasses.push_back(of(bypass));
  }
  return {{"v", 1},
          {"type", push.type},
          {"id", push.id},
          {"time", to_iso8601({push.seconds, 0})},
          {"repository", printable(push.repository)},
          {"git_dir", printable(push.git_dir)},
          {"user", printable(push.user)},
          {"refs", refs_of(push)},
          {"ref_count", push.updates.size()},
          {"objects", objects_of(push.scan)},
          {"policy", push.policy},
          {"policy_path", printable(push.policy_path)},
          {"mode", to_string(push.mode)},
          {"verdict", to_string(push.verdict.kind)},
          {"findings", std::move(findings)},
          {"findings_left_out", push.scan.findings_left_out},
          {"known", push.verdict.known},
          {"troubles", std::move(troubles)},
          {"skipped", skipped_of(push.scan)},
          {"bypasses", std::move(bypasses)},
          {"deferred", push.deferred},
          {"ms", push.milliseconds},
          {"exit", push.exit}};
}

}  // namespace leaksift
