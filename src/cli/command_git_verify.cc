#include <iostream>

#include "cli/commands.h"
#include "core/text.h"
#include "git/verify.h"

namespace leaksift {

Result<ExitCode> run(const GitVerifyCommand& options) {
  const Result<Repository> repository = open_repository(options.repository);
  if (!repository) return repository.error();
  const ObjectStore store = ObjectStore::open(*repository);
  const VerifyResult result =
      verify_objects(store, options.jobs, !options.no_hash, options.memory);

  for (const Skipped& problem : result.problems) {
    std::cerr << printable(problem.name) << ": " << to_string(problem.reason)
              << ": " << printable(problem.detail) << "\n";
  }
  std::cout << result.walk.objects << " objects";
  for (const ObjectType type : {ObjectType::kCommit, ObjectType::kTree,
                                ObjectType::kBlob, ObjectType::kTag}) {
    std::cout << ", " << result.count_by_type[static_cast<size_t>(type)] << " "
              << to_string(type) << "s";
  }
  std::cout << "; " << human_bytes(result.walk.logical_bytes) << " from "
            << human_bytes(result.walk.packed_bytes) << " packed; "
            << result.problems.size() << " damaged or missing"
            << (options.no_hash ? " (ids not checked)" : "") << "\n";
  return result.problems.empty() ? ExitCode::kClean : ExitCode::kIncomplete;
}

}  // namespace leaksift
