#include "check/check_steps.h"
#include "check/number.h"

namespace leaksift {
namespace {

Proof verhoeff(std::string_view text) {
  return proof_of(verhoeff_holds(text));
}

// Australia takes one from the first digit.
Proof au_abn(std::string_view text) {
  const int sum = weighted_sum(text, "10 1 3 5 7 9 11 13 15 17 19") - 10;
  return proof_of(sum % 89 == 0);
}

// Since October 2020 the last six digits are random.
Proof kr_rrn_random(std::string_view text) {
  return in_ranges(text, "3 4 7 8", 6) && text.substr(0, 4) >= "2010"
             ? Proof::kUnknown
             : Proof::kFails;
}

Proof ru_snils(std::string_view text) {
  const int sum = weighted_sum(text, "9 8 7 6 5 4 3 2 1");
  return proof_of(sum % 101 % 100 == to_number(text.substr(9)));
}

// A region's letter is a two-digit number, of which the second digit counts
// nine times; the numbers go neither by the alphabet nor by place.
int tw_value(char c) {
  constexpr std::string_view kRegions = "ABCDEFGHJKLMNPQRSTUVXYWZIO";
  const size_t region = kRegions.find(c);
  if (region == std::string_view::npos) return base36(c);
  const int number = static_cast<int>(region) + 10;
  return number / 10 + 9 * (number % 10);
}

// What the series of a Singaporean number adds, and its letters.
constexpr CheckStep singaporean_step(int offset, std::string_view letters) {
  return {.weights = "0 2 7 6 5 4 3 2",
          .modulus = 11,
          .checks = letters,
          .offset = offset};
}
constexpr std::string_view kCitizenLetters = "JZIHGFEDCBA";
constexpr std::string_view kForeignerLetters = "XWUTRQPNMLK";
constexpr std::string_view kForeignerLetters2022 = "XWUTRQPNJLK";

constexpr std::string_view kHongKongChecks = "0A987654321";

constexpr std::array kNumbers = {
    Number{.name = "au-abn",
           .form = "###########",
           .ranges = "1-9",
           .also = au_abn},
    Number{.name = "au-acn",
           .form = "#########",
           .steps = {{{"8 7 6 5 4 3 2 1", 10, kMissing10}}}},
    Number{.name = "au-medicare",
           .form = "##########",
           .ranges = "2-6",
           .steps = {{{"1 3 7 9", 10, kRemainder10, 8}}}},
    // With the place of a person on the card.
    Number{.name = "au-medicare",
           .form = "###########",
           .ranges = "2-6",
           .steps = {{{"1 3 7 9", 10, kRemainder10, 8}}}},
    Number{.name = "au-tfn",
           .form = "#########",
           .steps = {{{"1 4 3 7 5 8 6 9", 11, kRemainder11}}}},
    Number{.name = "cn-resident-id",
           .form = "#################*",
           .ranges = "11-15 21-23 31-37 41-46 50-54 61-65 71 81-83 91",
           .date = {"------yyyymmdd"},
           .steps = {{{"7 9 10 5 8 4 2 1 6 3 7 9 10 5 8 4 2", 11,
                       "10X98765432"}}}},
    // With one letter a blank, which counts 36, stands before it.
    Number{.name = "hk-id",
           .form = "@######*",
           .steps = {{{.weights = "8 7 6 5 4 3 2",
                       .modulus = 11,
                       .checks = kHongKongChecks,
                       .offset = 9 * 36}}}},
    Number{.name = "hk-id",
           .form = "@@######*",
           .steps = {{{"9 8 7 6 5 4 3 2", 11, kHongKongChecks}}}},
    Number{.name = "il-id", .form = "#########", .steps = {{luhn_step(9)}}},
    Number{.name = "in-aadhaar",
           .form = "############",
           .ranges = "2-9",
           .also = verhoeff},
    Number{.name = "in-gstin",
           .form = "##@@@@@####@*Z*",
           .ranges = "01-38 97",
           .steps = {{{.weights = "1 2",
                       .modulus = 36,
                       .checks = kMissing36,
                       .digit_sums = true}}}},
    Number{.name = "in-pan",
           .form = "@@@@@####@",
           .ranges = "A-C F-H J L P T",
           .ranges_at = 3},
    Number{.name = "jp-my-number",
           .form = "############",
           .steps = {{{"6 5 4 3 2 7 6 5 4 3 2", 11, kMissing11Ten0}}}},
    Number{.name = "kr-rrn",
           .form = "#############",
           .date = {"yymmdd"},
           .steps = {{{"2 3 4 5 6 7 8 9 2 3 4 5", 11, "10987654321"}}}},
    Number{.name = "kr-rrn",
           .form = "#############",
           .date = {"yymmdd"},
           .also = kr_rrn_random},
    Number{.name = "nz-ird",
           .form = "#########",
           .ranges = "010-149",
           .steps = {{{.weights = "3 2 7 6 5 4 3 2",
                       .modulus = 11,
                       .checks = kMissing11,
                       .second_weights = "7 4 3 2 5 2 7 6",
                       .second_checks = kMissing11}}}},
    Number{.name = "nz-ird",
           .form = "########",
           .ranges = "10-99",
           .steps = {{{.weights = "2 7 6 5 4 3 2",
                       .modulus = 11,
                       .checks = kMissing11,
                       .second_weights = "4 3 2 5 2 7 6",
                       .second_checks = kMissing11}}}},
    Number{.name = "ru-inn",
           .form = "##########",
           .steps = {{{"2 4 10 3 5 9 4 6 8", 11, kRemainder11Ten0}}}},
    Number{.name = "ru-inn",
           .form = "############",
           .steps = {{{"7 2 4 10 3 5 9 4 6 8", 11, kRemainder11Ten0, 10},
                      {"3 7 2 4 10 3 5 9 4 6 8", 11, kRemainder11Ten0}}}},
    Number{.name = "ru-snils", .form = "###########", .also = ru_snils},
    Number{.name = "sg-nric",
           .form = "S#######@",
           .steps = {{singaporean_step(0, kCitizenLetters)}}},
    Number{.name = "sg-nric",
           .form = "T#######@",
           .steps = {{singaporean_step(4, kCitizenLetters)}}},
    Number{.name = "sg-nric",
           .form = "F#######@",
           .steps = {{singaporean_step(0, kForeignerLetters)}}},
    Number{.name = "sg-nric",
           .form = "G#######@",
           .steps = {{singaporean_step(4, kForeignerLetters)}}},
    Number{.name = "sg-nric",
           .form = "M#######@",
           .steps = {{singaporean_step(3, kForeignerLetters2022)}}},
    Number{.name = "th-id",
           .form = "#############",
           .ranges = "1-8",
           .steps = {{{"13 12 11 10 9 8 7 6 5 4 3 2", 11, "10987654321"}}}},
    Number{.name = "tr-tckn",
           .form = "###########",
           .ranges = "1-9",
           .steps = {{{"7 -1 7 -1 7 -1 7 -1 7", 10, kRemainder10, 9},
                      {"1", 10, kRemainder10}}}},
    Number{.name = "tw-id",
           .form = "@#########",
           .ranges = "1 2 8 9",
           .ranges_at = 1,
           .steps = {{{.weights = "1 8 7 6 5 4 3 2 1",
                       .modulus = 10,
                       .checks = kMissing10,
                       .value = tw_value}}}},
    Number{.name = "ua-rnokpp",
           .form = "##########",
           .steps = {{{"-1 5 7 9 4 6 10 5 7", 11, kRemainder11Ten0}}}},
    Number{.name = "za-id",
           .form = "#############",
           .ranges = "0-2",
           .ranges_at = 10,
           .date = {"yymmdd"},
           .steps = {{luhn_step(13)}}},
};

}  // namespace

std::vector<Check> african_and_asian_numbers() {
  return number_checks<kNumbers>();
}

}  // namespace leaksift
