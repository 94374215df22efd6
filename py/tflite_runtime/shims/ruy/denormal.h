// Stands in for ruy's guard: WebAssembly has no flush-to-zero mode.
#pragma once

namespace ruy {

struct ScopedSuppressDenormals {
  ScopedSuppressDenormals() {}
  ~ScopedSuppressDenormals() {}
};

}  // namespace ruy
