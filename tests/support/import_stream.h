// What git fast-import reads: a history without the cost of making it.
#pragma once

#include <string>
#include <utility>
#include <vector>

namespace leaksift {

struct ImportFile {
  std::string path;  // ":7": a note on the commit of this mark
  std::string text;
  std::string mode = "100644";  // empty: the file is deleted
};

struct ImportCommit {
  std::string ref;
  std::vector<size_t> parents;  // their marks; the first one's files are taken
  std::vector<ImportFile> files;
  std::string message = "m";
  std::string author = "A Tester <a@x>";
  std::string committer = "C Tester <c@x>";
};

class ImportStream {
 public:
  const std::string& text() const { return text_; }
  // Of the next commit.
  size_t next_mark() const { return commits_ + 1; }

  // Each is a second younger than the one before.
  size_t commit(const ImportCommit& commit) {
    const size_t mark = ++commits_;
    const std::string time =
        " " + std::to_string(1'700'000'000 + mark) + " +0000\n";
    text_ += "reset " + commit.ref + "\ncommit " + commit.ref +
             "\nmark :" + std::to_string(mark) + "\nauthor " + commit.author +
             time + "committer " + commit.committer + time;
    data(commit.message);
    for (size_t i = 0; i < commit.parents.size(); ++i) {
      text_ += (i == 0 ? "from :" : "merge :") +
               std::to_string(commit.parents[i]) + "\n";
    }
    for (const ImportFile& one : commit.files) file(one);
    text_ += "\n";
    return mark;
  }

  void blob(const std::string& content) {
    text_ += "blob\n";
    data(content);
  }

  void tag(const std::string& name, size_t mark, const std::string& message,
           const std::string& tagger = "T Tester <t@x>") {
    text_ += "tag " + name + "\nfrom :" + std::to_string(mark) + "\ntagger " +
             tagger + " 1700000000 +0000\n";
    data(message);
  }

  void ref(const std::string& name, size_t mark) {
    text_ += "reset " + name + "\nfrom :" + std::to_string(mark) + "\n\n";
  }

 private:
  void data(const std::string& bytes) {
    text_ += "data " + std::to_string(bytes.size()) + "\n" + bytes + "\n";
  }

  void file(const ImportFile& one) {
    if (one.mode.empty()) {
      text_ += "D " + one.path + "\n";
      return;
    }
    const bool is_note = one.path.starts_with(':');
    text_ += (is_note ? "N inline " : "M " + one.mode + " inline ") + one.path +
             "\n";
    data(one.text);
  }

  std::string text_;
  size_t commits_ = 0;
};

}  // namespace leaksift
