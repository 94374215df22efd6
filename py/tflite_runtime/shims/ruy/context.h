// Stands in for ruy's context: one thread, no cache, no choice of code path.
#pragma once

#include "ruy/path.h"

namespace ruy {

class Context final {
 public:
  Context() = default;
  Context(const Context&) = delete;
  Context& operator=(const Context&) = delete;

  int max_num_threads() const { return 1; }
  void set_max_num_threads(int) {}
  void ClearPrepackedCache() {}
  Path get_runtime_enabled_paths() { return Path::kNone; }
  void set_runtime_enabled_paths(Path) {}
};

}  // namespace ruy
