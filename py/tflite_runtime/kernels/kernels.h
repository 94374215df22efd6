// Microkernels of our own for XNNPACK, and how it finds them.
//
// They need a relaxed dot product that multiplies unsigned by signed bytes. Those of dwconv.c need it
// to be exact (`hardware_config->use_wasm_usdot`, which XNNPACK finds out at run time); those of
// gemm.c are for where it is exact with these weights only. XNNPACK's own kernels are used otherwise.
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "xnnpack/config-types.h"

// How to convolve by weights (outputs, taps, inputs) on this engine: by gemm.c or by XNNPACK's own.
const struct xnn_gemm_config* choose_gemm(
    const int8_t* kernel, size_t outputs, size_t taps, size_t inputs);

// The depthwise convolution for kernels of this size on this engine, or NULL where XNNPACK's own
// is the best there is. Its weights are packed by `pack_usdot_dwconv_hwg`.
const struct xnn_dwconv_config* find_usdot_dwconv(size_t kernel_height, size_t kernel_width);

struct xnn_qs8_packing_params;

// The weights of a depthwise convolution (height, width, channels) for the kernels of dwconv.c;
// the arguments are those of xnn_pack_qs8_dwconv_hwg_w.
void pack_usdot_dwconv_hwg(
    size_t taps, size_t, size_t, size_t height, size_t width, size_t channels, size_t channel_tile,
    size_t, size_t, const int8_t* kernel, const int32_t* bias, const float* scale, void* packed,
    size_t extra_bytes, size_t, const struct xnn_qs8_packing_params* params);
