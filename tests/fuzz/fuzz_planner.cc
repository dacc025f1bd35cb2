// Texts made out of one another, scanned around what changed: the same is found
// as in each of them as a whole, by rules of every kind and by those that are
// built in.
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "fuzz/fuzz.h"
#include "fuzz/input.h"
#include "match/worker.h"
#include "pack/builtin.h"
#include "rules/example.h"
#include "rules/loader.h"
#include "support/edits.h"
#include "support/naive_engine.h"

namespace leaksift {
namespace {

constexpr size_t kMaxText = 16'000;
constexpr int kMaxEdits = 12;

constexpr const char* kRules = R"toml(
[[rules]]
id = "text"
regex = '''acme_[a-z0-9]{8}'''

[[rules]]
id = "tail"
regex = '''(?i)(?:key|token)["' ]{0,3}[:=]["' ]{0,3}([a-z0-9]{12})'''
entropy = 2.0

[[rules]]
id = "lines"
regex = '''(?s)-----BEGIN [A-Z]{3,9}-----.{10,300}?-----END'''

[[rules]]
id = "edges"
regex = '''\bq[0-9]{6}\b'''

[[rules]]
id = "line"
regex = '''(?m)^id: (\d{5})$'''

[[rules]]
id = "lead"
regex = '''[\w.-]{0,30}pass[\w.-]{0,10} = "([^"]{4,20})"'''
[[rules.allowlists]]
regexTarget = "line"
regexes = ["example"]

[[rules]]
id = "shape"
regex = '''[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}'''
)toml";

const std::vector<std::string> kTexts = {
    "acme_a1b2c3d4",
    "TOKEN: 'abcdef123456'",
    "-----BEGIN KEY-----\nabcdefghij\nklm\n-----END KEY-----\n",
    " q123456 ",
    "\nid: 12345\n",
    "db.password = \"hunter22\"\n",
    "0123abcd-4567-89ef",
    "db.pass = \"hunter22\"  # example\n",
    "\n",
    "acme_",
};

// The rules, and texts that they find, or nearly.
struct Subject {
  std::unique_ptr<Engine> engine;
  std::vector<std::string> texts;
};

Subject of_every_kind() {
  Result<LoadedRules> rules = parse_rules(kRules, "rules.toml", {});
  must(static_cast<bool>(rules));
  auto engine = Engine::build(std::move(rules->set));
  must(static_cast<bool>(engine));
  return {*std::move(engine), kTexts};
}

Subject built_in() {
  BuiltinRules builtin = builtin_rules();
  add_builtin_examples(builtin.set);
  std::vector<std::string> texts;
  for (const Rule& rule : builtin.set.rules) {
    for (const std::string& example : rule.examples) {
      auto text = expand_example(example, rule.id);
      must(static_cast<bool>(text));
      texts.push_back(*std::move(text));
    }
  }
  auto engine = Engine::build(std::move(builtin.set), builtin.cache);
  must(static_cast<bool>(engine));
  return {*std::move(engine), std::move(texts)};
}

// Bytes of the input, a text of the subject or a piece of it, or a line often.
std::string inserted(Input& input, const Subject& subject) {
  const uint8_t what = input.byte();
  if (what % 4 == 0) return std::string(input.chunk());
  if (what % 4 == 1) {
    const std::string line(input.chunk());
    std::string lines;
    for (unsigned left = input.byte(); left > 0; --left) {
      lines += line + std::to_string(left) + '\n';
    }
    return lines;
  }
  const std::string& text = subject.texts[input.below(subject.texts.size())];
  if (what % 4 == 2) return text;
  const size_t from = input.below(text.size() + 1);
  return text.substr(from, input.below(text.size() + 1));
}

// Copies and insertions until the input says that it is enough.
Edited edited_by(Input& input, const std::string& base,
                 const Subject& subject) {
  Edited result;
  while (!input.at_end() && result.text.size() < kMaxText) {
    const uint8_t what = input.byte();
    if (what % 8 == 0) break;
    if (what % 2 == 0) {
      result.text += inserted(input, subject);
      continue;
    }
    const size_t from = input.below(base.size() + 1);
    const size_t most = base.size() - from;
    result.copy(base, from, what % 8 == 1 ? most : input.below(most + 1));
  }
  return result;
}

void check(const Subject& subject, Input& input, bool naively) {
  const Engine& engine = *subject.engine;
  Worker by_delta(engine);
  Worker whole(engine);
  Edited now = edited_by(input, "", subject);
  ScanTrace trace;
  std::vector<Match> found;
  by_delta.scan(now.text, nullptr, trace, found);
  for (int edit = 0; edit < kMaxEdits; ++edit) {
    std::vector<Match> expected;
    whole.scan(now.text, expected);
    must(found == expected);
    if (naively) must(found == naive_scan(engine, now.text));
    if (input.at_end()) break;
    Edited next = edited_by(input, now.text, subject);
    const DeltaSource source{next.runs, now.text.size(),
                             trace.says_nothing() ? nullptr : &trace};
    ScanTrace next_trace;
    by_delta.scan(next.text, &source, next_trace, found);
    now = std::move(next);
    trace = std::move(next_trace);
  }
}

}  // namespace

void fuzz_one(std::string_view input) {
  static const Subject small = of_every_kind();
  static const Subject large = built_in();
  Input parts(input);
  const bool naively = !parts.flag();
  check(naively ? small : large, parts, naively);
}

std::vector<std::string> fuzz_seeds() {
  std::vector<std::string> seeds;
  for (const unsigned rules : {0U, 1U}) {
    for (unsigned text = 0; text < kTexts.size(); ++text) {
      const std::string filler =
          Seed().byte(2).byte(1).chunk("int x = ").byte(90);
      const std::string secret =
          Seed().byte(2).byte(2).number(text + rules * 7);
      const std::string half =
          Seed().byte(2).byte(3).number(text).number(0).number(6);
      const std::string first = filler + secret + filler + std::string(1, '\0');
      seeds.push_back(Seed()
                          .byte(rules)
                          .raw(first)
                          // All of it with something more in front of it.
                          .raw(secret)
                          .byte(1)
                          .number(0)
                          .byte(0)
                          // Cut in the middle, half a secret in between.
                          .byte(3)
                          .number(0)
                          .number(960)
                          .raw(half)
                          .byte(1)
                          .number(963)
                          .byte(0)
                          // Two pieces of it in turn.
                          .byte(3)
                          .number(800)
                          .number(300)
                          .byte(3)
                          .number(100)
                          .number(900));
    }
  }
  return seeds;
}

}  // namespace leaksift
