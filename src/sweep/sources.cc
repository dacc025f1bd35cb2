#include "sweep/sources.h"

#include <algorithm>
#include <atomic>
#include <filesystem>
#include <iterator>
#include <map>
#include <optional>
#include <thread>
#include <utility>

#include "sweep/disk_inventory.h"
#include "sweep/list_inventory.h"

namespace leaksift {
namespace {

// Sources by what they are.
struct Sorted {
  std::vector<std::string> folders;
  std::vector<std::string> lists;
  std::vector<ForgeSource> forges;
};

std::string variable_of(ForgeKind kind) {
  switch (kind) {
    case ForgeKind::kGithub:
      return "LEAKSIFT_GITHUB_TOKEN";
    case ForgeKind::kGitlab:
      return "LEAKSIFT_GITLAB_TOKEN";
    case ForgeKind::kGitea:
      return "LEAKSIFT_GITEA_TOKEN";
    case ForgeKind::kBitbucketCloud:
    case ForgeKind::kBitbucketServer:
      return "LEAKSIFT_BITBUCKET_TOKEN";
  }
  return {};
}

// Where the public forges have their repositories, which is not where their
// APIs are.
std::string git_origin_of(const ForgeSource& source) {
  const std::string api = "https://api.";
  const bool apart = source.origin == api + "github.com" ||
                     source.origin == api + "bitbucket.org";
  return apart ? "https://" + source.origin.substr(api.size()) : source.origin;
}

Result<Sorted> sort(const std::vector<std::string>& sources) {
  Sorted sorted;
  for (const std::string& source : sources) {
    Result<std::optional<ForgeSource>> forge = parse_forge(source);
    if (!forge) return std::move(forge).error();
    std::error_code error;
    if (forge->has_value()) {
      sorted.forges.push_back(**std::move(forge));
    } else if (std::filesystem::is_directory(source, error)) {
      sorted.folders.push_back(source);
    } else {
      sorted.lists.push_back(source);
    }
  }
  return sorted;
}

// The token for each server.
Result<std::map<std::string, Secret>> tokens_of(
    const std::vector<ForgeSource>& forges, const std::string& file) {
  std::map<std::string, std::string> servers;  // by the token's place
  std::map<std::string, Secret> tokens;
  for (const ForgeSource& forge : forges) {
    const std::string variable = variable_of(forge.kind);
    Result<Secret> token = read_token(file.empty() ? variable : "", file);
    if (!token) return std::move(token).error();
    if (token->reveal().empty()) continue;
    const std::string& place = file.empty() ? variable : file;
    const auto [known, is_new] = servers.emplace(place, forge.origin);
    if (!is_new && known->second != forge.origin) {
      return Error(place + ": one token for " + known->second + " and " +
                   forge.origin + "; give them in runs of their own");
    }
    tokens.emplace(forge.origin, *std::move(token));
  }
  return tokens;
}

}  // namespace

Result<Inventory> list_sources(const SourceOptions& options,
                               std::vector<GitCredential>& credentials) {
  Result<Sorted> sorted = sort(options.sources);
  if (!sorted) return std::move(sorted).error();
  auto tokens = tokens_of(sorted->forges, options.token_file);
  if (!tokens) return std::move(tokens).error();
  Inventory inventory;
  if (Status listed = list_folders(sorted->folders, inventory); !listed) {
    return std::move(listed).error();
  }
  for (const std::string& list : sorted->lists) {
    Status listed = list_file(list, inventory);
    if (!listed) return std::move(listed).error();
  }
  for (const ForgeSource& forge : sorted->forges) {
    const Secret token = (*tokens)[forge.origin];
    Status listed = list_forge(forge, {token, options.http}, inventory);
    if (!listed) return std::move(listed).error();
    credentials.push_back(
        {git_origin_of(forge), std::string(git_user_of(forge.kind)), token});
  }
  inventory.finish();
  return inventory;
}

void mirror_all(const Mirrors& mirrors, unsigned jobs, Inventory& inventory) {
  std::vector<RepositoryEntry>& entries = inventory.entries;
  std::vector<MirrorOutcome> outcomes(entries.size());
  std::atomic<size_t> next = 0;
  const auto work = [&] {
    for (size_t i = next++; i < entries.size(); i = next++) {
      if (entries[i].path.empty()) outcomes[i] = mirrors.update(entries[i]);
    }
  };
  std::vector<std::thread> threads;
  for (unsigned i = 1; i < jobs; ++i) threads.emplace_back(work);
  work();
  for (std::thread& thread : threads) thread.join();

  Inventory mirrored;
  for (size_t i = 0; i < entries.size(); ++i) {
    if (!entries[i].path.empty()) continue;
    if (outcomes[i].failed()) {
      inventory.coverage.skip({SkipReason::kUnreadable, entries[i].key,
                               "not fetched: " + outcomes[i].detail});
    }
    if (outcomes[i].path.empty()) continue;
    mirrored.entries.push_back(entries[i]);
    mirrored.entries.back().path = outcomes[i].path;
  }
  std::erase_if(entries, [](const auto& entry) { return entry.path.empty(); });
  describe_local(mirrored);
  inventory.coverage.merge(std::move(mirrored.coverage));
  std::move(mirrored.entries.begin(), mirrored.entries.end(),
            std::back_inserter(entries));
  inventory.finish();
}

}  // namespace leaksift
