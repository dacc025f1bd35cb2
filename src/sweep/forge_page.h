// What each forge's API looks like.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "sweep/forge.h"
#include "sweep/json.h"

namespace leaksift {

// Paths of the list's first page. The later ones are tried in turn where there
// is nothing at an earlier one: an owner may be an organisation or a user.
std::vector<std::string> first_pages(const ForgeSource& source);

// The list in a page; fails where there is none.
Result<simdjson::dom::array> list_in(JsonElement page);

// The next page's URL, or path; empty: this was the last one. `path`: of the
// first page.
std::string next_page(const ForgeSource& source, const HttpAnswer& answer,
                      JsonElement page, const std::string& path);

// A repository of a list; fails where it has no URL that can be fetched.
Result<RepositoryEntry> read_repository(const ForgeSource& source,
                                        JsonElement object);

// "2026-11-24T10:00:00Z", with a fraction or another offset, in seconds since
// 1970.
std::optional<int64_t> parse_time(std::string_view text);

}  // namespace leaksift
