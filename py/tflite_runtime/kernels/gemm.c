// Convolutions in int8, but for depthwise ones, by products of bytes: four at a time where the engine's
// dot product of unsigned and signed bytes is exact (dots), else in pairs (pairs.h). Two such pairs are
// added up before they are widened to 32 bits, for the widening costs as much as the products.
//
// The functions are XNNPACK's "gemm" and "igemm" microkernels, with its packing for unsigned inputs:
// of a block of outputs the biases, then for each four inputs the four weights of every output, then
// the scales.
#include "kernels.h"
#include "xnnpack/config.h"
#include "xnnpack/microparams-init.h"
#include "xnnpack/pack.h"

#ifdef __wasm_relaxed_simd__

#include "pairs.h"
#include "requantize.h"

enum {
  INPUTS = 4,  // whose weights are packed together
  // Pixels that are computed together, and outputs of a block of packed weights: as many sums as the
  // registers hold, for one more is a store and a load at every product.
  DOT_ROWS = 4,
  DOT_OUTPUTS = 8,
  PAIR_ROWS = 2,
  PAIR_OUTPUTS = 16,
  MOST_ROWS = DOT_ROWS,
  PICTURE_TAPS = 9,  // of a window whose pixels are kept in a call: 3x3 of a picture's colours
};

typedef enum { DOTS, PAIRS } Products;

INLINE int block_outputs(Products products) {
  return products == DOTS ? DOT_OUTPUTS : PAIR_OUTPUTS;
}

// Four inputs as unsigned bytes, in every lane. `flip` is the constant of as_unsigned: the engine would make
// that anew at each step.
INLINE v128_t load_activations(const int8_t* inputs, v128_t flip) {
  v128_t bytes = wasm_v128_load32_splat(inputs);
  UNKNOWN(bytes);  // else they are made unsigned before they are spread, in another kind of register
  return wasm_v128_xor(bytes, flip);
}

// Adds the products of four inputs of a row to its sums of `vectors` * 4 outputs.
INLINE void add_dots(
    int vectors, v128_t activations, const v128_t weights[vectors], v128_t sums[vectors]) {
  for (int v = 0; v < vectors; v++) {
    sums[v] = wasm_i32x4_relaxed_dot_i8x16_i7x16_add(weights[v], activations, sums[v]);
    COMPUTED(sums[v]);
  }
}

// Adds the products of `groups` * 4 inputs of each row to its sums of `vectors` * 4 outputs.
INLINE void add_pairs(
    int rows, int vectors, int groups, const v128_t activations[rows][groups],
    const int8_t* weights, v128_t sums[rows][vectors]) {
  UNKNOWN(weights);
  for (int v = 0; v < vectors; v++) {
    for (int r = 0; r < rows; r++) {
      v128_t pairs = wasm_i16x8_const_splat(0);
      for (int g = 0; g < groups; g++) {
        const v128_t loaded = wasm_v128_load(weights + g * INPUTS * PAIR_OUTPUTS + 16 * v);
        pairs = wasm_i16x8_add(pairs, wasm_i16x8_relaxed_dot_i8x16_i7x16(loaded, activations[r][g]));
      }
      sums[r][v] = wasm_i32x4_add(sums[r][v], wasm_i32x4_extadd_pairwise_i16x8(pairs));
    }
  }
}

INLINE void load_weights(int vectors, const int8_t* weights, v128_t loaded[vectors]) {
  UNKNOWN(weights);
  for (int v = 0; v < vectors; v++) {
    loaded[v] = wasm_v128_load(weights + 16 * v);
  }
}

// Adds the products of `groups` * 4 inputs of each row, from `first` on; returns where the next inputs'
// weights are.
INLINE const int8_t* load_and_add_products(
    Products products, int rows, int vectors, int groups, const int8_t* const inputs[rows],
    v128_t flip, size_t first, const int8_t* weights, v128_t sums[rows][vectors]) {
  if (products == DOTS) {
    v128_t loaded[vectors];
    load_weights(vectors, weights, loaded);
    for (int r = 0; r < rows; r++) {
      add_dots(vectors, load_activations(inputs[r] + first, flip), loaded, sums[r]);
    }
  } else {
    v128_t activations[rows][groups];
    for (int r = 0; r < rows; r++) {
      for (int g = 0; g < groups; g++) {
        activations[r][g] = load_activations(inputs[r] + first + g * INPUTS, flip);
      }
    }
    add_pairs(rows, vectors, groups, activations, weights, sums);
  }
  return weights + groups * INPUTS * block_outputs(products);
}

// The same for `count` inputs, which the packing has rounded up to a multiple of four.
INLINE const int8_t* add_all_products(
    Products products, int rows, int vectors, size_t count, const int8_t* const inputs[rows],
    v128_t flip, const int8_t* weights, v128_t sums[rows][vectors]) {
  const int groups = products == DOTS ? 1 : 2;
  size_t first = 0;
  for (; first + (groups - 1) * INPUTS < count; first += groups * INPUTS) {
    weights =
        load_and_add_products(products, rows, vectors, groups, inputs, flip, first, weights, sums);
  }
  return first >= count
      ? weights
      : load_and_add_products(products, rows, vectors, 1, inputs, flip, first, weights, sums);
}

// What one call computes. Where there are fewer rows than the kernel's, the last stands for the missing
// ones. A convolution of one tap has the rows' `inputs`; else `pointers` has those of every tap, `zero`
// where that is outside of the picture.
typedef struct {
  size_t input_count;
  size_t taps;
  const int8_t* inputs[MOST_ROWS];
  const int8_t** pointers;
  size_t offset;
  const int8_t* zero;
  int8_t* outputs[MOST_ROWS];
  Range range;
  v128_t flip;  // i8x16: what makes signed bytes unsigned
} Call;

INLINE void load_biases(
    int rows, int vectors, const int8_t* biases, v128_t sums[rows][vectors]) {
  for (int r = 0; r < rows; r++) {
    for (int v = 0; v < vectors; v++) {
      sums[r][v] = wasm_v128_load(biases + 16 * v);
    }
  }
}

// Stores `count` outputs of each row, from output `first` on.
INLINE void store_rows(
    int rows, int vectors, const Call* call, const float* scales, size_t first, size_t count,
    v128_t sums[rows][vectors]) {
  v128_t outputs[rows];
  for (int r = 0; r < rows; r++) {
    outputs[r] = vectors == 4 ? requantize16(sums[r], scales, call->range)
                              : requantize8(sums[r], scales, call->range);
  }
  for (int r = 0; r < rows; r++) {
    store(call->outputs[r] + first, outputs[r], count, 4 * vectors);
  }
}

// Where a tap's inputs of row `index` are.
INLINE const int8_t* pixel(const Call* call, size_t index) {
  const int8_t* place = call->pointers[index];
  return place == call->zero ? place : place + call->offset;
}

// Up to `vectors` * 4 outputs of each row, from output `first` on; returns where the next block of
// weights is.
INLINE const int8_t* multiply(
    Products products, int rows, int vectors, const Call* call, const int8_t* block, size_t first,
    size_t count) {
  const int block_size = block_outputs(products);
  v128_t sums[rows][vectors];
  load_biases(rows, vectors, block, sums);
  const int8_t* weights = block + block_size * sizeof(int32_t);
  for (size_t tap = 0; tap < call->taps; tap++) {
    const int8_t* inputs[rows];
    for (int r = 0; r < rows; r++) {
      inputs[r] = call->pointers == NULL ? call->inputs[r] : pixel(call, tap * rows + r);
    }
    weights =
        add_all_products(
            products, rows, vectors, call->input_count, inputs, call->flip, weights, sums);
  }
  store_rows(rows, vectors, call, (const float*) weights, first, count, sums);
  return weights + block_size * sizeof(float);
}

INLINE void multiply_blocks(
    Products products, int rows, const Call* call, const int8_t* weights, size_t block_stride,
    size_t outputs) {
  size_t first = 0, left = outputs;
  if (products == PAIRS) {
    for (; left > 8; left -= left < PAIR_OUTPUTS ? left : PAIR_OUTPUTS) {
      weights = multiply(PAIRS, rows, 4, call, weights, first, left);
      first += block_stride;
    }
  }
  for (; left != 0; left -= left < 8 ? left : 8) {
    weights = multiply(products, rows, 2, call, weights, first, left < 8 ? left : 8);
    first += block_stride;
  }
}

// The same for windows of a picture: as few inputs as one group has, and PICTURE_TAPS at most. They are
// loaded once for all outputs.
INLINE void multiply_picture(
    int rows, const Call* call, const int8_t* weights, size_t block_stride, size_t outputs) {
  v128_t activations[PICTURE_TAPS][rows];
  for (size_t tap = 0; tap < call->taps; tap++) {
    for (int r = 0; r < rows; r++) {
      activations[tap][r] = load_activations(pixel(call, tap * rows + r), call->flip);
    }
  }
  for (size_t first = 0, left = outputs; left != 0; left -= left < 8 ? left : 8) {
    v128_t sums[rows][2];
    load_biases(rows, 2, weights, sums);
    weights += DOT_OUTPUTS * sizeof(int32_t);
    for (size_t tap = 0; tap < call->taps; tap++) {
      v128_t loaded[2];
      load_weights(2, weights, loaded);
      for (int r = 0; r < rows; r++) {
        add_dots(2, activations[tap][r], loaded, sums[r]);
      }
      weights += INPUTS * DOT_OUTPUTS;
    }
    store_rows(rows, 2, call, (const float*) weights, first, left < 8 ? left : 8, sums);
    weights += DOT_OUTPUTS * sizeof(float);
    first += block_stride;
  }
}

// What all kernels set, each output's place among them: of rows that are not there, the last one's.
INLINE void begin(Call* call, size_t rows, int8_t* output, size_t output_stride) {
  call->flip = wasm_i8x16_const_splat(-128);
  UNKNOWN(call->flip);
  for (size_t r = 0; r < MOST_ROWS; r++) {
    call->outputs[r] = output + (r < rows ? r : rows - 1) * output_stride;
    UNKNOWN(call->outputs[r]);  // else it is computed again for each block
  }
}

#define KERNELS(NAME, PRODUCTS, ROWS)                                                             \
  static void gemm_##NAME(                                                                        \
      size_t rows, size_t outputs, size_t inputs, const int8_t* input, size_t input_stride,       \
      const void* weights, int8_t* output, size_t output_stride, size_t block_stride,             \
      const union xnn_qs8_qc8w_conv_minmax_params* params) {                                      \
    Call call = {.input_count = inputs, .taps = 1, .range = range(params)};                       \
    for (size_t r = 0; r < ROWS; r++) {                                                           \
      call.inputs[r] = input + (r < rows ? r : rows - 1) * input_stride;                          \
      UNKNOWN(call.inputs[r]);                                                                    \
    }                                                                                             \
    begin(&call, rows, output, output_stride);                                                    \
    multiply_blocks(PRODUCTS, ROWS, &call, weights, block_stride, outputs);                       \
  }                                                                                               \
  static void igemm_##NAME(                                                                       \
      size_t rows, size_t outputs, size_t inputs, size_t pointers_size, const int8_t** pointers,  \
      const void* weights, int8_t* output, size_t output_stride, size_t block_stride,             \
      size_t offset, const int8_t* zero, const union xnn_qs8_qc8w_conv_minmax_params* params) {   \
    Call call = {                                                                                 \
        .input_count = inputs,                                                                    \
        .taps = pointers_size / (ROWS * sizeof(void*)),                                           \
        .pointers = pointers,                                                                     \
        .offset = offset,                                                                         \
        .zero = zero,                                                                             \
        .range = range(params),                                                                   \
    };                                                                                            \
    begin(&call, rows, output, output_stride);                                                    \
    if (PRODUCTS == DOTS && inputs <= INPUTS && call.taps <= PICTURE_TAPS) {                      \
      multiply_picture(ROWS, &call, weights, block_stride, outputs);                              \
    } else {                                                                                      \
      multiply_blocks(PRODUCTS, ROWS, &call, weights, block_stride, outputs);                     \
    }                                                                                             \
  }
KERNELS(dots1, DOTS, 1)
KERNELS(dots, DOTS, DOT_ROWS)
KERNELS(pairs1, PAIRS, 1)
KERNELS(pairs, PAIRS, PAIR_ROWS)

#define CONFIG(NAME, ROWS, OUTPUTS)                                                \
  {                                                                                \
    .minmax.gemm[0].function[0] = (xnn_gemm_ukernel_fn) gemm_##NAME##1,            \
    .minmax.gemm[ROWS - 1].function[0] = (xnn_gemm_ukernel_fn) gemm_##NAME,        \
    .minmax.igemm[0].function[0] = (xnn_igemm_ukernel_fn) igemm_##NAME##1,         \
    .minmax.igemm[ROWS - 1].function[0] = (xnn_igemm_ukernel_fn) igemm_##NAME,     \
    .init.qs8_qc8w = xnn_init_qs8_qc8w_conv_minmax_fp32_scalar_params,             \
    .pack_gemm_goi = (xnn_packw_gemm_goi_ukernel_fn) xnn_pack_qs8_to_qu8_gemm_goi_w, \
    .pack_igemm_goki = (xnn_pack_conv_goki_w_fn) xnn_pack_qs8_to_qu8_conv_goki_w,  \
    .mr = ROWS, .nr = OUTPUTS, .log2_kr = 2,                                       \
  }
static const struct xnn_gemm_config by_dots = CONFIG(dots, DOT_ROWS, DOT_OUTPUTS);
static const struct xnn_gemm_config in_pairs = CONFIG(pairs, PAIR_ROWS, PAIR_OUTPUTS);

// Whether two pairs may be added up in 16 bits, everywhere in weights (rows, inputs): of each eight
// inputs 0 and 1 with 4 and 5, and 2 and 3 with 6 and 7.
static bool two_pairs_fit(const int8_t* weights, size_t rows, size_t inputs) {
  for (const int8_t* end = weights + rows * inputs; weights < end; weights += inputs) {
    for (size_t first = 0; first < inputs; first += 8) {
      Sum sums[2] = {{0}};
      for (size_t i = first; i < inputs && i < first + 8; i++) {
        add(&sums[i / 2 % 2], weights[i]);
      }
      if (!fits(sums[0]) || !fits(sums[1])) {
        return false;
      }
    }
  }
  return true;
}

const struct xnn_gemm_config* choose_gemm(
    const int8_t* kernel, size_t outputs, size_t taps, size_t inputs) {
  if (xnn_init_hardware_config()->use_wasm_usdot) {
    return &by_dots;
  }
  const bool fits = best_in_pairs() && two_pairs_fit(kernel, outputs * taps, inputs);
  return fits ? &in_pairs : xnn_init_qs8_qc8w_gemm_config();
}

#else

const struct xnn_gemm_config* choose_gemm(
    const int8_t* kernel, size_t outputs, size_t taps, size_t inputs) {
  return xnn_init_qs8_qc8w_gemm_config();
}

#endif
