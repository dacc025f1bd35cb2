// Asking a server over HTTP: the door to libcurl.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "leaksift/result.h"
#include "leaksift/secret.h"

namespace leaksift {

struct HttpOptions {
  // The only server that is talked to: "https://host" or "https://host:port".
  // Over http a token is sent to this machine alone.
  std::string origin;
  // A header that goes with every request, as "Authorization: Bearer TOKEN";
  // empty: none.
  Secret authorization;
  std::string accept = "application/json";
  std::string cache_folder;  // of answers with an ETag; empty: none are kept
  std::string proxy;    // a URL; empty: none, whatever the environment says
  std::string ca_file;  // empty: the system's
  uint64_t max_answer = uint64_t{32} << 20;  // bytes, of one answer
  std::chrono::seconds timeout{60};          // of one request
  uint32_t max_attempts = 6;
  // The longest that a server may have us wait before one attempt; asked for
  // more, the request fails.
  std::chrono::seconds max_wait{900};
  // How time passes between attempts; empty: by sleeping.
  std::function<void(std::chrono::milliseconds)> wait;
};

struct HttpAnswer {
  int status = 0;
  std::map<std::string, std::string> headers;  // names in lower case
  std::string body;

  // Empty where there is none.
  std::string_view header(std::string_view name) const;
};

// Why there is no answer.
struct HttpFailure {
  enum class Kind : uint8_t {
    kNotFound,   // 404, 410
    kForbidden,  // 401, 403
    kTransient,  // it may go well another time: network, 5xx, a rate limit
    kBroken,     // an answer that no such server gives
  };
  Kind kind = Kind::kBroken;
  Error error;  // names the URL, never a token
};

using HttpResult = std::variant<HttpAnswer, HttpFailure>;

// Asks one server. Each connection is used again. Redirects are followed on
// that server alone, at most five. An answer of 429 or 5xx, one of 403 that
// tells of a rate limit, and a broken connection are asked for again: after the
// time that the server says (Retry-After, X-RateLimit-Reset, RateLimit-Reset),
// else after 1, 2, 4... seconds, less up to half by chance. Where an answer is
// in the cache, the server is asked whether it still holds. Not thread-safe.
class HttpClient {
 public:
  explicit HttpClient(HttpOptions options);
  ~HttpClient();
  HttpClient(HttpClient&&) noexcept;
  HttpClient& operator=(HttpClient&&) noexcept;

  // `url`: on the server of the options, or a path there. Only 200 is an
  // answer.
  HttpResult get(const std::string& url);

  // Sends `body` to `path` of that server, with these headers beside it (as
  // "Name: value"), again and again the same until it is answered as above. Any
  // 2xx is an answer; redirects are not followed. Paths may be secrets: errors
  // name the server alone.
  HttpResult post(const std::string& path, const std::string& body,
                  const std::vector<std::string>& headers);

 private:
  class Session;
  std::unique_ptr<Session> session_;
};

// How long the server wants to be left alone, by an answer's headers at the
// time `now` (seconds since 1970); nothing if they do not say.
std::optional<std::chrono::seconds> asked_pause(const HttpAnswer& answer,
                                                int64_t now);

// The URL of `rel="next"` in a Link header (RFC 8288); empty if there is none.
std::string next_link(std::string_view header);

// Is "http://host:port" this machine, whatever names mean on it?
bool is_loopback(std::string_view origin);

// A part of a path or of a query, with what is special in it as %NN.
std::string url_escaped(std::string_view text);

}  // namespace leaksift
