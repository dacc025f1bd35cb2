#include "sweep/http_cache.h"

#include <array>
#include <utility>

#include "core/digest.h"
#include "core/file.h"
#include "core/text.h"
#include "hook/durable.h"

namespace leaksift {
namespace {

constexpr std::string_view kMagic = "leaksift-http-1\n";
constexpr uint64_t kMaxFile = uint64_t{64} << 20;
// Of the headers these: what else is in an answer is not used again.
constexpr std::array<std::string_view, 2> kKept = {"etag", "link"};

std::string content_of(const std::string& url, const HttpAnswer& answer) {
  std::string text = url + '\n';
  for (const std::string_view name : kKept) {
    text.append(answer.header(name)) += '\n';
  }
  return text + answer.body;
}

// The text up to the next line end, which is taken off.
std::string_view take_line(std::string_view& text) {
  const size_t end = std::min(text.find('\n'), text.size());
  const std::string_view line = text.substr(0, end);
  text.remove_prefix(std::min(end + 1, text.size()));
  return line;
}

}  // namespace

std::string HttpCache::path_of(const std::string& url) const {
  return folder_ + '/' + to_hex(sha256(url));
}

std::optional<HttpAnswer> HttpCache::find(const std::string& url) const {
  if (folder_.empty()) return std::nullopt;
  const Result<std::string> file = read_file(path_of(url), kMaxFile);
  if (!file || !file->starts_with(kMagic)) return std::nullopt;
  std::string_view text = std::string_view(*file).substr(kMagic.size());
  const std::string_view digest = take_line(text);
  if (digest != to_hex(sha256(text)) || take_line(text) != url) {
    return std::nullopt;
  }
  HttpAnswer answer;
  answer.status = 200;
  for (const std::string_view name : kKept) {
    answer.headers[std::string(name)] = take_line(text);
  }
  answer.body = text;
  return answer;
}

void HttpCache::put(const std::string& url, const HttpAnswer& answer) const {
  if (folder_.empty() || answer.header("etag").empty()) return;
  if (!make_folders(folder_)) return;
  const std::string content = content_of(url, answer);
  const std::string text =
      std::string(kMagic) + to_hex(sha256(content)) + '\n' + content;
  // Without it the answer is asked for again.
  static_cast<void>(write_file(path_of(url), text, 0600));
}

}  // namespace leaksift
