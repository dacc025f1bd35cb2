#include "review/review_json.h"

#include <nlohmann/json.hpp>

#include "report/json_frame.h"
#include "report/redactor.h"
#include "review/review_model.h"

namespace leaksift {
namespace {

using Json = nlohmann::ordered_json;

Json texts(const std::vector<std::string>& all, const Redactor& redactor) {
  Json list = Json::array();
  for (const std::string& one : all) {
    list.push_back(json_text(redactor.without_secrets(one)));
  }
  return list;
}

}  // namespace

std::string review_json(const Report& report, const RewritePlan& plan) {
  const Redactor redactor(report, Redactor::Mode::kMask);
  Json review;
  review["tool"] = "leaksift";
  review["target"] = json_text(redactor.without_secrets(report.target));
  review["ready"] = is_ready(report, plan);
  review["secrets"] = plan.cards.size();
  Json states = Json::object();
  Json cards = Json::array();
  for (const Card& card : plan.cards) {
    if (card.finding->state) {
      Json& count = states[std::string(to_string(*card.finding->state))];
      count = count.is_null() ? 1 : count.get<int>() + 1;
    }
    Json remedies = Json::array();
    for (const Remedy remedy : card.remedies) {
      remedies.push_back(std::string(1, letter_of(remedy)));
    }
    cards.push_back({{"fingerprint", card.finding->fingerprint},
                     {"remedies", remedies},
                     {"also", texts(card.other_forms, redactor)},
                     {"left_to_you", texts(card.by_hand, redactor)}});
  }
  review["by_state"] = states;
  review["cards"] = cards;
  review["replacements"] = plan.replacements.size();
  review["names"] = plan.names.size();
  review["stripped_blobs"] = plan.strip_blobs.size();
  review["recoded_blobs"] = plan.recode_blobs.size();
  Json skipped = Json::object();
  for (const auto& [reason, count] : plan.coverage.skip_counts) {
    skipped[std::string(to_string(reason))] = count;
  }
  review["searched"] = {{"inputs", plan.coverage.inputs},
                        {"bytes", plan.coverage.bytes},
                        {"skipped", skipped}};
  return review.dump(2, ' ', true) + "\n";
}

}  // namespace leaksift
