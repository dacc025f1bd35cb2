#include "sweep/remote_url.h"

#include <algorithm>
#include <array>
#include <optional>
#include <utility>

#include "core/text.h"

namespace leaksift {
namespace {

struct Scheme {
  std::string_view name;
  std::string_view port;  // the usual one
};
constexpr std::array<Scheme, 5> kSchemes = {{{"https", "443"},
                                             {"http", "80"},
                                             {"ssh", "22"},
                                             {"git", "9418"},
                                             {"file", ""}}};
constexpr std::string_view kSchemeEnd = "://";
constexpr size_t kMaxLength = 4096;

// The parts of a URL, as they are written.
struct Parts {
  std::string_view user;  // with a password, if there is one
  std::string_view host;  // with a port, if there is one
  std::string_view path;
};

bool is_alphanumeric(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
         (c >= '0' && c <= '9');
}

// No option, no folder above, nothing that a shell or ssh reads in another way.
bool is_plain_name(std::string_view name) {
  return !name.empty() && is_alphanumeric(name[0]) &&
         std::all_of(name.begin(), name.end(), [](char c) {
           return is_alphanumeric(c) || c == '.' || c == '-' || c == '_';
         });
}

bool is_number(std::string_view text) {
  return !text.empty() && text.size() <= 5 &&
         std::all_of(text.begin(), text.end(),
                     [](char c) { return c >= '0' && c <= '9'; });
}

bool is_ipv6(std::string_view text) {
  return text.size() > 2 && text.front() == '[' && text.back() == ']' &&
         text.find_first_not_of("0123456789abcdefABCDEF:.", 1) ==
             text.size() - 1;
}

// "host" or "host:port" in the form of RemoteUrl::host.
Result<std::string> normal_host(std::string_view text, const Scheme& scheme) {
  if (scheme.name == "file") {
    if (!text.empty() && text != "localhost") {
      return Error("a file:// URL has no host");
    }
    return std::string("localhost");
  }
  const size_t port_at = text.find(':', text.rfind(']') + 1);
  const std::string_view name = text.substr(0, port_at);
  if (!is_plain_name(name) && !is_ipv6(name)) return Error("no host in it");
  std::string host = ascii_lower(name);
  if (port_at == std::string_view::npos) return host;
  const std::string_view port = text.substr(port_at + 1);
  if (!is_number(port)) return Error("its port is no number");
  if (port != scheme.port) host.append(":").append(port);
  return host;
}

Result<std::string> normal_path(std::string_view text) {
  std::string path;
  for (const std::string_view name : split(text, '/')) {
    if (name.empty()) continue;
    if (name == "." || name == "..") return Error("its path leads upwards");
    if (!path.empty()) path += '/';
    path += name;
  }
  if (path.ends_with(".git")) path.resize(path.size() - 4);
  if (path.ends_with('/')) path.pop_back();
  if (path.empty()) return Error("no path in it");
  return path;
}

Parts parts_of(std::string_view rest) {
  Parts parts;
  const std::string_view authority = rest.substr(0, rest.find('/'));
  const size_t at = authority.rfind('@');
  parts.path = rest.substr(authority.size());
  if (at == std::string_view::npos) {
    parts.host = authority;
  } else {
    parts.user = authority.substr(0, at);
    parts.host = authority.substr(at + 1);
  }
  return parts;
}

Result<RemoteUrl> build(const Scheme& scheme, const Parts& parts) {
  RemoteUrl remote;
  remote.scheme = scheme.name;
  Result<std::string> host = normal_host(parts.host, scheme);
  if (!host) return std::move(host).error();
  Result<std::string> path = normal_path(parts.path);
  if (!path) return std::move(path).error();
  remote.host = *std::move(host);
  remote.path = *std::move(path);
  return remote;
}

// A user of ssh is an account, as "git" is, and says nothing secret.
Result<std::string> ssh_user(std::string_view user) {
  user = user.substr(0, user.find(':'));
  if (user.empty()) return std::string();
  if (!is_plain_name(user)) return Error("its user is no name");
  return std::string(user) + '@';
}

Result<RemoteUrl> parse_with_scheme(std::string_view text, size_t end) {
  const std::string name = ascii_lower(text.substr(0, end));
  const auto scheme = std::find_if(kSchemes.begin(), kSchemes.end(),
                                   [&](auto& s) { return s.name == name; });
  if (scheme == kSchemes.end()) {
    return Error("not https, ssh, http, git or file");
  }
  const Parts parts = parts_of(text.substr(end + kSchemeEnd.size()));
  Result<RemoteUrl> remote = build(*scheme, parts);
  if (!remote) return remote;
  std::string user;
  if (scheme->name == "ssh") {
    Result<std::string> given = ssh_user(parts.user);
    if (!given) return std::move(given).error();
    user = *std::move(given);
  }
  const std::string host = scheme->name == "file" ? "" : remote->host;
  remote->url =
      name + std::string(kSchemeEnd) + user + host + std::string(parts.path);
  return remote;
}

// "user@host:path"; there it begins in the user's home.
Result<RemoteUrl> parse_scp_like(std::string_view text) {
  const size_t colon = text.find(':', text.find(']') + 1);
  const std::string_view front = text.substr(0, colon);
  const size_t at = front.rfind('@');
  Parts parts;
  if (at != std::string_view::npos) parts.user = front.substr(0, at);
  parts.host = at == std::string_view::npos ? front : front.substr(at + 1);
  parts.path = text.substr(colon + 1);
  if (parts.path.starts_with(':')) return Error("a remote helper's URL");
  Result<RemoteUrl> remote = build(kSchemes[2], parts);
  if (!remote) return remote;
  Result<std::string> user = ssh_user(parts.user);
  if (!user) return std::move(user).error();
  remote->url = *user + remote->host + ':' + std::string(parts.path);
  return remote;
}

std::optional<Error> problem_of(std::string_view text) {
  if (text.size() > kMaxLength) return Error("longer than a URL can be");
  if (text.starts_with('-')) return Error("it would be taken for an option");
  const bool bad = std::any_of(text.begin(), text.end(), [](char c) {
    return static_cast<unsigned char>(c) <= ' ' || c == '\x7f';
  });
  if (bad) return Error("blanks or control characters in it");
  if (text.find_first_of("?#\\") != std::string_view::npos) {
    return Error("'?', '#' or '\\' in it");
  }
  return std::nullopt;
}

}  // namespace

bool looks_like_remote(std::string_view text) {
  if (text.find(kSchemeEnd) != std::string_view::npos) return true;
  // git's own rule: a colon in front of any slash.
  const size_t colon = text.find(':');
  return colon != std::string_view::npos && text.find('/') > colon;
}

Result<RemoteUrl> parse_remote_url(std::string_view text) {
  const size_t scheme_end = text.find(kSchemeEnd);
  Result<RemoteUrl> remote = Error("not a URL of a repository");
  if (std::optional<Error> problem = problem_of(text)) {
    remote = *std::move(problem);
  } else if (scheme_end != std::string_view::npos) {
    remote = parse_with_scheme(text, scheme_end);
  } else if (looks_like_remote(text)) {
    remote = parse_scp_like(text);
  }
  if (remote) return remote;
  return std::move(remote).error().in(
      printable(without_credentials(text.substr(0, kMaxLength))));
}

std::string without_credentials(std::string_view text) {
  const size_t scheme_end = text.find(kSchemeEnd);
  const size_t begin =
      scheme_end == std::string_view::npos ? 0 : scheme_end + kSchemeEnd.size();
  const std::string_view authority =
      text.substr(begin, text.find('/', begin) - begin);
  const size_t at = authority.rfind('@');
  if (at == std::string_view::npos) return std::string(text);
  const std::string_view user = authority.substr(0, at);
  // A user alone may be a token, but for ssh's "git@".
  const bool account = user == "git";
  std::string shown(text.substr(0, begin));
  if (account) shown += "git@";
  shown += text.substr(begin + at + 1);
  return shown;
}

}  // namespace leaksift
