#include "review/rewrite_plan.h"

#include <algorithm>
#include <array>
#include <tuple>
#include <utility>

#include "report/text_summary.h"

namespace leaksift {
namespace {

// For a shorter text a file is dropped or renamed only where a rule has found
// it there: everyday words stand in many binaries and names.
constexpr size_t kMinTelling = 16;
constexpr size_t kMaxNamed = 3;

bool is_about_path(const Finding& finding) {
  return finding.rule->regex.empty();
}

bool has_lines(std::string_view bytes) {
  return bytes.find('\n') != std::string_view::npos;
}

// "as base64 in 2 text blobs (id, id)"
std::string described(SecretForm form, const Standing& standing,
                      const StandingPlaces& places) {
  std::string text = "as " + std::string(to_string(form));
  if (standing.found.rewrapped && form != SecretForm::kWrapped) {
    text += ", broken into lines,";
  }
  text += " in " + count_of(places.count, to_string(standing.place)) + " (";
  size_t named = 0;
  for (const std::string& name : places.names) {
    if (named == kMaxNamed) {
      text += ", ...";
      break;
    }
    text += (named++ > 0 ? ", " : "") + name;
  }
  return text + ")";
}

class Planner {
 public:
  explicit Planner(const Report& report) {
    for (const Finding& finding : report.findings) {
      if (finding.suppression != Suppression::kNone) continue;
      Card card;
      card.finding = &finding;
      plan_.cards.push_back(std::move(card));
    }
    auto rank = [](const Card& card) {
      return std::make_tuple(card.finding->state.value_or(Liveness::kHead),
                             -static_cast<int>(card.finding->rule->severity));
    };
    std::stable_sort(
        plan_.cards.begin(), plan_.cards.end(),
        [&](const Card& a, const Card& b) { return rank(a) < rank(b); });
  }

  // By card. What is about a path is nothing to be looked for in texts.
  std::vector<std::string> secrets() const {
    std::vector<std::string> all;
    for (const Card& card : plan_.cards) {
      all.push_back(is_about_path(*card.finding)
                        ? std::string()
                        : card.finding->secret.reveal());
    }
    return all;
  }

  RewritePlan plan(const SecretSearch& secrets, SearchResult found) {
    for (Card& card : plan_.cards) plan_finding(card);
    for (const auto& [standing, places] : found.standings) {
      plan_standing(secrets, standing, places);
    }
    for (Card& card : plan_.cards) {
      if (!card.remedies.empty()) continue;
      card.by_hand.emplace_back("its bytes were not found again");
    }
    plan_.coverage = std::move(found.coverage);
    return std::move(plan_);
  }

 private:
  static std::string tag_of(const Card& card) {
    return card.finding->fingerprint.substr(0, kTagDigits);
  }

  // What the finding itself says.
  void plan_finding(Card& card) {
    const std::string& secret = card.finding->secret.reveal();
    const bool about_path = is_about_path(*card.finding);
    if (!about_path && secret.size() < kMinSecretBytes) {
      card.by_hand.emplace_back(
          "too short to be replaced wherever its bytes stand");
    } else if (!about_path) {
      plan_.replacements.push_back({secret, tag_of(card)});
    }
    for (const Occurrence& occurrence : card.finding->occurrences) {
      const std::string& type = occurrence.object_type;
      if (type == "blob" && about_path) {
        card.remedies.insert(Remedy::kBinary);
        plan_.strip_blobs.insert(occurrence.blob);
      } else if (type == "path" || type == "ref") {
        card.remedies.insert(Remedy::kName);
        if (secret.size() >= kMinSecretBytes) add_name(card, secret);
      } else if (type != "blob" && type != "commit" && type != "tag") {
        card.remedies.insert(Remedy::kElsewhere);
      }
    }
  }

  void add_name(const Card& card, const std::string& bytes) {
    plan_.names.push_back({bytes, tag_of(card)});
  }

  // Of `places`, those in which a rule has found the secret; all of them for
  // bytes that mean nothing else.
  static std::set<std::string> meant(const Finding& finding,
                                     std::string_view bytes,
                                     const StandingPlaces& places) {
    if (bytes.size() >= kMinTelling) return places.names;
    std::set<std::string> found;
    for (const Occurrence& o : finding.occurrences) {
      if (places.names.contains(o.blob)) found.insert(o.blob);
    }
    return found;
  }

  void plan_standing(const SecretSearch& secrets, const Standing& standing,
                     const StandingPlaces& places) {
    Card& card = plan_.cards[secrets.secret(standing.found.text)];
    const SecretForm form = secrets.form(standing.found.text);
    const std::string& bytes = secrets.bytes(standing.found.text);
    const std::string how = described(form, standing, places);
    if (form != SecretForm::kPlain || standing.found.rewrapped) {
      card.other_forms.push_back(how);
    }
    if (places.count > places.names.size()) {
      card.by_hand.push_back(how + ": too many to be listed");
    }
    switch (standing.place) {
      case StorePlace::kTextBlob:
      case StorePlace::kMessage:
        return plan_text(card, form, bytes, standing.found.rewrapped, how);
      case StorePlace::kWideBlob:
        if (encoding_of(form) == standing.encoding) {
          card.remedies.insert(Remedy::kEncoded);
          for (const std::string& id : places.names) {
            plan_.recode_blobs.emplace(id, standing.encoding);
          }
          return;
        }
        [[fallthrough]];
      case StorePlace::kBinaryBlob:
        card.remedies.insert(Remedy::kBinary);
        plan_.strip_blobs.merge(meant(*card.finding, bytes, places));
        return look_at_short(card, bytes, how);
      case StorePlace::kHeader:
      case StorePlace::kTreeName:
      case StorePlace::kRefName:
        card.remedies.insert(Remedy::kName);
        if (!meant(*card.finding, bytes, places).empty()) add_name(card, bytes);
        return look_at_short(card, bytes, how);
      case StorePlace::kGitFile:
        card.remedies.insert(Remedy::kElsewhere);
    }
  }

  static void look_at_short(Card& card, std::string_view bytes,
                            const std::string& how) {
    if (bytes.size() >= kMinTelling) return;
    card.by_hand.push_back(how + ": short, look whether it is meant there");
  }

  void plan_text(Card& card, SecretForm form, const std::string& bytes,
                 bool rewrapped, const std::string& how) {
    if (rewrapped) {
      card.remedies.insert(Remedy::kEncoded);
      card.by_hand.push_back(how + ": no line of a file says that");
    } else if (form == SecretForm::kPlain) {
      card.remedies.insert(has_lines(bytes) ? Remedy::kLines : Remedy::kText);
      look_at_short(card, bytes, how);
    } else {
      card.remedies.insert(Remedy::kEncoded);
      plan_.replacements.push_back({bytes, tag_of(card)});
    }
  }

  RewritePlan plan_;
};

}  // namespace

char letter_of(Remedy remedy) {
  return static_cast<char>('A' + static_cast<int>(remedy));
}

std::string_view description_of(Remedy remedy) {
  constexpr std::array<std::string_view, 6> kTexts = {
      "in a line of text: replaced",
      "in several lines of text: replaced",
      "in a binary file, or the file itself: the file is dropped",
      "in another encoding: replaced there",
      "in the name of a file, a ref or a person: renamed",
      "beside the history: goes with a fresh clone, or is for you to remove"};
  return kTexts[static_cast<size_t>(remedy)];
}

RewritePlan plan_rewrite(const Report& report, const Repository& repository,
                         unsigned jobs, uint64_t memory) {
  Planner planner(report);
  const SecretSearch secrets(planner.secrets());
  return planner.plan(secrets,
                      search_repository(repository, secrets, jobs, memory));
}

}  // namespace leaksift
