// From 32-bit sums to int8 outputs: scaled, rounded to nearest even, moved by the zero point and
// clamped. The arithmetic is XNNPACK's ("fp32" requantization), operation by operation, so that
// the result is that of every other engine bit for bit.
#pragma once

#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <wasm_simd128.h>

#include "compiler.h"
#include "xnnpack/microparams.h"

// 1.5 * 2^23: a float of this size has no fractional bits, so that adding it rounds.
#define MAGIC 12582912.0f

typedef struct {
  v128_t least;  // i32x4: bits of MAGIC + the least output, before its zero point is added
  v128_t offset;  // i32x4: bits of MAGIC - the output's zero point
  v128_t greatest;  // i8x16
} Range;

INLINE int32_t bits(float number) {
  int32_t result;
  memcpy(&result, &number, sizeof(result));
  return result;
}

INLINE Range range(const union xnn_qs8_qc8w_conv_minmax_params* params) {
  const int32_t zero_point = params->fp32_scalar.output_zero_point;
  const float least = (float) (params->fp32_scalar.output_min - zero_point);
  const Range result = {
      wasm_i32x4_splat(bits(MAGIC + least)),
      wasm_i32x4_splat(bits(MAGIC) - zero_point),
      wasm_i8x16_splat((int8_t) params->fp32_scalar.output_max),
  };
  return result;
}

// Four sums as four integers that are still to be narrowed.
INLINE v128_t rescale(v128_t sums, v128_t scales, Range range) {
  const v128_t scaled = wasm_f32x4_mul(wasm_f32x4_convert_i32x4(sums), scales);
  const v128_t rounded = wasm_f32x4_add(scaled, wasm_f32x4_const_splat(MAGIC));
  return wasm_i32x4_sub(wasm_i32x4_max(rounded, range.least), range.offset);
}

// The sums of 8 channels as 16-bit integers that are still to be kept from the range's greatest.
INLINE v128_t narrow8(const v128_t sums[2], const float* scales, Range range) {
  return wasm_i16x8_narrow_i32x4(
      rescale(sums[0], wasm_v128_load(scales), range),
      rescale(sums[1], wasm_v128_load(scales + 4), range));
}

// The sums of 8 channels as 8 outputs, twice.
INLINE v128_t requantize8(const v128_t sums[2], const float* scales, Range range) {
  const v128_t wide = narrow8(sums, scales, range);
  return wasm_i8x16_min(wasm_i8x16_narrow_i16x8(wide, wide), range.greatest);
}

// The sums of 16 channels as 16 outputs.
INLINE v128_t requantize16(const v128_t sums[4], const float* scales, Range range) {
  const v128_t low = narrow8(sums, scales, range), high = narrow8(sums + 2, scales + 8, range);
  return wasm_i8x16_min(wasm_i8x16_narrow_i16x8(low, high), range.greatest);
}

// Four sums each of the same four channels as 16 outputs.
INLINE v128_t requantize_alike(const v128_t sums[4], v128_t scales, Range range) {
  const v128_t low = wasm_i16x8_narrow_i32x4(
      rescale(sums[0], scales, range), rescale(sums[1], scales, range));
  const v128_t high = wasm_i16x8_narrow_i32x4(
      rescale(sums[2], scales, range), rescale(sums[3], scales, range));
  return wasm_i8x16_min(wasm_i8x16_narrow_i16x8(low, high), range.greatest);
}

// Store the first `count` outputs of 16, less than all of them.
NOT_INLINE void store_some(int8_t* place, v128_t outputs, size_t count) {
  if (count & 8) {
    wasm_v128_store64_lane(place, outputs, 0);
    outputs = wasm_i64x2_shuffle(outputs, outputs, 1, 1);
    place += 8;
  }
  if (count & 4) {
    wasm_v128_store32_lane(place, outputs, 0);
    outputs = wasm_u64x2_shr(outputs, 32);
    place += 4;
  }
  if (count & 2) {
    wasm_v128_store16_lane(place, outputs, 0);
    outputs = wasm_u32x4_shr(outputs, 16);
    place += 2;
  }
  if (count & 1) {
    wasm_v128_store8_lane(place, outputs, 0);
  }
}

// Store the first `count` outputs of 16, where `most` is the most that there can be of them, 8 or 16.
INLINE void store(int8_t* place, v128_t outputs, size_t count, size_t most) {
  if (count < most) {
    store_some(place, outputs, count);
  } else if (most == 16) {
    wasm_v128_store(place, outputs);
  } else {
    wasm_v128_store64_lane(place, outputs, 0);
  }
}

// int8 as uint8: 128 is added, which the packed biases take back.
INLINE v128_t as_unsigned(v128_t signed_bytes) {
  return wasm_v128_xor(signed_bytes, wasm_i8x16_const_splat(-128));
}
