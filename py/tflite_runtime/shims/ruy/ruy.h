// Stands in for ruy's matrix product. XNNPACK computes what matters; of TensorFlow Lite's own
// kernels only a few rare ones (16-bit, raw accumulators) come here, so plain loops will do.
#pragma once

#include "ruy/context.h"
#include "ruy/matrix.h"
#include "ruy/mul_params.h"
#include "ruy/reference_mul.h"

namespace ruy {

template <typename Left, typename Right, typename Accumulator, typename Result>
void Mul(const Matrix<Left>& left, const Matrix<Right>& right,
         const MulParams<Accumulator, Result>& params, Context*, Matrix<Result>* result) {
  ReferenceMul(left, right, params, result);
}

}  // namespace ruy
