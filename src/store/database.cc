#include "store/database.h"

#include <algorithm>

#include "core/digest.h"
#include "core/utf8.h"

namespace leaksift {
namespace {

constexpr size_t kIdBytes = 16;
constexpr size_t kListStep = 256;

void append_escaped(std::string& out, std::string_view bytes) {
  if (bytes == "\\") {
    out += "\\\\";
  } else {
    out += "\\x";
    out += to_hex(bytes);
  }
}

void add_number(Digest& digest, uint64_t number) {
  std::string bytes;
  for (int shift = 56; shift >= 0; shift -= 8) {
    bytes += static_cast<char>(number >> shift);
  }
  digest.add(bytes);
}

void add_bytes(Digest& digest, std::string_view bytes) {
  add_number(digest, bytes.size());
  digest.add(bytes);
}

struct Adder {
  Digest& digest;
  void operator()(int64_t value) const {
    add_number(digest, static_cast<uint64_t>(value));
  }
  void operator()(double value) const {
    add_bytes(digest, std::to_string(value));
  }
  void operator()(Text value) const { add_bytes(digest, value.bytes); }
  void operator()(Blob value) const { add_bytes(digest, value.bytes); }
};

}  // namespace

std::string escaped(std::string_view bytes) {
  std::string out;
  out.reserve(bytes.size());
  while (!bytes.empty()) {
    const Utf8Char next = decode_utf8(bytes);
    const std::string_view taken = bytes.substr(0, next.size);
    if (!next.valid || next.code == 0 || next.code == '\\') {
      append_escaped(out, taken);
    } else {
      out += taken;
    }
    bytes.remove_prefix(next.size);
  }
  return out;
}

std::string unescaped(std::string_view text) {
  constexpr size_t kEscape = 4;  // \xNN
  std::string out;
  out.reserve(text.size());
  for (size_t i = 0; i < text.size(); ++i) {
    char byte = '\0';
    if (text.substr(i, 2) == "\\x" && text.size() - i >= kEscape &&
        decode_hex(text.substr(i + 2, 2), &byte)) {
      out += byte;
      i += kEscape - 1;
      continue;
    }
    out += text[i];
    if (text.substr(i, 2) == "\\\\") ++i;
  }
  return out;
}

std::string content_id(const Values& values) {
  Digest digest(DigestKind::kSha256);
  for (const Value& value : values) std::visit(Adder{digest}, value);
  return digest.finish().substr(0, kIdBytes);
}

Status Database::run_for_all(std::string_view sql, const Values& values,
                             const std::vector<std::string>& list,
                             const EachRow& each) {
  std::string members;
  for (size_t i = 1; i <= kListStep; ++i) {
    members += (i == 1 ? "$" : ", $") + std::to_string(values.size() + i);
  }
  std::string whole(sql);
  constexpr std::string_view kPlace = "{list}";
  whole.replace(whole.find(kPlace), kPlace.size(), members);
  for (size_t done = 0; done < list.size(); done += kListStep) {
    // The last step is filled up with its last member, so that there is one
    // statement for all.
    Values all = values;
    for (size_t i = done; i < done + kListStep; ++i) {
      all.push_back(Blob{list[std::min(i, list.size() - 1)]});
    }
    if (Status ran = run(whole, all, each); !ran) return ran;
  }
  return Ok{};
}

Status Database::transact(Access access, const std::function<Status()>& work) {
  for (int attempts = 1;; ++attempts) {
    Status done = begin(access);
    if (done) {
      done = work();
      if (done) {
        done = commit();
      } else {
        roll_back();
      }
    }
    if (done || !is_worth_another(attempts)) return done;
  }
}

}  // namespace leaksift
