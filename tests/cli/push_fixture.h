// A server that leaksift guards, and somebody who pushes to it with git.
#pragma once

#include <map>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "cli/history.h"
#include "cli/program.h"
#include "support/git_fixture.h"

namespace leaksift {

// One push, as git, the hook and the audit log tell of it.
struct Pushed {
  bool accepted = false;  // all of it, by git push
  int hook_exit = -1;     // -1: the hook did not come to an end
  std::string told;       // what the server said, without git's "remote: "
  std::string err;        // all that git push said
  nlohmann::json audit;   // its line; null: there is none

  std::string verdict() const { return audit.value("verdict", ""); }
  // "<kind> <path>:<line> in <commit>" of each finding, sorted. Of what has no
  // path there is its type instead, of what has no commit "-".
  Lines found() const;
  // The ids of its findings that block.
  Lines blocking_ids() const;
};

// How found() has a finding.
std::string introduced(const std::string& path, unsigned line,
                       const std::string& commit);

// What a push is to be held against.
struct PushChecks {
  // Commits and objects are counted as git counts them. Not where something was
  // left out.
  bool counts = true;
  // A push that leaves a line in the log; the hook came to its end.
  bool audited = true;
  // Else git itself refuses what the hook lets in.
  bool git_agrees = true;
};

// A bare repository with the hook, and a client's repository with a work tree.
// Every push is checked for what must hold whatever it brings: see push().
class PushFixture {
 public:
  // Of git init, for both.
  explicit PushFixture(const std::vector<std::string>& init_options = {},
                       const std::string& server_name = "srv.git");

  const GitFixture& client() const { return client_; }
  const std::string& server() const { return server_; }
  std::string state() const { return server_ + "/leaksift"; }
  std::string audit_file() const { return state() + "/audit.jsonl"; }

  // Keys, then tables, behind version and, unless they say otherwise, rules
  // and a long deadline. Without tables all that is found blocks.
  void set_policy(const std::string& keys, const std::string& tables =
                                               "[[rule_action]]\n"
                                               "action = \"block\"\n") const;
  std::string policy() const { return client_.around() / "policy.toml"; }
  // For the pushes that follow, as a forge or an administrator sets it.
  void set(const std::string& name, const std::string& value) {
    environment_[name] = value;
  }
  // The hook as a shell script, instead of leaksift alone.
  void set_hook(const std::string& script) const;
  void configure(const std::string& key, const std::string& value) const;

  // A new one each time, which no push may show anywhere.
  std::string secret();

  // Commits `text` as `path`, on what is checked out.
  std::string commit(const std::string& path, const std::string& text) const;
  // Goes past the hook.
  void store(const Arguments& what) const;

  // Pushes from `directory` (the client), and checks: that the hook's exit, the
  // refs of the server and git push agree; that the audit line has all of this,
  // the ref updates and git's own counts; that the pusher is told the path,
  // line, commit and id of what blocks; that no secret stands in what he is
  // told nor in any file of the server outside of its objects; and that all he
  // is told can be printed.
  Pushed push(const Arguments& what, const PushChecks& checks = {},
              const std::string& directory = {});
  // Each of the refs by a push of its own, all at the same time.
  void push_all(const Lines& refs);
  // leaksift as the hook, with the environment of pushes and these ref updates:
  // for what git would not hand over.
  Pushed run_hook(std::string_view updates, const Arguments& more = {}) const;
  // The same of a push that is to be rejected, by the policy, for just these.
  void blocks(const Arguments& what, Lines found);
  // And of one that is to come in with nothing found in it; `known`: secrets in
  // changed files that were there before.
  void passes(const Arguments& what, uint64_t known = 0);

  std::vector<nlohmann::json> audit() const;
  // What git says in the server's repository.
  std::string ask(const Arguments& arguments) const;
  // By name, what each ref points to.
  std::map<std::string, std::string> refs() const;
  // Is the chain of the log whole, and does it end where it should?
  bool log_is_whole() const;
  void no_secret_stands_in(std::string_view what, std::string_view bytes) const;
  void no_secret_is_kept() const;

 private:
  using Refs = std::map<std::string, std::string>;

  void check(const Pushed& pushed, const Refs& before,
             const PushChecks& checks) const;
  // `command`, with the environment of pushes before it.
  Arguments in_environment(Arguments command) const;
  void check_message(const Pushed& pushed) const;
  void check_counts(const nlohmann::json& line, const Refs& before,
                    const std::string& directory) const;
  std::string ask_with_server(const Arguments& arguments,
                              const std::string& directory,
                              std::string_view input) const;

  GitFixture client_;
  std::string server_;
  std::map<std::string, std::string> environment_;
  std::vector<std::string> secrets_;
};

}  // namespace leaksift
