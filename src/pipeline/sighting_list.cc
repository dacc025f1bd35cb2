#include "pipeline/sighting_list.h"

#include <string>

namespace leaksift {
namespace {

uint64_t beside(const std::string& text) {
  static const size_t kInPlace = std::string().capacity();
  return text.capacity() > kInPlace ? text.capacity() + 1 : 0;
}

// While it becomes an occurrence of a finding, which has an id.
uint64_t bytes_of(const Sighting& sighting) {
  constexpr uint64_t kId = 48;
  const Occurrence& o = sighting.occurrence;
  uint64_t bytes = 2 * sizeof sighting + kId +
                   beside(sighting.secret.reveal()) + beside(o.path) +
                   beside(o.stable_path) + beside(o.blob);
  for (const std::string& ref : o.refs)
    bytes += sizeof(std::string) + beside(ref);
  for (const Part& part : o.parts) {
    bytes += sizeof part + beside(part.rule_id) + beside(part.secret.reveal());
  }
  if (o.commit) {
    bytes += beside(o.commit->id) + beside(o.commit->author_name) +
             beside(o.commit->author_email) + beside(o.commit->committer_name) +
             beside(o.commit->committer_email);
  }
  return bytes;
}

}  // namespace

void SightingList::add(Sighting sighting) {
  if (cut_) return;
  held_ += bytes_of(sighting);
  cut_ = held_ > budget_;
  if (!cut_) all_.push_back(std::move(sighting));
}

}  // namespace leaksift
