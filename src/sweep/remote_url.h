// Where a repository is fetched from.
#pragma once

#include <string>
#include <string_view>

#include "leaksift/result.h"

namespace leaksift {

// A URL that git may be given, taken apart (git-clone(1), "GIT URLS").
struct RemoteUrl {
  std::string scheme;  // "https", "http", "ssh", "git", "file"
  std::string host;    // lower case; ":port" behind it unless it is the usual
  std::string path;    // without slashes around it and ".git" behind it
  std::string url;     // what git is given: no password in it, nor, but for
                       // ssh, a user

  // The same for all ways to reach one repository: "host/owner/name".
  std::string key() const { return host + '/' + path; }
};

// Is it written as a URL or as "user@host:path", and not as a path?
bool looks_like_remote(std::string_view text);

// Takes https, http, ssh (as "user@host:path" too), git and file. Fails on
// other schemes, hosts or users that a program could take for an option, and
// paths that lead upwards or hold control characters. No error shows a
// password.
Result<RemoteUrl> parse_remote_url(std::string_view text);

// `text` with "user:password@" taken out, for a person to read.
std::string without_credentials(std::string_view text);

}  // namespace leaksift
