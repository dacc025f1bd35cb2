// What a release review says to people, before it is Markdown or HTML.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "findings/finding.h"
#include "review/rewrite_plan.h"

namespace leaksift {

// A part of a line. The text is printable and has no secrets in it, but is not
// escaped for any format.
struct Words {
  std::string text;
  bool is_code = false;  // bytes of the history, or a name
};
using Line = std::vector<Words>;

// "where: a, b and 3 more"
struct ReviewField {
  std::string_view label;
  std::vector<Line> items;
  uint64_t count = 0;  // of which `items` are the first
  std::string note;    // what is to be said of all of them
};

struct ReviewCard {
  std::string secret;  // masked
  Severity severity = Severity::kMedium;
  std::string_view state;           // "head"; empty where it is not known
  Line what;                        // the rule's description, and its id
  std::vector<ReviewField> fields;  // in the order of reading, none empty
};

struct ReviewModel {
  std::string target;
  bool ready = false;
  std::string verdict;  // "3 secrets (1 head, 2 history)"
  std::string summary;  // what was looked at, in lines
  std::string searched;
  std::vector<ReviewCard> cards;  // what lives most first, then what is worst
  // What no rewriting reaches.
  std::vector<std::string_view> checklist;
};

// Was everything looked at, and nothing found?
bool is_ready(const Report& report, const RewritePlan& plan);

ReviewModel review_model(const Report& report, const RewritePlan& plan);

}  // namespace leaksift
