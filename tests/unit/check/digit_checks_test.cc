#include <algorithm>
#include <array>
#include <cctype>
#include <string>

#include "check/check.h"
#include "support/catch.h"
#include "support/random.h"

namespace leaksift {
namespace {

Proof proof_of(std::string_view check, std::string_view number) {
  const Check* found = find_check(check);
  REQUIRE(found != nullptr);
  return found->look(number).proof;
}

struct Vector {
  std::string_view check;
  std::string_view number;
};

// Printed in standards, by the authorities that give the numbers out, or in
// the articles and manuals named.
constexpr std::array kPublished = {
    // python-stdnum 2.2, the examples of its modules' documentation
    Vector{"ar-cbu", "2850590940090418135201"},
    Vector{"ar-cuit", "20-05536168-2"},
    Vector{"au-abn", "83 914 571 673"},
    Vector{"au-acn", "004 085 616"},
    Vector{"be-nrn", "85.07.30-033 28"},
    Vector{"bg-egn", "752316 926 3"},
    Vector{"br-cnpj", "16.727.230/0001-97"},
    Vector{"br-cpf", "390.533.447-05"},
    Vector{"ca-sin", "123-456-782"},
    Vector{"ca-bc-phn", "9698 658 215"},
    Vector{"cl-rut", "12.531.909-2"},
    Vector{"cn-resident-id", "360426199101010071"},
    Vector{"cz-rodne-cislo", "710319/2745"},
    Vector{"de-steuer-id", "36 574 261 809"},
    Vector{"dk-cpr", "211062-5629"},
    Vector{"ee-isikukood", "36805280109"},
    Vector{"es-cif", "J99216582"},
    Vector{"es-nie", "x-2482300w"},
    Vector{"es-nif", "54362315-K"},
    Vector{"fr-nir", "2 95 10 99 126 111 93"},
    Vector{"fr-siren", "552 008 443"},
    Vector{"gr-amka", "01013099997"},
    Vector{"hr-oib", "33392005961"},
    Vector{"ie-ppsn", "6433435F"},
    Vector{"ie-ppsn", "6433435FT"},
    Vector{"ie-ppsn", "6433435FW"},
    Vector{"ie-ppsn", "6433435OA"},
    Vector{"il-id", "03933742-3"},
    Vector{"in-aadhaar", "2341 2341 2346"},
    Vector{"in-gstin", "27AAPFU0939F1ZV"},
    Vector{"it-codice-fiscale", "RCCMNL83S18D969H"},
    Vector{"it-partita-iva", "00743110157"},
    Vector{"kr-rrn", "971013-9019902"},
    Vector{"lei", "213800KUD8LAJWSQ9D15"},
    Vector{"lt-asmens-kodas", "33309240064"},
    Vector{"mx-curp", "BOXW310820HNERXN09"},
    Vector{"mx-rfc", "GODE 561231 GR8"},
    Vector{"no-fodselsnummer", "151086 95088"},
    Vector{"nz-ird", "4909185-0"},
    Vector{"nz-ird", "136-410-132"},
    Vector{"pl-nip", "8567346215"},
    Vector{"pl-regon", "192598184"},
    Vector{"pl-regon", "12345678512347"},
    Vector{"pt-nif", "501 964 843"},
    Vector{"ro-cnp", "1630615123457"},
    Vector{"ru-inn", "123456789047"},
    Vector{"se-personnummer", "880320-0016"},
    Vector{"th-id", "1-2345-45678-78-1"},
    Vector{"tr-tckn", "17291716060"},
    Vector{"ua-rnokpp", "1759013776"},
    Vector{"uk-utr", "1955839661"},  // OECD, tax identification numbers, UK
    Vector{"za-id", "750330 5044 08 9"},
    // Wikipedia, the worked examples of the articles on each
    Vector{"clabe", "032180000118359719"},
    Vector{"cusip", "037833100"},
    Vector{"de-rvnr", "15 070649 C 103"},
    Vector{"ee-isikukood", "37605030299"},
    Vector{"fi-hetu", "131052-308T"},
    Vector{"fr-siret", "732 829 320 00074"},
    Vector{"hk-id", "G123456(A)"},
    Vector{"iban", "GB82 WEST 1234 5698 7654 32"},
    Vector{"imei", "49-015420-323751-8"},
    Vector{"isin", "US0378331005"},
    Vector{"isin", "AU0000XVGZA3"},
    Vector{"luhn", "79927398713"},
    Vector{"pl-pesel", "44051401359"},
    Vector{"ru-snils", "112-233-445 95"},
    Vector{"sedol", "0263494"},
    Vector{"tw-id", "A123456789"},
    Vector{"us-dea", "F91234563"},
    Vector{"vin", "1M8GDM9AXKP042788"},
    // The authorities and standards
    Vector{"jp-my-number", "1234 5678 9018"},
    Vector{"au-medicare", "2123 45670 1"},
    Vector{"au-medicare", "2123 45670 1/1"},
    Vector{"ca-ohip", "9876-543-217"},
    Vector{"ca-ohip", "9876-543-217-AB"},
    Vector{"aba", "011000015"},        // Federal Reserve Bank of Boston
    Vector{"at-svnr", "1237 010180"},  // Sozialversicherung: specimen card
    Vector{"au-tfn", "123 456 782"},   // ATO: test numbers
    Vector{"br-cnpj", "12.ABC.345/01DE-35"},  // Receita Federal, IN 2229/2024
    Vector{"ch-ahv", "756.9217.0769.85"},     // BSV: specimen
    Vector{"cn-resident-id", "11010519491231002X"},  // GB 11643-1999
    Vector{"de-ausweis", "L01X00T471"},             // Bundesdruckerei: specimen
    Vector{"de-ausweis", "T220001293"},             // the same, of 2010
    Vector{"de-kvnr", "A123456780"},                // gematik: test data
    Vector{"de-steuer-id", "86095742719"},          // BZSt: test numbers
    Vector{"es-nif", "12345678Z"},                  // DNI: specimen
    Vector{"iban", "DE89 3704 0044 0532 0130 00"},  // SWIFT: IBAN registry
    Vector{"iban", "NO93 8601 1117 947"},           // the same
    Vector{"loinc", "4548-4"},                      // LOINC: haemoglobin A1c
    Vector{"nl-bsn", "111222333"},                  // RvIG: test number
    Vector{"se-personnummer", "19811228-9874"},     // Skatteverket, SKV 704
    Vector{"snomed", "22298006"},      // SNOMED CT: myocardial infarction
    Vector{"uk-nhs", "943 476 5919"},  // NHS data dictionary
    Vector{"uk-chi", "010101 1237"},   // Public Health Scotland, phsmethods
    Vector{"us-npi", "1234567893"},    // CMS: NPI check digit
    Vector{"iccid", "89014103211118510720"},  // Android: test SIM
    // ICAO 9303: parts 4, 5 and 6, the specimens of Utopia
    Vector{"mrz", "L898902C36UTO7408122F1204159ZE184226B<<<<<10"},
    Vector{"mrz",
           "P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<\n"
           "L898902C36UTO7408122F1204159ZE184226B<<<<<10"},
    Vector{"mrz",
           "I<UTOD231458907<<<<<<<<<<<<<<<\r\n"
           "7408122F1204159UTO<<<<<<<<<<<6\r\n"
           "ERIKSSON<<ANNA<MARIA<<<<<<<<<<"},
    Vector{"mrz",
           "I<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<\n"
           "D231458907UTO7408122F1204159<<<<<<<6"},
};

TEST_CASE("every check has a number that it holds or takes on trust") {
  constexpr std::array<std::string_view, 12> kShownBelow = {
      "bic",    "btc-address", "card",   "eth-address", "in-pan",  "sg-nric",
      "us-ein", "us-itin",     "us-mbi", "us-ssn",      "uk-nino", "vin"};
  for (const Check& check : digit_checks()) {
    INFO(check.name);
    CHECK(
        (std::any_of(kPublished.begin(), kPublished.end(),
                     [&](const Vector& v) { return v.check == check.name; }) ||
         std::find(kShownBelow.begin(), kShownBelow.end(), check.name) !=
             kShownBelow.end()));
  }
}

TEST_CASE("published numbers have the check digits they are printed with") {
  for (const Vector& v : kPublished) {
    INFO(v.check << " " << v.number);
    CHECK(proof_of(v.check, v.number) == Proof::kHolds);
  }
}

// In general circulation, by the rules of several sources.
TEST_CASE("every series of Singapore's numbers has its own letters") {
  for (const std::string_view number :
       {"S1234567D", "T1234567J", "F1234567N", "G1234567X", "M1234567K"}) {
    INFO(number);
    CHECK(proof_of("sg-nric", number) == Proof::kHolds);
    for (char letter = 'A'; letter <= 'Z'; ++letter) {
      if (letter == number.back()) continue;
      const std::string other = std::string(number.substr(0, 8)) + letter;
      CHECK(proof_of("sg-nric", other) == Proof::kFails);
    }
  }
}

TEST_CASE("numbers without check digits are told by what is never given out") {
  const auto proofs = {
      std::pair{Vector{"us-ssn", "536-90-4399"}, Proof::kUnknown},
      // SSA: area 000, 666 and from 900 on, group 00, serial 0000
      std::pair{Vector{"us-ssn", "000-90-4399"}, Proof::kFails},
      std::pair{Vector{"us-ssn", "666-90-4399"}, Proof::kFails},
      std::pair{Vector{"us-ssn", "900-90-4399"}, Proof::kFails},
      std::pair{Vector{"us-ssn", "536-00-4399"}, Proof::kFails},
      std::pair{Vector{"us-ssn", "536-90-0000"}, Proof::kFails},
      std::pair{Vector{"us-ssn", "078-05-1120"}, Proof::kFails},  // Woolworth
      // IRS: the fourth and fifth digits of an ITIN
      std::pair{Vector{"us-itin", "912-90-3456"}, Proof::kUnknown},
      std::pair{Vector{"us-itin", "912-93-3456"}, Proof::kFails},
      std::pair{Vector{"us-ein", "91-1144442"}, Proof::kUnknown},
      std::pair{Vector{"us-ein", "07-1144442"}, Proof::kFails},
      // CMS: Understanding the MBI
      std::pair{Vector{"us-mbi", "1EG4-TE5-MK73"}, Proof::kUnknown},
      std::pair{Vector{"us-mbi", "1SG4-TE5-MK73"}, Proof::kFails},
      // HMRC: NIM39110; QQ is what forms show
      std::pair{Vector{"uk-nino", "AB 12 34 56 C"}, Proof::kUnknown},
      std::pair{Vector{"uk-nino", "QQ 12 34 56 C"}, Proof::kFails},
      std::pair{Vector{"uk-nino", "GB 12 34 56 C"}, Proof::kFails},
      std::pair{Vector{"in-pan", "ACUPA7085R"}, Proof::kUnknown},
      std::pair{Vector{"in-pan", "ACUXA7085R"}, Proof::kFails},
      // ISO 9362: the country is one of ISO 3166
      std::pair{Vector{"bic", "AGRIFRPP882"}, Proof::kUnknown},
      std::pair{Vector{"bic", "DEUTDEFF"}, Proof::kUnknown},
      std::pair{Vector{"bic", "AGRIXQPP"}, Proof::kFails},
      // Only North America and China ask for a check digit
      std::pair{Vector{"vin", "WVWZZZ1JZ3W386752"}, Proof::kUnknown},
      std::pair{Vector{"vin", "WVWZZZ1JZ3W38675O"}, Proof::kFails},
      std::pair{Vector{"vin", "1M8GDM9A9KP042788"}, Proof::kFails},
      // Of those born since October 2020 the last digits are random
      std::pair{Vector{"kr-rrn", "201102-3019903"}, Proof::kUnknown},
      std::pair{Vector{"kr-rrn", "971013-9019903"}, Proof::kFails},
      // Since 2007 without a check digit, but still with a date
      std::pair{Vector{"dk-cpr", "211062-5620"}, Proof::kUnknown},
      std::pair{Vector{"dk-cpr", "311162-5629"}, Proof::kFails},
      // SAT gives out numbers with other check digits, too
      std::pair{Vector{"mx-rfc", "GODE561231GR9"}, Proof::kUnknown},
      std::pair{Vector{"mx-rfc", "GODE561331GR8"}, Proof::kFails},
      // Since November 2025 some have a check digit of another kind
      std::pair{Vector{"uk-chi", "010101 1238"}, Proof::kUnknown},
  };
  for (const auto& [vector, proof] : proofs) {
    INFO(vector.check << " " << vector.number);
    CHECK(proof_of(vector.check, vector.number) == proof);
  }
}

TEST_CASE("a date that the calendar has not is no number of a person") {
  // Each has the right check digits for what it says.
  CHECK(proof_of("se-personnummer", "880230-0015") == Proof::kFails);
  CHECK(proof_of("cn-resident-id", "360426199113010071") == Proof::kFails);
  CHECK(proof_of("pl-pesel", "44133201354") == Proof::kFails);
}

TEST_CASE("companies of La Poste go by the sum of their digits") {
  CHECK(proof_of("fr-siret", "356 000 000 00048") == Proof::kHolds);
  CHECK(proof_of("fr-siret", "356 000 000 37606") == Proof::kFails);
}

// These detect every wrong digit: their sums weigh each digit with a number
// that has no divisor in common with the modulus, or permute it.
constexpr std::array<std::string_view, 34> kSureOfOneDigit = {"aba",
                                                              "ar-cbu",
                                                              "au-abn",
                                                              "au-tfn",
                                                              "ch-ahv",
                                                              "clabe",
                                                              "cn-resident-id",
                                                              "cusip",
                                                              "de-ausweis",
                                                              "de-steuer-id",
                                                              "es-nie",
                                                              "es-nif",
                                                              "fi-hetu",
                                                              "fr-nir",
                                                              "fr-siren",
                                                              "fr-siret",
                                                              "gr-amka",
                                                              "hk-id",
                                                              "hr-oib",
                                                              "iban",
                                                              "iccid",
                                                              "il-id",
                                                              "imei",
                                                              "in-aadhaar",
                                                              "isin",
                                                              "it-partita-iva",
                                                              "lei",
                                                              "loinc",
                                                              "luhn",
                                                              "nl-bsn",
                                                              "pl-pesel",
                                                              "snomed",
                                                              "uk-nhs",
                                                              "za-id"};

bool is_sure(std::string_view check) {
  return std::find(kSureOfOneDigit.begin(), kSureOfOneDigit.end(), check) !=
         kSureOfOneDigit.end();
}

TEST_CASE("changing any one digit is noticed") {
  for (const Vector& v : kPublished) {
    if (!is_sure(v.check)) continue;
    for (size_t i = 0; i < v.number.size(); ++i) {
      if (v.number[i] < '0' || v.number[i] > '9') continue;
      for (char digit = '0'; digit <= '9'; ++digit) {
        if (digit == v.number[i]) continue;
        std::string wrong(v.number);
        wrong[i] = digit;
        INFO(v.check << " " << v.number << " as " << wrong);
        CHECK(proof_of(v.check, wrong) == Proof::kFails);
      }
    }
  }
}

TEST_CASE("Verhoeff's and modulo 97 notice neighbours that change places") {
  for (const Vector& v : kPublished) {
    if (v.check != "in-aadhaar" && v.check != "snomed" && v.check != "iban" &&
        v.check != "lei" && v.check != "fr-nir") {
      continue;
    }
    for (size_t i = 0; i + 1 < v.number.size(); ++i) {
      std::string wrong(v.number);
      std::swap(wrong[i], wrong[i + 1]);
      const bool both_count = isalnum(v.number[i]) && isalnum(v.number[i + 1]);
      if (!both_count || wrong == v.number) continue;
      INFO(v.check << " " << v.number << " as " << wrong);
      CHECK(proof_of(v.check, wrong) == Proof::kFails);
    }
  }
}

TEST_CASE("of ten last digits one is right") {
  Random random(7);
  for (const auto& [check, stem_size] :
       {std::pair<std::string_view, size_t>{"luhn", 15},
        {"in-aadhaar", 11},
        {"hr-oib", 10},
        {"ch-ahv", 12},
        {"fr-siren", 8}}) {
    for (int round = 0; round < 200; ++round) {
      std::string stem = check == "ch-ahv" ? "756" : "2";
      while (stem.size() < stem_size) {
        stem += static_cast<char>('0' + random.below(10));
      }
      int right = 0;
      for (char digit = '0'; digit <= '9'; ++digit) {
        if (proof_of(check, stem + digit) == Proof::kHolds) ++right;
      }
      INFO(check << " " << stem);
      CHECK(right == 1);
    }
  }
}

TEST_CASE("a number in groups is the number without them") {
  CHECK(proof_of("iban", "GB82WEST12345698765432") == Proof::kHolds);
  CHECK(proof_of("iban", "gb82-west-1234-5698-7654-32") == Proof::kHolds);
  CHECK(proof_of("br-cpf", "39053344705") == Proof::kHolds);
  CHECK(proof_of("br-cpf", "390_533_447_05") == Proof::kFails);
}

TEST_CASE("no check takes anything for a number that is none") {
  const std::string long_text(4096, '7');
  for (const Check& check : digit_checks()) {
    for (const std::string_view text :
         {std::string_view(), std::string_view(" - "), std::string_view("0"),
          std::string_view("\xff\x00\x80", 3), std::string_view("000000000"),
          std::string_view(long_text)}) {
      INFO(check.name << " " << text.size());
      CHECK(check.look(text).proof == Proof::kFails);
    }
  }
}

TEST_CASE(
    "a card has the prefix, the length and the check digit of a network") {
  const Check* card = find_check("card");
  const auto look = [&](std::string_view number) { return card->look(number); };
  // Made up: the check digits were worked out by hand.
  for (const auto& [number, network] :
       {std::pair{"4929 7777 1111 3335", "Visa"},
        {"5333-3333-2222-1112", "Mastercard"},
        {"2720 9911 1122 2233", "Mastercard"},
        {"3499 999911 11116", "American Express"},
        {"3589 1111 2222 3330", "JCB"}}) {
    INFO(number);
    CHECK(look(number).proof == Proof::kHolds);
    CHECK(look(number).facts == std::vector<Fact>{{"network", network}});
  }
  CHECK(look("4929 7777 1111 3331").proof == Proof::kFails);  // check digit
  CHECK(look("4929 7777 1111 34").proof == Proof::kFails);    // length
  CHECK(look("9929 7777 1111 3334").proof == Proof::kFails);  // no network
  CHECK(look("4242 4242 4242 4242").proof == Proof::kFails);  // Stripe: tests
  CHECK(look("378282246310005").proof == Proof::kFails);      // PayPal: tests
  CHECK(look("4111 1111 1111 1111").proof == Proof::kFails);  // everybody's
}

}  // namespace
}  // namespace leaksift
