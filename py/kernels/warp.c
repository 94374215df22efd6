// Crop, rotate, resize and normalise in one pass: the step before every network.
//
// Output pixel (u, v) takes the image at matrix * (u, v, 1), which is rounded to 1/32 pixel and
// interpolated bilinearly with integer weights. The arithmetic is that of OpenCV 4's
// warpPerspective (INTER_LINEAR | WARP_INVERSE_MAP) to the last bit, including the order of the
// additions, so that the native tracker, which calls OpenCV, sees the same pixels.

#include <math.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __wasm_simd128__
#include <wasm_simd128.h>
#endif

enum {
  POSITION_BITS = 5,  // a position counts 1/32 pixels
  POSITION_ONE = 1 << POSITION_BITS,
  WEIGHT_BITS = 2 * POSITION_BITS,
  OUTPUT_CHANNELS = 3,
  // OpenCV computes positions block by block, starting anew from each block's left edge.
  BLOCK_HEIGHT = 16,
  BLOCK_AREA = 1024,
};

typedef struct {
  const uint8_t* pixels;
  int width;
  int height;
  int channels;      // 3 or 4, the first three of which are read
  ptrdiff_t stride;  // bytes from one row to the next
  int replicate;     // outside: 0 is black, otherwise the nearest pixel
} Image;

// Nearest integer, halves to even. What is too large, or not a number, becomes a position that is
// far outside of any image.
static inline int32_t nearest(double value) {
  const double limited =
      value > INT32_MIN ? (value < INT32_MAX ? value : INT32_MAX) : INT32_MIN;
  return (int32_t)rint(limited);
}

static inline int clamp(int value, int end) {
  return value < 0 ? 0 : value < end ? value : end - 1;
}

// The pixel at column x and row y, or NULL where it is black.
static inline const uint8_t* pixel(const Image* image, int x, int y) {
  if (image->replicate) {
    x = clamp(x, image->width);
    y = clamp(y, image->height);
  } else if (x < 0 || x >= image->width || y < 0 || y >= image->height) {
    return NULL;
  }
  return image->pixels + y * image->stride + x * image->channels;
}

// Blend of the pixels around any position, inside or outside of the image.
static void blend_anywhere(const Image* image, int x, int y, const int weights[4], uint8_t* out) {
  int sums[OUTPUT_CHANNELS] = {0, 0, 0};
  for (int corner = 0; corner < 4; ++corner) {
    const uint8_t* source = pixel(image, x + (corner & 1), y + (corner >> 1));
    for (int channel = 0; source && channel < OUTPUT_CHANNELS; ++channel) {
      sums[channel] += weights[corner] * source[channel];
    }
  }
  for (int channel = 0; channel < OUTPUT_CHANNELS; ++channel) {
    out[channel] = (uint8_t)((sums[channel] + (1 << (WEIGHT_BITS - 1))) >> WEIGHT_BITS);
  }
}

#ifdef __wasm_simd128__
// Two neighbouring pixels as pairs of 16-bit numbers, one pair a channel. Reads eight bytes.
static inline v128_t pixel_pairs(const uint8_t* source, int channels) {
  const v128_t bytes = wasm_v128_load64_zero(source);
  const v128_t pairs =
      channels == 4 ? wasm_i8x16_shuffle(bytes, bytes, 0, 4, 1, 5, 2, 6, 3, 7, 0, 4, 1, 5, 2, 6, 3, 7)
                    : wasm_i8x16_shuffle(bytes, bytes, 0, 3, 1, 4, 2, 5, 2, 5, 0, 3, 1, 4, 2, 5, 2, 5);
  return wasm_u16x8_extend_low_u8x16(pairs);
}

// Blend of four pixels that lie inside of the image. Reads eight bytes in each of the two rows,
// writes four bytes, of which the last means nothing.
static inline void blend_inside(const uint8_t* upper, const uint8_t* lower, int channels,
                                const int weights[4], uint8_t* out) {
  const v128_t upper_weights = wasm_i32x4_splat(weights[0] | weights[1] << 16);
  const v128_t lower_weights = wasm_i32x4_splat(weights[2] | weights[3] << 16);
  const v128_t sums =
      wasm_i32x4_add(wasm_i32x4_dot_i16x8(pixel_pairs(upper, channels), upper_weights),
                     wasm_i32x4_dot_i16x8(pixel_pairs(lower, channels), lower_weights));
  const v128_t half = wasm_i32x4_splat(1 << (WEIGHT_BITS - 1));
  const v128_t values = wasm_u32x4_shr(wasm_i32x4_add(sums, half), WEIGHT_BITS);
  const v128_t bytes = wasm_i8x16_shuffle(values, values, 0, 4, 8, 12, 0, 4, 8, 12, 0, 4, 8, 12, 0, 4, 8, 12);
  wasm_v128_store32_lane(out, bytes, 0);
}
#endif

// Interpolate `count` pixels from (x, y) on, `step_x` and `step_y` apart. Writes one byte more
// than count * 3.
static void sample_line(const Image* image, double x, double y, double step_x, double step_y,
                        int count, uint8_t* out) {
#ifdef __wasm_simd128__
  const uint8_t* last_read =
      image->pixels + (image->height - 1) * image->stride + image->width * image->channels - 8;
#endif
  for (int i = 0; i < count; ++i, out += OUTPUT_CHANNELS) {
    const int32_t fixed_x = nearest((x + step_x * i) * POSITION_ONE);
    const int32_t fixed_y = nearest((y + step_y * i) * POSITION_ONE);
    const int left = fixed_x >> POSITION_BITS, top = fixed_y >> POSITION_BITS;
    const int right_part = fixed_x & (POSITION_ONE - 1), left_part = POSITION_ONE - right_part;
    const int lower_part = fixed_y & (POSITION_ONE - 1), upper_part = POSITION_ONE - lower_part;
    const int weights[4] = {left_part * upper_part, right_part * upper_part,
                            left_part * lower_part, right_part * lower_part};
#ifdef __wasm_simd128__
    if (left >= 0 && left < image->width - 1 && top >= 0 && top < image->height - 1) {
      const uint8_t* upper = image->pixels + top * image->stride + left * image->channels;
      const uint8_t* lower = upper + image->stride;
      if (lower <= last_read) {
        blend_inside(upper, lower, image->channels, weights, out);
        continue;
      }
    }
#endif
    blend_anywhere(image, left, top, weights, out);
  }
}

static inline int smaller(int a, int b) { return a < b ? a : b; }

// Warps `image` and hands each run of sampled bytes, in the output's order, to `store`.
static inline void warp(const Image* image, const double matrix[6], int size,
                        void (*store)(const uint8_t*, size_t, size_t, void*), void* context) {
  uint8_t line[BLOCK_AREA * OUTPUT_CHANNELS + 1];
  const int block = smaller(BLOCK_AREA / smaller(BLOCK_HEIGHT, size), size);
  for (int v = 0; v < size; ++v) {
    for (int u = 0; u < size; u += block) {
      const int count = smaller(block, size - u);
      const double x = matrix[0] * u + matrix[1] * v + matrix[2];
      const double y = matrix[3] * u + matrix[4] * v + matrix[5];
      sample_line(image, x, y, matrix[0], matrix[3], count, line);
      const size_t start = ((size_t)v * size + u) * OUTPUT_CHANNELS;
      store(line, start, (size_t)count * OUTPUT_CHANNELS, context);
    }
  }
}

typedef struct {
  float* out;
  float scale;
  float offset;
} Floats;

static void store_floats(const uint8_t* line, size_t start, size_t count, void* context) {
  const Floats* floats = context;
  float* out = floats->out + start;
  for (size_t i = 0; i < count; ++i) out[i] = (float)line[i] * floats->scale + floats->offset;
}

typedef struct {
  int8_t* out;
  int8_t values[256];
} Int8s;

static void store_int8s(const uint8_t* line, size_t start, size_t count, void* context) {
  const Int8s* int8s = context;
  int8_t* out = int8s->out + start;
  for (size_t i = 0; i < count; ++i) out[i] = int8s->values[line[i]];
}

// The grey levels 0 to 255 become `low` to `high`.
void warp_to_float(const uint8_t* pixels, int width, int height, int channels, ptrdiff_t stride,
                   int replicate, const double* matrix, int size, float* out, float low,
                   float high) {
  const Image image = {pixels, width, height, channels, stride, replicate};
  Floats floats = {out, (float)(((double)high - low) / 255), low};
  warp(&image, matrix, size, store_floats, &floats);
}

// The same, quantized as an int8 tensor of this scale and zero point.
void warp_to_int8(const uint8_t* pixels, int width, int height, int channels, ptrdiff_t stride,
                  int replicate, const double* matrix, int size, int8_t* out, float low, float high,
                  float scale, int zero_point) {
  const Image image = {pixels, width, height, channels, stride, replicate};
  Int8s int8s = {out, {0}};
  for (int grey = 0; grey < 256; ++grey) {
    const double value = (double)grey / 255 * ((double)high - low) + low;
    const double quantized = rint(value / scale) + zero_point;
    int8s.values[grey] = (int8_t)fmin(fmax(quantized, INT8_MIN), INT8_MAX);
  }
  warp(&image, matrix, size, store_int8s, &int8s);
}
