#include "sweep/http.h"

#include <algorithm>
#include <charconv>
#include <ctime>
#include <optional>
#include <random>
#include <thread>
#include <utility>

#include "core/text.h"
#include "sweep/curl_library.h"
#include "sweep/http_cache.h"

namespace leaksift {
namespace {

using namespace std::chrono_literals;
using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr int kMaxRedirects = 5;
constexpr size_t kMaxHeaders = 1 << 16;  // bytes of one answer's
constexpr seconds kLongestOwnPause = 60s;
constexpr long kConnectSeconds = 20;
constexpr const char* kNoCurl =
    "libcurl.so.4 is not on this machine, or does not start";

// REQUIRES: it is installed
const CurlLibrary& curl() {
  return *CurlLibrary::get();
}

struct FreeHandle {
  void operator()(CURL* handle) const { curl().easy_cleanup(handle); }
};
using Handle = std::unique_ptr<CURL, FreeHandle>;

struct FreeList {
  void operator()(curl_slist* list) const { curl().slist_free_all(list); }
};
using HeaderList = std::unique_ptr<curl_slist, FreeList>;

void add_header(HeaderList& list, const std::string& line) {
  curl_slist* const longer = curl().slist_append(list.get(), line.c_str());
  if (longer == nullptr) return;
  static_cast<void>(list.release());
  list.reset(longer);
}

// What curl calls while an answer comes in.
struct Receiver {
  HttpAnswer answer;
  uint64_t max_answer = 0;
  size_t header_bytes = 0;
  bool too_large = false;
};

size_t take_body(char* data, size_t size, size_t count, void* user) {
  auto& receiver = *static_cast<Receiver*>(user);
  const size_t bytes = size * count;
  if (bytes > receiver.max_answer - receiver.answer.body.size()) {
    receiver.too_large = true;
    return 0;
  }
  receiver.answer.body.append(data, bytes);
  return bytes;
}

size_t take_header(char* data, size_t size, size_t count, void* user) {
  auto& receiver = *static_cast<Receiver*>(user);
  const std::string_view line(data, size * count);
  receiver.header_bytes += line.size();
  if (receiver.header_bytes > kMaxHeaders) {
    receiver.too_large = true;
    return 0;
  }
  const size_t colon = line.find(':');
  if (line.starts_with("HTTP/")) receiver.answer.headers.clear();
  if (colon != std::string_view::npos) {
    receiver.answer.headers[ascii_lower(trimmed(line.substr(0, colon)))] =
        trimmed(line.substr(colon + 1));
  }
  return line.size();
}

std::optional<int64_t> number(std::string_view text) {
  int64_t value = 0;
  const auto [end, error] =
      std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size() || value < 0) {
    return std::nullopt;
  }
  return value;
}

bool is_limited(const HttpAnswer& answer) {
  return answer.status == 429 ||
         (answer.status == 403 &&
          (!answer.header("retry-after").empty() ||
           answer.header("x-ratelimit-remaining") == "0"));
}

bool is_redirect(int status) {
  return status == 301 || status == 302 || status == 303 || status == 307 ||
         status == 308;
}

HttpFailure failure(HttpFailure::Kind kind, std::string what,
                    const std::string& url) {
  return {kind, Error(std::move(what)).in(printable(url))};
}

HttpFailure failure_of_status(int status, const std::string& url) {
  const std::string what = "the server answers " + std::to_string(status);
  switch (status) {
    case 401:
      return failure(HttpFailure::Kind::kForbidden,
                     what + "; the token is missing or not valid", url);
    case 403:
      return failure(HttpFailure::Kind::kForbidden,
                     what + "; the token does not allow this", url);
    case 404:
    case 410:
      return failure(HttpFailure::Kind::kNotFound,
                     what +
                         "; there is no such thing, or the token does not "
                         "show it",
                     url);
    default:
      return failure(HttpFailure::Kind::kBroken, what, url);
  }
}

}  // namespace

std::string_view HttpAnswer::header(std::string_view name) const {
  const auto at = headers.find(std::string(name));
  return at == headers.end() ? std::string_view() : at->second;
}

std::optional<seconds> asked_pause(const HttpAnswer& answer, int64_t now) {
  const std::string_view retry = answer.header("retry-after");
  if (const auto count = number(retry)) return seconds(*count);
  if (!retry.empty() && CurlLibrary::get() != nullptr) {
    const time_t date = curl().getdate(std::string(retry).c_str(), nullptr);
    if (date >= 0) return seconds(std::max<int64_t>(date - now, 0));
  }
  for (const auto& [left, reset] :
       {std::pair("x-ratelimit-remaining", "x-ratelimit-reset"),
        std::pair("ratelimit-remaining", "ratelimit-reset")}) {
    const auto at = number(answer.header(reset));
    if (answer.header(left) != "0" || !at) continue;
    // A time since 1970, or how long it is until then.
    constexpr int64_t kDate = 1'000'000'000;
    return seconds(*at < kDate ? *at : std::max<int64_t>(*at - now, 0));
  }
  return std::nullopt;
}

std::string next_link(std::string_view header) {
  while (!header.empty()) {
    const size_t begin = header.find('<');
    const size_t end = header.find('>', begin);
    if (end == std::string_view::npos) return {};
    const std::string_view url = header.substr(begin + 1, end - begin - 1);
    header.remove_prefix(end + 1);
    const std::string parameters = ascii_lower(
        header.substr(0, std::min(header.find(",<"), header.find(", <"))));
    if (parameters.find("rel=\"next\"") != std::string::npos ||
        parameters.find("rel=next") != std::string::npos) {
      return std::string(url);
    }
    header.remove_prefix(parameters.size());
  }
  return {};
}

bool is_loopback(std::string_view origin) {
  const std::string_view host = origin.substr(origin.find("://") + 3);
  // What stands in front of '@' is a user, whatever it looks like.
  if (host.find('@') != std::string_view::npos) return false;
  return host.starts_with("127.0.0.1:") || host == "127.0.0.1" ||
         host.starts_with("localhost:") || host == "localhost" ||
         host.starts_with("[::1]");
}

std::string url_escaped(std::string_view text) {
  constexpr std::string_view kDigits = "0123456789ABCDEF";
  constexpr std::string_view kPlain =
      "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._~";
  std::string out;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (kPlain.find(c) != std::string_view::npos) {
      out += c;
    } else {
      out += '%';
      out += kDigits[byte >> 4];
      out += kDigits[byte & 15];
    }
  }
  return out;
}

class HttpClient::Session {
 public:
  explicit Session(HttpOptions options)
      : options_(std::move(options)), cache_(options_.cache_folder) {
    if (CurlLibrary::get() != nullptr) handle_.reset(curl().easy_init());
  }

  HttpResult get(const std::string& asked);
  HttpResult post(const std::string& path, const std::string& body,
                  const std::vector<std::string>& headers);

 private:
  struct Request {
    std::string url;
    std::string name;  // what errors call it
    std::vector<std::string> headers;
    const std::string* body = nullptr;  // null: GET
  };

  // Once; nothing is tried again.
  HttpResult ask(const Request& request);
  HttpResult ask_until_answered(const Request& request);
  void set_up(const Request& request, Receiver& receiver,
              const HeaderList& headers);
  void pause(milliseconds time) const;
  // Before the attempt after `attempt`, which ended so; nothing: longer than we
  // wait.
  std::optional<milliseconds> pause_after(uint32_t attempt,
                                          const HttpResult& result);

  HttpOptions options_;
  HttpCache cache_;
  Handle handle_;
  std::minstd_rand chance_{std::random_device{}()};
};

void HttpClient::Session::pause(milliseconds time) const {
  if (options_.wait) {
    options_.wait(time);
  } else {
    std::this_thread::sleep_for(time);
  }
}

void HttpClient::Session::set_up(const Request& request, Receiver& receiver,
                                 const HeaderList& headers) {
  CURL* const handle = handle_.get();
  curl().easy_reset(handle);  // its connections stay
  const auto set = [&](CURLoption option, auto value) {
    static_cast<void>(curl().easy_setopt(handle, option, value));
  };
  set(CURLOPT_URL, request.url.c_str());
  set(CURLOPT_PROTOCOLS_STR, "https,http");
  set(CURLOPT_FOLLOWLOCATION, 0L);
  set(CURLOPT_NETRC, static_cast<long>(CURL_NETRC_IGNORED));
  set(CURLOPT_PROXY, options_.proxy.c_str());
  if (!options_.ca_file.empty()) set(CURLOPT_CAINFO, options_.ca_file.c_str());
  set(CURLOPT_NOSIGNAL, 1L);
  set(CURLOPT_CONNECTTIMEOUT, kConnectSeconds);
  set(CURLOPT_TIMEOUT, static_cast<long>(options_.timeout.count()));
  set(CURLOPT_ACCEPT_ENCODING, "");
  set(CURLOPT_USERAGENT, "leaksift");
  set(CURLOPT_HTTPHEADER, headers.get());
  if (request.body != nullptr) {
    set(CURLOPT_POSTFIELDS, request.body->c_str());
    set(CURLOPT_POSTFIELDSIZE_LARGE,
        static_cast<curl_off_t>(request.body->size()));
  }
  set(CURLOPT_WRITEFUNCTION, &take_body);
  set(CURLOPT_WRITEDATA, &receiver);
  set(CURLOPT_HEADERFUNCTION, &take_header);
  set(CURLOPT_HEADERDATA, &receiver);
}

HttpResult HttpClient::Session::ask(const Request& request) {
  Receiver receiver;
  receiver.max_answer = options_.max_answer;
  HeaderList headers;
  add_header(headers, "Accept: " + options_.accept);
  if (!options_.authorization.reveal().empty()) {
    add_header(headers, options_.authorization.reveal());
  }
  for (const std::string& line : request.headers) add_header(headers, line);
  set_up(request, receiver, headers);
  const CURLcode code = curl().easy_perform(handle_.get());
  if (receiver.too_large) {
    return failure(HttpFailure::Kind::kBroken,
                   "an answer of more than " + human_bytes(options_.max_answer),
                   request.name);
  }
  if (code != CURLE_OK) {
    return failure(HttpFailure::Kind::kTransient, curl().easy_strerror(code),
                   request.name);
  }
  long status = 0;
  curl().easy_getinfo(handle_.get(), CURLINFO_RESPONSE_CODE, &status);
  receiver.answer.status = static_cast<int>(status);
  return std::move(receiver.answer);
}

std::optional<milliseconds> HttpClient::Session::pause_after(
    uint32_t attempt, const HttpResult& result) {
  if (const auto* answer = std::get_if<HttpAnswer>(&result)) {
    if (const auto asked = asked_pause(*answer, std::time(nullptr))) {
      if (*asked > options_.max_wait) return std::nullopt;
      // A little later than all others that were told the same.
      return *asked + milliseconds(chance_() % 1000);
    }
  }
  const milliseconds longest = std::min<milliseconds>(
      1s * (1 << std::min(attempt, 10U)), kLongestOwnPause);
  const auto half = static_cast<uint64_t>(longest.count()) / 2;
  return longest - milliseconds(chance_() % half);
}

HttpResult HttpClient::Session::ask_until_answered(const Request& request) {
  for (uint32_t attempt = 0;; ++attempt) {
    HttpResult result = ask(request);
    const auto* const answer = std::get_if<HttpAnswer>(&result);
    const bool again = answer != nullptr
                           ? answer->status >= 500 || is_limited(*answer)
                           : std::get<HttpFailure>(result).kind ==
                                 HttpFailure::Kind::kTransient;
    if (!again) return result;
    const std::optional<milliseconds> time = pause_after(attempt, result);
    if (!time || attempt + 1 >= options_.max_attempts) {
      if (answer == nullptr) return result;
      const bool limited = is_limited(*answer);
      return failure(HttpFailure::Kind::kTransient,
                     limited ? "the server's rate limit; try again later"
                             : "the server answers " +
                                   std::to_string(answer->status) +
                                   " again and again; try again later",
                     request.name);
    }
    pause(*time);
  }
}

HttpResult HttpClient::Session::get(const std::string& asked) {
  std::string url = asked.starts_with('/') ? options_.origin + asked : asked;
  if (!handle_) {
    return failure(HttpFailure::Kind::kTransient, kNoCurl, url);
  }
  const std::optional<HttpAnswer> kept = cache_.find(url);
  const std::string first = url;
  const bool clear = options_.origin.starts_with("http://");
  if (clear && !options_.authorization.reveal().empty() &&
      !is_loopback(options_.origin)) {
    return failure(HttpFailure::Kind::kBroken,
                   "a token is not sent over http; use https", url);
  }
  std::vector<std::string> headers;
  if (kept) {
    headers.push_back("If-None-Match: " + std::string(kept->header("etag")));
  }
  for (int hop = 0; hop <= kMaxRedirects; ++hop) {
    if (!url.starts_with(options_.origin + '/')) {
      return failure(
          HttpFailure::Kind::kBroken,
          "leads away from " + options_.origin + ", which is not followed",
          url);
    }
    HttpResult result = ask_until_answered({url, url, headers});
    auto* const answer = std::get_if<HttpAnswer>(&result);
    if (answer == nullptr) return result;
    if (answer->status == 200) {
      cache_.put(first, *answer);
      return result;
    }
    if (answer->status == 304 && kept) return *kept;
    if (!is_redirect(answer->status)) {
      return failure_of_status(answer->status, url);
    }
    const std::string to(answer->header("location"));
    url = to.starts_with('/') ? options_.origin + to : to;
  }
  return failure(HttpFailure::Kind::kBroken, "redirects that do not end", url);
}

HttpResult HttpClient::Session::post(const std::string& path,
                                     const std::string& body,
                                     const std::vector<std::string>& headers) {
  if (!handle_) {
    return failure(HttpFailure::Kind::kTransient, kNoCurl, options_.origin);
  }
  HttpResult result = ask_until_answered(
      {options_.origin + path, options_.origin, headers, &body});
  const auto* const answer = std::get_if<HttpAnswer>(&result);
  if (answer == nullptr || answer->status / 100 == 2) return result;
  return failure_of_status(answer->status, options_.origin);
}

HttpClient::HttpClient(HttpOptions options)
    : session_(std::make_unique<Session>(std::move(options))) {}
HttpClient::~HttpClient() = default;
HttpClient::HttpClient(HttpClient&&) noexcept = default;
HttpClient& HttpClient::operator=(HttpClient&&) noexcept = default;

HttpResult HttpClient::get(const std::string& url) {
  return session_->get(url);
}

HttpResult HttpClient::post(const std::string& path, const std::string& body,
                            const std::vector<std::string>& headers) {
  return session_->post(path, body, headers);
}

}  // namespace leaksift
