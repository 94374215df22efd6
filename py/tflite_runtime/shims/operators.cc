// The operators of this build, each with the newest version of it that a model may ask for: those
// of vision networks, in float and quantized. A model that has another is refused by name.
#include <memory>

#include "tensorflow/lite/core/create_op_resolver.h"
#include "tensorflow/lite/core/kernels/builtin_op_kernels.h"
#include "tensorflow/lite/mutable_op_resolver.h"

namespace tflite {

std::unique_ptr<MutableOpResolver> CreateOpResolver() {
  auto resolver = std::make_unique<MutableOpResolver>();
#define ADD(NAME, VERSION) \
  resolver->AddBuiltin(BuiltinOperator_##NAME, ops::builtin::Register_##NAME(), 1, VERSION)
  ADD(ABS, 5);
  ADD(ADD, 5);
  ADD(ARG_MAX, 3);
  ADD(ARG_MIN, 3);
  ADD(AVERAGE_POOL_2D, 3);
  ADD(BATCH_MATMUL, 4);
  ADD(CAST, 5);
  ADD(CONCATENATION, 4);
  ADD(CONV_2D, 8);
  ADD(DENSIFY, 1);
  ADD(DEPTHWISE_CONV_2D, 7);
  ADD(DEPTH_TO_SPACE, 2);
  ADD(DEQUANTIZE, 6);
  ADD(DIV, 2);
  ADD(ELU, 1);
  ADD(EXP, 2);
  ADD(EXPAND_DIMS, 1);
  ADD(FULLY_CONNECTED, 11);
  ADD(GATHER, 6);
  ADD(GELU, 2);
  ADD(HARD_SWISH, 1);
  ADD(L2_NORMALIZATION, 2);
  ADD(LEAKY_RELU, 2);
  ADD(LOG, 1);
  ADD(LOGISTIC, 3);
  ADD(MAXIMUM, 4);
  ADD(MAX_POOL_2D, 3);
  ADD(MEAN, 3);
  ADD(MINIMUM, 4);
  ADD(MIRROR_PAD, 3);
  ADD(MUL, 7);
  ADD(NEG, 1);
  ADD(PACK, 4);
  ADD(PAD, 4);
  ADD(PADV2, 4);
  ADD(POW, 1);
  ADD(PRELU, 1);
  ADD(QUANTIZE, 3);
  ADD(REDUCE_MAX, 3);
  ADD(REDUCE_MIN, 3);
  ADD(RELU, 3);
  ADD(RELU6, 3);
  ADD(RELU_N1_TO_1, 1);
  ADD(RESHAPE, 1);
  ADD(RESIZE_BILINEAR, 4);
  ADD(RESIZE_NEAREST_NEIGHBOR, 4);
  ADD(RSQRT, 3);
  ADD(SHAPE, 1);
  ADD(SLICE, 6);
  ADD(SOFTMAX, 3);
  ADD(SPACE_TO_DEPTH, 2);
  ADD(SPLIT, 4);
  ADD(SPLIT_V, 2);
  ADD(SQRT, 1);
  ADD(SQUARE, 1);
  ADD(SQUARED_DIFFERENCE, 2);
  ADD(SQUEEZE, 2);
  ADD(STRIDED_SLICE, 8);
  ADD(SUB, 5);
  ADD(SUM, 2);
  ADD(TANH, 3);
  ADD(TILE, 3);
  ADD(TRANSPOSE, 6);
  ADD(TRANSPOSE_CONV, 5);
  ADD(UNPACK, 4);
#undef ADD
  return resolver;
}

}  // namespace tflite
