#include <algorithm>

#include "check/check_steps.h"
#include "check/number.h"

namespace leaksift {
namespace {

// ISO 3779: letters by their place in three rows of nine, without I, O and Q.
int vin_value(char c) {
  constexpr std::string_view kValues = "12345678012345070923456789";
  return is_upper(c) ? kValues[static_cast<size_t>(c - 'A')] - '0' : base36(c);
}

Proof loinc(std::string_view text) {
  return proof_of(all_digits(text) && text.size() <= 8 && luhn_holds(text));
}

// The two digits before the last tell what is named: a concept, a description
// or a relationship, of the international edition or an extension.
Proof snomed(std::string_view text) {
  if (!all_digits(text) || text.size() < 6 || text.size() > 18 ||
      !in_ranges(text, "00-02 10-12", text.size() - 3)) {
    return Proof::kFails;
  }
  return proof_of(verhoeff_holds(text));
}

// --- ICAO 9303: machine-readable travel documents

// Characters of the zone, and what its check digit counts.
struct MrzField {
  std::string_view parts;  // "00-09 13-19": places, the last included
  size_t check;            // place of the check digit
};

struct MrzForm {
  size_t size;  // of all lines together
  std::array<MrzField, 4> fields;
};

// By size: the second line of a passport alone, the cards of two and three
// lines, the whole zone of a passport.
constexpr std::array<MrzForm, 4> kMrzForms = {{
    {44,
     {{{"00-08", 9}, {"13-18", 19}, {"21-26", 27}, {"00-09 13-19 21-42", 43}}}},
    {72,
     {{{"36-44", 45},
       {"49-54", 55},
       {"57-62", 63},
       {"36-45 49-55 57-70", 71}}}},
    {88,
     {{{"44-52", 53},
       {"57-62", 63},
       {"65-70", 71},
       {"44-53 57-63 65-86", 87}}}},
    {90,
     {{{"05-13", 14},
       {"30-35", 36},
       {"38-43", 44},
       {"05-29 30-36 38-44 48-58", 59}}}},
}};

// "00-09 13-19" of `text`, joined.
std::string parts_of(std::string_view text, std::string_view parts) {
  std::string joined;
  for (size_t i = 0; i < text.size(); ++i) {
    const std::string place = (i < 10 ? "0" : "") + std::to_string(i);
    if (in_ranges(place, parts)) joined += text[i];
  }
  return joined;
}

CheckResult mrz(std::string_view secret) {
  const std::string text = compact(secret);
  for (const MrzForm& form : kMrzForms) {
    if (form.size != text.size()) continue;
    const bool right = std::all_of(
        form.fields.begin(), form.fields.end(), [&](const MrzField& field) {
          const CheckStep step = {"7 3 1", 10, kRemainder10};
          return holds(step, parts_of(text, field.parts) + text[field.check]);
        });
    return {proof_of(right), {}};
  }
  return {Proof::kFails, {}};
}

constexpr std::array kNumbers = {
    Number{.name = "iccid",
           .form = "89#################",
           .steps = {{luhn_step(19)}}},
    Number{.name = "iccid",
           .form = "89##################",
           .steps = {{luhn_step(20)}}},
    Number{
        .name = "imei", .form = "###############", .steps = {{luhn_step(15)}}},
    Number{.name = "loinc", .form = "", .also = loinc},
    Number{.name = "snomed", .form = "", .also = snomed},
    Number{.name = "vin",
           .form = "*****************",
           .excluded = "IOQ",
           .steps = {{{.weights = "8 7 6 5 4 3 2 10 0 9 8 7 6 5 4 3 2",
                       .modulus = 11,
                       .checks = "0123456789X",
                       .at = 8,
                       .value = vin_value}}}},
    // Only North America and China ask for a check digit.
    Number{.name = "vin",
           .form = "*****************",
           .ranges = "6-9 A-H J K M N P R-Z",
           .excluded = "IOQ"},
};

}  // namespace

std::vector<Check> document_numbers() {
  std::vector<Check> checks = number_checks<kNumbers>();
  checks.push_back({"mrz", mrz});
  return checks;
}

}  // namespace leaksift
