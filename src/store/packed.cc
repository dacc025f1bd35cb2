#include "store/packed.h"

#include <algorithm>
#include <array>
#include <cstdint>

namespace leaksift {
namespace {

constexpr size_t kIdSize = 16;
constexpr std::array<std::string_view, 3> kTypes = {"blob", "commit", "tag"};

void put_number(uint64_t value, std::string& out) {
  for (; value >= 0x80; value >>= 7) {
    out.push_back(static_cast<char>(0x80 | (value & 0x7f)));
  }
  out.push_back(static_cast<char>(value));
}

template <typename T>
bool take_number(std::string_view& bytes, T& out) {
  uint64_t value = 0;
  for (unsigned shift = 0; shift < 64; shift += 7) {
    if (bytes.empty()) return false;
    const auto byte = static_cast<uint8_t>(bytes.front());
    bytes.remove_prefix(1);
    value |= uint64_t{byte & 0x7fU} << shift;
    if (byte < 0x80) {
      out = static_cast<T>(value);
      return true;
    }
  }
  return false;
}

}  // namespace

bool can_be_packed(const ObjectSighting& sighting) {
  return sighting.path.empty() && sighting.finding.size() == kIdSize &&
         std::find(kTypes.begin(), kTypes.end(), sighting.object_type) !=
             kTypes.end();
}

std::string packed(const std::vector<const ObjectSighting*>& sightings) {
  std::string out;
  for (const ObjectSighting* one : sightings) {
    const auto type = std::find(kTypes.begin(), kTypes.end(), one->object_type);
    out += one->finding;
    out.push_back(static_cast<char>(type - kTypes.begin()));
    for (const uint64_t number :
         {uint64_t{one->begin.line}, uint64_t{one->begin.column},
          uint64_t{one->end.line}, uint64_t{one->end.column},
          static_cast<uint64_t>(one->encoding), one->if_place_agrees}) {
      put_number(number, out);
    }
    out.push_back(one->allowed_inline ? '\1' : '\0');
  }
  return out;
}

bool unpack(std::string_view object, std::string_view bytes,
            std::vector<ObjectSighting>& out) {
  while (!bytes.empty()) {
    if (bytes.size() <= kIdSize) return false;
    ObjectSighting& one = out.emplace_back();
    one.object = object;
    one.finding = bytes.substr(0, kIdSize);
    const auto type = static_cast<uint8_t>(bytes[kIdSize]);
    if (type >= kTypes.size()) return false;
    one.object_type = kTypes[type];
    bytes.remove_prefix(kIdSize + 1);
    const bool whole = take_number(bytes, one.begin.line) &&
                       take_number(bytes, one.begin.column) &&
                       take_number(bytes, one.end.line) &&
                       take_number(bytes, one.end.column) &&
                       take_number(bytes, one.encoding) &&
                       take_number(bytes, one.if_place_agrees) &&
                       take_number(bytes, one.allowed_inline);
    if (!whole) return false;
  }
  return true;
}

std::string packed(const std::vector<SweptRef>& refs) {
  std::string out;
  std::string_view before;
  for (const SweptRef& ref : refs) {
    const auto [ours, theirs] = std::mismatch(ref.name.begin(), ref.name.end(),
                                              before.begin(), before.end());
    const auto shared = static_cast<size_t>(ours - ref.name.begin());
    put_number(shared, out);
    put_number(ref.name.size() - shared, out);
    put_number(ref.tip.size(), out);
    out.append(ref.name, shared);
    out += ref.tip;
    before = ref.name;
  }
  return out;
}

bool unpack(std::string_view bytes, std::vector<SweptRef>& out) {
  std::string before;
  while (!bytes.empty()) {
    size_t shared = 0;
    size_t more = 0;
    size_t tip = 0;
    if (!take_number(bytes, shared) || !take_number(bytes, more) ||
        !take_number(bytes, tip) || shared > before.size() ||
        more > bytes.size() || tip > bytes.size() - more) {
      return false;
    }
    before.resize(shared);
    before += bytes.substr(0, more);
    out.push_back({before, std::string(bytes.substr(more, tip))});
    bytes.remove_prefix(more + tip);
  }
  return true;
}

}  // namespace leaksift
