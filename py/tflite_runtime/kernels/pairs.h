// Products of bytes in pairs: `i16x8.relaxed_dot_i8x16_i7x16_s`, on every x86-64 processor pmaddubsw.
// Unsigned activations times signed weights, the two products of neighbours added and kept within 16
// bits, which is exact where the weights that meet are small enough.
#pragma once

#include <stdbool.h>
#include <stdint.h>
#include <wasm_simd128.h>

#include "xnnpack/hardware-config.h"

// Of the weights of either sign that meet in a sum.
typedef struct {
  int positive, negative;
} Sum;

static inline void add(Sum* sum, int weight) {
  *(weight > 0 ? &sum->positive : &sum->negative) += weight;
}

// Whether 255, the largest activation, times the weights of either sign stays within 16 bits.
static inline bool fits(Sum sum) {
  return sum.positive <= INT16_MAX / UINT8_MAX && sum.negative >= INT16_MIN / UINT8_MAX;
}

// Whether the range of 255 times the weights is one of 16 bits, moved to where it has to be.
static inline bool fits_somewhere(Sum sum) {
  return sum.positive - sum.negative <= UINT16_MAX / UINT8_MAX;
}

// Whether the engine's instruction is that of x86-64.
static inline bool has_pair_products(void) {
  // Pairs at the limits; volatile, so that the engine multiplies and not the compiler.
  const volatile v128_t weights =
      wasm_i8x16_const(64, 64, -64, -64, 127, 1, -127, -1, 1, 0, 0, -1, -128, 0, 0, 127);
  const volatile v128_t activations = wasm_i8x16_const_splat(-1);  // 255, where it is unsigned
  const v128_t exact = wasm_i16x8_const(32640, -32640, 32640, -32640, 255, -255, -32640, 32385);
  return !wasm_v128_any_true(
      wasm_v128_xor(exact, wasm_i16x8_relaxed_dot_i8x16_i7x16(weights, activations)));
}

// Whether products in pairs are the best that the engine has, since those of four bytes are not exact.
static inline bool best_in_pairs(void) {
  const struct xnn_hardware_config* hardware = xnn_init_hardware_config();
  return !hardware->use_wasm_usdot && !hardware->use_wasm_sdot && has_pair_products();
}
