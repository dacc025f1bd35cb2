#include "cli/program.h"

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <utility>

#include "core/digest.h"
#include "core/text.h"
#include "support/catch.h"

namespace leaksift {
namespace {

// What all runs of this test program share; gone with it.
const TempDir& shared_folder() {
  static const TempDir folder;
  return folder;
}

}  // namespace

Ran run_program(const Arguments& arguments, const std::string& directory,
                std::string_view input) {
  ::setenv("XDG_CACHE_HOME", shared_folder().path().c_str(), 1);
  ::setenv("HOME", shared_folder().path().c_str(), 1);
  Arguments command = {LEAKSIFT_PROGRAM};
  command.insert(command.end(), arguments.begin(), arguments.end());
  return run_command(std::move(command), directory, input);
}

const std::string& acme_rules() {
  static const std::string path = [] {
    shared_folder().write("rules.toml", R"([[rules]]
id = "acme-token"
description = "Acme token"
regex = '''\b(acme_[0-9a-f]{32})\b'''

[[rules]]
id = "acme-key"
description = "Acme key"
regex = '''\b(acmekey-[0-9]{20})\b'''
)");
    return shared_folder() / "rules.toml";
  }();
  return path;
}

std::string acme_token(unsigned number) {
  return "acme_" +
         to_hex(hmac_sha256("acme", std::to_string(number))).substr(0, 32);
}

Lines Reported::places() const {
  Lines all;
  for (const nlohmann::json& finding : findings) {
    for (const nlohmann::json& o : finding["occurrences"]) {
      all.push_back(o.value("path", "") + ":" + o["line"].dump() + ":" +
                    o["column"].dump());
    }
  }
  std::sort(all.begin(), all.end());
  return all;
}

Lines Reported::of_occurrences(const char* key) const {
  Lines all;
  for (const nlohmann::json& finding : findings) {
    for (const nlohmann::json& o : finding["occurrences"]) {
      all.push_back(o.value(key, ""));
    }
  }
  std::sort(all.begin(), all.end());
  return all;
}

uint64_t Reported::skipped(const char* reason) const {
  return summary["coverage"]["skipped"].value(reason, uint64_t{0});
}

Lines Reported::names_skipped(const char* reason) const {
  Lines names;
  for (const nlohmann::json& item : summary["coverage"]["skipped_items"]) {
    if (item["reason"] == reason) names.push_back(item["name"]);
  }
  return names;
}

Reported report(const Arguments& command, const std::string& directory,
                std::string_view input) {
  Arguments arguments = command;
  arguments.insert(arguments.end(), {"-f", "jsonl"});
  if (std::find(command.begin(), command.end(), "--rules") == command.end()) {
    arguments.insert(arguments.end(), {"--rules", acme_rules()});
  }
  return read_report(run_program(arguments, directory, input));
}

Reported read_report(Ran ran) {
  Reported reported;
  reported.ran = std::move(ran);
  CAPTURE(reported.ran.err);
  for (const std::string_view line : split(reported.ran.out, '\n')) {
    if (line.empty()) continue;
    nlohmann::json object = nlohmann::json::parse(line);
    if (object["type"] == "finding") {
      reported.findings.push_back(std::move(object));
    } else {
      reported.summary = std::move(object);
    }
  }
  REQUIRE(!reported.summary.is_null());
  return reported;
}

Reported Tree::scan(Arguments more) const {
  more.insert(more.begin(), {"scan", "."});
  return report(more, path());
}

}  // namespace leaksift
