// Depthwise convolutions 3x3 and 5x5 in int8 for engines whose relaxed dot product multiplies
// unsigned by signed bytes exactly (vpdpbusd of x86; XNNPACK's probe `use_wasm_usdot`).
//
// A dot product sums four bytes. First a line of pixels is interleaved, 16 channels of it, once for all
// the windows that hold them: each channel gets side by side the bytes of the first 3 or 4 rows of a
// column, and of a fifth row those of four columns. Then four channels go along the line with all their
// weights in registers, four windows at once, whose outputs fill a vector.
//
// The functions are XNNPACK's unipass "dwconv" microkernels, with weights packed in their own way: of 16
// channels the biases, then for each product the four weights of every channel, then the scales.
#include "kernels.h"
#include "xnnpack/hardware-config.h"
#include "xnnpack/microparams-init.h"
#include "xnnpack/pack.h"

enum {
  CHANNELS = 16,  // of a block of packed weights
  LANES = 4,  // channels of a vector of sums
  VECTORS = CHANNELS / LANES,
  BYTES = 4,  // that a dot product sums
  WINDOWS = 4,  // that are computed together
  COLUMNS = 136,  // of a line that is interleaved, at most
  COLUMN_SIZE = 2,  // vectors of a column, at most
  ROW_PRODUCT = 5,  // the dot product of the fifth row's first four columns
  LAST_PRODUCT = 6,  // and that of its last
};

// Dot products of a window: one of each column, and with five rows the two of the fifth.
#define PRODUCTS(size) ((size) == 3 ? 3 : 7)

// Vectors of a column, for each four channels: of its first rows, and with five rows one of the fifth.
#define COLUMN_VECTORS(size) ((size) == 3 ? 1 : 2)

#ifdef __wasm_relaxed_simd__

#include "interleave.h"
#include "requantize.h"

// What is worked on at once: of each four of 16 channels the interleaved columns, and what comes of them.
typedef struct {
  v128_t columns[VECTORS][COLUMNS * COLUMN_SIZE];
  v128_t outputs[VECTORS][COLUMNS / WINDOWS];  // of four channels of four windows
} Line;

INLINE v128_t load(const int8_t* pixel, size_t channel) {
  return as_unsigned(wasm_v128_load(pixel + channel));
}

// Each channel's bytes of four vectors side by side; `low` and `high` are the channels of each two.
INLINE void store_fours(
    v128_t low, v128_t high, v128_t low2, v128_t high2, v128_t* place) {
  const size_t stride = COLUMNS * COLUMN_SIZE;
  place[0] = interleave_low16(low, low2);
  place[stride] = interleave_high16(low, low2);
  place[2 * stride] = interleave_low16(high, high2);
  place[3 * stride] = interleave_high16(high, high2);
}

// The columns of 3 rows have a fourth byte, which meets a weight of zero.
INLINE void interleave_columns(
    int size, size_t count, const int8_t* const* rows, size_t channel, Line* line) {
  v128_t* place = line->columns[0];
  for (size_t x = 0; x < count; x++) {
    UNKNOWN(rows);
    UNKNOWN(place);
    const v128_t a = load(rows[0], channel), b = load(rows[1], channel);
    const v128_t c = load(rows[2], channel), d = size == 3 ? c : load(rows[3], channel);
    store_fours(
        interleave_low8(a, b), interleave_high8(a, b), interleave_low8(c, d),
        interleave_high8(c, d), place);
    rows += size;
    place += COLUMN_VECTORS(size);
  }
}

// The fifth row's bytes of each column and of the next three.
INLINE void interleave_fifth(
    size_t count, const int8_t* const* rows, size_t channel, Line* line) {
  v128_t last = load(rows[4], channel), low[3], high[3];
  v128_t* place = line->columns[0] + 1;
  for (size_t x = 1; x < count; x++) {
    rows += 5;
    UNKNOWN(rows);
    UNKNOWN(place);
    const v128_t next = load(rows[4], channel);
    low[2] = interleave_low8(last, next);
    high[2] = interleave_high8(last, next);
    if (x >= 3) {
      store_fours(low[0], high[0], low[2], high[2], place);
      place += 2;
    }
    last = next;
    low[0] = low[1];
    low[1] = low[2];
    high[0] = high[1];
    high[1] = high[2];
  }
}

// Adds a column's products to the sums of all the windows that hold it; `column` is its index from the
// first window's on, `weights` are those of the window's `count` columns.
INLINE void add_products(
    int count, int step, int column, v128_t bytes, const v128_t weights[count], v128_t sums[WINDOWS]) {
  for (int i = 0; i < WINDOWS; i++) {
    const int x = column - i * step;
    if (x >= 0 && x < count) {
      sums[i] = wasm_i32x4_relaxed_dot_i8x16_i7x16_add(weights[x], bytes, sums[i]);
    }
  }
}

// The outputs of `pixels` windows, `step` columns from one to the next, of the four channels of `vector`.
// What the last group has beyond them is never stored.
INLINE void convolve(
    int size, int step, size_t pixels, int vector, const v128_t* block, Range range, Line* line) {
  const v128_t* packed = block + vector;
  const v128_t biases = packed[0], scales = packed[(1 + PRODUCTS(size)) * VECTORS];
  v128_t weights[PRODUCTS(size)];
  for (int i = 0; i < PRODUCTS(size); i++) {
    weights[i] = packed[(1 + i) * VECTORS];
  }
  const v128_t* columns = line->columns[vector];
#pragma clang loop unroll(disable)
  for (size_t group = 0; group * WINDOWS < pixels; group++) {
    UNKNOWN(columns);
    v128_t sums[WINDOWS] = {biases, biases, biases, biases};
#pragma unroll
    for (int x = 0; x < (WINDOWS - 1) * step + size; x++) {
      add_products(size, step, x, columns[x * COLUMN_VECTORS(size)], weights, sums);
      if (size == 5) {
        add_products(1, step, x, columns[2 * x + 1], weights + ROW_PRODUCT, sums);
        add_products(1, step, x - 1, columns[2 * x + 1], weights + LAST_PRODUCT, sums);
        for (int i = 0; i < WINDOWS; i++) {
          COMPUTED(sums[i]);
        }
      }
    }
    line->outputs[vector][group] = requantize_alike(sums, scales, range);
    columns += WINDOWS * step * COLUMN_VECTORS(size);
  }
}

INLINE void convolve_block(
    int size, int step, size_t pixels, size_t count, const v128_t* block, Range range, Line* line) {
  for (int v = 0; v < VECTORS && v * LANES < count; v++) {
    convolve(size, step, pixels, v, block, range, line);
  }
}

// Stores the first `count` channels' outputs of `pixels` windows.
INLINE void store_line(
    const Line* line, size_t pixels, size_t count, int8_t* place, size_t stride) {
  for (size_t group = 0; group * WINDOWS < pixels; group++) {
    const v128_t a = line->outputs[0][group], b = line->outputs[1][group];
    const v128_t c = line->outputs[2][group], d = line->outputs[3][group];
    const v128_t first = interleave_low32(a, b), first2 = interleave_low32(c, d);
    const v128_t last = interleave_high32(a, b), last2 = interleave_high32(c, d);
    const v128_t windows[WINDOWS] = {
        interleave_low64(first, first2),
        interleave_high64(first, first2),
        interleave_low64(last, last2),
        interleave_high64(last, last2),
    };
    for (size_t i = 0; i < WINDOWS && group * WINDOWS + i < pixels; i++) {
      store(place, windows[i], count, CHANNELS);
      place += stride;
    }
  }
}

INLINE void convolve_row(
    int size, size_t channels, size_t output_width, const int8_t** input, const v128_t* weights,
    int8_t* output, size_t own_step, size_t output_stride, size_t input_offset, const int8_t* zero,
    Range range) {
  // Windows that move by more than two pixels get columns of their own.
  const size_t step = own_step <= 2 ? own_step : size;
  const size_t most = ((COLUMNS - size) / step + 1) / WINDOWS * WINDOWS;
  const int8_t* pointers[COLUMNS * size];
  Line line;
  while (output_width != 0) {
    const size_t pixels = output_width < most ? output_width : most;
    const size_t columns = (pixels - 1) * step + size;
    for (size_t x = 0; x < columns; x++) {
      const size_t own = step == own_step ? x : x / size * own_step + x % size;
      for (int y = 0; y < size; y++) {
        const int8_t* pixel = input[own * size + y];
        pointers[x * size + y] = pixel == zero ? zero : pixel + input_offset;
      }
    }
    const v128_t* block = weights;
    for (size_t channel = 0; channel < channels; channel += CHANNELS) {
      const size_t count = channels - channel;
      interleave_columns(size, columns, pointers, channel, &line);
      if (size == 5) {
        interleave_fifth(columns, pointers, channel, &line);
      }
      if (step == 1) {
        convolve_block(size, 1, pixels, count, block, range, &line);
      } else if (step == 2) {
        convolve_block(size, 2, pixels, count, block, range, &line);
      } else {
        convolve_block(size, size, pixels, count, block, range, &line);
      }
      store_line(&line, pixels, count, output + channel, output_stride);
      block += (2 + PRODUCTS(size)) * VECTORS;
    }
    input += pixels * own_step * size;
    output += pixels * output_stride;
    output_width -= pixels;
  }
}

// Where the weight of row y and column x is among a channel's: its product and the byte of that.
static size_t product_of(size_t y, size_t x) {
  return y < 4 ? x : x < 4 ? ROW_PRODUCT : LAST_PRODUCT;
}
static size_t byte_of(size_t y, size_t x) {
  return y < 4 ? y : x < 4 ? x : 3;
}

static void pack(
    size_t taps, size_t middle, size_t last, size_t height, size_t width, size_t channels,
    size_t channel_tile, size_t subtile, size_t round, const int8_t* kernel, const int32_t* bias,
    const float* scale, void* packed, size_t extra_bytes, size_t extra_subtile_bytes,
    const struct xnn_qs8_packing_params* params) {
  const int32_t zero_point = params->input_zero_point + 128;
  int8_t* block = packed;
  for (size_t first = 0; first < channels; first += CHANNELS) {
    int32_t* sums = (int32_t*) block;
    int8_t* weights = block + CHANNELS * sizeof(int32_t);
    for (size_t c = 0; c < CHANNELS && first + c < channels; c++) {
      sums[c] = bias == NULL ? 0 : bias[first + c];
      for (size_t x = 0; x < width; x++) {
        for (size_t y = 0; y < height; y++) {
          const int8_t weight = kernel[(y * width + x) * channels + first + c];
          sums[c] -= weight * zero_point;
          weights[(product_of(y, x) * CHANNELS + c) * BYTES + byte_of(y, x)] = weight;
        }
      }
    }
    block = weights + taps * CHANNELS + extra_bytes;
  }
}

#define KERNEL(SIZE)                                                                         \
  static void convolve##SIZE(                                                                \
      size_t channels, size_t output_width, const int8_t** input, const void* weights,       \
      int8_t* output, intptr_t input_stride, size_t output_increment, size_t input_offset,   \
      const int8_t* zero, const union xnn_qs8_qc8w_conv_minmax_params* params) {             \
    convolve_row(                                                                            \
        SIZE, channels, output_width, input, weights, output,                                \
        input_stride / (SIZE * sizeof(void*)), channels + output_increment, input_offset, zero, \
        range(params));                                                                      \
  }
KERNEL(3)
KERNEL(5)

#define CONFIG(SIZE)                                                           \
  {                                                                            \
    .minmax.unipass = (xnn_dwconv_unipass_ukernel_fn) convolve##SIZE,          \
    .init.qs8_qc8w = xnn_init_qs8_qc8w_conv_minmax_fp32_scalar_params,         \
    .channel_tile = CHANNELS, .channel_subtile = CHANNELS, .channel_round = 1, \
    .primary_tile = BYTES * PRODUCTS(SIZE),                                    \
  }
static const struct xnn_dwconv_config config3 = CONFIG(3);
static const struct xnn_dwconv_config config5 = CONFIG(5);

static const struct xnn_dwconv_config* choose_usdot_dwconv(
    size_t size, xnn_pack_dwconv_hwg_w_fn* packing) {
  if ((size != 3 && size != 5) || !xnn_init_hardware_config()->use_wasm_usdot) {
    return NULL;
  }
  *packing = (xnn_pack_dwconv_hwg_w_fn) pack;
  return size == 3 ? &config3 : &config5;
}

const struct xnn_dwconv_config* choose_dwconv(
    const int8_t* kernel, size_t height, size_t width, size_t channels,
    xnn_pack_dwconv_hwg_w_fn* packing) {
  if (height != width) {
    return NULL;
  }
  const struct xnn_dwconv_config* exact = choose_usdot_dwconv(width, packing);
  return exact != NULL ? exact : choose_pair_dwconv(kernel, width, channels, packing);
}

#else

const struct xnn_dwconv_config* choose_dwconv(
    const int8_t* kernel, size_t height, size_t width, size_t channels,
    xnn_pack_dwconv_hwg_w_fn* packing) {
  return NULL;
}

#endif
