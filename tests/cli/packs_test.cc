// Personal, card and health numbers: off until asked for, found where programs
// and people write them, and not taken for others.
#include <algorithm>
#include <string>
#include <utility>

#include "cli/program.h"
#include "support/catch.h"

using namespace leaksift;

namespace {

// What the packs find in `text` as a file of its own.
Reported find_in(const std::string& text, const Arguments& more = {}) {
  const Tree tree;
  tree.write("notes.txt", text);
  Arguments command = {"scan", ".", "--format", "jsonl", "--show-secrets"};
  command.insert(command.end(), more.begin(), more.end());
  return read_report(run_program(command, tree.path()));
}

const Arguments kAllPacks = {"--pack", "pii", "--pack", "pci", "--pack", "phi"};

std::string replaced(std::string text, const std::string& what,
                     const std::string& with) {
  const size_t at = text.find(what);
  return at == text.npos ? text : text.replace(at, what.size(), with);
}

// How many lines of numbers that no word explains are found in.
size_t found_in_table(const Lines& numbers) {
  std::string table;
  for (const std::string& number : numbers) {
    table += "17;" + number + ";2026-03-01\n";
  }
  return find_in(table, kAllPacks).findings.size();
}

}  // namespace

TEST_CASE("numbers of persons are looked for only if their pack is asked for",
          "[cli][packs]") {
  const std::string text = "ssn: 536-90-4399\n";
  CHECK(find_in(text).findings.empty());
  CHECK(find_in(text, {"--pack", "phi"}).findings.empty());
  const Reported found = find_in(text, {"--pack", "pii"});
  REQUIRE(found.findings.size() == 1);
  CHECK(found.findings[0]["rule_id"] == "pii-us-ssn");
  CHECK(found.findings[0]["class"] == "pii");
  CHECK(found.findings[0]["secret"] == "536-90-4399");
  CHECK(found.ran.exit_code == 1);
}

TEST_CASE("a number is found in every kind of line that gives it its name",
          "[cli][packs]") {
  const std::string form = GENERATE(
      as<std::string>{}, "NAME: NUMBER", "NAME = 'NUMBER'", "NAME=NUMBER",
      "\"NAME\": \"NUMBER\",", "<NAME>NUMBER</NAME>", "'NAME' => 'NUMBER',",
      "person.set_NAME(\"NUMBER\");", "GET /x?NAME=NUMBER&y=1",
      "the NAME is NUMBER.", "NAME=[NUMBER]", "NAME: str = \"NUMBER\"",
      "row[\"NAME\"] = \"NUMBER\"", "| NAME | NUMBER |", "--NAME=NUMBER",
      R"(\"NAME\":\"NUMBER\")", "{ name: \"NAME\", value: \"NUMBER\" }");
  // Of strong and weak check digits, with digits alone, groups and letters.
  std::string text;
  Lines rules;
  for (const auto& [name, number, rule] :
       {std::tuple{"ssn", "536-90-4399", "pii-us-ssn"},
        {"pesel", "44051401359", "pii-pl-pesel"},
        {"iban", "DE89370400440532013000", "pii-iban"},
        {"nino", "AB 12 34 56 C", "pii-uk-nino"},
        {"card_number", "4929 7777 1111 3335", "pci-card-number"},
        {"npi", "1102203308", "phi-us-npi"}}) {
    const std::string last = replaced(form, "/NAME", std::string("/") + name);
    text += replaced(replaced(last, "NAME", name), "NUMBER", number) + "\n";
    rules.push_back(rule);
  }
  INFO(text);
  Lines found;
  for (const auto& finding : find_in(text, kAllPacks).findings) {
    found.push_back(finding["rule_id"]);
  }
  std::sort(rules.begin(), rules.end());
  std::sort(found.begin(), found.end());
  CHECK(found == rules);
}

TEST_CASE("a number without a word beside it is nobody's", "[cli][packs]") {
  CHECK(find_in("order 4929777711113335\n"
                "serial: 44051401359\n"
                "parcel 536-90-4399 and DE89370400440532013000\n",
                kAllPacks)
            .findings.empty());
}

TEST_CASE("many different numbers in one file need no word", "[cli][packs]") {
  const Lines cards = {"4929777711113335", "5333333322221112",
                       "349999991111116", "4556666677778886",
                       "6011222233334444"};
  CHECK(found_in_table(cards) == cards.size());
  CHECK(found_in_table(Lines(cards.begin(), cards.end() - 1)) == 0);
  CHECK(found_in_table(Lines(20, cards[0])) == 0);
}
