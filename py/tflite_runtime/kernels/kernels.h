// Microkernels of our own for XNNPACK, and how it finds them.
//
// They need a relaxed dot product that multiplies unsigned by signed bytes. Those of dwconv.c need it
// to be exact (`hardware_config->use_wasm_usdot`, which XNNPACK finds out at run time); those of gemm.c
// and pair_dwconv.c are for where it is exact with these weights only. XNNPACK's own kernels are used
// otherwise.
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "xnnpack/config-types.h"
#include "xnnpack/pack.h"

// How to convolve by weights (outputs, taps, inputs) on this engine: by gemm.c or by XNNPACK's own.
const struct xnn_gemm_config* choose_gemm(
    const int8_t* kernel, size_t outputs, size_t taps, size_t inputs);

// How to convolve depthwise by weights (height, width, channels) on this engine, and how to pack them for
// that; NULL where XNNPACK's own kernels are the best there are.
const struct xnn_dwconv_config* choose_dwconv(
    const int8_t* kernel, size_t height, size_t width, size_t channels,
    xnn_pack_dwconv_hwg_w_fn* packing);

// The same by products in pairs only, for windows of `size` rows and columns.
const struct xnn_dwconv_config* choose_pair_dwconv(
    const int8_t* kernel, size_t size, size_t channels, xnn_pack_dwconv_hwg_w_fn* packing);

// How to convolve depthwise in float by windows of this size; NULL where XNNPACK's own kernels are the
// best there are.
const struct xnn_dwconv_config* choose_float_dwconv(size_t height, size_t width);
