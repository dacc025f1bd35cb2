#include "core/regex.h"

#include <re2/re2.h>

#include <algorithm>
#include <array>

#include "core/utf8.h"

namespace leaksift {
namespace {

constexpr int64_t kMaxMemory = int64_t{8} << 20;
constexpr int kMaxGroups = 31;

re2::StringPiece piece(std::string_view text) {
  return {text.data(), text.size()};
}

RE2::Options options_for(RegexUnit unit) {
  RE2::Options options;
  options.set_log_errors(false);
  options.set_max_mem(kMaxMemory);
  options.set_encoding(unit == RegexUnit::kByte ? RE2::Options::EncodingLatin1
                                                : RE2::Options::EncodingUTF8);
  return options;
}

bool names_beyond_ascii(std::string_view escape) {
  if (escape.starts_with("\\p") || escape.starts_with("\\P")) return true;
  if (!escape.starts_with("\\x{")) return false;
  const std::string_view digits = escape.substr(
      3, escape.find('}') == std::string_view::npos ? std::string_view::npos
                                                    : escape.find('}') - 3);
  return digits.size() > 2 || (digits.size() == 2 && digits[0] >= '8');
}

}  // namespace

RegexUnit regex_unit(std::string_view pattern) {
  for (size_t i = 0; i < pattern.size(); ++i) {
    if (static_cast<unsigned char>(pattern[i]) >= 0x80) {
      return RegexUnit::kCharacter;
    }
    if (pattern[i] != '\\') continue;
    if (names_beyond_ascii(pattern.substr(i))) return RegexUnit::kCharacter;
    ++i;
  }
  return RegexUnit::kByte;
}

struct Regex::Impl {
  Impl(std::string_view pattern, RegexUnit unit)
      : re(piece(pattern), options_for(unit)),
        groups(re.ok() ? re.NumberOfCapturingGroups() : 0) {}

  bool match(std::string_view text, size_t begin, size_t end,
             RE2::Anchor anchor, Captures& captures) const {
    std::array<re2::StringPiece, kMaxGroups + 1> found;
    const int count = std::min(groups, kMaxGroups) + 1;
    if (!re.Match(piece(text), begin, end, anchor, found.data(), count)) {
      return false;
    }
    captures.clear();
    for (int i = 0; i < count; ++i) {
      const re2::StringPiece& group = found[static_cast<size_t>(i)];
      if (group.data() == nullptr) {
        captures.push_back({kNoGroup, kNoGroup});
        continue;
      }
      const auto at = static_cast<uint64_t>(group.data() - text.data());
      captures.push_back({at, at + group.size()});
    }
    return true;
  }

  RE2 re;
  int groups;
};

Regex::Regex(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Regex::Regex(Regex&&) noexcept = default;
Regex& Regex::operator=(Regex&&) noexcept = default;
Regex::~Regex() = default;

Result<Regex> Regex::compile(std::string_view pattern, RegexUnit unit) {
  // RE2 takes surrogates, which no text has.
  if (unit == RegexUnit::kCharacter && !is_valid_utf8(pattern)) {
    return Error("bad regex: invalid UTF-8");
  }
  auto impl = std::make_unique<Impl>(pattern, unit);
  if (!impl->re.ok()) return Error("bad regex: " + impl->re.error());
  return Regex(std::move(impl));
}

bool Regex::contains(std::string_view text, size_t begin, size_t end) const {
  return impl_->re.Match(piece(text), begin, end, RE2::UNANCHORED, nullptr, 0);
}

bool Regex::matches_at(std::string_view text, size_t begin, size_t end) const {
  return impl_->re.Match(piece(text), begin, end, RE2::ANCHOR_START, nullptr,
                         0);
}

bool Regex::search(std::string_view text, size_t begin, size_t end,
                   Captures& captures) const {
  return impl_->match(text, begin, end, RE2::UNANCHORED, captures);
}

bool Regex::match_at(std::string_view text, size_t begin, size_t end,
                     Captures& captures) const {
  return impl_->match(text, begin, end, RE2::ANCHOR_START, captures);
}

int Regex::group_count() const {
  return impl_->groups;
}

const Regex& LazyRegex::get() const {
  std::call_once(once_, [this] {
    Result<Regex> regex = Regex::compile(pattern_, unit_);
    regex_.emplace(*std::move(regex));
  });
  return *regex_;
}

}  // namespace leaksift
