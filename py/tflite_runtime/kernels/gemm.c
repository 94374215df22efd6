// Convolutions in int8, but for depthwise ones, by products of bytes in pairs (pairs.h). Two such pairs
// are added up before they are widened to 32 bits, for the widening costs as much as the products.
//
// The functions are XNNPACK's "gemm" and "igemm" microkernels, with its packing for unsigned inputs:
// of 16 outputs the biases, then for each four inputs the four weights of every output, then the
// scales.
#include "kernels.h"
#include "xnnpack/config.h"
#include "xnnpack/microparams-init.h"
#include "xnnpack/pack.h"

#ifdef __wasm_relaxed_simd__

#include "pairs.h"
#include "requantize.h"

enum {
  OUTPUTS = 16,  // of a block of packed weights
  INPUTS = 4,  // whose weights are packed together
  ROWS = 2,  // pixels that are computed together: with three the registers do not suffice
};

// Adds the products of `pairs` * 4 inputs of each row to its sums of `vectors` * 4 outputs, and moves
// on to the next inputs; returns where their weights are.
INLINE const int8_t* add_products(
    int rows, int vectors, int pairs, const int8_t* inputs[rows], const int8_t* weights,
    v128_t sums[rows][vectors]) {
  v128_t activations[rows][pairs];
  for (int r = 0; r < rows; r++) {
    for (int p = 0; p < pairs; p++) {
      activations[r][p] = as_unsigned(wasm_v128_load32_splat(inputs[r]));
      inputs[r] += INPUTS;
    }
  }
  for (int v = 0; v < vectors; v++) {
    for (int r = 0; r < rows; r++) {
      v128_t products = wasm_i16x8_const_splat(0);
      for (int p = 0; p < pairs; p++) {
        const v128_t loaded = wasm_v128_load(weights + p * INPUTS * OUTPUTS + 16 * v);
        products = wasm_i16x8_add(
            products, wasm_i16x8_relaxed_dot_i8x16_i7x16(loaded, activations[r][p]));
      }
      sums[r][v] = wasm_i32x4_add(sums[r][v], wasm_i32x4_extadd_pairwise_i16x8(products));
    }
  }
  return weights + pairs * INPUTS * OUTPUTS;
}

// The same for `count` inputs, which the packing has rounded up to a multiple of four.
INLINE const int8_t* add_all_products(
    int rows, int vectors, size_t count, const int8_t* inputs[rows], const int8_t* weights,
    v128_t sums[rows][vectors]) {
  for (; count > INPUTS; count -= count < 2 * INPUTS ? count : 2 * INPUTS) {
    weights = add_products(rows, vectors, 2, inputs, weights, sums);
  }
  return count == 0 ? weights : add_products(rows, vectors, 1, inputs, weights, sums);
}

// What one call computes. For a convolution of one tap the rows' inputs lie `input_stride` apart; else
// `pointers` has those of every tap, `zero` where that is outside of the picture.
typedef struct {
  size_t inputs;
  size_t taps;
  const int8_t* input;
  size_t input_stride;
  const int8_t** pointers;
  size_t offset;
  const int8_t* zero;
  size_t output_stride;
  Range range;
} Call;

// Up to `vectors` * 4 outputs of each row; returns where the next block of weights is.
INLINE const int8_t* multiply(
    int rows, int vectors, const Call* call, const int8_t* block, int8_t* output, size_t count) {
  v128_t sums[rows][vectors];
  for (int r = 0; r < rows; r++) {
    for (int v = 0; v < vectors; v++) {
      sums[r][v] = wasm_v128_load(block + 16 * v);
    }
  }
  const int8_t* weights = block + OUTPUTS * sizeof(int32_t);
  for (size_t tap = 0; tap < call->taps; tap++) {
    const int8_t* inputs[rows];
    for (int r = 0; r < rows; r++) {
      if (call->pointers == NULL) {
        inputs[r] = call->input + r * call->input_stride;
      } else {
        const int8_t* pixel = call->pointers[tap * rows + r];
        inputs[r] = pixel == call->zero ? pixel : pixel + call->offset;
      }
    }
    weights = add_all_products(rows, vectors, call->inputs, inputs, weights, sums);
  }
  const float* scales = (const float*) weights;
  for (int r = rows; r-- > 0;) {  // where there is no second row, the first is stored over it
    store(
        output + r * call->output_stride,
        vectors == 4 ? requantize16(sums[r], scales, call->range)
                     : requantize8(sums[r], scales, call->range),
        count);
  }
  return weights + OUTPUTS * sizeof(float);
}

INLINE void multiply_blocks(
    int rows, const Call* call, const int8_t* block, int8_t* output, size_t block_stride,
    size_t outputs) {
  for (; outputs > 8; outputs -= outputs < OUTPUTS ? outputs : OUTPUTS) {
    block = multiply(rows, 4, call, block, output, outputs);
    output += block_stride;
  }
  if (outputs != 0) {
    multiply(rows, 2, call, block, output, outputs);
  }
}

#define KERNELS(MOST_ROWS)                                                                        \
  static void gemm##MOST_ROWS(                                                                    \
      size_t rows, size_t outputs, size_t inputs, const int8_t* input, size_t input_stride,       \
      const void* weights, int8_t* output, size_t output_stride, size_t block_stride,             \
      const union xnn_qs8_qc8w_conv_minmax_params* params) {                                      \
    const Call call = {                                                                           \
        .inputs = inputs,                                                                         \
        .taps = 1,                                                                                \
        .input = input,                                                                           \
        .input_stride = rows == MOST_ROWS ? input_stride : 0,                                     \
        .output_stride = rows == MOST_ROWS ? output_stride : 0,                                   \
        .range = range(params),                                                                   \
    };                                                                                            \
    multiply_blocks(MOST_ROWS, &call, weights, output, block_stride, outputs);                    \
  }                                                                                               \
  static void igemm##MOST_ROWS(                                                                   \
      size_t rows, size_t outputs, size_t inputs, size_t pointers_size, const int8_t** pointers,  \
      const void* weights, int8_t* output, size_t output_stride, size_t block_stride,             \
      size_t offset, const int8_t* zero, const union xnn_qs8_qc8w_conv_minmax_params* params) {   \
    const Call call = {                                                                           \
        .inputs = inputs,                                                                         \
        .taps = pointers_size / (MOST_ROWS * sizeof(void*)),                                      \
        .pointers = pointers,                                                                     \
        .offset = offset,                                                                         \
        .zero = zero,                                                                             \
        .output_stride = rows == MOST_ROWS ? output_stride : 0,                                   \
        .range = range(params),                                                                   \
    };                                                                                            \
    multiply_blocks(MOST_ROWS, &call, weights, output, block_stride, outputs);                    \
  }
KERNELS(1)
KERNELS(2)

static const struct xnn_gemm_config in_pairs = {
  .minmax.gemm[0].function[0] = (xnn_gemm_ukernel_fn) gemm1,
  .minmax.gemm[ROWS - 1].function[0] = (xnn_gemm_ukernel_fn) gemm2,
  .minmax.igemm[0].function[0] = (xnn_igemm_ukernel_fn) igemm1,
  .minmax.igemm[ROWS - 1].function[0] = (xnn_igemm_ukernel_fn) igemm2,
  .init.qs8_qc8w = xnn_init_qs8_qc8w_conv_minmax_fp32_scalar_params,
  .pack_gemm_goi = (xnn_packw_gemm_goi_ukernel_fn) xnn_pack_qs8_to_qu8_gemm_goi_w,
  .pack_igemm_goki = (xnn_pack_conv_goki_w_fn) xnn_pack_qs8_to_qu8_conv_goki_w,
  .mr = ROWS,
  .nr = OUTPUTS,
  .log2_kr = 2,
};

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
  const bool fits = best_in_pairs() && two_pairs_fit(kernel, outputs * taps, inputs);
  return fits ? &in_pairs : xnn_init_qs8_qc8w_gemm_config();
}

#else

const struct xnn_gemm_config* choose_gemm(
    const int8_t* kernel, size_t outputs, size_t taps, size_t inputs) {
  return xnn_init_qs8_qc8w_gemm_config();
}

#endif
