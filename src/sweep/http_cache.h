// Answers of a server that need not be sent twice.
#pragma once

#include <optional>
#include <string>

#include "sweep/http.h"

namespace leaksift {

// Answers with an ETag, one file each below a folder that only the owner can
// read: they name private repositories. What a file has lost or gained counts
// as nothing kept. Safe for several processes.
class HttpCache {
 public:
  // The folder is made by the first put(); empty: nothing is kept.
  explicit HttpCache(std::string folder) : folder_(std::move(folder)) {}

  std::optional<HttpAnswer> find(const std::string& url) const;
  // Only with an ETag. A folder that cannot be written to costs the next run a
  // request, and no more.
  void put(const std::string& url, const HttpAnswer& answer) const;

 private:
  std::string path_of(const std::string& url) const;

  std::string folder_;
};

}  // namespace leaksift
