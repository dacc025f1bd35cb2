#include "sweep/forge_page.h"

#include <charconv>
#include <chrono>
#include <utility>

#include "core/text.h"
#include "sweep/remote_url.h"

namespace leaksift {
namespace {

constexpr uint64_t kKilobyte = 1024;

// The number in text[at, at + size); -1 if there is none.
int digits(std::string_view text, size_t at, size_t size) {
  if (text.size() < at + size) return -1;
  int value = 0;
  const char* const end = text.data() + at + size;
  const auto [stop, error] = std::from_chars(text.data() + at, end, value);
  return error == std::errc() && stop == end ? value : -1;
}

// "Z", "+02:00", "+0200", behind a fraction; in seconds.
std::optional<int64_t> offset_of(std::string_view zone) {
  if (zone.starts_with('.')) {
    zone.remove_prefix(
        std::min(zone.find_first_not_of("0123456789", 1), zone.size()));
  }
  if (zone == "Z" || zone == "z") return 0;
  if (zone.size() < 5 || (zone[0] != '+' && zone[0] != '-')) {
    return std::nullopt;
  }
  const int hours = digits(zone, 1, 2);
  const int minutes = digits(zone, zone.size() - 2, 2);
  if (hours < 0 || minutes < 0) return std::nullopt;
  const int64_t seconds = hours * 3600 + minutes * 60;
  return zone[0] == '+' ? seconds : -seconds;
}

std::string key_of(std::string_view url) {
  const Result<RemoteUrl> remote = parse_remote_url(url);
  return remote ? remote->key() : std::string();
}

// Bitbucket's links.clone: [{"name": "http", "href": ...}].
std::string_view clone_link(JsonElement object) {
  simdjson::dom::array links;
  const auto member = member_of(object, "links.clone");
  if (!member || member->get(links) != simdjson::SUCCESS) return {};
  for (const JsonElement link : links) {
    const std::string_view href = text_of(link, "href");
    if (href.starts_with("http")) return href;
  }
  return {};
}

Visibility visibility_of(JsonElement object) {
  const std::string_view word = text_of(object, "visibility");
  if (word == "public") return Visibility::kPublic;
  if (word == "internal") return Visibility::kInternal;
  return word == "private" ? Visibility::kPrivate : Visibility::kUnknown;
}

Visibility private_if(bool is_private) {
  return is_private ? Visibility::kPrivate : Visibility::kPublic;
}

void read_github(JsonElement object, RepositoryEntry& entry) {
  entry.name = text_of(object, "full_name");
  if (const auto size = number_of(object, "size")) {
    entry.size_bytes = *size * kKilobyte;
  }
  entry.pushed_at = parse_time(text_of(object, "pushed_at"));
  entry.visibility = visibility_of(object);
  if (entry.visibility == Visibility::kUnknown) {
    entry.visibility = private_if(flag_of(object, "private"));
  }
  entry.fork = flag_of(object, "fork");
  entry.fork_of = key_of(text_of(object, "parent.clone_url"));
}

void read_gitlab(JsonElement object, RepositoryEntry& entry) {
  entry.name = text_of(object, "path_with_namespace");
  entry.size_bytes = number_of(object, "statistics.repository_size");
  entry.pushed_at = parse_time(text_of(object, "last_activity_at"));
  entry.visibility = visibility_of(object);
  entry.fork = member_of(object, "forked_from_project").has_value();
  entry.fork_of =
      key_of(text_of(object, "forked_from_project.http_url_to_repo"));
  entry.empty = flag_of(object, "empty_repo");
}

void read_gitea(JsonElement object, RepositoryEntry& entry) {
  read_github(object, entry);
  entry.pushed_at = parse_time(text_of(object, "updated_at"));
  if (flag_of(object, "internal")) entry.visibility = Visibility::kInternal;
  entry.empty = flag_of(object, "empty");
}

void read_bitbucket_cloud(JsonElement object, RepositoryEntry& entry) {
  entry.name = text_of(object, "full_name");
  entry.size_bytes = number_of(object, "size");
  entry.pushed_at = parse_time(text_of(object, "updated_on"));
  entry.default_branch = text_of(object, "mainbranch.name");
  entry.visibility = private_if(flag_of(object, "is_private"));
  entry.fork = member_of(object, "parent").has_value();
  entry.fork_of = key_of(text_of(object, "parent.links.html.href"));
}

void read_bitbucket_server(JsonElement object, RepositoryEntry& entry) {
  const std::string slug(text_of(object, "slug"));
  entry.name = std::string(text_of(object, "project.key")) + '/' + slug;
  entry.visibility = private_if(!flag_of(object, "public"));
  const std::string_view origin = text_of(object, "origin.slug");
  entry.fork = !origin.empty();
  // Beside this one, but for the project and the name.
  const std::string own =
      ascii_lower(text_of(object, "project.key")) + '/' + slug;
  if (!entry.fork || !ascii_lower(entry.key).ends_with(own)) return;
  entry.fork_of = entry.key.substr(0, entry.key.size() - own.size()) +
                  ascii_lower(text_of(object, "origin.project.key")) + '/' +
                  std::string(origin);
}

std::string_view clone_url(ForgeKind kind, JsonElement object) {
  switch (kind) {
    case ForgeKind::kGithub:
    case ForgeKind::kGitea:
      return text_of(object, "clone_url");
    case ForgeKind::kGitlab:
      return text_of(object, "http_url_to_repo");
    case ForgeKind::kBitbucketCloud:
    case ForgeKind::kBitbucketServer:
      return clone_link(object);
  }
  return {};
}

}  // namespace

std::optional<int64_t> parse_time(std::string_view text) {
  namespace chrono = std::chrono;
  if (text.size() < 20 || text[4] != '-' || text[7] != '-' || text[13] != ':' ||
      text[16] != ':') {
    return std::nullopt;
  }
  const chrono::year_month_day day{
      chrono::year(digits(text, 0, 4)),
      chrono::month(static_cast<unsigned>(digits(text, 5, 2))),
      chrono::day(static_cast<unsigned>(digits(text, 8, 2)))};
  const int hour = digits(text, 11, 2);
  const int minute = digits(text, 14, 2);
  const int second = digits(text, 17, 2);
  const std::optional<int64_t> offset = offset_of(text.substr(19));
  if (!day.ok() || hour < 0 || minute < 0 || second < 0 || !offset) {
    return std::nullopt;
  }
  const int64_t days = chrono::sys_days(day).time_since_epoch().count();
  return ((days * 24 + hour) * 60 + minute) * 60 + second - *offset;
}

std::vector<std::string> first_pages(const ForgeSource& source) {
  const std::string owner = url_escaped(source.owner);
  const bool all = owner.empty();
  switch (source.kind) {
    case ForgeKind::kGithub: {
      const std::string list = "/repos?type=all&per_page=100";
      if (all) return {"/user/repos?per_page=100"};
      return {"/orgs/" + owner + list, "/users/" + owner + list};
    }
    case ForgeKind::kGitlab: {
      const std::string list =
          "per_page=100&order_by=id&sort=asc&statistics=true";
      const std::string api = "/api/v4";
      if (all) return {api + "/projects?pagination=keyset&" + list};
      return {api + "/groups/" + owner +
                  "/projects?include_subgroups=true&with_shared=false&" + list,
              api + "/users/" + owner + "/projects?" + list};
    }
    case ForgeKind::kGitea: {
      const std::string api = "/api/v1";
      if (all) return {api + "/repos/search?limit=50"};
      return {api + "/orgs/" + owner + "/repos?limit=50",
              api + "/users/" + owner + "/repos?limit=50"};
    }
    case ForgeKind::kBitbucketCloud:
      return {"/2.0/repositories/" + owner + "?pagelen=100"};
    case ForgeKind::kBitbucketServer:
      if (all) return {"/rest/api/1.0/repos?limit=100"};
      return {"/rest/api/1.0/projects/" + owner + "/repos?limit=100"};
  }
  return {};
}

Result<simdjson::dom::array> list_in(JsonElement page) {
  simdjson::dom::array list;
  if (page.get(list) == simdjson::SUCCESS) return list;
  for (const std::string_view name : {"values", "data"}) {
    const auto member = member_of(page, name);
    if (member && member->get(list) == simdjson::SUCCESS) return list;
  }
  return Error("no list of repositories in the answer");
}

std::string next_page(const ForgeSource& source, const HttpAnswer& answer,
                      JsonElement page, const std::string& path) {
  switch (source.kind) {
    case ForgeKind::kGithub:
    case ForgeKind::kGitlab:
    case ForgeKind::kGitea:
      return next_link(answer.header("link"));
    case ForgeKind::kBitbucketCloud:
      return std::string(text_of(page, "next"));
    case ForgeKind::kBitbucketServer: {
      const auto start = number_of(page, "nextPageStart");
      if (flag_of(page, "isLastPage") || !start) return {};
      return path + "&start=" + std::to_string(*start);
    }
  }
  return {};
}

Result<RepositoryEntry> read_repository(const ForgeSource& source,
                                        JsonElement object) {
  const std::string_view url = clone_url(source.kind, object);
  if (url.empty()) return Error("an entry without a URL to clone");
  // A forge has no word in what else git may be made to run or read.
  const bool clear = source.origin.starts_with("http://");
  if (!url.starts_with("https://") && !(clear && url.starts_with("http://"))) {
    return Error(printable(without_credentials(url)))
        .in("an entry whose URL is not https");
  }
  Result<RepositoryEntry> made = entry_of_url(url);
  if (!made) return made;
  RepositoryEntry entry = *std::move(made);
  entry.default_branch = text_of(object, "default_branch");
  entry.archived = flag_of(object, "archived");
  switch (source.kind) {
    case ForgeKind::kGithub:
      read_github(object, entry);
      break;
    case ForgeKind::kGitlab:
      read_gitlab(object, entry);
      break;
    case ForgeKind::kGitea:
      read_gitea(object, entry);
      break;
    case ForgeKind::kBitbucketCloud:
      read_bitbucket_cloud(object, entry);
      break;
    case ForgeKind::kBitbucketServer:
      read_bitbucket_server(object, entry);
      break;
  }
  return entry;
}

}  // namespace leaksift
