// A shared library that is loaded when it is first asked for.
#pragma once

namespace leaksift {

// For libraries that few commands need: libcurl and libpq bring 27 others with
// them, which cost each start 3 ms of CPU while they were linked, a hook's,
// too; and what does not need them runs where they are not installed. What is
// loaded stays.
class LateLibrary {
 public:
  // `file`: its name with the version of its interface, "libcurl.so.4".
  explicit LateLibrary(const char* file);

  // Sets `function`. False, and it is null, where there is no such library or
  // it has no such function.
  template <typename Function>
  bool find(const char* name, Function*& function) const {
    function = reinterpret_cast<Function*>(address_of(name));
    return function != nullptr;
  }

 private:
  void* address_of(const char* name) const;

  void* handle_;
};

}  // namespace leaksift
