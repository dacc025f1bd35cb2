#include "sweep/curl_library.h"

#include <optional>

#include "core/late_library.h"

namespace leaksift {
namespace {

std::optional<CurlLibrary> load() {
  const LateLibrary file("libcurl.so.4");
  CurlLibrary curl;
  const bool is_whole = file.find("curl_global_init", curl.global_init) &&
                        file.find("curl_easy_init", curl.easy_init) &&
                        file.find("curl_easy_reset", curl.easy_reset) &&
                        file.find("curl_easy_setopt", curl.easy_setopt) &&
                        file.find("curl_easy_perform", curl.easy_perform) &&
                        file.find("curl_easy_getinfo", curl.easy_getinfo) &&
                        file.find("curl_easy_strerror", curl.easy_strerror) &&
                        file.find("curl_easy_cleanup", curl.easy_cleanup) &&
                        file.find("curl_slist_append", curl.slist_append) &&
                        file.find("curl_slist_free_all", curl.slist_free_all) &&
                        file.find("curl_getdate", curl.getdate);
  if (!is_whole) return std::nullopt;
  // Once a process, before there are threads.
  curl.global_init(CURL_GLOBAL_DEFAULT);
  return curl;
}

}  // namespace

const CurlLibrary* CurlLibrary::get() {
  static const std::optional<CurlLibrary> kLibrary = load();
  return kLibrary ? &*kLibrary : nullptr;
}

}  // namespace leaksift
