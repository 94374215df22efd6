// Two vectors' lanes in turn, of their lower or upper halves.
#pragma once

#include <wasm_simd128.h>

static inline v128_t interleave_low8(v128_t a, v128_t b) {
  return wasm_i8x16_shuffle(a, b, 0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23);
}
static inline v128_t interleave_high8(v128_t a, v128_t b) {
  return wasm_i8x16_shuffle(a, b, 8, 24, 9, 25, 10, 26, 11, 27, 12, 28, 13, 29, 14, 30, 15, 31);
}
static inline v128_t interleave_low16(v128_t a, v128_t b) {
  return wasm_i16x8_shuffle(a, b, 0, 8, 1, 9, 2, 10, 3, 11);
}
static inline v128_t interleave_high16(v128_t a, v128_t b) {
  return wasm_i16x8_shuffle(a, b, 4, 12, 5, 13, 6, 14, 7, 15);
}
static inline v128_t interleave_low32(v128_t a, v128_t b) {
  return wasm_i32x4_shuffle(a, b, 0, 4, 1, 5);
}
static inline v128_t interleave_high32(v128_t a, v128_t b) {
  return wasm_i32x4_shuffle(a, b, 2, 6, 3, 7);
}
static inline v128_t interleave_low64(v128_t a, v128_t b) {
  return wasm_i64x2_shuffle(a, b, 0, 2);
}
static inline v128_t interleave_high64(v128_t a, v128_t b) {
  return wasm_i64x2_shuffle(a, b, 1, 3);
}
