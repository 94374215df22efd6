// Two of XNNPACK's WebAssembly kernels (f32 to qs8 and qu8) include ARM's header by mistake.
#pragma once
#include <wasm_simd128.h>
