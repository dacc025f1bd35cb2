#include "sweep/forge.h"

#include <algorithm>
#include <array>
#include <cstdlib>
#include <set>
#include <utility>

#include "core/digest.h"
#include "core/file.h"
#include "core/text.h"
#include "hook/durable.h"
#include "sweep/forge_page.h"
#include "sweep/remote_url.h"

namespace leaksift {
namespace {

constexpr size_t kMaxToken = 8192;     // bytes
constexpr size_t kMaxPages = 100'000;  // of one list

struct ForgeWord {
  std::string_view word;
  ForgeKind kind;
  std::string_view origin;  // of the public one's API
};
constexpr std::array<ForgeWord, 5> kForges = {
    {{"github", ForgeKind::kGithub, "https://api.github.com"},
     {"gitlab", ForgeKind::kGitlab, "https://gitlab.com"},
     {"gitea", ForgeKind::kGitea, "https://gitea.com"},
     {"forgejo", ForgeKind::kGitea, "https://codeberg.org"},
     {"bitbucket", ForgeKind::kBitbucketCloud, "https://api.bitbucket.org"}}};

constexpr std::string_view kForm =
    "write FORGE:OWNER or FORGE+https://HOST/OWNER";

bool is_owner(std::string_view owner) {
  const auto parts = split(owner, '/');
  return std::all_of(parts.begin(), parts.end(), [](std::string_view part) {
    return !part.empty() && part != "." && part != ".." &&
           printable(part) == part && part.find(' ') == std::string_view::npos;
  });
}

// "https://host/owner" or "https://host/base#owner".
Result<ForgeSource> parse_own(ForgeWord forge, std::string_view url) {
  const size_t hash = url.find('#');
  std::string_view path = url.substr(0, hash);
  const size_t slash = path.find('/', path.find("://") + 3);
  const std::string origin(path.substr(0, slash));
  path.remove_prefix(std::min(slash, path.size()));
  while (path.starts_with('/')) path.remove_prefix(1);
  while (path.ends_with('/')) path.remove_suffix(1);
  // Held to the same form as a repository's URL.
  Result<RemoteUrl> checked = parse_remote_url(origin + "/x");
  if (!checked) return std::move(checked).error();
  if (without_credentials(origin) != origin) {
    return Error("a token is not written here; give it by --token-file");
  }
  ForgeSource source;
  source.kind = forge.kind == ForgeKind::kBitbucketCloud
                    ? ForgeKind::kBitbucketServer
                    : forge.kind;
  source.origin = checked->scheme + "://" + checked->host;
  const bool has_base = hash != std::string_view::npos;
  if (has_base && !path.empty()) source.base = '/' + std::string(path);
  source.owner = has_base ? url.substr(hash + 1) : path;
  if (source.kind == ForgeKind::kGithub) source.base += "/api/v3";
  return source;
}

const ForgeWord* forge_of(std::string_view word) {
  const auto at = std::find_if(kForges.begin(), kForges.end(),
                               [&](auto& f) { return f.word == word; });
  return at == kForges.end() ? nullptr : &*at;
}

Secret authorization_of(const Secret& token) {
  const std::string& text = token.reveal();
  if (text.empty()) return Secret();
  if (text.find(':') != std::string::npos) {
    return Secret("Authorization: Basic " + to_base64(text));
  }
  return Secret("Authorization: Bearer " + text);
}

// One list, page by page.
class Listing {
 public:
  Listing(const ForgeSource& source, const ForgeAccess& access, Inventory& out)
      : source_(source), client_(options(source, access)), out_(out) {}

  Status run() {
    std::optional<HttpAnswer> page;
    std::string path;
    std::optional<Error> problem;
    for (const std::string& first : first_pages(source_)) {
      path = source_.base + first;
      HttpResult result = client_.get(path);
      if (auto* const answer = std::get_if<HttpAnswer>(&result)) {
        page = std::move(*answer);
        break;
      }
      auto& failed = std::get<HttpFailure>(result);
      if (!problem) problem = failed.error;
      if (failed.kind != HttpFailure::Kind::kNotFound) {
        return std::move(failed.error);
      }
    }
    if (!page) return *std::move(problem);
    return go_on(*std::move(page), path);
  }

 private:
  static HttpOptions options(const ForgeSource& source,
                             const ForgeAccess& access) {
    HttpOptions options = access.http;
    options.origin = source.origin;
    options.authorization = authorization_of(access.token);
    return options;
  }

  // Errors of the first page are the list's.
  Status go_on(HttpAnswer page, const std::string& path) {
    std::set<std::string> seen = {path};
    for (;;) {
      std::string next;
      Status taken = take(page, path, next);
      if (!taken && seen.size() == 1) return taken;
      if (!taken) return give_up(taken.error());
      if (next.empty()) return Ok{};
      if (!seen.insert(next).second || seen.size() > kMaxPages) {
        return give_up(Error("its pages do not end"));
      }
      HttpResult result = client_.get(next);
      auto* const answer = std::get_if<HttpAnswer>(&result);
      if (answer == nullptr)
        return give_up(std::get<HttpFailure>(result).error);
      page = std::move(*answer);
    }
  }

  Status take(const HttpAnswer& answer, const std::string& path,
              std::string& next) {
    JsonElement page;
    if (const auto error = parser_.parse(answer.body).get(page);
        error != simdjson::SUCCESS) {
      return Error(simdjson::error_message(error))
          .in("no JSON in the answer")
          .in(source_.origin);
    }
    Result<simdjson::dom::array> list = list_in(page);
    if (!list) return std::move(list).error().in(source_.origin);
    for (const JsonElement object : *list) {
      Result<RepositoryEntry> entry = read_repository(source_, object);
      if (entry) {
        out_.entries.push_back(*std::move(entry));
      } else {
        out_.coverage.skip(
            {SkipReason::kUnreadable, name(), entry.error().message()});
      }
    }
    next = next_page(source_, answer, page, path);
    return Ok{};
  }

  Status give_up(const Error& why) {
    out_.coverage.skip({SkipReason::kUnreadable, name(),
                        why.message() + "; what follows is not listed"});
    return Ok{};
  }

  std::string name() const {
    return source_.origin + source_.base +
           (source_.owner.empty() ? "" : "/" + source_.owner);
  }

  const ForgeSource& source_;
  HttpClient client_;
  Inventory& out_;
  JsonParser parser_;
};

}  // namespace

Result<std::optional<ForgeSource>> parse_forge(std::string_view text) {
  const size_t end = text.find_first_of(":+");
  if (end == std::string_view::npos) return std::optional<ForgeSource>();
  const ForgeWord* const forge = forge_of(text.substr(0, end));
  const std::string_view rest = text.substr(end + 1);
  if (forge == nullptr) return std::optional<ForgeSource>();
  const auto wrong = [&](std::string_view what) {
    return Error(std::string(what) + "; " + std::string(kForm))
        .in(printable(without_credentials(text)));
  };
  ForgeSource source{forge->kind, std::string(forge->origin), "",
                     std::string(rest)};
  if (text[end] == '+') {
    if (!rest.starts_with("https://") && !rest.starts_with("http://")) {
      return wrong("no https URL behind the '+'");
    }
    Result<ForgeSource> own = parse_own(*forge, rest);
    if (!own) return wrong(own.error().message());
    source = *std::move(own);
  } else if (rest.empty()) {
    return wrong("no owner");
  }
  const bool nested = source.owner.find('/') != std::string::npos;
  if (!source.owner.empty() && !is_owner(source.owner)) {
    return wrong("no owner can be called so");
  }
  if (nested && source.kind != ForgeKind::kGitlab) {
    return wrong("only GitLab's owners have a '/' in them");
  }
  return std::optional<ForgeSource>(std::move(source));
}

Status list_forge(const ForgeSource& source, const ForgeAccess& access,
                  Inventory& out) {
  return Listing(source, access, out).run();
}

std::string_view git_user_of(ForgeKind kind) {
  switch (kind) {
    case ForgeKind::kGithub:
      return "x-access-token";
    case ForgeKind::kGitlab:
    case ForgeKind::kGitea:
      return "oauth2";
    case ForgeKind::kBitbucketCloud:
    case ForgeKind::kBitbucketServer:
      return "x-token-auth";
  }
  return {};
}

Result<Secret> read_token(const std::string& variable,
                          const std::string& path) {
  std::string text;
  std::string from;
  const char* const value =
      variable.empty() ? nullptr : std::getenv(variable.c_str());
  if (value != nullptr && *value != 0) {
    text = value;
    from = variable;
  } else if (!path.empty()) {
    const Result<FileHandle> file = open_regular(path);
    if (!file) return file.error();
    if (Status safe = check_private(*file, path); !safe) return safe.error();
    text.resize(kMaxToken + 1);
    const int64_t size = read_fully(file->fd(), text.data(), text.size());
    if (size < 0) return system_error(path, errno);
    text.resize(static_cast<size_t>(size));
    from = path;
  } else {
    return Secret();
  }
  const std::string token(trimmed(text));
  const bool plain = std::all_of(token.begin(), token.end(),
                                 [](char c) { return c > ' ' && c < '\x7f'; });
  if (token.empty() || token.size() > kMaxToken || !plain) {
    return Error(from + ": not a token: one line without blanks is expected");
  }
  return Secret(token);
}

}  // namespace leaksift
