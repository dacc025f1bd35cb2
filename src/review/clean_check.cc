#include "review/clean_check.h"

#include <algorithm>
#include <filesystem>
#include <system_error>

#include "core/file.h"
#include "core/text.h"
#include "git/object_store.h"
#include "git/refs.h"
#include "review/replacements.h"
#include "review/review_folder.h"

namespace leaksift {
namespace {

namespace fs = std::filesystem;

std::vector<std::string> structure_of(const Repository& repository) {
  std::vector<std::string> problems;
  const RefSet refs = read_refs(repository);
  if (!refs.shallow.empty()) {
    problems.emplace_back("it is shallow: a part of its history is not here");
  }
  std::error_code error;
  const fs::path grafts = fs::path(repository.common_dir) / "info/grafts";
  if (fs::exists(grafts, error)) {
    problems.emplace_back("info/grafts gives commits other parents");
  }
  const auto replaced = std::count_if(
      refs.refs.begin(), refs.refs.end(),
      [](const Ref& ref) { return ref.name.starts_with("refs/replace/"); });
  if (replaced > 0) {
    problems.push_back(std::to_string(replaced) +
                       " refs/replace/ show other objects than are stored");
  }
  if (repository.object_dirs.size() > 1 ||
      !repository.missing_alternates.empty()) {
    problems.emplace_back(
        "it borrows objects of other repositories "
        "(objects/info/alternates)");
  }
  if (ObjectStore::open(repository).promised()) {
    problems.emplace_back("it is a partial clone: objects are not here");
  }
  return problems;
}

// Which of `ids` the store still has.
std::vector<std::string> still_there(const Repository& repository,
                                     const std::set<std::string>& ids) {
  const ObjectStore store = ObjectStore::open(repository);
  std::vector<std::string> found;
  for (const std::string& id : ids) {
    const std::optional<ObjectId> parsed = ObjectId::from_hex(id);
    if (parsed && store.holds(*parsed)) found.push_back(id);
  }
  return found;
}

// A rule that goes by what stands around a secret finds what replaced it.
void forget_placeholders(std::vector<Finding>& findings) {
  for (Finding& finding : findings) {
    const std::string& secret = finding.secret.reveal();
    const std::string rest = without_placeholders(secret);
    if (rest.size() == secret.size() || rest.size() >= kMinSecretBytes) {
      continue;
    }
    finding.suppress(Suppression::kBaseline,
                     [](const Occurrence&) { return true; });
  }
}

}  // namespace

Result<ReviewedSecrets> read_review(const std::string& folder) {
  const std::string top = folder + "/";
  const std::string path = top + review_file::kReplacements;
  const Result<std::string> text = read_file(path);
  if (!text) return Error(text.error()).in(folder + ": not a review");
  Result<std::vector<Replacement>> all = read_replacements(*text, path);
  if (!all) return std::move(all).error();
  ReviewedSecrets reviewed;
  for (Replacement& one : *all) {
    reviewed.secrets.emplace_back(std::move(one.bytes));
    reviewed.tags.push_back(std::move(one.tag));
  }
  const Result<std::string> ids = read_file(top + review_file::kStripBlobs);
  if (!ids) return Error(ids.error()).in(folder + ": not a review");
  for (const std::string_view line : split(*ids, '\n')) {
    if (!trimmed(line).empty()) reviewed.strip_blobs.emplace(trimmed(line));
  }
  return reviewed;
}

bool CleanCheck::found_something() const {
  return !left.empty() || !unstripped.empty() ||
         scan.count(Suppression::kNone) > 0;
}

bool CleanCheck::complete() const {
  return structure.empty() && coverage.complete(false) &&
         scan.coverage.complete(scan.strict);
}

CleanCheck check_clean(const Repository& repository, Report scan,
                       const ReviewedSecrets& reviewed, unsigned jobs,
                       uint64_t memory) {
  std::vector<std::string> secrets;
  for (const Secret& secret : reviewed.secrets) {
    secrets.push_back(secret.reveal());
  }
  const SecretSearch search(secrets);
  SearchResult found = search_repository(repository, search, jobs, memory);
  CleanCheck check;
  for (auto& [standing, places] : found.standings) {
    check.left.push_back(
        {search.secret(standing.found.text), search.form(standing.found.text),
         standing.found.rewrapped, standing.place, std::move(places)});
  }
  check.coverage = std::move(found.coverage);
  check.unstripped = still_there(repository, reviewed.strip_blobs);
  check.structure = structure_of(repository);
  forget_placeholders(scan.findings);
  check.scan = std::move(scan);
  return check;
}

}  // namespace leaksift
