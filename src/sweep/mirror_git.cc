#include "sweep/mirror_git.h"

#include <algorithm>
#include <array>
#include <cstdlib>
#include <filesystem>
#include <utility>

#include "core/digest.h"
#include "core/text.h"
#include "sweep/http.h"
#include "sweep/remote_url.h"

namespace leaksift {
namespace {

namespace fs = std::filesystem;

constexpr uint64_t kMaxRefs = uint64_t{1} << 30;  // bytes of a list of refs
constexpr size_t kMaxDetail = 400;                // bytes
constexpr std::chrono::seconds kAskTimeout{300};

constexpr std::string_view kSsh =
    "ssh -oBatchMode=yes -oConnectTimeout=20 -oPermitLocalCommand=no "
    "-oClearAllForwardings=yes";

// As in curl, git and ssh with LC_ALL=C.
constexpr std::array<std::string_view, 14> kPermanent = {
    "authentication failed",
    "could not read username",
    "could not read password",
    "repository not found",
    "' not found",
    "returned error: 401",
    "returned error: 403",
    "returned error: 404",
    "returned error: 410",
    "returned error: 30",  // a redirect
    "permission denied",
    "not allowed",
    "does not appear to be a git repository",
    "host key verification failed"};

// Settings that hold over whatever is configured.
std::vector<std::pair<std::string, std::string>> settings_of(
    const MirrorOptions& options) {
  std::vector<std::pair<std::string, std::string>> settings = {
      {"core.hooksPath", "/dev/null"},
      {"core.fsmonitor", "false"},
      {"core.askPass", ""},
      {"credential.helper", ""},
      {"gc.auto", "0"},
      {"maintenance.auto", "false"},
      {"fetch.unpackLimit", "1"},
      {"fetch.fsckObjects", "false"},
      {"fetch.recurseSubmodules", "false"},
      {"fetch.writeCommitGraph", "false"},
      {"protocol.version", "2"},
      {"http.followRedirects", "false"},
      {"http.lowSpeedLimit", "1000"},  // bytes a second, for so many seconds:
      {"http.lowSpeedTime", "60"}};
  if (!options.proxy.empty()) {
    settings.emplace_back("http.proxy", options.proxy);
  }
  if (!options.ca_file.empty()) {
    settings.emplace_back("http.sslCAInfo", options.ca_file);
  }
  return settings;
}

// As http.extraHeader has it, in base64 as git would write it itself.
std::string login_of(const GitCredential& credential) {
  const std::string& token = credential.token.reveal();
  const bool whole = token.find(':') != std::string::npos;
  return to_base64(whole ? token : credential.user + ':' + token);
}

std::vector<std::string> base_environment(const MirrorOptions& options) {
  std::string protocols = "https:ssh";
  for (const std::string& name : options.more_protocols) {
    protocols += ':' + name;
  }
  std::vector<std::string> environment = {
      "LC_ALL=C",
      "HOME=" + options.folder,  // where there is no .netrc
      "GIT_CONFIG_NOSYSTEM=1",
      "GIT_CONFIG_GLOBAL=/dev/null",
      "GIT_ATTR_NOSYSTEM=1",
      "GIT_ALLOW_PROTOCOL=" + protocols,
      "GIT_NO_LAZY_FETCH=1",
      "GIT_NO_REPLACE_OBJECTS=1",
      "GIT_OPTIONAL_LOCKS=0",
      "GIT_TERMINAL_PROMPT=0",
      "GIT_ASKPASS=/bin/false",
      "SSH_ASKPASS=/bin/false",
      "GIT_SSH_VARIANT=ssh",
      std::string("GIT_SSH_COMMAND=").append(kSsh)};
  for (const char* const name : {"PATH", "SSH_AUTH_SOCK"}) {
    const char* const value = std::getenv(name);
    if (value != nullptr) {
      environment.push_back(std::string(name) + '=' + value);
    }
  }
  return environment;
}

uint64_t bytes_in(const std::string& folder) {
  uint64_t bytes = 0;
  std::error_code error;
  for (fs::directory_iterator at(folder, error), end; !error && at != end;
       at.increment(error)) {
    std::error_code gone;
    const uint64_t size = at->file_size(gone);
    if (!gone) bytes += size;
  }
  return bytes;
}

void replace_all(std::string& text, const std::string& what) {
  for (size_t at = 0; (at = text.find(what, at)) != std::string::npos;) {
    text.replace(at, what.size(), "****");
  }
}

}  // namespace

bool is_permanent(std::string_view git_says) {
  return std::any_of(kPermanent.begin(), kPermanent.end(), [&](auto text) {
    return contains_ignoring_case(git_says, text);
  });
}

RemoteRefs parse_ls_remote(std::string_view output) {
  constexpr std::string_view kSymref = "ref: ";
  RemoteRefs refs;
  for (const std::string_view line : split(output, '\n')) {
    const size_t tab = line.find('\t');
    if (tab == std::string_view::npos) continue;
    const std::string_view value = line.substr(0, tab);
    const std::string_view name = line.substr(tab + 1);
    if (value.starts_with(kSymref)) {
      if (name == "HEAD") refs.head = value.substr(kSymref.size());
    } else if (name.starts_with("refs/") && !name.ends_with("^{}")) {
      refs.ids.emplace(name, value);
    }
  }
  return refs;
}

MirrorGit::MirrorGit(const MirrorOptions& options, std::string url,
                     int held_file)
    : options_(options),
      url_(std::move(url)),
      environment_(base_environment(options)),
      held_file_(held_file) {
  auto settings = settings_of(options);
  for (const GitCredential& credential : options.credentials) {
    const bool safe = credential.origin.starts_with("https://") ||
                      is_loopback(credential.origin);
    if (!safe || credential.token.reveal().empty()) continue;
    const std::string login = login_of(credential);
    secrets_.push_back(credential.token.reveal());
    secrets_.push_back(login);
    // git sends it to URLs below this one alone.
    settings.emplace_back("http." + credential.origin + "/.extraHeader",
                          "Authorization: Basic " + login);
  }
  environment_.push_back("GIT_CONFIG_COUNT=" + std::to_string(settings.size()));
  for (size_t i = 0; i < settings.size(); ++i) {
    const std::string number = std::to_string(i);
    environment_.push_back("GIT_CONFIG_KEY_" + number + '=' +
                           settings[i].first);
    environment_.push_back("GIT_CONFIG_VALUE_" + number + '=' +
                           settings[i].second);
  }
}

std::string MirrorGit::masked(std::string text) const {
  for (const std::string& secret : secrets_) replace_all(text, secret);
  for (char& c : text) {
    if (c == '\n') c = ' ';
  }
  if (text.size() > kMaxDetail) {
    text.replace(0, text.size() - kMaxDetail, "...");
  }
  return printable(text);
}

bool MirrorGit::run(GitRun run, std::string* out) {
  run.environment = environment_;
  run.held_file = held_file_;
  Result<GitAnswer> answer = run_git(run);
  failure_ = {MirrorOutcome::Kind::kRetryable, "", ""};
  if (!answer) {
    failure_.detail = answer.error().message();
    return false;
  }
  if (answer->exit_code != 0) {
    if (is_permanent(answer->err)) {
      failure_.kind = MirrorOutcome::Kind::kPermanent;
    }
    failure_.detail = masked(std::move(answer->err));
    return false;
  }
  if (out != nullptr) *out = std::move(answer->out);
  return true;
}

bool MirrorGit::ls_remote(RemoteRefs& out) {
  GitRun ask;
  ask.arguments = {"ls-remote", "--quiet", "--symref", "--", url_};
  ask.max_answer = kMaxRefs;
  ask.timeout = std::min(kAskTimeout, options_.timeout);
  std::string text;
  if (!run(std::move(ask), &text)) return false;
  out = parse_ls_remote(text);
  return true;
}

bool MirrorGit::fetch(const std::string& folder) {
  GitRun get;
  get.arguments = {"-C",
                   folder,
                   "fetch",
                   "--quiet",
                   "--prune",
                   "--force",
                   "--no-tags",
                   "--no-recurse-submodules",
                   "--no-write-fetch-head",
                   "--no-auto-maintenance",
                   "--",
                   url_,
                   "+refs/*:refs/*"};
  get.timeout = options_.timeout;
  const std::string packs = folder + "/objects/pack";
  const uint64_t before = bytes_in(packs);
  bool too_large = false;
  get.give_up = [&] {
    too_large = bytes_in(packs) > before + options_.max_bytes;
    return too_large;
  };
  const bool done = run(std::move(get), nullptr);
  if (too_large) {
    failure_ = {MirrorOutcome::Kind::kPermanent, "",
                "it brings more than " + human_bytes(options_.max_bytes)};
  }
  return done;
}

bool MirrorGit::run_here(std::vector<std::string> arguments) {
  GitRun here;
  here.arguments = std::move(arguments);
  return run(std::move(here), nullptr);
}

}  // namespace leaksift
