#include "support/report/sample_report.h"

#include <initializer_list>
#include <random>
#include <string_view>

#include "findings/ignore_file.h"

namespace leaksift::testing {
namespace {

constexpr std::string_view kEscape = "esc\x1b]0;pwn\x07\x1b[2J";
constexpr std::string_view kNotUtf8 = "caf\xe9/\xc3\x28\xff";
constexpr std::string_view kTurned = "\u202egnp.exe\u2066\u200f";
constexpr std::string_view kForged =
    "a\nNo secrets found.\r\n\"quoted\" 100%<b>&\\x";
constexpr std::string_view kC1 =
    "\xc2\x9b"
    "31m";

std::string joined(std::initializer_list<std::string_view> parts) {
  std::string all;
  for (const std::string_view part : parts) all += part;
  return all;
}

Rule make_rule(const std::string& id, DataClass data_class, Severity severity) {
  Rule rule;
  rule.id = id;
  rule.description = "A made-up " + id + " [see](http://evil.example) {0}";
  rule.provider = "acme";
  rule.regex = "x";
  rule.tags = {"made-up", "security", "t\x1b"};
  rule.references = {"https://docs.acme.example/tokens", "javascript:alert(1)",
                     "https://acme.example/<b>"};
  rule.data_class = data_class;
  rule.severity = severity;
  return rule;
}

Sighting sighting_of(const Rule& rule, const std::string& secret,
                     const std::string& path, uint32_t line) {
  Sighting sighting;
  sighting.rule = &rule;
  sighting.secret = Secret(secret);
  sighting.entropy = 4.25;
  Occurrence& o = sighting.occurrence;
  o.path = path;
  o.begin = {line, 3};
  o.end = {line, 3 + static_cast<uint32_t>(secret.size())};
  return sighting;
}

// The same, found in a history.
Sighting commit_of(Sighting sighting, char digit, int64_t seconds) {
  Occurrence& o = sighting.occurrence;
  o.blob = std::string(40, digit);
  o.object_type = "blob";
  const std::string leaked = sighting.secret.reveal();
  o.commit = CommitInfo{std::string(40, digit),
                        joined({"Eve ", kEscape, leaked}),
                        joined({"eve", kForged, "@acme.example"}),
                        {seconds, 60},
                        joined({"Cy ", kForged, leaked}),
                        joined({"cy", kEscape, "@acme.example"}),
                        {seconds + 1, -90}};
  o.in_head = digit == 'b';
  o.in_tips = true;
  o.state = *o.in_head ? Liveness::kHead : Liveness::kTip;
  o.refs = {"refs/heads/main", joined({"refs/heads/", leaked, kNotUtf8})};
  o.ref_count = 2;
  return sighting;
}

std::vector<Part> parts_with(const std::string& secret) {
  return {{joined({"acme-id", kEscape}), Secret(secret), {2, 5}, {2, 40}},
          {"acme-name", Secret(secret + "\xff"), {3, 1}, {4, 2}}};
}

void add_skips(const std::string& secret, Coverage& coverage) {
  coverage.inputs = 1234;
  coverage.blobs = 1200;
  coverage.bytes = 5'600'000;
  coverage.skip({SkipReason::kUnreadable, joined({"dir/", kEscape}),
                 "Permission denied"});
  coverage.skip(
      {SkipReason::kUnreadable, secret + ".txt", std::string(kForged)});
  coverage.skip(
      {SkipReason::kCorrupt, std::string(40, 'd'), "bad delta [x](y)"});
  for (int i = 0; i < 5; ++i) {
    coverage.skip({SkipReason::kArchiveNotOpened,
                   joined({"a", std::to_string(i), kNotUtf8, ".zip"}), ""});
  }
  coverage.finish();
}

}  // namespace

std::string fake_secret(const std::string& prefix, size_t length,
                        unsigned seed) {
  constexpr std::string_view kCharacters =
      "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
  std::mt19937 random(seed);
  std::string secret = prefix;
  while (secret.size() < prefix.size() + length) {
    secret += kCharacters[random() % kCharacters.size()];
  }
  return secret;
}

SampleReport hostile_report() {
  SampleReport sample;
  auto rule = [&](const std::string& id, DataClass data_class,
                  Severity severity) -> const Rule& {
    sample.rules.push_back(
        std::make_unique<Rule>(make_rule(id, data_class, severity)));
    return *sample.rules.back();
  };
  const Rule& token =
      rule("acme-token", DataClass::kSecret, Severity::kCritical);
  const Rule& card = rule("acme-card", DataClass::kPci, Severity::kMedium);
  const Rule& note = rule("weird id\x1b[1m", DataClass::kPhi, Severity::kInfo);

  const std::string first = fake_secret("fake_", 36, 1);
  const std::string second = fake_secret("", 24, 2) + "\n\xff\x1b[31m";
  const std::string third = fake_secret("[a](", 30, 3);
  const std::string allowed = fake_secret("allowed_", 30, 4);
  const std::string ignored = fake_secret("ignored_", 30, 5);
  const std::string part = fake_secret("part_", 30, 6);
  sample.secrets = {first, second, third, allowed, ignored, part};

  std::vector<Sighting>& all = sample.sightings;
  for (uint32_t line = 1; line <= 12; ++line) {
    all.push_back(commit_of(
        sighting_of(token, first, std::string(kTurned), line), 'a', 1'000'000));
  }
  all.push_back(commit_of(sighting_of(token, first, std::string(kForged), 7),
                          'b', 2'000'000));
  all.push_back(commit_of(sighting_of(token, first, "dir/" + first + "/x", 1),
                          'c', 3'000'000));
  all.push_back(commit_of(sighting_of(token, first, "", 2), 'e', 500'000));
  all.push_back(sighting_of(card, second, joined({kNotUtf8, kC1}), 1));
  all.back().occurrence.encoding = TextEncoding::kUtf16Le;
  all.back().occurrence.parts = parts_with(part);
  all.push_back(sighting_of(note, third, "dir/" + part, 1));
  all.push_back(sighting_of(note, third, "//host/a?b#c:d", 1));
  all.push_back(sighting_of(note, third, joined({"C:\\x ", kEscape}), 1));
  all.push_back(sighting_of(token, allowed, "allowed.txt", 1));
  all.back().allowed_inline = true;
  all.push_back(sighting_of(token, first, "allowed.txt", 9));
  all.back().allowed_inline = true;
  all.push_back(sighting_of(token, ignored, "ignored.txt", 1));

  sample.report.target = joined({"repo ", kEscape, first});
  sample.report.command = "history";
  sample.report.findings = group_findings(all);
  Finding& deleted = sample.report.findings.front();
  deleted.changes = {
      {std::string(40, 'a'), Change::Kind::kAdded, joined({first, kNotUtf8})},
      {std::string(40, 'd'), Change::Kind::kRemoved, std::string(kEscape)}};
  deleted.change_count = 102;
  IgnoreList list;
  const Status added = list.add_leaksift("/ignored.txt", "test");
  if (added) list.apply(sample.report.findings);
  add_skips(first, sample.report.coverage);
  sample.report.wall_seconds = 0.42;
  sample.report.stages = {{joined({"decode ", kEscape}), 0.5, 1'000'000, 12}};
  return sample;
}

Report empty_report(size_t failed) {
  Report report;
  report.target = ".";
  report.command = "scan";
  report.coverage.inputs = 10;
  report.coverage.blobs = 9;
  report.coverage.bytes = 1'000;
  for (size_t i = 0; i < failed; ++i) {
    report.coverage.skip(
        {SkipReason::kUnreadable, "f" + std::to_string(i), "denied"});
  }
  report.coverage.finish();
  return report;
}

}  // namespace leaksift::testing
