// Depthwise convolutions 3x3 and 5x5 in float. Where the window moves by one or two pixels, a column of
// pixels is loaded once and serves all the windows that hold it: XNNPACK's kernels load every pixel and
// every weight anew for each window. Four channels go along the line together.
//
// The functions are XNNPACK's unipass "dwconv" microkernels, with its packing: of four channels the
// biases, then the weights, column by column.
#include <wasm_simd128.h>

#include "compiler.h"
#include "kernels.h"
#include "xnnpack/microparams-init.h"
#include "xnnpack/microparams.h"

enum {
  CHANNELS = 4,  // of a block of packed weights
  MOST_TAPS = 25,
  PIXELS = 64,  // outputs for which the input pointers are prepared together
};

// What one call works on: up to PIXELS outputs, and the rows' pointers of every column they see.
typedef struct {
  const float* pointers[PIXELS * MOST_TAPS];
  size_t pixels;
  size_t step;  // columns from one window to the next
  size_t channels;
  char* output;
  size_t output_stride;  // bytes
  v128_t least;
  v128_t greatest;
} Line;

// Sums plus one column of the window times its weights.
INLINE v128_t add_column(
    int size, v128_t sums, const v128_t column[size], const v128_t weights[size]) {
  for (int y = 0; y < size; y++) {
#ifdef __wasm_relaxed_simd__
    sums = wasm_f32x4_relaxed_madd(column[y], weights[y], sums);
#else
    sums = wasm_f32x4_add(sums, wasm_f32x4_mul(column[y], weights[y]));
#endif
  }
  return sums;
}

INLINE void load_column(
    int size, const Line* line, size_t index, size_t channel, v128_t column[size]) {
  for (int y = 0; y < size; y++) {
    column[y] = wasm_v128_load(line->pointers[index * size + y] + channel);
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

// The outputs of four channels, from `channel` on, where the window moves by `step` pixels, 1 or 2.
INLINE void convolve_sharing(
    int size, int step, bool clamped, const Line* line, size_t channel, v128_t biases,
    const v128_t weights[size][size]) {
  const int before = (size - 1) / step;  // windows that share a window's last column
  v128_t column[size], sums[before + 1];  // sums[k]: of the window that began k steps ago
  for (int k = 0; k <= before; k++) {
    sums[k] = biases;
  }
  const size_t last = line->pixels - 1 + before;
  for (size_t i = 0; i <= last; i++) {
    load_column(size, line, i * step, channel, column);
    const v128_t whole = add_column(size, sums[before], column, weights[size - 1]);
    if (i >= (size_t) before) {
      store(clamped, line, i - before, channel, whole);
    }
    for (int k = before - 1; k >= 0; k--) {
      sums[k + 2 - step] = add_column(size, sums[k], column, weights[k * step]);
    }
    if (step == 2 && i != last) {
      load_column(size, line, i * step + 1, channel, column);
      for (int k = before - 1; k >= 0; k--) {
        sums[k + 1] = add_column(size, sums[k], column, weights[k * step + 1]);
      }
    }
    sums[0] = biases;
  }
}

// The same where the window moves by more.
INLINE void convolve_alone(
    int size, bool clamped, const Line* line, size_t channel, v128_t biases,
    const v128_t weights[size][size]) {
  for (size_t i = 0; i < line->pixels; i++) {
    v128_t sums = biases, column[size];
    for (int x = 0; x < size; x++) {
      load_column(size, line, i * line->step + x, channel, column);
      sums = add_column(size, sums, column, weights[x]);
    }
    store(clamped, line, i, channel, sums);
  }
}

INLINE void convolve(int size, bool clamped, const Line* line, size_t channel, const float* block) {
  v128_t weights[size][size];
  const v128_t biases = wasm_v128_load(block);
  for (int tap = 0; tap < size * size; tap++) {
    weights[tap / size][tap % size] = wasm_v128_load(block + CHANNELS * (1 + tap));
  }
  if (line->step == 1) {
    convolve_sharing(size, 1, clamped, line, channel, biases, weights);
  } else if (line->step == 2) {
    convolve_sharing(size, 2, clamped, line, channel, biases, weights);
  } else {
    convolve_alone(size, clamped, line, channel, biases, weights);
  }
}

INLINE void convolve_row(
    int size, bool clamped, size_t channels, size_t output_width, const float** input, const float* weights,
    float* output, intptr_t input_stride, size_t output_increment, size_t input_offset,
    const float* zero, const union xnn_f32_minmax_params* params) {
  Line line = {
      .step = input_stride / (size * sizeof(void*)),
      .channels = channels,
      .output = (char*) output,
      .output_stride = channels * sizeof(float) + output_increment,
      .least = wasm_v128_load32_splat(&params->scalar.min),
      .greatest = wasm_v128_load32_splat(&params->scalar.max),
  };
  for (; output_width != 0; output_width -= line.pixels) {
    line.pixels = output_width < PIXELS ? output_width : PIXELS;
    const size_t pointers = ((line.pixels - 1) * line.step + size) * size;
    for (size_t i = 0; i < pointers; i++) {
      line.pointers[i] =
          input[i] == zero ? zero : (const float*) ((const char*) input[i] + input_offset);
    }
    const float* block = weights;
    for (size_t channel = 0; channel < channels; channel += CHANNELS) {
      convolve(size, clamped, &line, channel, block);
      block += CHANNELS * (1 + size * size);
    }
    input += line.pixels * line.step * size;
    line.output += line.pixels * line.output_stride;
  }
}

#define KERNEL(NAME, SIZE, CLAMPED)                                                            \
  static void NAME##SIZE(                                                                      \
      size_t channels, size_t output_width, const float** input, const float* weights,         \
      float* output, intptr_t input_stride, size_t output_increment, size_t input_offset,      \
      const float* zero, const union xnn_f32_minmax_params* params) {                          \
    convolve_row(                                                                              \
        SIZE, CLAMPED, channels, output_width, input, weights, output, input_stride,           \
        output_increment, input_offset, zero, params);                                         \
  }
KERNEL(clamped, 3, true)
KERNEL(unclamped, 3, false)
KERNEL(clamped, 5, true)
KERNEL(unclamped, 5, false)

#define CONFIG(SIZE)                                                             \
  {                                                                              \
    .minmax.unipass = (xnn_dwconv_unipass_ukernel_fn) clamped##SIZE,             \
    .linear.unipass = (xnn_dwconv_unipass_ukernel_fn) unclamped##SIZE,           \
    .init.f32 = xnn_init_f32_minmax_scalar_params,                               \
    .channel_tile = CHANNELS, .channel_subtile = CHANNELS, .channel_round = 1,   \
    .primary_tile = SIZE * SIZE,                                                 \
  }
static const struct xnn_dwconv_config config3 = CONFIG(3);
static const struct xnn_dwconv_config config5 = CONFIG(5);

const struct xnn_dwconv_config* choose_float_dwconv(size_t height, size_t width) {
  if (height != width) {
    return NULL;
  }
  return height == 3 ? &config3 : height == 5 ? &config5 : NULL;
}
