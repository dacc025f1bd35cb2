#include "hook/drain.h"

#include <algorithm>
#include <chrono>
#include <ctime>
#include <nlohmann/json.hpp>
#include <utility>

#include "core/text.h"
#include "git/object_store.h"
#include "hook/audit_log.h"
#include "hook/audit_record.h"
#include "hook/isolated_scan.h"
#include "hook/push_message.h"
#include "hook/spool.h"

namespace leaksift {
namespace {

using Clock = std::chrono::steady_clock;

// An object that takes longer is one that nothing ends.
constexpr std::chrono::hours kLongest{6};

class Drain {
 public:
  Drain(const PreReceiveSetup& setup, const PolicyFile& file,
        const Repository& repository, std::ostream& out)
      : setup_(setup), file_(file), repository_(repository), out_(out) {}

  Result<DrainResult> run() {
    const std::string name =
        name_of(repository_.common_dir, file_, setup_.environment);
    const Policy& policy = file_.policy_for(name);
    const Spool spool(places_of(policy, repository_.common_dir).spool);
    const Result<Spool::Listing> listing = spool.list();
    if (!listing) return listing.error();
    for (const std::string& problem : listing->problems) {
      ++result_.failed;
      out_ << printable(problem) << "\n";
    }
    for (const Spool::Entry& entry : listing->entries) {
      if (entry.poison()) {
        give_up_on(entry);
        continue;
      }
      Result<std::optional<Spool::Claim>> claim = spool.claim(entry.id);
      if (!claim) return std::move(claim).error();
      if (!*claim) continue;
      const Status scanned = scan((*claim)->entry());
      const Status kept =
          scanned ? spool.done(**std::move(claim))
                  : spool.failed(**std::move(claim), scanned.error().message());
      if (!kept) return kept.error();
      if (scanned) {
        ++result_.scanned;
      } else {
        ++result_.failed;
        out_ << "push " << entry.id << ": "
             << printable(scanned.error().message()) << "\n";
      }
    }
    return result_;
  }

 private:
  void give_up_on(const Spool::Entry& entry) {
    ++result_.failed;
    out_ << "push " << entry.id << ": given up after " << entry.push.attempts
         << " attempts: " << printable(entry.push.last_error) << "\n";
  }

  Status scan(const Spool::Entry& entry) {
    const DeferredPush& push = entry.push;
    Result<Repository> repository = open_repository(push.git_dir);
    if (!repository) return std::move(repository).error();
    PushTask task;
    task.receiving.repository = *std::move(repository);
    task.updates = updates_in(push, task.receiving.repository);
    task.known = push.excluded;
    task.policy = file_.policy_for(push.repository);
    task.make_engine = [&] { return setup_.make_engine(task.policy); };
    const auto start = Clock::now();
    const IsolatedScan isolated = scan_isolated(task, start + kLongest);
    if (isolated.late) return Error("it took too long");
    if (!isolated.scan) return Error(isolated.trouble);
    return conclude(entry, task, *isolated.scan, Clock::now() - start);
  }

  // Those that were refused after all, by another hook say, left nothing.
  static std::vector<RefUpdate> updates_in(const DeferredPush& push,
                                           const Repository& repository) {
    const ObjectStore store =
        ObjectStore::open(repository, {}, kDefaultMemory, LooseFiles::kProbed);
    std::vector<RefUpdate> updates;
    std::copy_if(push.updates.begin(), push.updates.end(),
                 std::back_inserter(updates), [&](const RefUpdate& update) {
                   return !update.new_id.is_null() &&
                          store.holds(update.new_id);
                 });
    return updates;
  }

  Status conclude(const Spool::Entry& entry, const PushTask& task,
                  const PushScan& scan, Clock::duration took) {
    const DeferredPush& push = entry.push;
    const HookPlaces places = places_of(task.policy, push.git_dir);
    const Result<std::vector<Approval>> approvals =
        read_approvals(places.approvals);
    if (!approvals) return approvals.error();
    const Bypasses bypasses =
        decide_bypasses({}, task.policy, push.user, *approvals, push.repository,
                        std::time(nullptr));
    const PushVerdict verdict =
        judge_push(scan, task.policy, bypasses, places.state, push.repository);
    const Result<std::string> record = new_record_id();
    if (!record) return record.error();
    const auto milliseconds = static_cast<uint64_t>(
        std::chrono::duration_cast<std::chrono::milliseconds>(took).count());
    const Status written =
        AuditLog(places.audit, uint64_t{task.policy.audit_max_mib} << 20)
            .append(audit_record(
                {"push_async", *record, std::time(nullptr), push.repository,
                 push.git_dir, push.user, push.hash, task.updates, scan,
                 verdict, bypasses, file_.hash, file_.path, task.policy.mode,
                 entry.id, milliseconds, verdict.rejects() ? 1 : 0}));
    if (!written) return written.error();
    result_.findings += verdict.blocking();
    out_ << deferred_message({verdict, scan, task.policy, bypasses,
                              push.repository, *record, milliseconds},
                             push)
         << std::flush;
    return Ok{};
  }

  const PreReceiveSetup& setup_;
  const PolicyFile& file_;
  const Repository& repository_;
  std::ostream& out_;
  DrainResult result_;
};

}  // namespace

Result<DrainResult> drain_spool(const PreReceiveSetup& setup,
                                const std::string& path, std::ostream& out) {
  const Result<Repository> repository = open_repository(path);
  if (!repository) return repository.error();
  const Result<PolicyFile> file = policy_of(setup.policy, setup.environment);
  if (!file) return file.error();
  return Drain(setup, *file, *repository, out).run();
}

}  // namespace leaksift
