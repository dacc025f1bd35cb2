#include <algorithm>

#include "check/check_steps.h"
#include "check/number.h"

namespace leaksift {
namespace {

// --- Countries

// ISO 3166-1 alpha-2, and XK for Kosovo as banks use it.
constexpr std::string_view kCountries =
    "AD AE AF AG AI AL AM AO AQ AR AS AT AU AW AX AZ BA BB BD BE BF BG BH BI "
    "BJ BL BM BN BO BQ BR BS BT BV BW BY BZ CA CC CD CF CG CH CI CK CL CM CN "
    "CO CR CU CV CW CX CY CZ DE DJ DK DM DO DZ EC EE EG EH ER ES ET FI FJ FK "
    "FM FO FR GA GB GD GE GF GG GH GI GL GM GN GP GQ GR GS GT GU GW GY HK HM "
    "HN HR HT HU ID IE IL IM IN IO IQ IR IS IT JE JM JO JP KE KG KH KI KM KN "
    "KP KR KW KY KZ LA LB LC LI LK LR LS LT LU LV LY MA MC MD ME MF MG MH MK "
    "ML MM MN MO MP MQ MR MS MT MU MV MW MX MY MZ NA NC NE NF NG NI NL NO NP "
    "NR NU NZ OM PA PE PF PG PH PK PL PM PN PR PS PT PW PY QA RE RO RS RU RW "
    "SA SB SC SD SE SG SH SI SJ SK SL SM SN SO SR SS ST SV SX SY SZ TC TD TF "
    "TG TH TJ TK TL TM TN TO TR TT TV TW TZ UA UG UM US UY UZ VA VC VE VG VI "
    "VN VU WF WS XK YE YT ZA ZM ZW";

// Characters of an IBAN by country: SWIFT's IBAN registry, release 99.
constexpr std::string_view kIbanSizes =
    "AD24 AE23 AL28 AT20 AZ28 BA20 BE16 BG22 BH22 BI27 BR29 BY28 CH21 CR22 "
    "CY28 CZ24 DE22 DJ27 DK18 DO28 EE20 EG29 ES24 FI18 FK18 FO18 FR27 GB22 "
    "GE22 GI23 GL18 GR27 GT28 HN28 HR21 HU28 IE22 IL23 IQ23 IS26 IT27 JO30 "
    "KW30 KZ20 LB28 LC32 LI21 LT20 LU20 LV21 LY25 MC27 MD24 ME22 MK19 MN20 "
    "MR27 MT31 MU30 NI28 NL18 NO15 OM23 PK24 PL28 PS29 PT25 QA29 RO24 RS22 "
    "RU33 SA24 SC31 SD18 SE24 SI19 SK24 SM27 SO23 ST25 SV28 TL23 TN24 TR26 "
    "UA29 VA22 VG24 XK20 YE30";

Proof iban(std::string_view text) {
  const std::string size = std::to_string(text.size());
  const std::string begin(text.substr(0, 4));
  if (!in_ranges(begin.substr(0, 2) + size, kIbanSizes)) return Proof::kFails;
  return proof_of(mod_97(std::string(text.substr(begin.size())) + begin) == 1);
}

Proof bic(std::string_view text) {
  return in_ranges(text, kCountries, 4) ? Proof::kUnknown : Proof::kFails;
}

// Luhn's over the digits that letters are written as (10 to 35).
Proof isin(std::string_view text) {
  std::string digits;
  for (const char c : text) digits += std::to_string(base36(c));
  return proof_of(luhn_holds(digits));
}

Proof lei(std::string_view text) {
  return proof_of(mod_97(text) == 1);
}

// --- Cards

Proof luhn(std::string_view text) {
  return proof_of(all_digits(text) && luhn_holds(text));
}

struct Network {
  std::string_view name;
  std::string_view prefixes;  // issuer identification numbers
  std::string_view sizes;
};

// The first that fits counts. Some numbers of UnionPay are said not to satisfy
// Luhn's; numbers of 62 are too many to take them on trust.
constexpr std::array<Network, 13> kNetworks = {{
    {"American Express", "34 37", "15"},
    {"Dankort", "5019", "16"},
    {"Mir", "2200-2204", "16-19"},
    {"Troy", "9792", "16"},
    {"Verve", "506099-506198 650002-650027", "16 18 19"},
    {"Maestro", "5018 5020 5038 5893 6304 6759 6761-6763", "12-19"},
    {"Mastercard", "51-55 2221-2720", "16"},
    {"Visa", "4", "13 16 19"},
    {"RuPay", "508 60 81 82", "16"},
    {"Discover", "6011 644-649 65", "16-19"},
    {"JCB", "3528-3589", "16-19"},
    {"Diners Club", "300-305 3095 36 38 39", "14-19"},
    {"UnionPay", "62", "16-19"},
}};

// What payment providers publish for tests (their pages on test cards; those
// that end in a long run of one digit besides are known by it).
constexpr std::array<std::string_view, 30> kTestCards = {
    "2222400070000005", "2222405343248877", "2223003122003222",
    "2223000048400011", "2222990905257051", "2223007648726984",
    "30569309025904",   "3056930009020004", "3530111333300000",
    "3566002020360505", "36006666333344",   "36227206271667",
    "371144371144376",  "371449635398431",  "378282246310005",
    "378734493671000",  "38520000023237",   "4005519200000004",
    "4009348888881881", "4012000033330026", "4111111145551142",
    "4242424242424242", "4444333322221111", "4646464646464644",
    "4917484589897107", "5105105105105100", "5200828282828210",
    "5454545454545454", "5555341244441115", "6011000990139424"};

bool is_test_card(std::string_view text) {
  constexpr size_t kRun = 8;  // never seen but in made up numbers
  for (size_t i = 0; i + kRun <= text.size(); ++i) {
    const std::string_view run = text.substr(i, kRun);
    if (run.find_first_not_of(run.front()) == std::string_view::npos) {
      return true;
    }
  }
  return std::find(kTestCards.begin(), kTestCards.end(), text) !=
         kTestCards.end();
}

CheckResult card(std::string_view secret) {
  const std::string text = compact(secret);
  if (!all_digits(text) || !luhn_holds(text) || is_test_card(text)) {
    return {Proof::kFails, {}};
  }
  const std::string size = std::to_string(text.size());
  for (const Network& network : kNetworks) {
    if (in_ranges(text, network.prefixes) && in_ranges(size, network.sizes)) {
      return {Proof::kHolds, {{"network", std::string(network.name)}}};
    }
  }
  return {Proof::kFails, {}};
}

constexpr std::array kNumbers = {
    Number{.name = "aba",
           .form = "#########",
           .ranges = "00-12 21-32 61-72 80",
           .steps = {{{"3 7 1", 10, kMissing10}}}},
    Number{.name = "bic", .form = "@@@@@@**", .also = bic},
    Number{.name = "bic", .form = "@@@@@@*****", .also = bic},
    Number{.name = "clabe",
           .form = "##################",
           .steps = {{{"3 7 1", 10, kMissing10}}}},
    Number{.name = "cusip",
           .form = "********#",
           .steps = {{{"1 2", 10, kMissing10, -1, true}}}},
    Number{.name = "iban", .form = "", .also = iban},
    Number{.name = "isin",
           .form = "@@*********#",
           .ranges = kCountries,
           .also = isin},
    // Others than of a country: Euroclear and Clearstream, the EU, none.
    Number{.name = "isin",
           .form = "@@*********#",
           .ranges = "EU XA-XD XF XS",
           .also = isin},
    Number{.name = "lei", .form = "******************##", .also = lei},
    Number{.name = "luhn", .form = "", .also = luhn},
    Number{.name = "sedol",
           .form = "******#",
           .excluded = "AEIOU",
           .steps = {{{"1 3 1 7 3 9", 10, kMissing10}}}},
};

}  // namespace

std::vector<Check> financial_numbers() {
  std::vector<Check> checks = number_checks<kNumbers>();
  checks.push_back({"card", card});
  return checks;
}

}  // namespace leaksift
