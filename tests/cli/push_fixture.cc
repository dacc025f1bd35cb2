#include "cli/push_fixture.h"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <set>
#include <utility>

#include "core/text.h"
#include "support/catch.h"

namespace leaksift {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kRemote = "remote: ";

// What the server said: git indents it, and fills it up against what stood
// there before.
std::string told_in(const std::string& err) {
  std::string told;
  for (std::string_view line : split(err, '\n')) {
    if (!line.starts_with(kRemote)) continue;
    line.remove_prefix(kRemote.size());
    while (line.ends_with(' ')) line.remove_suffix(1);
    told += std::string(line) + "\n";
  }
  return told;
}

bool is_null(const std::string& id) {
  return id.find_first_not_of('0') == std::string::npos;
}

std::string quoted(const std::string& path) {
  std::string out = "\"";
  for (const char c : path) {
    if (c == '"' || c == '\\') out += '\\';
    out += c;
  }
  return out + '"';
}

bool is_rejected(const nlohmann::json& line) {
  return line["verdict"] == "block";
}

}  // namespace

Lines Pushed::found() const {
  Lines all;
  for (const nlohmann::json& finding : audit["findings"]) {
    const std::string path = finding["path"];
    const std::string commit = finding["commit"];
    all.push_back(
        finding["kind"].get<std::string>() + " " +
        (path.empty() ? finding["object_type"].get<std::string>() : path) +
        ":" + finding["line"].dump() + " in " +
        (commit.empty() ? "-" : commit));
  }
  std::sort(all.begin(), all.end());
  return all;
}

Lines Pushed::blocking_ids() const {
  Lines ids;
  for (const nlohmann::json& finding : audit["findings"]) {
    if (finding["action"] == "block" && finding["bypass"].is_null()) {
      ids.push_back(finding["id"]);
    }
  }
  return ids;
}

std::string introduced(const std::string& path, unsigned line,
                       const std::string& commit) {
  return "introduced " + path + ":" + std::to_string(line) + " in " + commit;
}

PushFixture::PushFixture(const std::vector<std::string>& init_options,
                         const std::string& server_name)
    : client_(init_options), server_(client_.around() / server_name) {
  Arguments init = {"init", "-q", "--bare", "-b", "main", "--template="};
  init.insert(init.end(), init_options.begin(), init_options.end());
  init.push_back(server_);
  client_.git(init);
  fs::create_directory(server_ + "/hooks");
  std::ofstream(server_ + "/config", std::ios::app)
      << "[core]\nfsync = none\n[gc]\nauto = 0\n"
      << "[receive]\nautogc = false\nadvertisePushOptions = true\n";
  set_hook("\"$leaksift\" hook pre-receive\n");
  set("leaksift", LEAKSIFT_PROGRAM);
  set("LEAKSIFT_POLICY", policy());
  set_policy("");
}

void PushFixture::set_policy(const std::string& keys,
                             const std::string& tables) const {
  std::string text = "version = 1\n";
  auto add_unless_set = [&](const std::string& key, const std::string& value) {
    if (keys.find(key) == keys.npos) text += key + " = " + value + "\n";
  };
  add_unless_set("rules", "[\"" + acme_rules() + "\"]");
  add_unless_set("deadline_ms", "60000");
  client_.around().write("policy.toml", text + keys + "\n" + tables);
}

void PushFixture::set_hook(const std::string& script) const {
  const std::string path = server_ + "/hooks/pre-receive";
  std::ofstream(path) << "#!/bin/sh\n"
                      << script << "code=$?\n"
                      << "echo $code > \"$hook_exit\"\nexit $code\n";
  fs::permissions(path, fs::perms::owner_all);
}

void PushFixture::configure(const std::string& key,
                            const std::string& value) const {
  ask({"config", key, value});
}

std::string PushFixture::secret() {
  secrets_.push_back(acme_token(static_cast<unsigned>(secrets_.size())));
  return secrets_.back();
}

std::string PushFixture::commit(const std::string& path,
                                const std::string& text) const {
  client_.write(path, text);
  return commit_all(client_, "change of " + path);
}

void PushFixture::store(const Arguments& what) const {
  const std::string hook = server_ + "/hooks/pre-receive";
  fs::rename(hook, hook + ".off");
  Arguments push = {"push", "-q", server_};
  push.insert(push.end(), what.begin(), what.end());
  client_.git(push);
  fs::rename(hook + ".off", hook);
}

Pushed PushFixture::push(const Arguments& what, const PushChecks& checks,
                         const std::string& directory) {
  const std::string exit_file = client_.around() / "hook_exit";
  const std::string from = directory.empty() ? client_.path() : directory;
  set("hook_exit", exit_file);
  Arguments command = {"git", "-c", "core.fsync=none", "push", server_};
  command.insert(command.end(), what.begin(), what.end());
  const Refs before = refs();
  const size_t lines = audit().size();
  fs::remove(exit_file);
  const Ran ran = run_command(in_environment(std::move(command)), from);
  Pushed pushed;
  pushed.accepted = ran.exit_code == 0;
  pushed.err = ran.err;
  pushed.told = told_in(ran.err);
  std::ifstream(exit_file) >> pushed.hook_exit;
  const std::vector<nlohmann::json> log = audit();
  INFO(ran.err);
  if (checks.audited) {
    REQUIRE(log.size() == lines + 1);
    pushed.audit = log.back();
  }
  check(pushed, before, checks);
  if (checks.audited && checks.counts) check_counts(pushed.audit, before, from);
  return pushed;
}

void PushFixture::push_all(const Lines& refs) {
  set("hook_exit", client_.around() / "hook_exit");
  std::string script;
  for (const std::string& ref : refs) {
    script += "git push \"$1\" " + ref + " & ";
  }
  run_command(in_environment({"sh", "-c", script + "wait", "sh", server_}),
              client_.path());
}

Pushed PushFixture::run_hook(std::string_view updates,
                             const Arguments& more) const {
  Arguments command = {LEAKSIFT_PROGRAM, "hook", "pre-receive"};
  command.insert(command.end(), more.begin(), more.end());
  const size_t lines = audit().size();
  const Ran ran =
      run_command(in_environment(std::move(command)), server_, updates);
  Pushed pushed;
  pushed.hook_exit = ran.exit_code;
  pushed.accepted = ran.exit_code == 0;
  pushed.told = pushed.err = ran.err;
  const std::vector<nlohmann::json> log = audit();
  if (log.size() > lines) pushed.audit = log.back();
  no_secret_stands_in("what the hook says", pushed.err);
  no_secret_is_kept();
  check_message(pushed);
  return pushed;
}

Arguments PushFixture::in_environment(Arguments command) const {
  Arguments whole = {"env"};
  for (const auto& [name, value] : environment_) {
    whole.push_back(name + "=" + value);
  }
  whole.insert(whole.end(), command.begin(), command.end());
  return whole;
}

void PushFixture::blocks(const Arguments& what, Lines found) {
  const Pushed pushed = push(what);
  CAPTURE(pushed.err, pushed.audit.dump());
  std::sort(found.begin(), found.end());
  CHECK(pushed.found() == found);
  CHECK(pushed.verdict() == "block");
  CHECK_FALSE(pushed.accepted);
}

void PushFixture::passes(const Arguments& what, uint64_t known) {
  const Pushed pushed = push(what);
  CAPTURE(pushed.err, pushed.audit.dump());
  CHECK(pushed.found().empty());
  CHECK(pushed.audit["known"] == known);
  CHECK(pushed.verdict() == "clean");
  CHECK(pushed.accepted);
}

void PushFixture::check(const Pushed& pushed, const Refs& before,
                        const PushChecks& checks) const {
  const Refs after = refs();
  if (pushed.hook_exit > 0) {
    CHECK_FALSE(pushed.accepted);
    CHECK(after == before);
  }
  no_secret_stands_in("what the server says", pushed.told);
  no_secret_is_kept();
  check_message(pushed);
  if (!checks.audited) return;
  const nlohmann::json& line = pushed.audit;
  CAPTURE(line.dump());
  CHECK((pushed.hook_exit == 0 || pushed.hook_exit == 1));
  CHECK(line["exit"] == pushed.hook_exit);
  CHECK(is_rejected(line) == (pushed.hook_exit == 1));
  CHECK(line["ref_count"] == line["refs"].size());
  if (pushed.hook_exit != 0) return;
  CHECK(pushed.accepted == checks.git_agrees);
  if (!checks.git_agrees) {
    CHECK(after == before);
    return;
  }
  Refs expected = before;
  for (const nlohmann::json& ref : line["refs"]) {
    const bool was_there = before.contains(ref["ref"]);
    CHECK((ref["kind"] == "create") == !was_there);
    if (was_there) CHECK(ref["old"] == before.at(ref["ref"]));
    if (is_null(ref["new"])) {
      expected.erase(ref["ref"]);
    } else {
      expected[ref["ref"]] = ref["new"];
    }
  }
  CHECK(after == expected);
}

void PushFixture::check_message(const Pushed& pushed) const {
  CAPTURE(pushed.told);
  CHECK(std::all_of(pushed.told.begin(), pushed.told.end(), [](char c) {
    return c == '\n' || (c >= ' ' && c <= '~');
  }));
  if (pushed.audit.is_null()) return;
  size_t named = 0;
  for (const nlohmann::json& finding : pushed.audit["findings"]) {
    if (finding["action"] != "block" || ++named > 20) continue;
    CAPTURE(finding.dump());
    const std::string id = finding["id"];
    const std::string path = finding["path"];
    const std::string commit = finding["commit"];
    CHECK(pushed.told.find("id " + id) != std::string::npos);
    CHECK(pushed.told.find(commit.substr(0, 8)) != std::string::npos);
    const std::string type = finding["object_type"];
    const std::string at =
        type == "blob" ? ":" + finding["line"].dump() : std::string();
    CHECK(pushed.told.find(path + at) != std::string::npos);
  }
  CHECK((pushed.told.find("PUSH BLOCKED") != std::string::npos) ==
        is_rejected(pushed.audit));
}

// What `git rev-list` and `git diff-tree` say is new.
void PushFixture::check_counts(const nlohmann::json& line, const Refs& before,
                               const std::string& directory) const {
  std::string range;
  for (const nlohmann::json& ref : line["refs"]) {
    if (!is_null(ref["new"])) range += ref["new"].get<std::string>() + "\n";
  }
  for (const auto& [name, id] : before) range += "^" + id + "\n";
  const std::string commits =
      ask_with_server({"rev-list", "--stdin"}, directory, range);
  const auto count = std::count(commits.begin(), commits.end(), '\n');
  CHECK(line["objects"]["commits"] == count);
  const std::string changes =
      ask_with_server({"diff-tree", "--stdin", "-r", "-c", "--root", "--raw",
                       "--no-abbrev", "--no-renames", "--no-commit-id", "-z"},
                      directory, commits);
  std::set<std::string> blobs;
  for (const std::string& entry : split_nul(changes)) {
    // ":100644 100644 <old> <new> M"; with more of all but <new> in merges
    if (!entry.starts_with(':')) continue;
    const std::vector<std::string_view> words = split(entry, ' ');
    const size_t parents = entry.find_first_not_of(':');
    const std::string id(words[words.size() - 2]);
    if (words[parents] != "160000" && !is_null(id)) blobs.insert(id);
  }
  const uint64_t tags = line["objects"]["tags"];
  const uint64_t scanned = line["objects"]["scanned"];
  const uint64_t expected = blobs.size() + static_cast<uint64_t>(count) + tags;
  if (line["objects"]["strays"] == 0) {
    CHECK(scanned == expected);
  } else {
    CHECK(scanned >= expected);
  }
}

std::string PushFixture::ask_with_server(const Arguments& arguments,
                                         const std::string& directory,
                                         std::string_view input) const {
  Arguments command = {
      "env", "GIT_ALTERNATE_OBJECT_DIRECTORIES=" + quoted(server_ + "/objects"),
      "git"};
  command.insert(command.end(), arguments.begin(), arguments.end());
  Ran ran = run_command(command, directory, input);
  CAPTURE(command, ran.err, std::string(input));
  REQUIRE(ran.exit_code == 0);
  return std::move(ran.out);
}

std::vector<nlohmann::json> PushFixture::audit() const {
  std::vector<nlohmann::json> lines;
  std::ifstream log(audit_file());
  for (std::string line; std::getline(log, line);) {
    lines.push_back(nlohmann::json::parse(line));
  }
  return lines;
}

std::string PushFixture::ask(const Arguments& arguments) const {
  return client_.git_in(server_, arguments);
}

PushFixture::Refs PushFixture::refs() const {
  Refs refs;
  const std::string list =
      ask({"for-each-ref", "--format=%(objectname) %(refname)"});
  for (const std::string_view line : split(list, '\n')) {
    const size_t space = line.find(' ');
    if (space != std::string_view::npos) {
      refs.emplace(line.substr(space + 1), line.substr(0, space));
    }
  }
  return refs;
}

bool PushFixture::log_is_whole() const {
  const Ran ran = run_program({"hook", "audit-verify", audit_file()});
  INFO(ran.out << ran.err);
  CHECK(ran.exit_code == 0);
  return ran.exit_code == 0;
}

void PushFixture::no_secret_stands_in(std::string_view what,
                                      std::string_view bytes) const {
  CAPTURE(what);
  CHECK(std::none_of(secrets_.begin(), secrets_.end(), [&](const auto& secret) {
    return bytes.find(secret) != std::string_view::npos;
  }));
}

void PushFixture::no_secret_is_kept() const {
  for (auto at = fs::recursive_directory_iterator(server_);
       at != fs::recursive_directory_iterator(); ++at) {
    if (at->path() == server_ + "/objects") at.disable_recursion_pending();
    if (!at->is_regular_file()) continue;
    no_secret_stands_in(at->path().string(), read_bytes(at->path().string()));
  }
}

}  // namespace leaksift
