#include "core/late_library.h"

#include <dlfcn.h>

namespace leaksift {

LateLibrary::LateLibrary(const char* file)
    : handle_(dlopen(file, RTLD_NOW | RTLD_LOCAL)) {}

void* LateLibrary::address_of(const char* name) const {
  return handle_ == nullptr ? nullptr : dlsym(handle_, name);
}

}  // namespace leaksift
