#include "oracle/corpus.h"

#include <algorithm>
#include <array>
#include <filesystem>
#include <map>

#include "core/file.h"
#include "pack/builtin.h"
#include "rules/example.h"
#include "rules/loader.h"
#include "support/catch.h"
#include "support/engine_for.h"
#include "support/regex_sample.h"

namespace leaksift {
namespace {

namespace fs = std::filesystem;

std::vector<std::string> expanded(const Rule& rule,
                                  const std::vector<std::string>& texts,
                                  const std::string& kind) {
  std::vector<std::string> out;
  for (size_t i = 0; i < texts.size(); ++i) {
    const Result<std::string> text = expand_example(
        texts[i], rule.id + "/" + kind + " " + std::to_string(i + 1));
    if (!text) FAIL(rule.id << ": " << text.error().message());
    out.push_back(*text);
  }
  return out;
}

std::vector<std::string> sampled(const Rule& rule, Random& random) {
  constexpr int kSamples = 2;
  std::vector<std::string> out;
  if (rule.regex.empty()) return out;
  const Result<RegexNode> tree =
      parse_regex(rule.regex, regex_unit(rule.regex));
  if (!tree) FAIL(rule.id << ": " << tree.error().message());
  for (int i = 0; i < kSamples; ++i) {
    // The words that the rule asks for, if it asks for words.
    const std::string keyword =
        rule.keywords.empty() ? "" : random.pick(rule.keywords);
    out.push_back(keyword + " " + sample_of(*tree, random) + "\n");
  }
  return out;
}

std::string damaged(std::string text, Random& random) {
  if (text.empty()) return text;
  const size_t at = random.below(text.size());
  switch (random.below(3)) {
    case 0:
      return text.erase(at, 1);
    case 1:
      text[at] = static_cast<char>(random.below(256));
      return text;
    default:
      return text.substr(0, at);
  }
}

Pack make_pack(std::string name, RuleSet rules) {
  Pack pack;
  pack.name = std::move(name);
  pack.rules = std::move(rules);
  Random random(20);
  for (const Rule& rule : pack.rules.rules) {
    std::vector<std::string> secrets = expanded(rule, rule.examples, "example");
    if (secrets.empty()) secrets = sampled(rule, random);
    for (const std::string& secret : secrets) {
      pack.look_alikes.push_back(damaged(secret, random));
    }
    for (std::string& text :
         expanded(rule, rule.counter_examples, "counter_example")) {
      pack.look_alikes.push_back(std::move(text));
    }
    pack.secrets.push_back(std::move(secrets));
  }
  return pack;
}

RuleSet gitleaks_rules() {
  Result<LoadedRules> loaded = load_rule_file(
      LEAKSIFT_SOURCE_DIR "/tests/corpus/gitleaks-default.toml", {});
  if (!loaded) FAIL(loaded.error().message());
  return std::move(loaded->set);
}

std::string describe(const Engine& engine, const Match& match) {
  return engine.rules().rules[match.rule].id + " from byte " +
         std::to_string(match.begin) + ", match " +
         std::to_string(match.span.begin) + "-" +
         std::to_string(match.span.end) + ", secret " +
         std::to_string(match.secret.begin) + "-" +
         std::to_string(match.secret.end);
}

}  // namespace

const Pack& builtin_pack() {
  static const Pack kPack = [] {
    RuleSet rules = builtin_rules().set;
    add_builtin_examples(rules);
    return make_pack("built-in", std::move(rules));
  }();
  return kPack;
}

const Pack& gitleaks_pack() {
  static const Pack kPack = make_pack("gitleaks", gitleaks_rules());
  return kPack;
}

const Engine& engine_of_pack(const Pack& pack) {
  static std::map<const Pack*, std::unique_ptr<Engine>> engines;
  std::unique_ptr<Engine>& engine = engines[&pack];
  if (engine) return *engine;
  // The built-in rules with the plans and anchors that ship.
  const BuiltinRules builtin = builtin_rules();
  const bool ships = &pack == &builtin_pack();
  engine = engine_of(pack.rules, ships ? builtin.cache : nullptr);
  return *engine;
}

std::string filler(Random& random, size_t size) {
  constexpr std::array<std::string_view, 10> kPieces = {
      "if (token == nullptr) return key;\n",
      "  \"password\": null,\n",
      "secret",
      "api_key = ",
      "\r\n",
      "client_id: 00000000-0000-0000-0000-000000000000\n",
      "https://user@example.com/path?token=&key=1\n",
      "\xc3\xa4\xe2\x82\xac ",
      "  # leaksift:allow generic-secret\n",
      "eyJ",
  };
  std::string out;
  while (out.size() < size) {
    switch (random.below(4)) {
      case 0:
        out += random.text(random.below(80), "abcdefABCDEF0123456789+/_-=");
        break;
      case 1:
        out += random.bytes(random.below(12));
        break;
      default:
        out += random.pick(kPieces);
    }
  }
  out.resize(size);
  return out;
}

std::string all_texts(const Pack& pack, Random& random) {
  std::vector<std::string> texts = pack.look_alikes;
  for (const auto& secrets : pack.secrets) {
    texts.insert(texts.end(), secrets.begin(), secrets.end());
  }
  random.shuffle(texts);
  std::string all;
  for (const std::string& text : texts) {
    all += text + (random.one_in(8) ? "" : "\n");
    if (random.one_in(4)) all += filler(random, random.below(40));
  }
  return all;
}

std::string own_sources(size_t max_size) {
  std::vector<std::string> paths;
  for (const std::string_view folder : {"src", "include", "tests/unit"}) {
    const std::string top = LEAKSIFT_SOURCE_DIR "/" + std::string(folder);
    for (const auto& entry : fs::recursive_directory_iterator(top)) {
      if (entry.is_regular_file()) paths.push_back(entry.path().string());
    }
  }
  std::sort(paths.begin(), paths.end());
  std::string all;
  for (const std::string& path : paths) {
    const Result<std::string> bytes = read_file(path);
    if (!bytes) FAIL(bytes.error().message());
    all += *bytes;
  }
  if (all.size() > max_size) all.resize(max_size);
  return all;
}

std::string difference(const Engine& engine, std::vector<Match> expected,
                       std::vector<Match> found) {
  for (size_t i = 0; i < std::max(expected.size(), found.size()); ++i) {
    if (i < expected.size() && i < found.size() && expected[i] == found[i]) {
      continue;
    }
    std::string text = "at match " + std::to_string(i) + ": expected ";
    text += i < expected.size() ? describe(engine, expected[i]) : "none";
    text += "; found ";
    return text + (i < found.size() ? describe(engine, found[i]) : "none");
  }
  return "";
}

}  // namespace leaksift
