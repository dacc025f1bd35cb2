// Result<T>: a value, or the reason why there is none.
//
// The part of std::expected that leaksift uses; neither GCC 12 nor clang 14
// has the original in C++20. Not thread-safe, like any value.
#pragma once

#include <cassert>
#include <string>
#include <string_view>
#include <utility>
#include <variant>

namespace leaksift {

// Why something could not be done, as one line for a person: what, where and
// what to do about it. Context is put in front on the way up.
class [[nodiscard]] Error {
 public:
  explicit Error(std::string message) : message_(std::move(message)) {}

  const std::string& message() const { return message_; }

  // This error with `context` and ": " in front.
  Error in(std::string_view context) && {
    message_.insert(0, ": ").insert(0, context);
    return std::move(*this);
  }

 private:
  std::string message_;
};

template <typename T>
class [[nodiscard]] Result {
 public:
  // Implicit on purpose: `return value;` and `return Error(...)` both read
  // well, as they do with std::expected.
  Result(T value) : state_(std::move(value)) {}      // NOLINT(*-explicit-*)
  Result(Error error) : state_(std::move(error)) {}  // NOLINT(*-explicit-*)

  explicit operator bool() const { return state_.index() == 0; }

  // REQUIRES: bool(*this)
  T& operator*() & { return value(); }
  const T& operator*() const& { return const_cast<Result*>(this)->value(); }
  T&& operator*() && { return std::move(value()); }
  T* operator->() { return &value(); }
  const T* operator->() const { return &const_cast<Result*>(this)->value(); }

  // REQUIRES: !bool(*this)
  const Error& error() const& { return std::get<1>(state_); }
  Error&& error() && { return std::get<1>(std::move(state_)); }

 private:
  T& value() {
    assert(state_.index() == 0);
    return *std::get_if<0>(&state_);
  }

  std::variant<T, Error> state_;
};

// Nothing on success.
struct Ok {};
using Status = Result<Ok>;

}  // namespace leaksift
