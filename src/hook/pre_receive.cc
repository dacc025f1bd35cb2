#include "hook/pre_receive.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <ctime>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <utility>

#include "core/digest.h"
#include "core/text.h"
#include "hook/audit_log.h"
#include "hook/audit_record.h"
#include "hook/careful_name.h"
#include "hook/isolated_scan.h"
#include "hook/push_message.h"
#include "hook/push_scan.h"
#include "hook/slots.h"
#include "hook/verdict.h"

namespace leaksift {
namespace {

namespace fs = std::filesystem;
using Clock = std::chrono::steady_clock;

constexpr size_t kMaxUpdates = 1'000'000;
constexpr size_t kMaxUpdateLine = 1 << 16;

Result<std::vector<RefUpdate>> read_updates(std::istream& input) {
  std::vector<RefUpdate> updates;
  std::string line;
  while (std::getline(input, line)) {
    const size_t first = line.find(' ');
    const size_t second = line.find(' ', first + 1);
    if (second == std::string::npos || line.size() > kMaxUpdateLine ||
        updates.size() == kMaxUpdates) {
      return Error("standard input:" + std::to_string(updates.size() + 1) +
                   ": not '<old> <new> <ref>': this is a hook, for git to run");
    }
    const auto old_id =
        ObjectId::from_hex(std::string_view(line).substr(0, first));
    const auto new_id = ObjectId::from_hex(
        std::string_view(line).substr(first + 1, second - first - 1));
    if (!old_id || !new_id) {
      return Error("standard input:" + std::to_string(updates.size() + 1) +
                   ": an object id that is none");
    }
    updates.push_back({*old_id, *new_id, line.substr(second + 1)});
  }
  // git runs no hook for nothing.
  if (updates.empty()) {
    return Error(
        "standard input: no ref updates: a script that runs this hook has to "
        "hand on what git tells it");
  }
  return updates;
}

HookEnvironment git_environment(const Environment& environment) {
  auto value = [&](const char* name) { return environment(name).value_or(""); };
  return {value("GIT_DIR"), value("GIT_OBJECT_DIRECTORY"),
          value("GIT_ALTERNATE_OBJECT_DIRECTORIES"),
          value("GIT_QUARANTINE_PATH"), value("GIT_SHALLOW_FILE")};
}

template <typename T>
Status status_of(const Result<T>& result) {
  return result ? Status(Ok{}) : Status(result.error());
}

// One push.
class PreReceive {
 public:
  PreReceive(const PreReceiveSetup& setup, std::ostream& out)
      : setup_(setup), out_(out), start_(Clock::now()) {}

  // 0 or 1, or why nothing can be done, not even be written down.
  Result<int> run(std::istream& input) {
    Result<std::vector<RefUpdate>> updates = read_updates(input);
    const Status told = status_of(updates);
    if (told) task_.updates = *std::move(updates);
    Result<ReceivingRepository> receiving =
        open_receiving(git_environment(setup_.environment));
    if (!receiving) return std::move(receiving).error();
    task_.receiving = *std::move(receiving);
    Result<std::string> record = new_record_id();
    if (!record) return std::move(record).error();
    record_ = *std::move(record);
    const Result<PolicyFile> file =
        policy_of(setup_.policy, setup_.environment);
    file_ = file ? *file : built_in_policy();
    repository_ = name_of(git_dir(), file_, setup_.environment);
    user_ = user_of(file_.identity, setup_.environment);
    task_.policy = file_.policy_for(repository_);
    places_ = places_of(task_.policy, git_dir());
    Status clear = status_of(file);
    if (clear) clear = told;
    if (clear) clear = read_bypasses();
    if (clear) {
      scan();
    } else {
      refuse(clear.error());
    }
    return conclude();
  }

 private:
  const std::string& git_dir() const {
    return task_.receiving.repository.common_dir;
  }

  Status read_bypasses() {
    const Result<PushOptions> options = read_push_options(setup_.environment);
    if (!options) return options.error();
    const Result<std::vector<Approval>> approvals =
        read_approvals(places_.approvals);
    if (!approvals) return approvals.error();
    bypasses_ = decide_bypasses(*options, task_.policy, user_, *approvals,
                                repository_, std::time(nullptr));
    return Ok{};
  }

  // What was asked for, or what is to hold, is not clear.
  void refuse(const Error& error) {
    verdict_.add({Trouble::Kind::kError, Fallback::kBlock, error.message()});
  }

  int conclude() {
    if (!trouble_.empty()) {
      verdict_.add({Trouble::Kind::kError, task_.policy.on_error, trouble_});
    }
    if (late_) {
      verdict_.add({Trouble::Kind::kTimeout, task_.policy.on_timeout,
                    "not scanned within " +
                        std::to_string(task_.policy.deadline_ms) + " ms"});
    }
    if (verdict_.defers() && !verdict_.rejects()) defer();
    if (!scanned_) hide_reasons();
    write_audit();
    const MessageInput input{verdict_,    scan_,   task_.policy,  bypasses_,
                             repository_, record_, milliseconds()};
    out_ << push_message(input, MessageFrame::of(setup_.environment))
         << std::flush;
    return verdict_.rejects() ? 1 : 0;
  }

  void scan() {
    if (std::all_of(task_.updates.begin(), task_.updates.end(),
                    [](const RefUpdate& u) { return u.new_id.is_null(); })) {
      return;
    }
    for (const auto* list : {&bypasses_.granted, &bypasses_.refused}) {
      for (const Bypass& bypass : *list) task_.texts.push_back(bypass.reason);
    }
    // The rest is for what is just being scanned, and what comes behind that.
    const std::chrono::milliseconds all(task_.policy.deadline_ms);
    task_.deadline = start_ + all * 4 / 5;
    task_.judged_by = start_ + all * 9 / 10;
    task_.make_engine = [this] { return setup_.make_engine(task_.policy); };
    const std::optional<FileHandle> slot = wait_for_slot();
    if (late_ || !trouble_.empty()) return;
    IsolatedScan isolated = scan_isolated(task_, start_ + all * 19 / 20);
    late_ = isolated.late;
    trouble_ = std::move(isolated.trouble);
    if (!isolated.scan) return;
    scan_ = *std::move(isolated.scan);
    scanned_ = true;
    clean_reasons();
    verdict_ =
        judge_push(scan_, task_.policy, bypasses_, places_.state, repository_);
  }

  // Nothing where the policy sets no limit, and where there is none to be had.
  std::optional<FileHandle> wait_for_slot() {
    if (task_.policy.slots == 0) return {};
    Result<std::optional<FileHandle>> slot =
        take_slot(places_.state, task_.policy.slots, *task_.deadline);
    if (!slot) {
      trouble_ = slot.error().message();
      return {};
    }
    late_ = !slot->has_value();
    return *std::move(slot);
  }

  // They may quote what they are about.
  void clean_reasons() {
    for (size_t i = 0; i < scan_.texts.size(); ++i) {
      const size_t granted = bypasses_.granted.size();
      Bypass& bypass =
          i < granted ? bypasses_.granted[i] : bypasses_.refused[i - granted];
      bypass.reason = std::move(scan_.texts[i]);
    }
  }

  void hide_reasons() {
    for (auto* list : {&bypasses_.granted, &bypasses_.refused}) {
      for (Bypass& bypass : *list) bypass.reason = careful_name(bypass.reason);
    }
  }

  // Before the push is accepted: what is not in the spool would be lost.
  void defer() {
    DeferredPush push;
    push.git_dir = fs::absolute(git_dir()).lexically_normal().string();
    push.repository = repository_;
    push.hash = task_.receiving.repository.hash;
    push.time = std::time(nullptr);
    push.user = user_;
    push.updates = task_.updates;
    push.excluded = known_ids(task_.receiving.repository);
    push.reason = late_ || scan_.out_of_time ? DeferReason::kTimeout
                  : !trouble_.empty()        ? DeferReason::kError
                                             : DeferReason::kPartial;
    push.record = record_;
    Result<std::string> entry = Spool(places_.spool).put(push);
    if (entry) {
      deferred_ = *std::move(entry);
    } else {
      verdict_.add({Trouble::Kind::kError, Fallback::kBlock,
                    "it cannot be deferred: " + entry.error().message()});
    }
  }

  void write_audit() {
    const AuditLog log(places_.audit,
                       uint64_t{task_.policy.audit_max_mib} << 20);
    const Clock::duration left =
        start_ + std::chrono::milliseconds(task_.policy.deadline_ms) -
        Clock::now();
    Status written = log.append(
        record(), std::chrono::duration_cast<std::chrono::milliseconds>(left));
    if (written) return;
    verdict_.add({Trouble::Kind::kError, task_.policy.on_error,
                  "no audit line: " + std::move(written).error().message()});
    // To accept what is nowhere written down, it has at least to be found
    // again.
    const bool can_defer =
        task_.policy.on_error == Fallback::kDefer && !verdict_.rejects();
    if (can_defer && deferred_.empty()) defer();
  }

  nlohmann::json record() {
    return audit_record({"push", record_, std::time(nullptr), repository_,
                         git_dir(), user_, task_.receiving.repository.hash,
                         task_.updates, scan_, verdict_, bypasses_, file_.hash,
                         file_.path, task_.policy.mode, deferred_,
                         milliseconds(), verdict_.rejects() ? 1 : 0});
  }

  uint64_t milliseconds() const {
    return static_cast<uint64_t>(
        std::chrono::duration_cast<std::chrono::milliseconds>(Clock::now() -
                                                              start_)
            .count());
  }

  const PreReceiveSetup& setup_;
  std::ostream& out_;
  Clock::time_point start_;
  PushTask task_;
  PolicyFile file_;
  HookPlaces places_;
  std::string repository_;
  std::string user_;
  std::string record_;
  Bypasses bypasses_;
  PushScan scan_;
  PushVerdict verdict_;
  bool scanned_ = false;
  std::string trouble_;  // why there is no scan
  bool late_ = false;
  std::string deferred_;
};

}  // namespace

Result<PolicyFile> policy_of(const std::string& path,
                             const Environment& environment) {
  if (!path.empty()) return load_policy(path);
  const std::string named = environment("LEAKSIFT_POLICY").value_or("");
  if (!named.empty()) return load_policy(named);
  std::error_code error;
  const bool is_there = fs::exists(kDefaultPolicy, error) || error;
  return is_there ? load_policy(kDefaultPolicy) : built_in_policy();
}

std::string name_of(const std::string& git_dir, const PolicyFile& policy,
                    const Environment& environment) {
  std::string name = repository_of(policy.identity, environment);
  if (!name.empty()) return name;
  std::error_code error;
  name = fs::weakly_canonical(git_dir, error).string();
  if (name.ends_with("/.git")) name.resize(name.size() - 5);
  if (name.ends_with(".git")) name.resize(name.size() - 4);
  return name.starts_with('/') ? name.substr(1) : name;
}

int run_pre_receive(const PreReceiveSetup& setup, std::istream& input,
                    std::ostream& out) {
  const Result<int> code = PreReceive(setup, out).run(input);
  if (code) return *code;
  const MessageFrame frame = MessageFrame::of(setup.environment);
  out << frame.first_prefix
      << "leaksift: PUSH BLOCKED: " << printable(code.error().message())
      << std::endl;
  return 1;
}

}  // namespace leaksift
