#include <algorithm>

#include "check/check_steps.h"
#include "check/number.h"

namespace leaksift {
namespace {

// --- France

// Corsica's departments, 2A and 2B, count as 19 and 18.
Proof fr_nir(std::string_view text) {
  std::string number(text.substr(0, 13));
  if (!is_digit(number[6])) {
    if (number[5] != '2' || number[6] > 'B') return Proof::kFails;
    number[5] = '1';
    number[6] = number[6] == 'A' ? '9' : '8';
  }
  return proof_of(to_number(text.substr(13)) == 97 - mod_97(number));
}

// La Poste ran out of numbers that satisfy Luhn's: the digits add up to a
// multiple of five.
Proof fr_la_poste(std::string_view text) {
  int sum = 0;
  for (const char c : text) sum += base36(c);
  return proof_of(sum % 5 == 0);
}

// --- Germany

// Of the first ten digits one stands there twice or three times (not in a row),
// all others at most once.
Proof de_steuer_id(std::string_view text) {
  int repeated = 0;
  for (char digit = '0'; digit <= '9'; ++digit) {
    const auto times = std::count(text.begin(), text.end() - 1, digit);
    if (times > 3) return Proof::kFails;
    if (times > 1) ++repeated;
    const std::string run(3, digit);
    if (text.substr(0, 10).find(run) != std::string_view::npos) {
      return Proof::kFails;
    }
  }
  return proof_of(repeated == 1 && mod_11_10_holds(text));
}

// `text` with its letter at `at` written as 01 to 26.
std::string with_letter_as_digits(std::string_view text, size_t at) {
  const int number = text[at] - 'A' + 1;
  std::string digits(text);
  digits[at] = static_cast<char>('0' + number / 10);
  digits.insert(at + 1, 1, static_cast<char>('0' + number % 10));
  return digits;
}

Proof de_rvnr(std::string_view text) {
  constexpr CheckStep kStep = {.weights = "2 1 2 5 7 1 2 1 2 1 2 1",
                               .modulus = 10,
                               .checks = kRemainder10,
                               .digit_sums = true};
  return proof_of(holds(kStep, with_letter_as_digits(text, 8)));
}

Proof de_kvnr(std::string_view text) {
  constexpr CheckStep kStep = {.weights = "1 2",
                               .modulus = 10,
                               .checks = kRemainder10,
                               .digit_sums = true};
  return proof_of(holds(kStep, with_letter_as_digits(text, 0)));
}

// --- Italy

// The digits of names that would yield the same code are replaced by letters.
constexpr std::string_view kItalianDigits = "LMNPQRSTUV";

int italian_digit(char c) {
  if (is_digit(c)) return c - '0';
  const size_t place = kItalianDigits.find(c);
  return place == std::string_view::npos ? -1 : static_cast<int>(place);
}

Proof it_codice_fiscale(std::string_view text) {
  constexpr std::array<int, 26> kOdd = {1,  0,  5,  7,  9,  13, 15, 17, 19,
                                        21, 2,  4,  18, 20, 11, 3,  6,  8,
                                        12, 14, 16, 10, 22, 25, 24, 23};
  for (const size_t i : {6u, 7u, 9u, 10u, 12u, 13u, 14u}) {
    if (italian_digit(text[i]) < 0) return Proof::kFails;
  }
  const int day = 10 * italian_digit(text[9]) + italian_digit(text[10]);
  if (day % 40 < 1 || day % 40 > 31 || day > 71) return Proof::kFails;
  int sum = 0;
  for (size_t i = 0; i < 15; ++i) {
    const int value = is_digit(text[i]) ? text[i] - '0' : text[i] - 'A';
    sum += i % 2 == 0 ? kOdd[static_cast<size_t>(value)] : value;
  }
  return proof_of(text[15] == 'A' + sum % 26);
}

// --- Elsewhere

// Those born since 2000 put a 2 in front.
Proof be_nrn(std::string_view text) {
  const int check = to_number(text.substr(9));
  const std::string number(text.substr(0, 9));
  return proof_of(97 - mod_97(number) == check ||
                  97 - mod_97("2" + number) == check);
}

Proof uk_nino(std::string_view text) {
  constexpr std::string_view kNeverFirst = "DFIQUV";
  return kNeverFirst.find(text[0]) == std::string_view::npos &&
                 kNeverFirst.find(text[1]) == std::string_view::npos &&
                 text[1] != 'O' && !in_ranges(text, "BG GB KN NK NT TN ZZ")
             ? Proof::kUnknown
             : Proof::kFails;
}

Proof mod_11_10(std::string_view text) {
  return proof_of(mod_11_10_holds(text));
}

// --- Shared by some rows

// Spain: a number modulo 23. A letter in front stands for `offset`.
constexpr CheckStep spanish_step(int offset) {
  return {.weights = "0 6 19 18 11 8 10 1",
          .modulus = 23,
          .checks = "TRWAGMYFPDXBNJZSQVHLCKE",
          .offset = offset};
}

constexpr CheckStep baltic_step() {
  return {.weights = "1 2 3 4 5 6 7 8 9 1",
          .modulus = 11,
          .checks = kRemainder11,
          .second_weights = "3 4 5 6 7 8 9 1 2 3",
          .second_checks = kRemainder11Ten0};
}

constexpr std::string_view kIrishLetters = "WABCDEFGHIJKLMNOPQRSTUV";

// Finland: a number modulo 31. Since 2000 a letter follows the date.
constexpr std::string_view kFinnishLetters = "0123456789ABCDEFHJKLMNPRSTUVWXY";

constexpr std::array kNumbers = {
    Number{.name = "at-svnr",
           .form = "##########",
           .ranges = "1-9",
           .date = {"----ddmmyy"},
           .steps = {{{"3 7 9 0 5 8 4 2 1 6", 11, kRemainder11, 3}}}},
    Number{.name = "be-nrn",
           .form = "###########",
           .date = {"yymmdd", "0", "0 20 40"},
           .also = be_nrn},
    Number{.name = "bg-egn",
           .form = "##########",
           .date = {"yymmdd", "0", "0 20 40"},
           .steps = {{{"2 4 8 5 10 9 7 3 6", 11, kRemainder11Ten0}}}},
    Number{.name = "ch-ahv",
           .form = "756##########",
           .steps = {{{"1 3", 10, kMissing10}}}},
    Number{.name = "cz-rodne-cislo",
           .form = "##########",
           .date = {"yymmdd", "0", "0 20 50 70"},
           .steps = {{{"1 -1", 11, kRemainder11Ten0}}}},
    // Until 1953 without a check digit.
    Number{.name = "cz-rodne-cislo",
           .form = "#########",
           .ranges = "00-53",
           .date = {"yymmdd", "0", "0 50"}},
    Number{.name = "de-ausweis",
           .form = "*********#",
           .steps = {{{"7 3 1", 10, kRemainder10}}}},
    Number{.name = "de-kvnr", .form = "@#########", .also = de_kvnr},
    Number{.name = "de-rvnr",
           .form = "########@###",
           .date = {"--ddmmyy"},
           .also = de_rvnr},
    Number{.name = "de-steuer-id",
           .form = "###########",
           .ranges = "1-9",
           .also = de_steuer_id},
    Number{.name = "dk-cpr",
           .form = "##########",
           .date = {"ddmmyy"},
           .steps = {{{"4 3 2 7 6 5 4 3 2", 11, kMissing11}}}},
    // Since 2007 some are given out without a check digit.
    Number{.name = "dk-cpr", .form = "##########", .date = {"ddmmyy"}},
    Number{.name = "ee-isikukood",
           .form = "###########",
           .ranges = "1-8",
           .date = {"-yymmdd"},
           .steps = {{baltic_step()}}},
    Number{.name = "es-cif",
           .form = "@########",
           .ranges = "A-H J N R U V",
           .steps = {{{"0 2 1 2 1 2 1 2", 10, kMissing10, -1, true}}}},
    Number{.name = "es-cif",
           .form = "@#######@",
           .ranges = "C D F G J N P-S U-W",
           .steps = {{{"0 2 1 2 1 2 1 2", 10, "JIHGFEDCBA", -1, true}}}},
    Number{.name = "es-nie", .form = "X#######@", .steps = {{spanish_step(0)}}},
    Number{
        .name = "es-nie", .form = "Y#######@", .steps = {{spanish_step(14)}}},
    Number{
        .name = "es-nie", .form = "Z#######@", .steps = {{spanish_step(28)}}},
    Number{
        .name = "es-nif",
        .form = "########@",
        .steps = {{{"14 6 19 18 11 8 10 1", 23, "TRWAGMYFPDXBNJZSQVHLCKE"}}}},
    Number{.name = "es-nif",
           .form = "@#######@",
           .ranges = "K-M",
           .steps = {{spanish_step(0)}}},
    Number{.name = "fi-hetu",
           .form = "#########*",
           .date = {"ddmmyy"},
           .steps = {{{"14 20 2 25 18 8 7 10 1", 31, kFinnishLetters}}}},
    Number{.name = "fi-hetu",
           .form = "######@###*",
           .ranges = "A-F U-Y",
           .ranges_at = 6,
           .date = {"ddmmyy"},
           .steps = {{{"14 20 2 25 18 8 0 7 10 1", 31, kFinnishLetters}}}},
    Number{.name = "fr-nir",
           .form = "######*########",
           .ranges = "1-4 7 8",
           .also = fr_nir},
    Number{.name = "fr-siren", .form = "#########", .steps = {{luhn_step(9)}}},
    Number{.name = "fr-siret",
           .form = "##############",
           .steps = {{luhn_step(9), luhn_step(14)}}},
    Number{.name = "fr-siret", .form = "356000000#####", .also = fr_la_poste},
    Number{.name = "gr-amka",
           .form = "###########",
           .date = {"ddmmyy"},
           .steps = {{luhn_step(11)}}},
    Number{.name = "hr-oib", .form = "###########", .also = mod_11_10},
    Number{.name = "ie-ppsn",
           .form = "#######@",
           .steps = {{{"8 7 6 5 4 3 2", 23, kIrishLetters}}}},
    // The second letter counts 1 to 26, not 10 to 35.
    Number{.name = "ie-ppsn",
           .form = "#######@@",
           .ranges = "A-I",
           .ranges_at = 8,
           .steps = {{{.weights = "8 7 6 5 4 3 2 0 9",
                       .modulus = 23,
                       .checks = kIrishLetters,
                       .at = 7,
                       .offset = -9 * 9}}}},
    // These do not count.
    Number{.name = "ie-ppsn",
           .form = "#######@@",
           .ranges = "T W X",
           .ranges_at = 8,
           .steps = {{{"8 7 6 5 4 3 2", 23, kIrishLetters, 7}}}},
    Number{.name = "it-codice-fiscale",
           .form = "@@@@@@**@**@***@",
           .ranges = "A-E H L M P R-T",
           .ranges_at = 8,
           .also = it_codice_fiscale},
    // With the province of the office that gave it out.
    Number{.name = "it-partita-iva",
           .form = "###########",
           .ranges = "001-100 120 121 888 999",
           .ranges_at = 7,
           .steps = {{luhn_step(11)}}},
    Number{.name = "lt-asmens-kodas",
           .form = "###########",
           .ranges = "1-6",
           .date = {"-yymmdd"},
           .steps = {{baltic_step()}}},
    Number{.name = "nl-bsn",
           .form = "#########",
           .steps = {{{"9 8 7 6 5 4 3 2", 11, kRemainder11}}}},
    // Those without one of their own have 40 added to the day, in hospitals to
    // the month.
    Number{.name = "no-fodselsnummer",
           .form = "###########",
           .date = {"ddmmyy", "0 40", "0 40"},
           .steps = {{{"3 7 6 1 8 9 4 5 2", 11, kMissing11, 9},
                      {"5 4 3 2 7 6 5 4 3 2", 11, kMissing11}}}},
    Number{.name = "pl-nip",
           .form = "##########",
           .steps = {{{"6 5 7 2 3 4 5 6 7", 11, kRemainder11}}}},
    Number{.name = "pl-pesel",
           .form = "###########",
           .date = {"yymmdd", "0", "0 20 40 60 80"},
           .steps = {{{"1 3 7 9", 10, kMissing10}}}},
    Number{.name = "pl-regon",
           .form = "#########",
           .steps = {{{"8 9 2 3 4 5 6 7", 11, kRemainder11Ten0}}}},
    Number{.name = "pl-regon",
           .form = "##############",
           .steps = {{{"8 9 2 3 4 5 6 7", 11, kRemainder11Ten0, 8},
                      {"2 4 8 5 0 9 7 3 6 1 2 4 8", 11, kRemainder11Ten0}}}},
    Number{.name = "pt-nif",
           .form = "#########",
           .ranges = "1-9",
           .steps = {{{"9 8 7 6 5 4 3 2", 11, kMissing11Ten0}}}},
    Number{.name = "ro-cnp",
           .form = "#############",
           .ranges = "01-48 51 52 70",  // counties
           .ranges_at = 7,
           .date = {"-yymmdd"},
           .steps = {{{"2 7 9 1 4 6 3 5 8 2 7 9", 11, "01234567891"}}}},
    // Those who are not registered have 60 added to the day.
    Number{.name = "se-personnummer",
           .form = "##########",
           .date = {"yymmdd", "0 60"},
           .steps = {{luhn_step(10)}}},
    Number{.name = "se-personnummer",
           .form = "############",
           .ranges = "18-20",
           .date = {"yyyymmdd", "0 60"},
           .steps = {{{"0 0 2 1 2 1 2 1 2 1 2", 10, kMissing10, -1, true}}}},
    Number{.name = "uk-chi",
           .form = "##########",
           .date = {"ddmmyy"},
           .steps = {{{"10 9 8 7 6 5 4 3 2", 11, kMissing11}}}},
    // Since November 2025 some have another check digit, where a day has no
    // more of these.
    Number{.name = "uk-chi", .form = "##########", .date = {"ddmmyy"}},
    Number{.name = "uk-nhs",
           .form = "##########",
           .steps = {{{"10 9 8 7 6 5 4 3 2", 11, kMissing11}}}},
    Number{.name = "uk-nino",
           .form = "@@######@",
           .ranges = "A-D",
           .ranges_at = 8,
           .also = uk_nino},
    Number{.name = "uk-utr",
           .form = "##########",
           .steps = {{{"0 6 7 8 9 10 5 4 3 2", 11, "21987654321", 0}}}},
};

}  // namespace

std::vector<Check> european_numbers() {
  return number_checks<kNumbers>();
}

}  // namespace leaksift
