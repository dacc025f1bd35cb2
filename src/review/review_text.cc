#include "review/review_text.h"

#include <algorithm>
#include <string_view>

#include "core/text.h"

namespace leaksift {
namespace {

// As a code span of Markdown, which nothing in it can end.
std::string code(std::string_view text) {
  size_t longest = 0;
  size_t run = 0;
  for (const char c : text) {
    run = c == '`' ? run + 1 : 0;
    longest = std::max(longest, run);
  }
  const std::string fence(longest + 1, '`');
  const char* pad = longest > 0 ? " " : "";
  return fence + pad + std::string(text) + pad + fence;
}

std::string escaped(std::string_view text) {
  std::string result;
  for (const char c : text) {
    if (std::string_view("\\`*_{}[]<>#|!&").find(c) != std::string::npos) {
      result.push_back('\\');
    }
    result.push_back(c);
  }
  return result;
}

std::string rendered(const Line& line) {
  std::string text;
  for (const Words& part : line) {
    text += part.is_code ? code(part.text) : escaped(part.text);
  }
  return text;
}

// "- where: a, b and 3 more"
std::string rendered(const ReviewField& field) {
  std::string text = "- " + std::string(field.label) + ": ";
  for (size_t i = 0; i < field.items.size(); ++i) {
    text += (i > 0 ? ", " : "") + rendered(field.items[i]);
  }
  if (field.count > field.items.size()) {
    text +=
        " and " + std::to_string(field.count - field.items.size()) + " more";
  }
  if (!field.note.empty()) {
    text += (field.items.empty() ? "(" : " (") + field.note + ")";
  }
  return text + "\n";
}

std::string rendered(const ReviewCard& card, size_t number) {
  std::string text =
      "### " + std::to_string(number) + ". " + code(card.secret) + "\n\n";
  text += "- what: " + rendered(card.what) + "\n";
  for (const ReviewField& field : card.fields) text += rendered(field);
  return text + "\n";
}

// As a block of code, which nothing in it can end.
std::string indented(const std::string& text) {
  std::string result;
  for (const std::string_view line : split(text, '\n')) {
    result += line.empty() ? "\n" : "    " + std::string(line) + "\n";
  }
  return result;
}

}  // namespace

std::string review_text(const ReviewModel& model) {
  std::string text = "# Release review of " + code(model.target) + "\n\n";
  text += model.ready ? "**READY**: " : "**NOT READY**: ";
  text += model.verdict + ".\n\n";
  text += "## What was looked at\n\n" + indented(model.summary) + "\n";
  text += model.searched + "\n\n";
  if (!model.cards.empty()) text += "## Secrets\n\n";
  for (size_t i = 0; i < model.cards.size(); ++i) {
    text += rendered(model.cards[i], i + 1);
  }
  text += "See README.md for how they are removed.\n\n";
  text += "## Checklist: what no rewriting reaches\n\n";
  for (const std::string_view item : model.checklist) {
    text += "- [ ] " + std::string(item) + "\n";
  }
  return text;
}

}  // namespace leaksift
