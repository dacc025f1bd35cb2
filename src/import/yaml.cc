#include "import/yaml.h"

#include <yaml.h>

#include <algorithm>
#include <memory>
#include <optional>
#include <utility>

namespace leaksift {
namespace {

constexpr size_t kMaxDepth = 64;
constexpr size_t kMaxNodes = size_t{1} << 19;

// One event of the parser, freed with it.
struct Event {
  yaml_event_t event{};

  Event() = default;
  Event(const Event&) = delete;
  Event& operator=(const Event&) = delete;
  ~Event() { yaml_event_delete(&event); }

  uint32_t line() const {
    return static_cast<uint32_t>(event.start_mark.line) + 1;
  }
};

struct FreeParser {
  void operator()(yaml_parser_t* parser) const {
    yaml_parser_delete(parser);
    delete parser;
  }
};

// Puts the tree together, the open nodes on a stack.
class Builder {
 public:
  // What is wrong, if the document may not go on with this event.
  std::optional<std::string> take(const Event& event) {
    switch (event.event.type) {
      case YAML_ALIAS_EVENT:
        return "an alias (*name), which is not followed; write it out";
      case YAML_DOCUMENT_START_EVENT:
        if (document_) return "a second document; one is read";
        document_ = true;
        return std::nullopt;
      case YAML_SCALAR_EVENT:
        return take_scalar(event);
      case YAML_SEQUENCE_START_EVENT:
        return open(event, YamlNode::Kind::kSequence);
      case YAML_MAPPING_START_EVENT:
        return open(event, YamlNode::Kind::kMapping);
      case YAML_SEQUENCE_END_EVENT:
      case YAML_MAPPING_END_EVENT:
        return close();
      default:
        return std::nullopt;
    }
  }

  bool has_root() const { return root_.has_value(); }
  YamlNode take_root() { return *std::move(root_); }

 private:
  struct Open {
    YamlNode node;
    bool has_key = false;  // of a mapping: the next node is a value
  };

  bool wants_key() const {
    return !open_.empty() &&
           open_.back().node.kind == YamlNode::Kind::kMapping &&
           !open_.back().has_key;
  }

  std::optional<std::string> take_scalar(const Event& event) {
    const auto& scalar = event.event.data.scalar;
    std::string text(reinterpret_cast<const char*>(scalar.value),
                     scalar.length);
    if (wants_key()) {
      open_.back().node.keys.push_back(std::move(text));
      open_.back().has_key = true;
      return std::nullopt;
    }
    return add(
        {YamlNode::Kind::kScalar, event.line(), std::move(text), {}, {}});
  }

  std::optional<std::string> open(const Event& event, YamlNode::Kind kind) {
    if (wants_key()) return "a key that is no text";
    if (open_.size() >= kMaxDepth) {
      return "more than " + std::to_string(kMaxDepth) + " levels";
    }
    open_.push_back({{kind, event.line(), {}, {}, {}}, false});
    return std::nullopt;
  }

  std::optional<std::string> close() {
    YamlNode node = std::move(open_.back().node);
    open_.pop_back();
    std::vector<std::string_view> keys(node.keys.begin(), node.keys.end());
    std::sort(keys.begin(), keys.end());
    const auto twice = std::adjacent_find(keys.begin(), keys.end());
    if (twice != keys.end()) {
      return "the key '" + std::string(*twice) + "' twice";
    }
    return add(std::move(node));
  }

  std::optional<std::string> add(YamlNode node) {
    if (++nodes_ > kMaxNodes) {
      return "more than " + std::to_string(kMaxNodes) + " values";
    }
    if (open_.empty()) {
      root_ = std::move(node);
    } else {
      open_.back().node.items.push_back(std::move(node));
      open_.back().has_key = false;
    }
    return std::nullopt;
  }

  std::vector<Open> open_;
  std::optional<YamlNode> root_;
  size_t nodes_ = 0;
  bool document_ = false;
};

Error error_at(const std::string& name, size_t line, const std::string& what) {
  return Error(name + ":" + std::to_string(line) + ": " + what);
}

}  // namespace

Result<YamlNode> parse_yaml(std::string_view text, const std::string& name) {
  const std::unique_ptr<yaml_parser_t, FreeParser> parser(new yaml_parser_t{});
  if (yaml_parser_initialize(parser.get()) == 0) {
    return Error(name + ": no memory for the YAML reader");
  }
  yaml_parser_set_input_string(
      parser.get(), reinterpret_cast<const unsigned char*>(text.data()),
      text.size());
  Builder builder;
  for (;;) {
    Event event;
    if (yaml_parser_parse(parser.get(), &event.event) == 0) {
      const char* const problem = parser->problem;
      return error_at(name, parser->problem_mark.line + 1,
                      problem != nullptr ? problem : "no YAML");
    }
    if (const auto wrong = builder.take(event)) {
      return error_at(name, event.line(), *wrong);
    }
    if (event.event.type == YAML_STREAM_END_EVENT) break;
  }
  if (!builder.has_root()) return Error(name + ": an empty YAML document");
  return builder.take_root();
}

}  // namespace leaksift
