#include "review/review_html.h"

#include <string_view>

#include "core/digest.h"

namespace leaksift {
namespace {

constexpr std::string_view kStyle = R"css(
:root {
  color-scheme: light dark;
  --page: #f5f6f8; --panel: #fff; --ink: #1b1f24; --soft: #5b6470;
  --line: #dde1e6; --code: #eef0f3;
  --critical: #a3123a; --high: #b3420a; --medium: #8a6100; --low: #37668f;
  --info: #5b6470; --good: #1a6b3c; --bad: #a3123a;
}
@media (prefers-color-scheme: dark) {
  :root {
    --page: #14171b; --panel: #1d2127; --ink: #e4e7eb; --soft: #9aa4b0;
    --line: #323841; --code: #282d35;
    --critical: #ff7d9c; --high: #ff9d66; --medium: #e5b94d; --low: #82b4e0;
    --info: #9aa4b0; --good: #5fce8f; --bad: #ff7d9c;
  }
}
* { box-sizing: border-box; }
body {
  margin: 0 auto; padding: 2rem 1.25rem 4rem; max-width: 64rem;
  background: var(--page); color: var(--ink);
  font: 16px/1.5 system-ui, sans-serif;
}
h1 { margin: 0; font-size: 1.6rem; line-height: 1.25; }
h2 { margin: 2.5rem 0 .75rem; font-size: 1.2rem; }
h3 { margin: 0; font-size: 1.05rem; }
p { margin: .5rem 0; }
a { color: inherit; }
code, pre { font: .875em/1.5 ui-monospace, monospace; }
code {
  padding: .1em .35em; border-radius: .3em; background: var(--code);
  overflow-wrap: anywhere; white-space: pre-wrap; unicode-bidi: isolate;
}
pre { margin: 0; white-space: pre-wrap; overflow-wrap: anywhere; }
.target { color: var(--soft); }
.panel {
  padding: 1rem 1.25rem; border: 1px solid var(--line); border-radius: .6rem;
  background: var(--panel);
}
.gate { margin-top: 1.25rem; border-left: .4rem solid; }
.gate strong { display: block; font-size: 1.25rem; }
.ready { border-left-color: var(--good); }
.ready strong { color: var(--good); }
.blocked { border-left-color: var(--bad); }
.blocked strong { color: var(--bad); }
.scroll { padding: 0; overflow-x: auto; }
table { width: 100%; border-collapse: collapse; }
th, td { padding: .5rem .75rem; text-align: left; vertical-align: baseline; }
th { color: var(--soft); font-size: .8rem; font-weight: 600; }
tbody tr { border-top: 1px solid var(--line); }
.card { margin: 1rem 0; break-inside: avoid; content-visibility: auto;
  contain-intrinsic-size: auto 24rem; }
.card header { display: flex; flex-wrap: wrap; gap: .5rem .75rem;
  align-items: baseline; }
.card .what { margin-bottom: .75rem; }
.secret code, .risk { white-space: nowrap; }
.number { color: var(--soft); font-variant-numeric: tabular-nums; }
.badge {
  padding: .05em .6em; border: 1px solid; border-radius: 1em;
  font-size: .8rem; font-weight: 600; white-space: nowrap;
}
.critical { color: var(--critical); }
.high { color: var(--high); }
.medium { color: var(--medium); }
.low { color: var(--low); }
.info, .state { color: var(--soft); }
dl { display: grid; grid-template-columns: 8rem minmax(0, 1fr);
  gap: .35rem 1rem; margin: 0; }
dt { grid-column: 1; color: var(--soft); }
dd { grid-column: 2; margin: 0; overflow-wrap: anywhere; }
dd ul { margin: 0; padding: 0; list-style: none; }
dd.reached-by ul { display: flex; flex-wrap: wrap; gap: .1rem .5rem; }
dd.left-to-you { padding-left: .6rem; border-left: .2rem solid var(--high); }
.more { color: var(--soft); }
.checklist { list-style: none; }
.checklist li { margin: .35rem 0; }
.checklist label { display: flex; gap: .6rem; align-items: baseline; }
:target { outline: 2px solid var(--low); outline-offset: 3px; }
@media (max-width: 40rem) {
  body { padding-top: 1rem; }
  dl { display: block; }
  dt { margin-top: .5rem; font-size: .8rem; font-weight: 600; }
  thead { display: none; }
  tr { display: flex; flex-wrap: wrap; gap: .25rem .75rem; padding: .6rem 1rem; }
  td { padding: 0; }
  td.what { order: 1; flex-basis: 100%; font-size: .9rem; }
}
@media print {
  body { max-width: none; padding: 0; background: none; font-size: 12px; }
  .card { content-visibility: visible; }
}
)css";

std::string escaped(std::string_view text) {
  std::string result;
  for (const char c : text) {
    switch (c) {
      case '&':
        result += "&amp;";
        break;
      case '<':
        result += "&lt;";
        break;
      case '>':
        result += "&gt;";
        break;
      case '"':
        result += "&quot;";
        break;
      case '\'':
        result += "&#39;";
        break;
      default:
        result.push_back(c);
    }
  }
  return result;
}

std::string code(std::string_view text) {
  return "<code>" + escaped(text) + "</code>";
}

std::string rendered(const Line& line) {
  std::string html;
  for (const Words& part : line) {
    html += part.is_code ? code(part.text) : escaped(part.text);
  }
  return html;
}

// A label of ours as the name of a class: "left-to-you".
std::string class_of(std::string_view label) {
  std::string name(label);
  for (char& c : name) {
    if (c == ' ') c = '-';
  }
  return name;
}

std::string rendered(const ReviewField& field) {
  std::string html = "<dd class=\"" + class_of(field.label) + "\">";
  if (field.items.size() == 1) {
    html += rendered(field.items.front());
  } else if (!field.items.empty()) {
    html += "<ul>";
    for (const Line& item : field.items) {
      html += "<li>" + rendered(item) + "</li>";
    }
    html += "</ul>";
  }
  if (field.count > field.items.size()) {
    html += " <span class=\"more\">and " +
            std::to_string(field.count - field.items.size()) + " more</span>";
  }
  if (!field.note.empty()) {
    html += " <span class=\"more\">" + escaped(field.note) + "</span>";
  }
  return html + "</dd>\n";
}

std::string badges(const ReviewCard& card) {
  const std::string severity(to_string(card.severity));
  std::string html =
      "<span class=\"badge " + severity + "\">" + severity + "</span>";
  if (!card.state.empty()) {
    html +=
        " <span class=\"badge state\">in " + escaped(card.state) + "</span>";
  }
  return html;
}

std::string rendered(const ReviewCard& card, size_t number) {
  const std::string digits = std::to_string(number);
  std::string html = "<article class=\"panel card\" id=\"secret-" + digits +
                     "\">\n<header><h3><span class=\"number\">" + digits +
                     ".</span> " + code(card.secret) + "</h3> " + badges(card) +
                     "</header>\n<p class=\"what\">" + rendered(card.what) +
                     "</p>\n<dl>\n";
  std::string_view last;
  for (const ReviewField& field : card.fields) {
    if (field.label != last) {
      html += "<dt>" + escaped(field.label) + "</dt>\n";
    }
    last = field.label;
    html += rendered(field);
  }
  return html + "</dl>\n</article>\n";
}

std::string overview(const std::vector<ReviewCard>& cards) {
  std::string html =
      "<div class=\"panel scroll\"><table>\n<thead><tr><th>No.</th>"
      "<th>Secret</th><th>What it is</th><th>Risk</th></tr></thead>\n<tbody>\n";
  for (size_t i = 0; i < cards.size(); ++i) {
    const std::string digits = std::to_string(i + 1);
    html += "<tr><td><a href=\"#secret-" + digits + "\">" + digits +
            "</a></td><td class=\"secret\">" + code(cards[i].secret) +
            "</td><td class=\"what\">" + rendered(cards[i].what) +
            "</td><td class=\"risk\">" + badges(cards[i]) + "</td></tr>\n";
  }
  return html + "</tbody>\n</table></div>\n";
}

std::string head(const ReviewModel& model) {
  return "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n"
         "<meta charset=\"utf-8\">\n"
         "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src "
         "'none'; base-uri 'none'; form-action 'none'; style-src 'sha256-" +
         to_base64(sha256(kStyle)) +
         "'\">\n<meta name=\"referrer\" content=\"no-referrer\">\n"
         "<meta name=\"viewport\" content=\"width=device-width, "
         "initial-scale=1\">\n<title>Release review of " +
         escaped(model.target) + "</title>\n<style>" + std::string(kStyle) +
         "</style>\n</head>\n";
}

std::string gate(const ReviewModel& model) {
  return std::string("<div class=\"panel gate ") +
         (model.ready ? "ready" : "blocked") + "\"><strong>" +
         (model.ready ? "READY" : "NOT READY") + "</strong> " +
         escaped(model.verdict) + ".</div>\n";
}

}  // namespace

std::string review_html(const ReviewModel& model) {
  std::string html = head(model) + "<body>\n<h1>Release review</h1>\n";
  html += "<p class=\"target\">of " + code(model.target) + "</p>\n";
  html += gate(model);
  if (!model.cards.empty()) {
    html += "<h2>Secrets</h2>\n" + overview(model.cards);
    for (size_t i = 0; i < model.cards.size(); ++i) {
      html += rendered(model.cards[i], i + 1);
    }
  }
  html += "<p>See README.md for how they are removed.</p>\n";
  html += "<h2>What was looked at</h2>\n<div class=\"panel\"><pre>" +
          escaped(model.summary) + "</pre>\n<p>" + escaped(model.searched) +
          "</p></div>\n";
  html +=
      "<h2>Checklist: what no rewriting reaches</h2>\n"
      "<ul class=\"panel checklist\">\n";
  for (const std::string_view item : model.checklist) {
    html += "<li><label><input type=\"checkbox\">" + escaped(item) +
            "</label></li>\n";
  }
  return html + "</ul>\n</body>\n</html>\n";
}

}  // namespace leaksift
