// The plan of a run for machines that others look after: a Kubernetes Job, a
// Slurm array, a list for GNU Parallel. Each has its units in buckets, which
// may be done in any order, at the same time and more than once.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "leaksift/result.h"
#include "store/sweep_records.h"

namespace leaksift {

enum class ExportForm : uint8_t {
  kKubernetesJob,  // an Indexed Job and the ConfigMaps with its buckets, YAML
  kSlurm,          // a script for sbatch
  kParallel,       // a script for sh, which runs GNU Parallel
};

struct ExportOptions {
  ExportForm form = ExportForm::kParallel;
  uint64_t run = 0;
  std::string version;  // of leaksift
  size_t buckets = 1;   // at most
  // Of `leaksift sweep unit`, before the ids, and of `leaksift sweep finish`.
  std::vector<std::string> unit_arguments;
  std::vector<std::string> finish_arguments;
  unsigned jobs = 1;    // CPUs that a bucket takes
  uint64_t memory = 0;  // bytes of what is scanned, held at once by a bucket
  std::vector<std::string> repositories;  // folders that pods have to see
  std::string cache;                      // the folder that they write to
};

// Which units, by position, are in which of at most `most` buckets, each as
// quick as the other as far as sizes tell: the largest is put first, each into
// the bucket that has least (LPT; Graham: Bounds on multiprocessing timing
// anomalies, 1969). What waits for one another shares a bucket, in the order of
// `units`; but parts of a giant go into any, and the whole is behind all that
// is none in its bucket. No bucket is empty.
// REQUIRES: each unit stands behind those that it waits for
std::vector<std::vector<size_t>> fill_buckets(
    const std::vector<SweepUnit>& units, size_t most);

// Those of `units` that are not over, in the form that is wanted. Fails where
// there are none, or where the form cannot carry them.
Result<std::string> export_plan(const std::vector<SweepUnit>& units,
                                const ExportOptions& options);

}  // namespace leaksift
