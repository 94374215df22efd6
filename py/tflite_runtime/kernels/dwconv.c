// Depthwise convolutions 3x3 and 5x5 in int8 for engines whose relaxed dot product multiplies
// unsigned by signed bytes exactly (vpdpbusd of x86; XNNPACK's probe `use_wasm_usdot`).
//
// A dot product sums four bytes, and the four are taken from one column of the window: of 3 or 5
// input rows the same pixel is loaded, 16 or 8 channels of it, and interleaved so that each channel
// has its rows side by side (a fifth row makes a vector of its own). Where the window moves by one
// pixel, a column is loaded and interleaved once and serves all the windows that hold it: each has
// its sums in registers, and moves on to the next of the kernel's columns.
//
// The functions are XNNPACK's unipass "dwconv" microkernels, with weights packed in their own way.
#include "kernels.h"
#include "xnnpack/hardware-config.h"
#include "xnnpack/microparams-init.h"
#include "xnnpack/pack.h"

enum {
  CHANNELS = 16,  // of a block of packed weights
  COLUMN3 = 4,  // packed taps of a column: its rows, rounded up to four
  COLUMN5 = 8,
  PIXELS = 64,  // outputs for which the input pointers are prepared together
};

#ifdef __wasm_relaxed_simd__

#include "interleave.h"
#include "requantize.h"

// One pixel of 3 rows: for each of 16 channels its three bytes, and one that meets a zero weight.
INLINE void load_column3(const int8_t* const* rows, size_t channel, v128_t column[4]) {
  const v128_t a = as_unsigned(wasm_v128_load(rows[0] + channel));
  const v128_t b = as_unsigned(wasm_v128_load(rows[1] + channel));
  const v128_t c = as_unsigned(wasm_v128_load(rows[2] + channel));
  const v128_t low = interleave_low8(a, b), low2 = interleave_low8(c, c);
  const v128_t high = interleave_high8(a, b), high2 = interleave_high8(c, c);
  column[0] = interleave_low16(low, low2);
  column[1] = interleave_high16(low, low2);
  column[2] = interleave_low16(high, high2);
  column[3] = interleave_high16(high, high2);
}

// One pixel of 5 rows: for each of 8 channels four bytes (2 vectors), then the fifth four times.
INLINE void load_column5(const int8_t* const* rows, size_t channel, v128_t column[4]) {
  v128_t row[5];
  for (int r = 0; r < 5; r++) {
    row[r] = as_unsigned(wasm_v128_load64_zero(rows[r] + channel));
  }
  const v128_t first = interleave_low8(row[0], row[1]), second = interleave_low8(row[2], row[3]);
  const v128_t fifth = interleave_low8(row[4], row[4]);
  column[0] = interleave_low16(first, second);
  column[1] = interleave_high16(first, second);
  column[2] = interleave_low16(fifth, fifth);
  column[3] = interleave_high16(fifth, fifth);
}

// Sums (of 16 channels, or of 8) plus one column of the window times its weights.
INLINE void add_column3(
    const v128_t from[4], const v128_t column[4], const int8_t* weights, v128_t to[4]) {
  for (int v = 0; v < 4; v++) {
    to[v] = wasm_i32x4_relaxed_dot_i8x16_i7x16_add(
        wasm_v128_load(weights + 16 * v), column[v], from[v]);
  }
}
INLINE void add_column5(
    const v128_t from[2], const v128_t column[4], const int8_t* weights, v128_t to[2]) {
  for (int v = 0; v < 2; v++) {
    const v128_t four = wasm_i32x4_relaxed_dot_i8x16_i7x16_add(
        wasm_v128_load(weights + 16 * v), column[v], from[v]);
    to[v] = wasm_i32x4_relaxed_dot_i8x16_i7x16_add(
        wasm_v128_load(weights + 64 + 16 * v), column[2 + v], four);
  }
}

INLINE void load_biases(int vectors, const int8_t* biases, v128_t sums[vectors]) {
  for (int v = 0; v < vectors; v++) {
    sums[v] = wasm_v128_load(biases + 16 * v);
  }
}

// What one call works on: up to PIXELS outputs, and the rows' pointers of every column they see.
typedef struct {
  const int8_t* pointers[((PIXELS - 1) * 5 + 5) * 5];
  size_t pixels;
  size_t step;  // columns from one window to the next
  size_t channels;
  int8_t* output;
  size_t output_stride;
  Range range;
} Line;

// The outputs of `vectors` * 4 channels, from `channel` on, for a window of `size` columns.
INLINE void convolve(int size, int vectors, const Line* line, size_t channel, const int8_t* block) {
  const int lane = channel % CHANNELS;
  const int column_size = (size == 3 ? COLUMN3 : COLUMN5) * CHANNELS;
  const int8_t* biases = block + sizeof(int32_t) * lane;
  const int8_t* weights = block + sizeof(int32_t) * CHANNELS + 4 * lane;
  const float* scales =
      (const float*) (block + sizeof(int32_t) * CHANNELS + size * column_size) + lane;
  const size_t count = line->channels - channel;
  int8_t* output = line->output + channel;
  v128_t sums[size][vectors], column[4];
#define LOAD(INDEX)                                                        \
  if (size == 3) {                                                         \
    load_column3(line->pointers + (INDEX) * size, channel, column);        \
  } else {                                                                 \
    load_column5(line->pointers + (INDEX) * size, channel, column);        \
  }
#define ADD(FROM, X, TO)                                       \
  if (size == 3) {                                             \
    add_column3(FROM, column, weights + (X) * column_size, TO); \
  } else {                                                     \
    add_column5(FROM, column, weights + (X) * column_size, TO); \
  }
#define STORE(SUMS)                                                                  \
  store(output, vectors == 4 ? requantize16(SUMS, scales, line->range)               \
                             : requantize8(SUMS, scales, line->range),               \
        vectors == 4 || count < 8 ? count : 8);                                      \
  output += line->output_stride;

  if (line->step == 1) {
    const size_t columns = line->pixels + size - 1;
    for (int x = 1; x < size; x++) {
      load_biases(vectors, biases, sums[x]);
    }
    // sums[x] belongs to the window that has the columns before its kernel's column x.
    for (size_t i = 0; i < columns; i++) {
      LOAD(i)
      v128_t whole[vectors];
      ADD(sums[size - 1], size - 1, whole)
      load_biases(vectors, biases, sums[0]);
      for (int x = size - 2; x >= 0; x--) {
        ADD(sums[x], x, sums[x + 1])
      }
      if (i + 1 >= (size_t) size) {
        STORE(whole)
      }
    }
  } else {
    for (size_t i = 0; i < line->pixels; i++) {
      load_biases(vectors, biases, sums[0]);
      for (int x = 0; x < size; x++) {
        LOAD(i * line->step + x)
        ADD(sums[0], x, sums[0])
      }
      STORE(sums[0])
    }
  }
}

INLINE void convolve_row(
    int size, size_t channels, size_t output_width, const int8_t** input, const int8_t* weights,
    int8_t* output, intptr_t input_stride, size_t output_increment, size_t input_offset,
    const int8_t* zero, const union xnn_qs8_qc8w_conv_minmax_params* params) {
  const size_t taps = size * (size == 3 ? COLUMN3 : COLUMN5);
  const size_t block_size = CHANNELS * (sizeof(int32_t) + taps + sizeof(float));
  Line line = {
      .step = input_stride / (size * sizeof(void*)),
      .channels = channels,
      .output = output,
      .output_stride = channels + output_increment,
      .range = range(params),
  };
  for (; output_width != 0; output_width -= line.pixels) {
    line.pixels = output_width < PIXELS ? output_width : PIXELS;
    const size_t pointers = ((line.pixels - 1) * line.step + size) * size;
    for (size_t i = 0; i < pointers; i++) {
      line.pointers[i] = input[i] == zero ? zero : input[i] + input_offset;
    }
    const int8_t* block = weights;
    for (size_t channel = 0; channel < channels; channel += CHANNELS) {
      if (size == 3) {
        convolve(3, 4, &line, channel, block);
      } else {
        convolve(5, 2, &line, channel, block);
        if (channel + 8 < channels) {
          convolve(5, 2, &line, channel + 8, block);
        }
      }
      block += block_size;
    }
    input += line.pixels * line.step * size;
    line.output += line.pixels * line.output_stride;
  }
}

static void pack(
    size_t taps, size_t middle, size_t last, size_t height, size_t width, size_t channels,
    size_t channel_tile, size_t subtile, size_t round, const int8_t* kernel, const int32_t* bias,
    const float* scale, void* packed, size_t extra_bytes, size_t extra_subtile_bytes,
    const struct xnn_qs8_packing_params* params) {
  const size_t column = taps / width;
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
          weights[(x * column + y / 4 * 4) * CHANNELS + c * 4 + y % 4] = weight;
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
        SIZE, channels, output_width, input, weights, output, input_stride, output_increment, \
        input_offset, zero, params);                                                         \
  }
KERNEL(3)
KERNEL(5)

#define CONFIG(SIZE, COLUMN)                                                   \
  {                                                                            \
    .minmax.unipass = (xnn_dwconv_unipass_ukernel_fn) convolve##SIZE,          \
    .init.qs8_qc8w = xnn_init_qs8_qc8w_conv_minmax_fp32_scalar_params,         \
    .channel_tile = CHANNELS, .channel_subtile = CHANNELS, .channel_round = 1, \
    .primary_tile = SIZE * COLUMN,                                             \
  }
static const struct xnn_dwconv_config config3 = CONFIG(3, COLUMN3);
static const struct xnn_dwconv_config config5 = CONFIG(5, COLUMN5);

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
