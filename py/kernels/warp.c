// Crop, rotate, resize and normalise in one pass: the step before every network.
//
// Output pixel (u, v) takes the image at matrix * (u, v, 1), which is rounded to 1/32 pixel and
// interpolated bilinearly with integer weights. The arithmetic is that of OpenCV 4's
// warpPerspective (INTER_LINEAR | WARP_INVERSE_MAP) to the last bit, including the order of the
// additions, so that the native tracker, which calls OpenCV, sees the same pixels.

#include <math.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

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

// The pixel at a position in 1/POSITION_ONE pixels, anywhere.
static void sample(const Image* image, int32_t x, int32_t y, uint8_t* out) {
  const int right = x & (POSITION_ONE - 1), left = POSITION_ONE - right;
  const int lower = y & (POSITION_ONE - 1), upper = POSITION_ONE - lower;
  const int weights[4] = {left * upper, right * upper, left * lower, right * lower};
  blend_anywhere(image, x >> POSITION_BITS, y >> POSITION_BITS, weights, out);
}

#ifdef __wasm_simd128__
enum { GROUP = 4 };  // pixels that are computed together

// Whether SIMD can round a position: so far from zero that nobody has a picture there it cannot.
static inline int is_near(double position) { return fabs(position) < 1 << 30; }

// Positions first + step * index of four pixels, rounded as `nearest` does: in the sum, below a
// number of 2^52, there is no place for fractions, and its low word is the integer.
static inline v128_t four_nearest(v128_t first, v128_t step, v128_t index) {
  const v128_t integers = wasm_f64x2_const_splat(6755399441055744);  // 1.5 * 2^52
  const v128_t next = wasm_f64x2_add(index, wasm_f64x2_const_splat(2));
  const v128_t low = wasm_f64x2_add(wasm_f64x2_add(first, wasm_f64x2_mul(step, index)), integers);
  const v128_t high = wasm_f64x2_add(wasm_f64x2_add(first, wasm_f64x2_mul(step, next)), integers);
  return wasm_i32x4_shuffle(low, high, 0, 2, 4, 6);
}

// Two neighbouring pixels as pairs of 16-bit numbers, one pair a channel. Reads eight bytes.
static inline v128_t pixel_pairs(const uint8_t* source, int channels) {
  const v128_t places =
      channels == 4 ? wasm_i8x16_const(0, -1, 4, -1, 1, -1, 5, -1, 2, -1, 6, -1, -1, -1, -1, -1)
                    : wasm_i8x16_const(0, -1, 3, -1, 1, -1, 4, -1, 2, -1, 5, -1, -1, -1, -1, -1);
  return wasm_i8x16_swizzle(wasm_v128_load64_zero(source), places);
}

// Blend of four pixels that lie inside of the image, as three numbers. Reads eight bytes in each of
// the two rows. The weights are pairs, left and right.
static inline v128_t blend_inside(const uint8_t* upper, const uint8_t* lower, int channels,
                                  v128_t upper_weights, v128_t lower_weights) {
  const v128_t half = wasm_i32x4_const_splat(1 << (WEIGHT_BITS - 1));
  const v128_t sums =
      wasm_i32x4_add(wasm_i32x4_dot_i16x8(pixel_pairs(upper, channels), upper_weights),
                     wasm_i32x4_dot_i16x8(pixel_pairs(lower, channels), lower_weights));
  return wasm_u32x4_shr(wasm_i32x4_add(sums, half), WEIGHT_BITS);
}

// Whether four positions lie on the image, with all the bytes that are read for them: of two pixels of
// three bytes that is more than they have.
static inline int all_inside(const Image* image, v128_t x, v128_t y) {
  const int last_x = (image->width - 1) * POSITION_ONE, last_y = (image->height - 1) * POSITION_ONE;
  const int last_read = image->channels == 4 ? last_x : last_x - POSITION_ONE - 1;
  const v128_t in_row = wasm_u32x4_le(x, wasm_i32x4_splat(last_read));
  const v128_t in_column = wasm_u32x4_le(y, wasm_i32x4_splat(last_y));
  return wasm_i32x4_all_true(wasm_v128_and(in_row, in_column));
}

// Whether four positions lie a pixel or more outside of the image.
static inline int all_outside(const Image* image, v128_t x, v128_t y) {
  const v128_t one = wasm_i32x4_const_splat(POSITION_ONE);
  const v128_t beside = wasm_u32x4_ge(wasm_i32x4_add(x, one),
                                      wasm_i32x4_splat((image->width + 1) * POSITION_ONE));
  const v128_t above = wasm_u32x4_ge(wasm_i32x4_add(y, one),
                                     wasm_i32x4_splat((image->height + 1) * POSITION_ONE));
  return wasm_i32x4_all_true(wasm_v128_or(beside, above));
}

// The nearest positions among `pixels` ones in a row.
static inline v128_t limited(v128_t positions, int pixels) {
  const v128_t last = wasm_i32x4_splat((pixels - 1) * POSITION_ONE);
  return wasm_i32x4_max(wasm_i32x4_min(positions, last), wasm_i32x4_const_splat(0));
}

// The pixel before each position that has another one behind it.
static inline v128_t pixel_before(v128_t positions, int pixels) {
  return wasm_i32x4_min(wasm_i32x4_shr(positions, POSITION_BITS), wasm_i32x4_splat(pixels - 2));
}

// The same number in both halves of each 32-bit lane.
static inline v128_t twice(v128_t numbers) {
  return wasm_v128_or(numbers, wasm_i32x4_shl(numbers, 16));
}

#define PIXEL(k)                                                                       \
  blend_inside(upper + wasm_i32x4_extract_lane(offsets, k),                            \
               lower + wasm_i32x4_extract_lane(offsets, k), image->channels,           \
               wasm_i32x4_shuffle(upper_weights, upper_weights, k, k, k, k),           \
               wasm_i32x4_shuffle(lower_weights, lower_weights, k, k, k, k))

// Four pixels at positions that are inside of the image. Writes four bytes more than they have.
static inline void sample_inside(const Image* image, v128_t x, v128_t y, uint8_t* out) {
  const v128_t left = pixel_before(x, image->width), top = pixel_before(y, image->height);
  const v128_t one = wasm_i32x4_const_splat(POSITION_ONE);
  const v128_t right_part = wasm_i32x4_sub(x, wasm_i32x4_shl(left, POSITION_BITS));
  const v128_t lower_part = wasm_i32x4_sub(y, wasm_i32x4_shl(top, POSITION_BITS));
  const v128_t sides =
      wasm_v128_or(wasm_i32x4_sub(one, right_part), wasm_i32x4_shl(right_part, 16));
  const v128_t upper_weights = wasm_i16x8_mul(sides, twice(wasm_i32x4_sub(one, lower_part)));
  const v128_t lower_weights = wasm_i16x8_mul(sides, twice(lower_part));
  const v128_t offsets =
      wasm_i32x4_add(wasm_i32x4_mul(top, wasm_i32x4_splat(image->stride)),
                     wasm_i32x4_mul(left, wasm_i32x4_splat(image->channels)));
  const uint8_t *upper = image->pixels, *lower = upper + image->stride;
  const v128_t pixels = wasm_u8x16_narrow_i16x8(wasm_i16x8_narrow_i32x4(PIXEL(0), PIXEL(1)),
                                                wasm_i16x8_narrow_i32x4(PIXEL(2), PIXEL(3)));
  const v128_t places = wasm_i8x16_const(0, 1, 2, 4, 5, 6, 8, 9, 10, 12, 13, 14, -1, -1, -1, -1);
  wasm_v128_store(out, wasm_i8x16_swizzle(pixels, places));
}
#undef PIXEL

// Interpolate as many of `count` pixels as four at a time are; how many those were.
static int sample_groups(const Image* image, double x, double y, double step_x, double step_y,
                         int count, uint8_t* out) {
  if (image->width < 3 || image->height < 2 || !is_near(x) || !is_near(y) ||
      !is_near(x + step_x * count) || !is_near(y + step_y * count)) {
    return 0;
  }
  const v128_t first_x = wasm_f64x2_splat(x), first_y = wasm_f64x2_splat(y);
  const v128_t steps_x = wasm_f64x2_splat(step_x), steps_y = wasm_f64x2_splat(step_y);
  v128_t index = wasm_f64x2_const(0, 1);
  int done = 0;
  for (; done + GROUP <= count; done += GROUP, out += GROUP * OUTPUT_CHANNELS) {
    v128_t group_x = four_nearest(first_x, steps_x, index);
    v128_t group_y = four_nearest(first_y, steps_y, index);
    if (image->replicate) {
      group_x = limited(group_x, image->width);
      group_y = limited(group_y, image->height);
    }
    if (all_inside(image, group_x, group_y)) {
      sample_inside(image, group_x, group_y, out);
    } else if (all_outside(image, group_x, group_y)) {
      memset(out, 0, GROUP * OUTPUT_CHANNELS);
    } else {
      int32_t xs[GROUP], ys[GROUP];
      wasm_v128_store(xs, group_x);
      wasm_v128_store(ys, group_y);
      for (int i = 0; i < GROUP; ++i) sample(image, xs[i], ys[i], out + i * OUTPUT_CHANNELS);
    }
    index = wasm_f64x2_add(index, wasm_f64x2_const_splat(GROUP));
  }
  return done;
}
#endif

// Interpolate `count` pixels from (x, y) on, `step_x` and `step_y` apart, all in 1/POSITION_ONE
// pixels. May write four bytes more than count * 3.
static void sample_line(const Image* image, double x, double y, double step_x, double step_y,
                        int count, uint8_t* out) {
  int i = 0;
#ifdef __wasm_simd128__
  i = sample_groups(image, x, y, step_x, step_y, count, out);
#endif
  for (; i < count; ++i) {
    sample(image, nearest(x + step_x * i), nearest(y + step_y * i), out + i * OUTPUT_CHANNELS);
  }
}

static inline int smaller(int a, int b) { return a < b ? a : b; }

// Interpolates a run of pixels, as `sample_line` does.
typedef void Sampler(const Image*, double, double, double, double, int, uint8_t*);

// Warps `image`; the grey levels 0 to 255 become `low` to `high`.
static inline void warp(const Image* image, const double* matrix, int size, float* out, float low,
                        float high, Sampler* sample_run) {
  const float scale = (float)(((double)high - low) / 255);
  uint8_t line[BLOCK_AREA * OUTPUT_CHANNELS + 4];
  const int block = smaller(BLOCK_AREA / smaller(BLOCK_HEIGHT, size), size);
  for (int v = 0; v < size; ++v) {
    for (int u = 0; u < size; u += block) {
      const int count = smaller(block, size - u);
      const double x = matrix[0] * u + matrix[1] * v + matrix[2];
      const double y = matrix[3] * u + matrix[4] * v + matrix[5];
      sample_run(image, x * POSITION_ONE, y * POSITION_ONE, matrix[0] * POSITION_ONE,
                 matrix[3] * POSITION_ONE, count, line);
      float* values = out + ((size_t)v * size + u) * OUTPUT_CHANNELS;
      for (int i = 0; i < count * OUTPUT_CHANNELS; ++i) values[i] = (float)line[i] * scale + low;
    }
  }
}

// What WebAssembly exports.
void warp_to_float(const uint8_t* pixels, int width, int height, int channels, ptrdiff_t stride,
                   int replicate, const double* matrix, int size, float* out, float low,
                   float high) {
  const Image image = {pixels, width, height, channels, stride, replicate};
  warp(&image, matrix, size, out, low, high, sample_line);
}
