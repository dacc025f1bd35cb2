#include "cli/hook_options.h"

#include <CLI/CLI.hpp>
#include <string_view>

#include "cli/period.h"

namespace leaksift {
namespace {

// For those who read it as the hook does.
void add_policy(CLI::App& app, std::string& policy) {
  app.add_option("--policy", policy,
                 "the policy; default: LEAKSIFT_POLICY, then "
                 "/etc/leaksift/push-policy.toml, then the built-in one")
      ->type_name("FILE");
}

void add_target(CLI::App& app, HookTarget& target, std::string_view usual) {
  app.add_option("--hook", target.hooks,
                 "pre-commit, pre-push or pre-receive (repeatable); default: " +
                     std::string(usual))
      ->type_name("HOOK")
      ->delimiter(',')
      ->allow_extra_args(false)
      ->check(CLI::IsMember({"pre-commit", "pre-push", "pre-receive"}));
  CLI::Option* global = app.add_flag("--global", target.global,
                                     "for all repositories of this user");
  CLI::Option* server =
      app.add_option("--server", target.server,
                     "for the bare repository DIR, or a folder of hooks that "
                     "a server runs for all")
          ->type_name("DIR");
  app.add_option("--template", target.template_,
                 "for repositories that are made from the template DIR")
      ->type_name("DIR")
      ->excludes(global)
      ->excludes(server);
  server->excludes(global);
}

}  // namespace

HookScope HookTarget::scope() const {
  if (global) return HookScope::kGlobal;
  if (!server.empty()) return HookScope::kServer;
  return template_.empty() ? HookScope::kRepository : HookScope::kTemplate;
}

void HookOptions::add_to(CLI::App& hook) {
  hook.require_subcommand(1);
  add_pre_receive(hook);
  add_drain(hook);
  add_check_policy(hook);
  add_approve(hook);
  add_audit_verify(hook);
  add_pre_commit(hook);
  add_pre_push(hook);
  add_install(hook);
}

std::optional<HookCommand> HookOptions::chosen() const {
  if (is_chosen(pre_receive_.app)) return pre_receive_.options;
  if (is_chosen(drain_.app)) return drain_.options;
  if (is_chosen(check_policy_.app)) return check_policy_.options;
  if (is_chosen(approve_.app)) return approve_.options;
  if (is_chosen(audit_verify_.app)) return audit_verify_.options;
  if (is_chosen(pre_commit_.app)) return pre_commit_.options;
  if (is_chosen(pre_push_.app)) return pre_push_.options;
  if (is_chosen(install_.app)) return install_.options;
  if (is_chosen(uninstall_.app)) return uninstall_.options;
  return std::nullopt;
}

void HookOptions::add_pre_receive(CLI::App& hook) {
  pre_receive_.app = hook.add_subcommand(
      "pre-receive", "judges a push on a server; git runs it");
  add_policy(*pre_receive_.app, pre_receive_.options.policy);
  pre_receive_.app->footer(
      "Exit codes: 0 the push may come in, 1 it may not. Nothing else.");
}

void HookOptions::add_drain(CLI::App& hook) {
  drain_.app = hook.add_subcommand(
      "drain", "scans pushes that were accepted before they were scanned");
  add_policy(*drain_.app, drain_.options.policy);
  drain_.app->add_option("REPO", drain_.options.repositories,
                         "repositories that are pushed to; default: this one");
  drain_.app->footer(
      "Exit codes: 0 nothing found or nothing to do, 1 findings that the "
      "policy blocks, 2 could not run, 3 a push is left that cannot be "
      "scanned.");
}

void HookOptions::add_check_policy(CLI::App& hook) {
  check_policy_.app = hook.add_subcommand(
      "check-policy", "checks a policy file and shows what holds");
  HookCheckPolicyCommand& options = check_policy_.options;
  check_policy_.app->add_option("FILE", options.file)->required();
  check_policy_.app
      ->add_option("--repo", options.repository,
                   "what holds for the repository of this name")
      ->type_name("NAME");
  check_policy_.app->footer(
      "Exit codes: 0 the policy is sound, 1 it is not, 2 could not run.");
}

void HookOptions::add_approve(CLI::App& hook) {
  approve_.app = hook.add_subcommand(
      "approve", "lets a finding into a repository, by its id in the message");
  HookApproveCommand& options = approve_.options;
  approve_.app
      ->add_option("--repo", options.repository_name,
                   "the repository's name, as in the message")
      ->type_name("NAME")
      ->required();
  approve_.app->add_option("--id", options.id, "the finding's id")
      ->type_name("ID")
      ->required();
  approve_.app->add_option("--by", options.by, "who approves")
      ->type_name("USER")
      ->required();
  approve_.app->add_option("--reason", options.reason)
      ->type_name("TEXT")
      ->required();
  add_period(*approve_.app, "--expires", options.seconds,
             "for how long: hours, days or weeks (12h, 30d, 8w); default: 30d");
  approve_.app
      ->add_option(
          "--policy", options.policy,
          "the policy that says where approvals are kept; default: as for "
          "pre-receive")
      ->type_name("FILE");
  approve_.app->add_option(
      "REPO", options.repository,
      "the repository, where the policy names no place; default: this folder");
}

void HookOptions::add_audit_verify(CLI::App& hook) {
  audit_verify_.app = hook.add_subcommand(
      "audit-verify", "checks that nobody changed an audit log");
  audit_verify_.app
      ->add_option("FILE", audit_verify_.options.files,
                   "the log; rotated files first, oldest first")
      ->required();
  audit_verify_.app->footer(
      "Exit codes: 0 the log is whole, 1 it was changed, 2 could not run.");
}

void HookOptions::add_pre_commit(CLI::App& hook) {
  pre_commit_.app =
      hook.add_subcommand("pre-commit", "scans what `git commit` would commit");
  HookPreCommitCommand& options = pre_commit_.options;
  add_jobs(*pre_commit_.app, options.jobs);
  add_memory(*pre_commit_.app, options.memory);
  add_rule_options(*pre_commit_.app, options.rules);
  add_report_options(*pre_commit_.app, options.report);
}

void HookOptions::add_pre_push(CLI::App& hook) {
  pre_push_.app = hook.add_subcommand(
      "pre-push", "scans what `git push` would bring to the remote");
  HookPrePushCommand& options = pre_push_.options;
  pre_push_.app->add_option("REMOTE", options.remote)->required();
  pre_push_.app->add_option("URL", options.url)->required();
  add_jobs(*pre_push_.app, options.jobs);
  add_memory(*pre_push_.app, options.memory);
  add_rule_options(*pre_push_.app, options.rules);
  add_report_options(*pre_push_.app, options.report);
  pre_push_.app->footer(
      "Standard input: lines as git writes them for this hook, `local ref, id, "
      "remote ref,\nid`.");
}

void HookOptions::add_install(CLI::App& hook) {
  install_.app = hook.add_subcommand(
      "install", "makes git run leaksift; a hook that is there runs first");
  add_target(*install_.app, install_.options.target,
             "pre-receive with --server, else pre-commit");
  install_.app
      ->add_option("OPTION", install_.options.options,
                   "behind --: options of the hook (-- --min-confidence high)")
      ->check([](const std::string& word) -> std::string {
        return word.empty() ? "an empty option" : "";
      });
  uninstall_.app = hook.add_subcommand(
      "uninstall", "takes leaksift out again; an earlier hook comes back");
  add_target(*uninstall_.app, uninstall_.options.target, "all of them");
}

}  // namespace leaksift
