// ruy's reference product asks for this function; TensorFlow Lite has the same one.
#include "ruy/apply_multiplier.h"
#include "tensorflow/lite/kernels/internal/common.h"

namespace ruy {
namespace detail {

std::int32_t MultiplyByQuantizedMultiplier(std::int32_t x, std::int32_t multiplier, int shift) {
  return tflite::MultiplyByQuantizedMultiplier(x, multiplier, shift);
}

}  // namespace detail
}  // namespace ruy
