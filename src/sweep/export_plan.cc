#include "sweep/export_plan.h"

#include <algorithm>
#include <functional>
#include <iterator>
#include <numeric>
#include <queue>
#include <string_view>
#include <unordered_map>
#include <utility>

#include "core/ascii.h"
#include "core/text.h"

namespace leaksift {
namespace {

constexpr uint64_t kMebi = uint64_t{1} << 20;

// What a unit takes beside what its size says, in bytes of packs.
constexpr uint64_t kEachUnit = kMebi;
// What waits for a relative finds most of its objects scanned.
constexpr uint64_t kRelativeShare = 20;
// Bytes beside those that --memory limits: rules, tables of objects.
constexpr uint64_t kOtherMemory = 1024 * kMebi;
// The API server takes 1 MiB at most; a name and quotes come on top of ids.
constexpr size_t kMaxConfigMap = size_t{512} * 1024;

// Of units that wait for one another, by position: the first such one. Parts
// of a giant are on their own: nothing goes wrong where others do not wait for
// them, and they are there to be scanned on many machines.
class Families {
 public:
  explicit Families(const std::vector<SweepUnit>& units)
      : first_(units.size()), has_parts_(units.size()) {
    std::iota(first_.begin(), first_.end(), size_t{0});
    std::unordered_map<std::string_view, size_t> positions;
    for (size_t i = 0; i < units.size(); ++i) {
      positions.emplace(units[i].id, i);
      for (const std::string& id : units[i].after) {
        const auto at = positions.find(id);
        if (at == positions.end()) continue;
        if (units[at->second].shard != 0) {
          has_parts_[i] = true;
        } else {
          join(at->second, i);
        }
      }
    }
  }

  bool is_relative(size_t unit) { return first_of(unit) != unit; }
  bool waits_for_parts(size_t unit) { return has_parts_[first_of(unit)]; }

  size_t first_of(size_t unit) {
    while (first_[unit] != unit) {
      first_[unit] = first_[first_[unit]];
      unit = first_[unit];
    }
    return unit;
  }

 private:
  void join(size_t a, size_t b) {
    const size_t first = first_of(a);
    const size_t second = first_of(b);
    first_[std::max(first, second)] = std::min(first, second);
  }

  std::vector<size_t> first_;  // or one that is nearer to it
  std::vector<bool> has_parts_;
};

uint64_t cost_of(const SweepUnit& unit, bool is_relative) {
  return kEachUnit + unit.size / (is_relative ? kRelativeShare : 1);
}

using Buckets = std::vector<std::string>;  // ids, with blanks between

Buckets in_text(const std::vector<SweepUnit>& units, size_t most) {
  Buckets buckets;
  for (const std::vector<size_t>& bucket : fill_buckets(units, most)) {
    std::string& text = buckets.emplace_back();
    for (const size_t i : bucket) {
      text += (text.empty() ? "" : " ") + units[i].id;
    }
  }
  return buckets;
}

std::string lines(const Buckets& buckets) {
  std::string text;
  for (const std::string& bucket : buckets) text += bucket + "\n";
  return text;
}

// For a script that people read: with quotes only where they are needed.
std::string plain_word(const std::string& argument) {
  const bool is_plain =
      !argument.empty() &&
      std::all_of(argument.begin(), argument.end(), [](char c) {
        return is_alphanumeric(c) ||
               std::string_view("-_./:,@+").find(c) != std::string_view::npos;
      });
  return is_plain ? argument : shell_word(argument);
}

std::string command(const char* subcommand,
                    const std::vector<std::string>& arguments) {
  std::string text = std::string("leaksift sweep ") + subcommand;
  for (const std::string& argument : arguments) {
    text += " " + plain_word(argument);
  }
  return text;
}

// A YAML string. JSON's are; these have nothing but `"` and `\` to escape.
std::string yaml_string(std::string_view text) {
  std::string result = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') result += '\\';
    result += c;
  }
  return result + "\"";
}

using Words = std::vector<std::pair<std::string_view, std::string>>;

// The template with what stands for each "@WORD@" put in.
std::string filled(std::string_view text, const Words& words) {
  std::string result;
  while (!text.empty()) {
    const auto word = std::find_if(
        words.begin(), words.end(),
        [&](const auto& one) { return text.starts_with(one.first); });
    if (word == words.end()) {
      result += text.front();
      text.remove_prefix(1);
    } else {
      result += word->second;
      text.remove_prefix(word->first.size());
    }
  }
  return result;
}

constexpr std::string_view kParallel = R"(#!/bin/sh
# Run @RUN@ of a sweep: @UNITS@ units in @BUCKETS@ buckets, for GNU Parallel. Made by
# leaksift @VERSION@, which has to be on the PATH of every machine.
#
#   sh THIS                             # on this machine
#   sh THIS --sshloginfile nodes        # on these; their options are parallel's
#   @FINISH@
#
# What is done stays done: after an interruption run it again. The job log lets
# it pass over whole buckets then.
exec parallel --retries 3 --joblog leaksift-sweep-@RUN@.log --resume-failed \
  --line-buffer "$@" @COMMAND@ <<'END'
@LINES@END
)";

constexpr std::string_view kSlurm = R"(#!/bin/bash
#SBATCH --job-name=leaksift-sweep-@RUN@
#SBATCH --array=0-@LAST@
#SBATCH --cpus-per-task=@JOBS@
#SBATCH --mem=@MEBIBYTES@M
#SBATCH --requeue
#SBATCH --open-mode=append
#SBATCH --output=leaksift-sweep-@RUN@.%a.log
#
# Run @RUN@ of a sweep: @UNITS@ units in @BUCKETS@ buckets. Made by leaksift @VERSION@, which
# has to be on the PATH of every node. When all tasks have ended:
#
#   @FINISH@
#
# What is done stays done: a task that a lost node takes with it is put into the
# queue again, and the script may be submitted as often as one likes. A site may
# have limits: on tasks (MaxArraySize, often 1001: --buckets), on the size of
# scripts (max_script_size, often 4 MB).
mapfile -t buckets <<'END'
@LINES@END
ids=${buckets[$SLURM_ARRAY_TASK_ID]}
@LOOP@)";

// Tells apart what is worth another attempt: 3 is a unit that is to be tried
// again, until the third failure gives it up.
constexpr std::string_view kLoop = R"(for attempt in 1 2 3; do
@INDENT@  @UNIT@ $ids
@INDENT@  code=$?
@INDENT@  [ $code -eq 3 ] || exit $code
@INDENT@done
@INDENT@exit 3
)";

constexpr std::string_view kConfigMap = R"(---
apiVersion: v1
kind: ConfigMap
metadata:
  name: leaksift-sweep-@RUN@-@PART@
data:
)";

constexpr std::string_view kJob = R"(---
# Run @RUN@ of a sweep: @UNITS@ units in @BUCKETS@ buckets. Made by leaksift @VERSION@. The
# image has to have that leaksift and a shell; the claims have to be there, the
# database's password is taken from the secret. When the Job has ended:
#
#   @FINISH@
#
# What is done stays done: the Job may be deleted and made again.
apiVersion: batch/v1
kind: Job
metadata:
  name: leaksift-sweep-@RUN@
spec:
  completionMode: Indexed
  completions: @BUCKETS@
  parallelism: @BUCKETS@
  backoffLimitPerIndex: 3
  podFailurePolicy:
    rules:
    # A node that goes away is no failure of what ran there.
    - action: Ignore
      onPodConditions:
      - type: DisruptionTarget
        status: "True"
    # A unit was given up, and is named in the store.
    - action: FailIndex
      onExitCodes:
        containerName: leaksift
        operator: In
        values: [3]
    # No such program in this image.
    - action: FailJob
      onExitCodes:
        containerName: leaksift
        operator: In
        values: [126, 127]
  template:
    metadata:
      labels:
        app.kubernetes.io/name: leaksift
    spec:
      restartPolicy: Never
      automountServiceAccountToken: false
      securityContext:
        runAsNonRoot: true
        runAsUser: 65532
        fsGroup: 65532
        seccompProfile:
          type: RuntimeDefault
      containers:
      - name: leaksift
        image: leaksift:@VERSION@
        command:
        - /bin/sh
        - -c
        - |
          read -r ids <"/units/$JOB_COMPLETION_INDEX"
          @LOOP@        env:
        - name: PGPASSWORD
          valueFrom:
            secretKeyRef:
              name: leaksift-database
              key: password
              optional: true
        securityContext:
          allowPrivilegeEscalation: false
          readOnlyRootFilesystem: true
          capabilities:
            drop: [ALL]
        resources:
          requests:
            cpu: @JOBS@
            memory: @MEBIBYTES@Mi
          limits:
            memory: @MEBIBYTES@Mi
        volumeMounts:
        - name: units
          mountPath: /units
        - name: scratch
          mountPath: /tmp
@MOUNTS@      volumes:
      - name: units
        projected:
          sources:
@SOURCES@      - name: scratch
        emptyDir: {}
@VOLUMES@)";

// The ConfigMaps; what the Job's volume has to name is added to `sources`.
Result<std::string> config_maps(const Buckets& buckets, uint64_t run,
                                std::string& sources) {
  std::string text;
  size_t bytes = 0;
  size_t part = 0;
  for (size_t i = 0; i < buckets.size(); ++i) {
    if (buckets[i].size() > kMaxConfigMap) {
      return Error(
          "a bucket has more units than a ConfigMap can hold; take "
          "more buckets (--buckets), or sweep with scripts/sweep_ray");
    }
    if (i == 0 || bytes + buckets[i].size() > kMaxConfigMap) {
      const std::string number = std::to_string(part++);
      text += filled(kConfigMap,
                     {{"@RUN@", std::to_string(run)}, {"@PART@", number}});
      sources += "          - configMap:\n              name: leaksift-sweep-" +
                 std::to_string(run) + "-" + number + "\n";
      bytes = 0;
    }
    bytes += buckets[i].size();
    text += "  \"" + std::to_string(i) + "\": \"" + buckets[i] + "\"\n";
  }
  return text;
}

void add_claim(const std::string& name, const std::string& folder,
               bool read_only, Words& words) {
  std::string& mounts = words[0].second;
  std::string& volumes = words[1].second;
  mounts += "        - name: " + name +
            "\n          mountPath: " + yaml_string(folder) + "\n";
  if (read_only) mounts += "          readOnly: true\n";
  volumes +=
      "      - name: " + name +
      "\n        persistentVolumeClaim:\n          claimName: leaksift-" +
      name + "\n";
}

Result<std::string> kubernetes_job(const Buckets& buckets, Words words,
                                   const ExportOptions& options) {
  std::string sources;
  Result<std::string> maps = config_maps(buckets, options.run, sources);
  if (!maps) return maps;
  Words volumes = {{"@MOUNTS@", ""}, {"@VOLUMES@", ""}};
  add_claim("cache", options.cache, false, volumes);
  for (size_t i = 0; i < options.repositories.size(); ++i) {
    add_claim("repositories-" + std::to_string(i), options.repositories[i],
              true, volumes);
  }
  words.insert(words.end(), volumes.begin(), volumes.end());
  words.emplace_back("@SOURCES@", sources);
  return *maps + filled(kJob, words);
}

// A line end or a byte that is no text would tear the script or the YAML, and
// what is in braces is GNU Parallel's.
Status check_arguments(const ExportOptions& options) {
  std::vector<std::string> all = options.unit_arguments;
  all.insert(all.end(), options.repositories.begin(),
             options.repositories.end());
  for (const std::string& one : all) {
    if (printable(one) != one) {
      return Error("'" + printable(one) +
                   "' cannot be exported: it is no printable text");
    }
    if (options.form == ExportForm::kParallel &&
        one.find('{') != std::string::npos) {
      return Error("'" + one +
                   "' cannot be exported: GNU Parallel would "
                   "replace what is in braces");
    }
  }
  return Ok{};
}

}  // namespace

std::vector<std::vector<size_t>> fill_buckets(
    const std::vector<SweepUnit>& units, size_t most) {
  Families families(units);
  std::vector<uint64_t> costs(units.size());
  for (size_t i = 0; i < units.size(); ++i) {
    costs[families.first_of(i)] += cost_of(units[i], families.is_relative(i));
  }
  std::vector<size_t> order;
  for (size_t i = 0; i < units.size(); ++i) {
    if (families.first_of(i) == i) order.push_back(i);
  }
  std::stable_sort(order.begin(), order.end(),
                   [&](size_t a, size_t b) { return costs[a] > costs[b]; });

  using Load = std::pair<uint64_t, size_t>;  // of a bucket
  std::priority_queue<Load, std::vector<Load>, std::greater<>> loads;
  const size_t count = std::min(most, order.size());
  for (size_t i = 0; i < count; ++i) loads.emplace(0, i);
  std::vector<size_t> bucket_of(units.size());
  for (const size_t family : order) {
    const auto [load, bucket] = loads.top();
    loads.pop();
    loads.emplace(load + costs[family], bucket);
    bucket_of[family] = bucket;
  }
  // Giants come last, when their parts are likely to be done wherever they are.
  std::vector<std::vector<size_t>> buckets(count);
  for (const bool giants : {false, true}) {
    for (size_t i = 0; i < units.size(); ++i) {
      if (families.waits_for_parts(i) != giants) continue;
      buckets[bucket_of[families.first_of(i)]].push_back(i);
    }
  }
  return buckets;
}

Result<std::string> export_plan(const std::vector<SweepUnit>& units,
                                const ExportOptions& options) {
  if (Status usable = check_arguments(options); !usable) {
    return std::move(usable).error();
  }
  std::vector<SweepUnit> left;
  std::copy_if(units.begin(), units.end(), std::back_inserter(left),
               [](const SweepUnit& unit) {
                 return unit.state != UnitState::kDone &&
                        unit.state != UnitState::kFailed;
               });
  const std::string finish = command("finish", options.finish_arguments);
  if (left.empty()) {
    return Error("run " + std::to_string(options.run) +
                 " has nothing left to be scanned; end it: " + finish);
  }
  const Buckets buckets = in_text(left, options.buckets);
  const bool is_job = options.form == ExportForm::kKubernetesJob;
  const std::string unit = command("unit", options.unit_arguments);
  const std::string loop = filled(
      kLoop, {{"@UNIT@", unit}, {"@INDENT@", is_job ? "          " : ""}});
  const uint64_t memory = (options.memory + kOtherMemory) / kMebi;
  Words words = {{"@RUN@", std::to_string(options.run)},
                 {"@UNITS@", std::to_string(left.size())},
                 {"@BUCKETS@", std::to_string(buckets.size())},
                 {"@LAST@", std::to_string(buckets.size() - 1)},
                 {"@VERSION@", options.version},
                 {"@JOBS@", std::to_string(options.jobs)},
                 {"@MEBIBYTES@", std::to_string(memory)},
                 {"@FINISH@", finish},
                 {"@COMMAND@", shell_word(unit + " {=uq=}")},
                 {"@LOOP@", loop},
                 {"@LINES@", is_job ? "" : lines(buckets)}};
  switch (options.form) {
    case ExportForm::kKubernetesJob:
      return kubernetes_job(buckets, std::move(words), options);
    case ExportForm::kSlurm:
      return filled(kSlurm, words);
    case ExportForm::kParallel:
      break;
  }
  return filled(kParallel, words);
}

}  // namespace leaksift
