#include "hook/push_message.h"

#include <algorithm>

#include "core/text.h"

namespace leaksift {
namespace {

constexpr size_t kShortId = 8;  // digits of a commit
constexpr size_t kMaxSubject = 50;
constexpr size_t kMaxNamed = 5;  // of what was not read

std::string counted(uint64_t count, const std::string& one) {
  return std::to_string(count) + " " + one + (count == 1 ? "" : "s");
}

std::string shortened(std::string_view text, size_t most) {
  std::string shown = printable(text.substr(0, most));
  return text.size() > most ? shown + "..." : shown;
}

class Message {
 public:
  Message(const MessageInput& in, const MessageFrame& frame)
      : in_(in), frame_(frame) {}

  std::string deferred_text(const DeferredPush& push) {
    line(in_.repository + ": push of " + to_iso8601({push.time, 0}) + " by " +
         (push.user.empty() ? "an unknown user" : printable(push.user)) + ": " +
         (in_.verdict.findings.empty()
              ? "nothing found"
              : counted(in_.verdict.findings.size(), "finding")));
    list(Action::kBlock, "would have been blocked:");
    list(Action::kWarn, "worth a look:");
    troubles();
    scanned();
    return std::move(text_);
  }

  std::string text() {
    using Kind = PushVerdict::Kind;
    const Kind kind = in_.verdict.kind;
    const bool refused = !in_.bypasses.refused.empty();
    if (kind == Kind::kClean && in_.verdict.known == 0 && !refused &&
        !has_skipped(SkipReason::kOverSizeLimit) &&
        !has_skipped(SkipReason::kLfsNotFetched)) {
      return {};
    }
    headline();
    list(Action::kBlock, "");
    list(Action::kWarn, "worth a look:");
    troubles();
    bypasses();
    known();
    if (in_.verdict.rejects()) advice();
    scanned();
    return std::move(text_);
  }

 private:
  void line(const std::string& text) {
    text_ += text_.empty() ? frame_.first_prefix : frame_.prefix;
    text_ += text;
    text_ += '\n';
  }

  void headline() {
    const uint64_t blocking = in_.verdict.blocking();
    if (in_.verdict.rejects() && blocking != 0 && !in_.verdict.skip) {
      line("leaksift: PUSH BLOCKED, " + counted(blocking, "secret") +
           " in what you push");
    } else if (in_.verdict.rejects()) {
      line("leaksift: PUSH BLOCKED, it could not be judged");
    } else {
      line("leaksift: push accepted (" +
           std::string(to_string(in_.verdict.kind)) + ")");
    }
  }

  void list(Action action, const std::string& title) {
    const auto& all = in_.verdict.findings;
    const auto count = static_cast<uint64_t>(std::count_if(
        all.begin(), all.end(),
        [&](const auto& judged) { return judged.action == action; }));
    if (count == 0) return;
    line(title);
    uint64_t shown = 0;
    for (const JudgedFinding& judged : all) {
      if (judged.action != action) continue;
      if (shown++ < in_.policy.max_findings) describe(judged);
    }
    if (count > in_.policy.max_findings) {
      line("  and " + std::to_string(count - in_.policy.max_findings) +
           " more");
    }
  }

  void describe(const JudgedFinding& judged) {
    const PushFinding& finding = judged.finding;
    line("  " + where(finding.places[0]));
    line("    " + finding.description + ": " + printable(finding.masked) +
         "   id " + judged.id);
    for (const PushFinding::Part& part : finding.parts) {
      line("    with " + part.rule_id + " " + printable(part.masked) +
           " in line " + std::to_string(part.line));
    }
    for (size_t i = 0; i < finding.places.size(); ++i) {
      const PushFinding::Place& place = finding.places[i];
      if (place.commit.empty()) continue;
      line("    " + std::string(i == 0 ? "added in " : "also in ") +
           (i == 0 ? "" : where(place) + ", ") +
           place.commit.substr(0, kShortId) + " \"" +
           shortened(place.subject, kMaxSubject) + "\" (" +
           shortened(place.author, kMaxSubject) + ")");
    }
    if (finding.place_count > finding.places.size()) {
      line("    and in " +
           counted(finding.place_count - finding.places.size(), "more place"));
    }
    if (finding.kind == PushFinding::Kind::kKnown) {
      line("    was there before");
    }
    if (judged.bypass) {
      line("    let in by " + printable(judged.bypass->by) + ": " +
           shortened(judged.bypass->reason, kMaxSubject));
    }
  }

  static std::string where(const PushFinding::Place& place) {
    if (place.object_type == "ref") return "the name " + printable(place.path);
    if (place.object_type == "path") {
      return "the name of " + printable(place.path);
    }
    const std::string at = ":" + std::to_string(place.line);
    if (!place.path.empty()) return printable(place.path) + at;
    const std::string id = place.object.substr(0, kShortId);
    if (place.object_type == "blob") {
      return "object " + id + at + ", to which no path leads";
    }
    return "message of " + place.object_type + " " + id;
  }

  bool has_skipped(SkipReason reason) const {
    return in_.scan.skip_counts.contains(reason);
  }

  void scanned() {
    line("Scanned " + counted(in_.scan.objects, "object") + " of " +
         counted(in_.scan.commits, "commit") + " in " +
         std::to_string(in_.milliseconds) + " ms; record " + in_.record);
  }

  void troubles() {
    for (const Trouble& trouble : in_.verdict.troubles) {
      line("  " + printable(trouble.what) + ": policy " +
           std::string(to_string(trouble.fallback)));
    }
    size_t named = 0;
    for (const Skipped& skipped : in_.scan.skipped) {
      if (!is_failure(skipped.reason)) continue;
      if (named++ == kMaxNamed) break;
      line("    not scanned: " + printable(skipped.name) + " (" +
           printable(skipped.detail) + ")");
    }
    const auto large = in_.scan.skip_counts.find(SkipReason::kOverSizeLimit);
    if (large != in_.scan.skip_counts.end()) {
      line("  " + counted(large->second, "object") + " over " +
           std::to_string(in_.policy.max_file_mib.value_or(0)) +
           " MiB not scanned, as the policy has it");
    }
    const auto lfs = in_.scan.skip_counts.find(SkipReason::kLfsNotFetched);
    if (lfs != in_.scan.skip_counts.end()) {
      line("  " + counted(lfs->second, "LFS file") +
           " not scanned: they do not come with a push");
    }
  }

  void bypasses() {
    for (const Bypass& refused : in_.bypasses.refused) {
      line("  not granted: " + std::string(to_string(refused.kind)) + " " +
           printable(refused.id) + " (" + printable(refused.refusal) + ")");
    }
  }

  void known() {
    if (in_.verdict.known == 0 || in_.policy.mode == PushMode::kTouched) return;
    line("  " + counted(in_.verdict.known, "older secret") +
         " in files that you changed: not blocked, see leaksift history");
  }

  void advice() {
    if (in_.verdict.blocking() != 0) {
      fix();
      ask();
    }
    if (!in_.policy.help_url.empty()) line("Help: " + in_.policy.help_url);
    if (!in_.policy.contact.empty()) line("Contact: " + in_.policy.contact);
  }

  const JudgedFinding& first_blocking() const {
    return *std::find_if(
        in_.verdict.findings.begin(), in_.verdict.findings.end(),
        [](const JudgedFinding& judged) {
          return judged.action == Action::kBlock && !judged.bypass;
        });
  }

  void fix() {
    const std::string& commit = first_blocking().finding.places[0].commit;
    line("");
    line("The values are in your own commits only; nothing was stored here.");
    line("1. Take them out, of every commit that has them:");
    if (in_.scan.commits <= 1 || commit.empty()) {
      line("     edit the file; git commit -a --amend; git push");
    } else {
      const std::string id = commit.substr(0, kShortId);
      line("     git rebase -i " + id +
           "^      (or --root for a first commit)");
      line("     mark " + id +
           " as 'edit', edit the file, git commit -a --amend,");
      line("     git rebase --continue; git push");
    }
    line("2. A value that was shared anywhere else is to be rotated.");
  }

  void ask() {
    if (!can_ask(BypassKind::kAllow)) {
      return line("Not a secret? Ask who runs this server to approve id " +
                  first_blocking().id + ".");
    }
    line("Not a secret? git push -o 'leaksift.allow=" + first_blocking().id +
         ":why' ...   (is recorded)");
  }

  bool can_ask(BypassKind kind) const {
    return std::any_of(in_.policy.bypasses.begin(), in_.policy.bypasses.end(),
                       [&](const BypassRule& rule) {
                         return std::find(rule.kinds.begin(), rule.kinds.end(),
                                          kind) != rule.kinds.end();
                       });
  }

  const MessageInput& in_;
  const MessageFrame frame_;
  std::string text_;
};

}  // namespace

MessageFrame MessageFrame::of(const Environment& environment) {
  constexpr const char* kGitLab = "GL-HOOK-ERR: ";
  MessageFrame frame;
  const std::optional<std::string> protocol = environment("GL_PROTOCOL");
  if (!protocol) return frame;
  frame.first_prefix = kGitLab;
  if (*protocol == "web") frame.prefix = kGitLab;
  return frame;
}

std::string push_message(const MessageInput& input, const MessageFrame& frame) {
  return Message(input, frame).text();
}

std::string deferred_message(const MessageInput& input,
                             const DeferredPush& push) {
  return Message(input, {}).deferred_text(push);
}

}  // namespace leaksift
