#include <algorithm>

#include "check/check_steps.h"
#include "check/number.h"

namespace leaksift {
namespace {

// Printed on specimen cards and in advertisements, and never valid since.
constexpr std::array<std::string_view, 5> kPublishedSsns = {
    "078051120", "111223333", "123456789", "219099999", "457555462"};

// What the Social Security Administration gives to nobody.
Proof us_ssn(std::string_view text) {
  const bool never = in_ranges(text, "000 666 900-999") ||
                     in_ranges(text, "00", 3) || in_ranges(text, "0000", 5) ||
                     std::find(kPublishedSsns.begin(), kPublishedSsns.end(),
                               text) != kPublishedSsns.end();
  return never ? Proof::kFails : Proof::kUnknown;
}

// CNPJ: the place in ASCII behind 0; letters came in July 2026.
int cnpj_value(char c) {
  return c - '0';
}

// CURP: N is followed by the Spanish Ñ, which counts but is never written.
int curp_value(char c) {
  return base36(c) + (c > 'N' ? 1 : 0);
}

// RFC: N is followed by the ampersand of company names.
int rfc_value(char c) {
  return c == '&' ? 24 : base36(c) + (c > 'N' ? 1 : 0);
}

constexpr std::string_view kChileanChecks = "0K987654321";
constexpr std::string_view kMexicanChecks = "0A987654321";
// Companies have three letters: a blank, which counts 37, stands before them.
constexpr int kMexicanBlank = 13 * 37;

constexpr std::array kNumbers = {
    Number{.name = "ar-cbu",
           .form = "######################",
           .steps = {{{"7 1 3 9 7 1 3", 10, kMissing10, 7},
                      {"0 0 0 0 0 0 0 0 3 9 7 1 3 9 7 1 3 9 7 1 3", 10,
                       kMissing10}}}},
    Number{.name = "ar-cuit",
           .form = "###########",
           .ranges = "20 23-27 30 33 34 50 51 55",
           .steps = {{{"5 4 3 2 7 6 5 4 3 2", 11, "09987654321"}}}},
    Number{.name = "br-cnpj",
           .form = "************##",
           .steps = {{{.weights = "5 4 3 2 9 8 7 6 5 4 3 2",
                       .modulus = 11,
                       .checks = kMissing11Ten0,
                       .at = 12,
                       .value = cnpj_value},
                      {.weights = "6 5 4 3 2 9 8 7 6 5 4 3 2",
                       .modulus = 11,
                       .checks = kMissing11Ten0,
                       .value = cnpj_value}}}},
    Number{.name = "br-cpf",
           .form = "###########",
           .steps = {{{"10 9 8 7 6 5 4 3 2", 11, kMissing11Ten0, 9},
                      {"11 10 9 8 7 6 5 4 3 2", 11, kMissing11Ten0}}}},
    Number{.name = "ca-bc-phn",
           .form = "9#########",
           .steps = {{{"0 2 4 8 5 10 9 7 3", 11, kMissing11}}}},
    Number{.name = "ca-ohip",
           .form = "##########",
           .ranges = "1-9",
           .steps = {{luhn_step(10)}}},
    // With the version of the card.
    Number{.name = "ca-ohip",
           .form = "##########@@",
           .ranges = "1-9",
           .steps = {{luhn_step(10)}}},
    Number{.name = "ca-sin",
           .form = "#########",
           .ranges = "1-7 9",
           .steps = {{luhn_step(9)}}},
    Number{.name = "cl-rut",
           .form = "########*",
           .steps = {{{"3 2 7 6 5 4 3 2", 11, kChileanChecks}}}},
    Number{.name = "cl-rut",
           .form = "#######*",
           .steps = {{{"2 7 6 5 4 3 2", 11, kChileanChecks}}}},
    Number{.name = "mx-curp",
           .form = "@@@@######@@@@@@*#",
           .ranges = "H M X",
           .ranges_at = 10,
           .date = {"----yymmdd"},
           .steps = {{{.weights = "18 17 16 15 14 13 12 11 10 9 8 7 6 5 4 3 2",
                       .modulus = 10,
                       .checks = kMissing10,
                       .value = curp_value}}}},
    Number{.name = "mx-rfc",
           .form = "????######***",
           .date = {"----yymmdd"},
           .steps = {{{.weights = "13 12 11 10 9 8 7 6 5 4 3 2",
                       .modulus = 11,
                       .checks = kMexicanChecks,
                       .value = rfc_value}}}},
    Number{.name = "mx-rfc",
           .form = "???######***",
           .date = {"---yymmdd"},
           .steps = {{{.weights = "12 11 10 9 8 7 6 5 4 3 2",
                       .modulus = 11,
                       .checks = kMexicanChecks,
                       .offset = kMexicanBlank,
                       .value = rfc_value}}}},
    // Not all that are given out have the right one.
    Number{.name = "mx-rfc", .form = "????######***", .date = {"----yymmdd"}},
    Number{.name = "mx-rfc", .form = "???######***", .date = {"---yymmdd"}},
    Number{.name = "us-dea",
           .form = "@*#######",
           .ranges = "A-H J-M P R-U X",
           .steps = {{{"0 0 1 2 1 2 1 2", 10, kRemainder10}}}},
    Number{.name = "us-ein",
           .form = "#########",
           .ranges = "01-06 10-16 20-27 30-48 50-68 71-77 80-88 90-95 98 99"},
    Number{.name = "us-itin",
           .form = "9########",
           .ranges = "50-65 70-88 90-92 94-99",
           .ranges_at = 3},
    // Without letters that look like digits.
    Number{.name = "us-mbi",
           .form = "#@*#@*#@@##",
           .ranges = "1-9",
           .excluded = "BILOSZ"},
    // The card number 80840 and these ten digits satisfies Luhn's: the prefix
    // brings 24.
    Number{.name = "us-npi",
           .form = "##########",
           .ranges = "1 2",
           .steps = {{{.weights = "2 1",
                       .modulus = 10,
                       .checks = kMissing10,
                       .digit_sums = true,
                       .offset = 24}}}},
    Number{.name = "us-ssn", .form = "#########", .also = us_ssn},
};

}  // namespace

std::vector<Check> american_numbers() {
  return number_checks<kNumbers>();
}

}  // namespace leaksift
