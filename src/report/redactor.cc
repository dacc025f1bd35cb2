#include "report/redactor.h"

#include <algorithm>
#include <cstring>
#include <utility>

namespace leaksift {
namespace {

// Of the first four bytes, in 16 bits.
size_t hash_of_start(const char* bytes) {
  uint32_t start;
  static_assert(sizeof start == Redactor::kMinBytesInName);
  std::memcpy(&start, bytes, sizeof start);
  return start * 0x9E3779B1U >> 16;
}

bool is_to_be_masked(const Finding& finding) {
  return finding.rule->data_class != DataClass::kPii &&
         finding.rule->data_class != DataClass::kCode &&
         !finding.rule->regex.empty();  // else the path itself is the finding
}

// Was it found in the name of a file, folder or ref?
bool is_in_name(const Finding& finding) {
  const auto& all = finding.occurrences;
  return std::any_of(all.begin(), all.end(),
                     [](const Occurrence& one) { return one.is_in_name(); });
}

}  // namespace

Redactor::Redactor(const Report& report, Mode mode) : mode_(mode) {
  if (mode == Mode::kShow) return;
  std::vector<const Secret*> secrets;
  for (const Finding& finding : report.findings) {
    if (!is_to_be_masked(finding)) continue;
    const size_t size = finding.secret.reveal().size();
    if (size >= kMinBytes || (size >= kMinBytesInName && is_in_name(finding))) {
      secrets.push_back(&finding.secret);
    }
    for (const Occurrence& one : finding.occurrences) {
      for (const Part& part : one.parts) {
        if (part.is_secret && part.secret.reveal().size() >= kMinBytes) {
          secrets.push_back(&part.secret);
        }
      }
    }
  }
  index(std::move(secrets));
}

Redactor::Redactor(const std::vector<Secret>& secrets,
                   const std::vector<Secret>& in_names)
    : mode_(Mode::kMask) {
  std::vector<const Secret*> long_ones;
  auto add = [&](const std::vector<Secret>& some, size_t least) {
    for (const Secret& secret : some) {
      if (secret.reveal().size() >= least) long_ones.push_back(&secret);
    }
  };
  add(secrets, kMinBytes);
  add(in_names, kMinBytesInName);
  index(std::move(long_ones));
}

void Redactor::index(std::vector<const Secret*> secrets) {
  std::sort(secrets.begin(), secrets.end(),
            [](const Secret* a, const Secret* b) {
              return a->reveal() < b->reveal();
            });
  std::vector<uint32_t> open;  // each begins with the one before
  for (uint32_t i = 0; i < secrets.size(); ++i) {
    const std::string& bytes = secrets[i]->reveal();
    while (!open.empty() &&
           !bytes.starts_with(secrets[open.back()]->reveal())) {
      open.pop_back();
    }
    known_.push_back({secrets[i], open.empty() ? i : open.back()});
    open.push_back(i);
    starts_.set(hash_of_start(bytes.data()));
  }
}

std::string Redactor::shown(const Finding& finding) const {
  return mode_ == Mode::kMask && finding.rule->data_class == DataClass::kCode
             ? without_secrets(finding.secret.reveal())
             : shown(finding.secret);
}

std::string Redactor::shown(const Secret& secret) const {
  return mode_ == Mode::kShow ? secret.reveal() : secret.masked();
}

std::string Redactor::shown(const Part& part) const {
  return part.is_secret ? shown(part.secret)
                        : without_secrets(part.secret.reveal());
}

const Secret* Redactor::longest_at(std::string_view text, size_t at) const {
  const std::string_view rest = text.substr(at);
  if (rest.size() < kMinBytesInName) return nullptr;
  if (!starts_[hash_of_start(rest.data())]) return nullptr;
  // Whatever sorts between a secret and a text that begins with it begins with
  // it, too. So the last in front of `rest` leads to all that count.
  const auto after =
      std::upper_bound(known_.begin(), known_.end(), rest,
                       [](std::string_view wanted, const Known& known) {
                         return wanted < known.secret->reveal();
                       });
  if (after == known_.begin()) return nullptr;
  auto known = static_cast<uint32_t>(after - known_.begin() - 1);
  const std::string& last = known_[known].secret->reveal();
  const auto common = static_cast<size_t>(
      std::mismatch(last.begin(), last.end(), rest.begin(), rest.end()).first -
      last.begin());
  while (known_[known].secret->reveal().size() > common) {
    if (known_[known].shorter == known) return nullptr;
    known = known_[known].shorter;
  }
  return known_[known].secret;
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
