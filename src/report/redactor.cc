#include "report/redactor.h"

#include <algorithm>
#include <cstring>

namespace leaksift {
namespace {

template <typename Number>
Number load(const char* bytes) {
  Number number;
  std::memcpy(&number, bytes, sizeof number);
  return number;
}

bool is_to_be_masked(const Finding& finding) {
  return finding.rule->data_class != DataClass::kPii &&
         !finding.rule->regex.empty();  // else the path itself is the finding
}

// Was it found in the name of a file, folder or ref?
bool is_in_name(const Finding& finding) {
  const auto& all = finding.occurrences;
  return std::any_of(all.begin(), all.end(), [](const Occurrence& one) {
    return one.object_type == "path" || one.object_type == "ref";
  });
}

}  // namespace

Redactor::Redactor(const Report& report, Mode mode) : mode_(mode) {
  if (mode == Mode::kShow) return;
  for (const Finding& finding : report.findings) {
    if (!is_to_be_masked(finding)) continue;
    const size_t size = finding.secret.reveal().size();
    if (size >= kMinBytes) {
      add(finding.secret);
    } else if (size >= kMinBytesInName && is_in_name(finding)) {
      short_.push_back(&finding.secret);
    }
  }
}

Redactor::Redactor(const std::vector<Secret>& secrets) : mode_(Mode::kMask) {
  for (const Secret& secret : secrets) {
    if (secret.reveal().size() >= kMinBytes) add(secret);
  }
}

void Redactor::add(const Secret& secret) {
  const char* bytes = secret.reveal().data();
  first_two_.set(load<uint16_t>(bytes));
  by_start_.emplace(load<uint64_t>(bytes), &secret);
}

std::string Redactor::shown(const Secret& secret) const {
  return mode_ == Mode::kShow ? secret.reveal() : secret.masked();
}

const Secret* Redactor::longest_at(std::string_view text, size_t at) const {
  const std::string_view rest = text.substr(at);
  for (const Secret* secret : short_) {
    if (rest.starts_with(secret->reveal())) return secret;
  }
  if (rest.size() < kMinBytes) return nullptr;
  if (!first_two_[load<uint16_t>(rest.data())]) return nullptr;
  const Secret* longest = nullptr;
  const auto [begin, end] = by_start_.equal_range(load<uint64_t>(rest.data()));
  for (auto it = begin; it != end; ++it) {
    const std::string& bytes = it->second->reveal();
    if (!rest.starts_with(bytes)) continue;
    if (longest == nullptr || bytes.size() > longest->reveal().size()) {
      longest = it->second;
    }
  }
  return longest;
}

std::string Redactor::without_secrets(std::string_view text) const {
  std::string result;
  size_t copied = 0;
  for (size_t at = 0; at < text.size(); ++at) {
    const Secret* secret = longest_at(text, at);
    if (secret == nullptr) continue;
    result += text.substr(copied, at - copied);
    result += secret->masked();
    // Others may begin inside and reach further.
    size_t end = at + secret->reveal().size();
    for (size_t inner = at + 1; inner < end; ++inner) {
      if (const Secret* other = longest_at(text, inner)) {
        end = std::max(end, inner + other->reveal().size());
      }
    }
    copied = end;
    at = end - 1;
  }
  result += text.substr(copied);
  return result;
}

}  // namespace leaksift
