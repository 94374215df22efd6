// Depthwise convolutions 3x3 in float. Where the window moves by one pixel, a column of pixels is
// loaded once and serves all the windows that hold it: XNNPACK's kernels load every pixel nine times.
// The weights of four channels stay in registers along the line.
//
// The functions are XNNPACK's unipass "dwconv" microkernels, with its packing: of four channels the
// biases, then the weights, column by column.
#include <wasm_simd128.h>

#include "kernels.h"
#include "xnnpack/microparams-init.h"
#include "xnnpack/microparams.h"

#define INLINE static inline __attribute__((always_inline))

enum {
  CHANNELS = 4,  // of a block of packed weights
  ROWS = 3,  // of a window, and its columns
  TAPS = 9,
  PIXELS = 64,  // outputs for which the input pointers are prepared together
};

// What one call works on: up to PIXELS outputs, and the rows' pointers of every column they see.
typedef struct {
  const float* pointers[PIXELS * TAPS];
  size_t pixels;
  size_t step;  // columns from one window to the next
  size_t channels;
  char* output;
  size_t output_stride;  // bytes
  v128_t least;
  v128_t greatest;
} Line;

// Sums plus one column of the window times its weights.
INLINE v128_t add_column(v128_t sums, const v128_t column[ROWS], const v128_t weights[ROWS]) {
  for (int y = 0; y < ROWS; y++) {
#ifdef __wasm_relaxed_simd__
    sums = wasm_f32x4_relaxed_madd(column[y], weights[y], sums);
#else
    sums = wasm_f32x4_add(sums, wasm_f32x4_mul(column[y], weights[y]));
#endif
  }
  return sums;
}

INLINE void load_column(const Line* line, size_t index, size_t channel, v128_t column[ROWS]) {
  for (int y = 0; y < ROWS; y++) {
    column[y] = wasm_v128_load(line->pointers[index * ROWS + y] + channel);
  }
}

INLINE void store(bool clamped, const Line* line, size_t pixel, size_t channel, v128_t sums) {
  float* place = (float*) (line->output + pixel * line->output_stride) + channel;
  const size_t count = line->channels - channel;
  if (clamped) {
    sums = wasm_f32x4_min(wasm_f32x4_max(sums, line->least), line->greatest);
  }
  if (count >= CHANNELS) {
    wasm_v128_store(place, sums);
    return;
  }
  if (count & 2) {
    wasm_v128_store64_lane(place, sums, 0);
    sums = wasm_i64x2_shuffle(sums, sums, 1, 1);
    place += 2;
  }
  if (count & 1) {
    wasm_v128_store32_lane(place, sums, 0);
  }
}

// The outputs of four channels, from `channel` on.
INLINE void convolve(bool clamped, const Line* line, size_t channel, const float* block) {
  v128_t weights[TAPS], column[ROWS];
  const v128_t biases = wasm_v128_load(block);
  for (int tap = 0; tap < TAPS; tap++) {
    weights[tap] = wasm_v128_load(block + CHANNELS * (1 + tap));
  }
  if (line->step == 1) {
    load_column(line, 0, channel, column);
    v128_t one = add_column(biases, column, weights);  // the window of which one column is added
    load_column(line, 1, channel, column);
    v128_t two = add_column(one, column, weights + ROWS);
    one = add_column(biases, column, weights);
    for (size_t i = 0; i < line->pixels; i++) {
      load_column(line, i + 2, channel, column);
      store(clamped, line, i, channel, add_column(two, column, weights + 2 * ROWS));
      two = add_column(one, column, weights + ROWS);
      one = add_column(biases, column, weights);
    }
  } else {
    for (size_t i = 0; i < line->pixels; i++) {
      v128_t sums = biases;
      for (int x = 0; x < ROWS; x++) {
        load_column(line, i * line->step + x, channel, column);
        sums = add_column(sums, column, weights + x * ROWS);
      }
      store(clamped, line, i, channel, sums);
    }
  }
}

INLINE void convolve_row(
    bool clamped, size_t channels, size_t output_width, const float** input, const float* weights,
    float* output, intptr_t input_stride, size_t output_increment, size_t input_offset,
    const float* zero, const union xnn_f32_minmax_params* params) {
  Line line = {
      .step = input_stride / (ROWS * sizeof(void*)),
      .channels = channels,
      .output = (char*) output,
      .output_stride = channels * sizeof(float) + output_increment,
      .least = wasm_v128_load32_splat(&params->scalar.min),
      .greatest = wasm_v128_load32_splat(&params->scalar.max),
  };
  for (; output_width != 0; output_width -= line.pixels) {
    line.pixels = output_width < PIXELS ? output_width : PIXELS;
    const size_t pointers = ((line.pixels - 1) * line.step + ROWS) * ROWS;
    for (size_t i = 0; i < pointers; i++) {
      line.pointers[i] =
          input[i] == zero ? zero : (const float*) ((const char*) input[i] + input_offset);
    }
    const float* block = weights;
    for (size_t channel = 0; channel < channels; channel += CHANNELS) {
      convolve(clamped, &line, channel, block);
      block += CHANNELS * (1 + TAPS);
    }
    input += line.pixels * line.step * ROWS;
    line.output += line.pixels * line.output_stride;
  }
}

#define KERNEL(NAME, CLAMPED)                                                                  \
  static void NAME(                                                                            \
      size_t channels, size_t output_width, const float** input, const float* weights,         \
      float* output, intptr_t input_stride, size_t output_increment, size_t input_offset,      \
      const float* zero, const union xnn_f32_minmax_params* params) {                          \
    convolve_row(                                                                              \
        CLAMPED, channels, output_width, input, weights, output, input_stride,                 \
        output_increment, input_offset, zero, params);                                         \
  }
KERNEL(clamped, true)
KERNEL(unclamped, false)

static const struct xnn_dwconv_config config = {
    .minmax.unipass = (xnn_dwconv_unipass_ukernel_fn) clamped,
    .linear.unipass = (xnn_dwconv_unipass_ukernel_fn) unclamped,
    .init.f32 = xnn_init_f32_minmax_scalar_params,
    .channel_tile = CHANNELS,
    .channel_subtile = CHANNELS,
    .channel_round = 1,
    .primary_tile = TAPS,
};

const struct xnn_dwconv_config* choose_float_dwconv(size_t height, size_t width) {
  return height == ROWS && width == ROWS ? &config : NULL;
}
