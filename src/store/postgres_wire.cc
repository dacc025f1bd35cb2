#include "store/postgres_wire.h"

#include <array>
#include <bit>
#include <utility>

#include "core/big_endian.h"

namespace leaksift {
namespace {

// Of pg_type.
constexpr uint32_t kBytea = 17;
constexpr uint32_t kInt8 = 20;
constexpr uint32_t kText = 25;
constexpr uint32_t kFloat8 = 701;

uint32_t array_of(uint32_t type) {
  switch (type) {
    case kBytea:
      return 1001;
    case kInt8:
      return 1016;
    case kText:
      return 1009;
    default:
      return 1022;
  }
}

template <typename T>
void append_be(std::string& out, T number) {
  for (size_t i = sizeof number; i-- > 0;) {
    out += static_cast<char>(number >> (8 * i));
  }
}

void append_size(std::string& out, size_t size) {
  append_be(out, static_cast<uint32_t>(size));
}

struct Converter {
  WireParameter operator()(int64_t value) const {
    WireParameter out{kInt8, {}};
    append_be(out.bytes, static_cast<uint64_t>(value));
    return out;
  }
  WireParameter operator()(double value) const {
    WireParameter out{kFloat8, {}};
    append_be(out.bytes, std::bit_cast<uint64_t>(value));
    return out;
  }
  WireParameter operator()(Text value) const {
    return {kText, escaped(value.bytes)};
  }
  WireParameter operator()(Blob value) const {
    return {kBytea, std::string(value.bytes)};
  }
};

// An array of one dimension without nulls: its header, then each element with
// its size.
void begin_array(WireParameter& array, uint32_t type, size_t count) {
  constexpr uint32_t kDimensions = 1;
  constexpr uint32_t kHasNull = 0;
  constexpr uint32_t kFirstIndex = 1;
  array.type = array_of(type);
  append_be(array.bytes, kDimensions);
  append_be(array.bytes, kHasNull);
  append_be(array.bytes, type);
  append_size(array.bytes, count);
  append_be(array.bytes, kFirstIndex);
}

}  // namespace

WireParameter to_wire(const Value& value) {
  return std::visit(Converter{}, value);
}

std::vector<WireParameter> to_arrays(
    size_t first, size_t count,
    const std::function<void(size_t, Values&)>& fill) {
  std::vector<WireParameter> arrays;
  Values values;
  for (size_t row = 0; row < count; ++row) {
    values.clear();
    fill(first + row, values);
    arrays.resize(values.size());
    for (size_t i = 0; i < values.size(); ++i) {
      const WireParameter element = to_wire(values[i]);
      if (row == 0) begin_array(arrays[i], element.type, count);
      append_size(arrays[i].bytes, element.bytes.size());
      arrays[i].bytes += element.bytes;
    }
  }
  return arrays;
}

int64_t integer_from_wire(std::string_view bytes) {
  switch (bytes.size()) {
    case 1:
      return static_cast<int8_t>(bytes[0]);
    case 2:
      return static_cast<int16_t>(
          static_cast<uint16_t>(static_cast<unsigned char>(bytes[0])) << 8 |
          static_cast<unsigned char>(bytes[1]));
    case 4:
      return static_cast<int32_t>(read_be32(bytes.data()));
    case 8:
      return static_cast<int64_t>(read_be64(bytes.data()));
    default:
      return 0;
  }
}

double real_from_wire(std::string_view bytes) {
  if (bytes.size() != sizeof(double)) return 0;
  return std::bit_cast<double>(read_be64(bytes.data()));
}

std::string to_postgres_schema(std::string_view sql) {
  // Texts are compared as bytes: an order of words may change with the system.
  constexpr std::array<std::pair<std::string_view, std::string_view>, 6>
      kWords = {{{" STRICT, WITHOUT ROWID", ""},
                 {" STRICT", ""},
                 {" BLOB", " BYTEA"},
                 {" INTEGER", " BIGINT"},
                 {" REAL", " DOUBLE PRECISION"},
                 {" TEXT", " TEXT COLLATE \"C\""}}};
  std::string out(sql);
  for (const auto& [word, other] : kWords) {
    for (size_t at = 0; (at = out.find(word, at)) != std::string::npos;
         at += other.size()) {
      out.replace(at, word.size(), other);
    }
  }
  return out;
}

}  // namespace leaksift
