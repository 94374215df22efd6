// Depthwise convolutions 3x3 and 5x5 in int8 by products of bytes in pairs (pairs.h).
//
// A pair is the same pixel of two rows, and in the last row, which is alone, of two columns. First the
// bytes of a line of pixels are interleaved so that each channel has its pairs side by side, once for all
// the windows that hold them. Then each two rows of a window, and the last one, are summed in 16 bits.
// Between additions these sums may wrap around; what counts is that the whole one fits, wherever its range
// lies: it starts from where the least that it can come to is the least number of 16 bits.
//
// The functions are XNNPACK's unipass "dwconv" microkernels, with weights packed in their own way: of 8
// channels the biases, where the sums of each group of rows start, the weights of each group, the scales.
#include "kernels.h"

#ifdef __wasm_relaxed_simd__

#include "interleave.h"
#include "pairs.h"
#include "requantize.h"
#include "xnnpack/microparams-init.h"
#include "xnnpack/pack.h"

enum {
  CHANNELS = 8,  // of a block of packed weights
  PIXELS = 64,  // outputs for which a line is interleaved
  WINDOWS = 2,  // that are computed together: with three the registers do not suffice
};

// Of a window of `size` rows and columns.
#define GROUPS(size) ((size) / 2 + 1)
#define PAIRS(size) ((size) * ((size) / 2) + GROUPS(size))
#define COLUMNS(size) ((PIXELS - 1) * (size) + (size))  // of a line, at most

// The pairs of 16 channels in each column of a line: GROUPS(size) vectors for the lower 8 channels, and as
// many for the upper 8. `rows` are the pixels of each column.
INLINE void interleave(
    int size, size_t columns, const int8_t* const* rows, size_t channel, v128_t* low, v128_t* high) {
  for (size_t x = 0; x < columns; x++, rows += size) {
    UNKNOWN(rows);
    const int8_t* const* next = x + 1 < columns ? rows + size : rows;  // meets a weight of zero
    for (int y = 0; y < size; y += 2) {
      const v128_t a = wasm_v128_load(rows[y] + channel);
      const v128_t b = wasm_v128_load((y + 1 < size ? rows[y + 1] : next[y]) + channel);
      *low++ = as_unsigned(interleave_low8(a, b));
      *high++ = as_unsigned(interleave_high8(a, b));
    }
  }
}

// The outputs of 8 channels of `windows` neighbours; `line` has the pairs of their columns, `step` vectors
// from one window to the next.
INLINE void convolve(
    int size, int windows, const v128_t* line, size_t step, const v128_t* block, Range range,
    int8_t* output, size_t output_stride, size_t count) {
  UNKNOWN(block);
  UNKNOWN(line);
  const v128_t* weights = block + 2 + GROUPS(size);
  v128_t sums[GROUPS(size)][windows];
  for (int g = 0; g < GROUPS(size); g++) {
    for (int i = 0; i < windows; i++) {
      sums[g][i] = block[2 + g];
    }
    for (int x = 0; x < size; x += 2 * g + 1 < size ? 1 : 2) {
      for (int i = 0; i < windows; i++) {
        const v128_t pairs = line[i * step + x * GROUPS(size) + g];
        sums[g][i] = wasm_i16x8_add(sums[g][i], wasm_i16x8_relaxed_dot_i8x16_i7x16(*weights, pairs));
        COMPUTED(sums[g][i]);
      }
      weights++;
    }
  }
  const float* scales = (const float*) weights;
  v128_t wide[windows];
  for (int i = 0; i < windows; i++) {
    // A product with ones adds the sums of two groups.
    const v128_t low = interleave_low16(sums[0][i], sums[1][i]);
    const v128_t high = interleave_high16(sums[0][i], sums[1][i]);
    v128_t whole[2] = {
        wasm_i32x4_add(block[0], wasm_i32x4_dot_i16x8(low, wasm_i16x8_const_splat(1))),
        wasm_i32x4_add(block[1], wasm_i32x4_dot_i16x8(high, wasm_i16x8_const_splat(1))),
    };
    if (GROUPS(size) == 3) {
      whole[0] = wasm_i32x4_add(whole[0], wasm_i32x4_extend_low_i16x8(sums[2][i]));
      whole[1] = wasm_i32x4_add(whole[1], wasm_i32x4_extend_high_i16x8(sums[2][i]));
    }
    wide[i] = narrow8(whole, scales, range);
  }
  const v128_t outputs =
      wasm_i8x16_min(wasm_i8x16_narrow_i16x8(wide[0], wide[windows - 1]), range.greatest);
  store(output, outputs, count, CHANNELS);
  if (windows == 2) {
    store(
        output + output_stride, wasm_i64x2_shuffle(outputs, outputs, 1, 1), count, CHANNELS);
  }
}

INLINE void convolve_line(
    int size, const v128_t* line, size_t pixels, size_t step, const v128_t* block, Range range,
    int8_t* output, size_t output_stride, size_t count) {
  for (; pixels >= WINDOWS; pixels -= WINDOWS) {
    convolve(size, WINDOWS, line, step, block, range, output, output_stride, count);
    line += WINDOWS * step;
    output += WINDOWS * output_stride;
  }
  if (pixels != 0) {
    convolve(size, 1, line, step, block, range, output, output_stride, count);
  }
}

INLINE void convolve_row(
    int size, size_t channels, size_t output_width, const int8_t** input, const v128_t* weights,
    int8_t* output, size_t step, size_t output_stride, size_t input_offset, const int8_t* zero,
    Range range) {
  const int8_t* pointers[COLUMNS(size) * size];
  v128_t lines[2][COLUMNS(size) * GROUPS(size)];
  const size_t block_size = 2 + GROUPS(size) + PAIRS(size) + 2;
  while (output_width != 0) {
    const size_t pixels = output_width < PIXELS ? output_width : PIXELS;
    const size_t columns = (pixels - 1) * step + size;
    for (size_t i = 0; i < columns * size; i++) {
      pointers[i] = input[i] == zero ? zero : input[i] + input_offset;
    }
    const v128_t* block = weights;
    for (size_t channel = 0; channel < channels; channel += CHANNELS) {
      const int half = channel / CHANNELS % 2;
      if (half == 0) {
        interleave(size, columns, pointers, channel, lines[0], lines[1]);
      }
      convolve_line(
          size, lines[half], pixels, step * GROUPS(size), block, range, output + channel,
          output_stride, channels - channel);
      block += block_size;
    }
    input += pixels * step * size;
    output += pixels * output_stride;
    output_width -= pixels;
  }
}

// Row y and column x of a window's pair `index`, of which `second` is the other one: whether it has that.
static bool place(size_t size, size_t index, bool second, size_t* y, size_t* x) {
  const size_t in_rows = size * (size / 2);
  *y = index < in_rows ? index / size * 2 + second : size - 1;
  *x = index < in_rows ? index % size : (index - in_rows) * 2 + second;
  return *x < size;
}

// The group of rows that a pair belongs to.
static size_t group_of(size_t size, size_t index) {
  return index / size < size / 2 ? index / size : size / 2;
}

static void pack(
    size_t taps, size_t middle, size_t last, size_t height, size_t width, size_t channels,
    size_t channel_tile, size_t subtile, size_t round, const int8_t* kernel, const int32_t* bias,
    const float* scale, void* packed, size_t extra_bytes, size_t extra_subtile_bytes,
    const struct xnn_qs8_packing_params* params) {
  const size_t size = width;
  const int32_t zero_point = params->input_zero_point + 128;
  int8_t* block = packed;
  for (size_t first = 0; first < channels; first += CHANNELS) {
    int32_t* sums = (int32_t*) block;
    int16_t* starts = (int16_t*) (sums + CHANNELS);
    int8_t* weights = (int8_t*) (starts + GROUPS(size) * CHANNELS);
    for (size_t c = 0; c < CHANNELS && first + c < channels; c++) {
      int32_t start[GROUPS(5)] = {INT16_MIN, INT16_MIN, INT16_MIN};
      sums[c] = bias == NULL ? 0 : bias[first + c];
      for (size_t i = 0; i < 2 * PAIRS(size); i++) {
        size_t y, x;
        if (place(size, i / 2, i % 2, &y, &x)) {
          const int8_t weight = kernel[(y * width + x) * channels + first + c];
          weights[(i / 2 * CHANNELS + c) * 2 + i % 2] = weight;
          sums[c] -= weight * zero_point;
          start[group_of(size, i / 2)] -= weight < 0 ? weight * UINT8_MAX : 0;
        }
      }
      for (size_t g = 0; g < GROUPS(size); g++) {
        starts[g * CHANNELS + c] = start[g];
        sums[c] -= start[g];
      }
    }
    block = weights + PAIRS(size) * CHANNELS * 2 + extra_bytes;
  }
}

// Whether every channel's pairs and groups stay within 16 bits.
static bool fit(const int8_t* kernel, size_t size, size_t channels) {
  for (size_t c = 0; c < channels; c++) {
    Sum groups[GROUPS(5)] = {{0}};
    for (size_t pair = 0; pair < PAIRS(size); pair++) {
      Sum sum = {0};
      for (int second = 0; second < 2; second++) {
        size_t y, x;
        if (place(size, pair, second, &y, &x)) {
          const int8_t weight = kernel[(y * size + x) * channels + c];
          add(&sum, weight);
          add(&groups[group_of(size, pair)], weight);
        }
      }
      if (!fits(sum)) {
        return false;
      }
    }
    for (size_t g = 0; g < GROUPS(size); g++) {
      if (!fits_somewhere(groups[g])) {
        return false;
      }
    }
  }
  return true;
}

#define KERNEL(SIZE)                                                                            \
  static void convolve##SIZE(                                                                   \
      size_t channels, size_t output_width, const int8_t** input, const void* weights,          \
      int8_t* output, intptr_t input_stride, size_t output_increment, size_t input_offset,      \
      const int8_t* zero, const union xnn_qs8_qc8w_conv_minmax_params* params) {                \
    convolve_row(                                                                               \
        SIZE, channels, output_width, input, weights, output, input_stride / (SIZE * sizeof(void*)), \
        channels + output_increment, input_offset, zero, range(params));                        \
  }                                                                                             \
  static const struct xnn_dwconv_config config##SIZE = {                                        \
      .minmax.unipass = (xnn_dwconv_unipass_ukernel_fn) convolve##SIZE,                         \
      .init.qs8_qc8w = xnn_init_qs8_qc8w_conv_minmax_fp32_scalar_params,                        \
      .channel_tile = CHANNELS,                                                                 \
      .channel_subtile = CHANNELS,                                                              \
      .channel_round = 1,                                                                       \
      .primary_tile = 2 * (GROUPS(SIZE) + PAIRS(SIZE)),                                         \
  };
KERNEL(3)
KERNEL(5)

const struct xnn_dwconv_config* choose_pair_dwconv(
    const int8_t* kernel, size_t size, size_t channels, xnn_pack_dwconv_hwg_w_fn* packing) {
  if ((size != 3 && size != 5) || !best_in_pairs() || !fit(kernel, size, channels)) {
    return NULL;
  }
  *packing = (xnn_pack_dwconv_hwg_w_fn) pack;
  return size == 3 ? &config3 : &config5;
}

#endif
