#include "match/compiled_rule.h"

#include <algorithm>

#include "core/text.h"

namespace leaksift {
namespace {

std::string joined(const std::vector<std::string>& patterns) {
  std::string all;
  for (const std::string& pattern : patterns) {
    if (!all.empty()) all += '|';
    all += "(?:" + pattern + ")";
  }
  return all;
}

std::string joined_literals(const std::vector<std::string>& texts) {
  std::string all;
  for (const std::string& text : texts) {
    if (!all.empty()) all += '|';
    for (const char c : text) {
      const bool special =
          std::string_view("\\.+*?()|[]{}^$").find(c) != std::string_view::npos;
      if (special) all += '\\';
      all += c;
    }
  }
  return all;
}

std::unique_ptr<LazyRegex> lazy(const std::string& pattern) {
  if (pattern.empty()) return nullptr;
  return std::make_unique<LazyRegex>(pattern, regex_unit(pattern));
}

ByteSet members_of(const std::string& charset) {
  if (charset.empty()) return ByteSet().set();
  const Result<RegexNode> tree =
      parse_regex("[" + charset + "]", RegexUnit::kByte);
  return tree ? tree->children[0].bytes : ByteSet().set();
}

bool has_byte_in(const ByteSet& set, std::string_view text, uint64_t at) {
  return set[static_cast<unsigned char>(text[at])];
}

}  // namespace

CompiledAllowlist::CompiledAllowlist(const Allowlist& list)
    : list_(list),
      regex_(lazy(joined(list.regexes))),
      stopwords_(lazy(joined_literals(list.stopwords))) {}

bool CompiledAllowlist::regex_agrees(const Subject& subject) const {
  if (!regex_) return false;
  const std::string_view target =
      list_.target == AllowTarget::kSecret  ? subject.secret
      : list_.target == AllowTarget::kMatch ? subject.match
                                            : subject.line;
  return regex_->get().contains(target);
}

bool CompiledAllowlist::stopword_agrees(std::string_view secret) const {
  return stopwords_ && stopwords_->get().contains(ascii_lower(secret));
}

CompiledAllowlist::Answer CompiledAllowlist::ask(const Subject& subject) const {
  const bool by_regex = regex_agrees(subject);
  const bool by_stopword = stopword_agrees(subject.secret);
  if (!list_.all_conditions) {
    return by_regex || by_stopword ? Answer::kYes : Answer::kNo;
  }
  const bool content_agrees = (list_.regexes.empty() || by_regex) &&
                              (list_.stopwords.empty() || by_stopword);
  if (!content_agrees) return Answer::kNo;
  const bool asks_place = !list_.paths.empty() || !list_.commits.empty();
  return asks_place ? Answer::kIfPlaceAgrees : Answer::kYes;
}

CompiledRule::CompiledRule(const Rule& from,
                           std::shared_ptr<const RulePlan> how)
    : rule(from),
      shared_plan(std::move(how)),
      plan(*shared_plan),
      core(plan.core, plan.unit),
      charset(members_of(from.charset)),
      check(find_check(from.checksum)) {
  if (!plan.loose.empty()) loose.emplace(plan.loose, plan.unit);
  if (loose && plan.unit == RegexUnit::kByte) tree.emplace(plan.core);
  for (const Allowlist& list : rule.allowlists) {
    allowlists.push_back(std::make_unique<CompiledAllowlist>(list));
  }
}

bool CompiledRule::may_match(std::string_view text, uint64_t first,
                             uint64_t last) const {
  // So many places are sooner tried one by one than all that may follow them
  // read to its end.
  constexpr uint64_t kFew = 16;
  constexpr uint32_t kFewTimes = 16;
  if (!loose) return true;
  const uint64_t end = std::min<uint64_t>(last + plan.reach, text.size());
  if (tree && asked_.load(std::memory_order_relaxed) < kFewTimes) {
    const auto may = tree->may_begin_in(text, first, last, end);
    const uint32_t counts_as = may == false ? 1 : kFewTimes;
    asked_.fetch_add(counts_as, std::memory_order_relaxed);
    if (may) return *may;
  }
  const Regex& regex = loose->get();
  if (last - first > kFew) return regex.contains(text, first, end);
  for (uint64_t at = first; at <= last; ++at) {
    if (regex.matches_at(text, at, end)) return true;
  }
  return false;
}

uint64_t CompiledRule::extended_over_lead(std::string_view text,
                                          uint64_t at) const {
  const uint64_t limit = at - std::min<uint64_t>(at, plan.lead_max);
  while (at > limit && has_byte_in(plan.lead, text, at - 1)) --at;
  return at;
}

bool CompiledRule::may_begin_at(std::string_view text, uint64_t at) const {
  return at == 0 || plan.leading_run.none() ||
         !has_byte_in(plan.leading_run, text, at - 1);
}

}  // namespace leaksift
