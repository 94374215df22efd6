// Quick ways on x86 for runs of pixels: two neighbours at a time by SSE2, which every such processor
// has, or eight pixels at a time by AVX2.

#include <emmintrin.h>

// Whether a position can be rounded: nobody has a picture that far from zero.
static inline int is_near(double position) { return fabs(position) < 1 << 30; }

static inline int within(double position, int pixels) {
  return position >= 0 && position <= (double)(pixels - 1) * POSITION_ONE;
}

// Whether a run is near, and lies inside of the image or takes the nearest pixel of its edge. It is
// straight: its ends tell.
static inline int is_plain(const Image* image, double x, double y, double last_x, double last_y) {
  const int near = is_near(x) && is_near(last_x) && is_near(y) && is_near(last_y);
  const int inside = within(x, image->width) && within(last_x, image->width) &&
                     within(y, image->height) && within(last_y, image->height);
  return near && (image->replicate || inside) && image->width >= 2 && image->height >= 2;
}

// Two neighbouring pixels as pairs of 16-bit numbers, one pair a channel.
static inline __m128i pixel_pairs(const uint8_t* source, int channels) {
  uint32_t first;
  uint16_t rest;
  memcpy(&first, source, sizeof first);
  memcpy(&rest, source + sizeof first, sizeof rest);  // of three channels there may be no more
  const __m128i levels = channels == 4 ? _mm_loadl_epi64((const __m128i*)source)
                                       : _mm_insert_epi16(_mm_cvtsi32_si128((int)first), rest, 2);
  const __m128i numbers = _mm_unpacklo_epi8(levels, _mm_setzero_si128());
  const __m128i right = channels == 4 ? _mm_srli_si128(numbers, 8) : _mm_srli_si128(numbers, 6);
  return _mm_unpacklo_epi16(numbers, right);
}

// Weights of two neighbours, for each pair.
static inline __m128i weight_pairs(int left, int right) {
  return _mm_set1_epi32(left | right << 16);
}

// Where a position lies among `pixels`: the pixel before it that has another one behind it, and how
// far the position is from that. One outside of the image is moved to its edge.
static inline int pixel_before(int32_t position, int pixels, int* part) {
  const int last = (pixels - 1) * POSITION_ONE;
  const int limited = position < 0 ? 0 : position < last ? position : last;
  const int before = smaller(limited >> POSITION_BITS, pixels - 2);
  *part = limited - before * POSITION_ONE;
  return before;
}

// Interpolate the pixels from `first` to `end` of a plain run, as `sample_line` does.
static inline void sample_pairs(const Image* image, double x, double y, double step_x,
                                double step_y, int first, int end, uint8_t* out, int channels) {
  const __m128i half = _mm_set1_epi32(1 << (WEIGHT_BITS - 1)), zero = _mm_setzero_si128();
  for (int i = first; i < end; ++i) {
    int right, below;
    const int column = pixel_before(near_integer(x + step_x * i), image->width, &right);
    const int row = pixel_before(near_integer(y + step_y * i), image->height, &below);
    const uint8_t* upper = image->pixels + row * image->stride + column * channels;
    const int left = POSITION_ONE - right, above = POSITION_ONE - below;
    const __m128i sums = _mm_add_epi32(
        _mm_madd_epi16(pixel_pairs(upper, channels), weight_pairs(left * above, right * above)),
        _mm_madd_epi16(pixel_pairs(upper + image->stride, channels),
                       weight_pairs(left * below, right * below)));
    const __m128i levels = _mm_srli_epi32(_mm_add_epi32(sums, half), WEIGHT_BITS);
    const __m128i bytes = _mm_packus_epi16(_mm_packs_epi32(levels, zero), zero);
    const int32_t pixel = _mm_cvtsi128_si32(bytes);
    memcpy(out + i * OUTPUT_CHANNELS, &pixel, sizeof pixel);  // a byte more: the next one's, or room
  }
}

// Interpolate a run, as `sample_line` does.
static void sample_run(const Image* image, double x, double y, double step_x, double step_y,
                       int count, uint8_t* out) {
  if (!is_plain(image, x, y, x + step_x * (count - 1), y + step_y * (count - 1))) {
    sample_line(image, x, y, step_x, step_y, count, out);
  } else if (image->channels == 4) {
    sample_pairs(image, x, y, step_x, step_y, 0, count, out, 4);
  } else {
    sample_pairs(image, x, y, step_x, step_y, 0, count, out, 3);
  }
}

#if defined(__x86_64__) && defined(__GNUC__) && !defined(WITHOUT_AVX2)
#include <immintrin.h>

#define HAS_AVX2 1
#define AVX2 __attribute__((target("avx2")))

enum { EIGHT = 8 };

// Positions first + step * index of eight pixels, rounded as `near_integer` does. `some` are the
// indices of the first two, the fifth and the sixth.
AVX2 static inline __m256i eight_positions(double first, double step, __m256d some) {
  const __m256d integers = _mm256_set1_pd(6755399441055744.0);  // 1.5 * 2^52
  const __m256d begin = _mm256_set1_pd(first), steps = _mm256_set1_pd(step);
  const __m256d others = _mm256_add_pd(some, _mm256_set1_pd(2));
  const __m256d low = _mm256_add_pd(_mm256_add_pd(begin, _mm256_mul_pd(steps, some)), integers);
  const __m256d high = _mm256_add_pd(_mm256_add_pd(begin, _mm256_mul_pd(steps, others)), integers);
  const __m256 words =
      _mm256_shuffle_ps(_mm256_castpd_ps(low), _mm256_castpd_ps(high), _MM_SHUFFLE(2, 0, 2, 0));
  return _mm256_castps_si256(words);
}

// As `pixel_before`.
AVX2 static inline __m256i eight_before(__m256i positions, int pixels, __m256i* parts) {
  const __m256i last = _mm256_set1_epi32((pixels - 1) * POSITION_ONE);
  const __m256i limited =
      _mm256_max_epi32(_mm256_min_epi32(positions, last), _mm256_setzero_si256());
  const __m256i before = _mm256_min_epi32(_mm256_srai_epi32(limited, POSITION_BITS),
                                          _mm256_set1_epi32(pixels - 2));
  *parts = _mm256_sub_epi32(limited, _mm256_slli_epi32(before, POSITION_BITS));
  return before;
}

// The weights of a position between two neighbours, side by side.
AVX2 static inline __m256i both_weights(__m256i parts, int bits) {
  const __m256i rest = _mm256_sub_epi32(_mm256_set1_epi32(POSITION_ONE), parts);
  return _mm256_or_si256(rest, _mm256_slli_epi32(parts, bits));
}

// Eight bytes at `upper` and at the place in the next row: two pixels above two.
AVX2 static inline __m128i four_pixels(const uint8_t* upper, ptrdiff_t stride) {
  const __m128 above = _mm_castsi128_ps(_mm_loadl_epi64((const __m128i*)upper));
  return _mm_castps_si128(_mm_loadh_pi(above, (const __m64*)(upper + stride)));
}

// Sums of the pixels `k` and `k` + 4 of eight: first of neighbours, then of rows.
#define SUMS(k)                                                                                 \
  _mm256_madd_epi16(                                                                            \
      _mm256_maddubs_epi16(                                                                     \
          _mm256_shuffle_epi8(                                                                  \
              _mm256_set_m128i(four_pixels(image->pixels + offsets[k + 4], image->stride),      \
                               four_pixels(image->pixels + offsets[k], image->stride)),         \
              places),                                                                          \
          _mm256_shuffle_epi32(sides, k * 0x55)),                                               \
      _mm256_shuffle_epi32(rows, k * 0x55))
#define LEVELS(k) _mm256_srli_epi32(_mm256_add_epi32(SUMS(k), half), WEIGHT_BITS)

// Interpolate eight pixels whose upper left neighbours are at `offsets`. Reads eight bytes in each of
// two rows, and writes four more than the pixels have.
AVX2 static inline void sample_eight(const Image* image, const int32_t* offsets, __m256i sides,
                                     __m256i rows, __m256i places, uint8_t* out) {
  const __m256i half = _mm256_set1_epi32(1 << (WEIGHT_BITS - 1));
  const __m256i pixels = _mm256_packus_epi16(_mm256_packs_epi32(LEVELS(0), LEVELS(1)),
                                             _mm256_packs_epi32(LEVELS(2), LEVELS(3)));
  const __m256i bytes = _mm256_shuffle_epi8(
      pixels, _mm256_broadcastsi128_si256(
                  _mm_setr_epi8(0, 1, 2, 4, 5, 6, 8, 9, 10, 12, 13, 14, -1, -1, -1, -1)));
  _mm_storeu_si128((__m128i*)out, _mm256_castsi256_si128(bytes));
  _mm_storeu_si128((__m128i*)(out + EIGHT / 2 * OUTPUT_CHANNELS),
                   _mm256_extracti128_si256(bytes, 1));
}
#undef LEVELS
#undef SUMS

// Interpolate a plain run, as `sample_pairs` does.
AVX2 static inline void sample_eights(const Image* image, double x, double y, double step_x,
                                      double step_y, int count, uint8_t* out, int channels) {
  // Of each channel the upper two neighbours and the lower two.
  const __m256i places = _mm256_broadcastsi128_si256(
      channels == 4 ? _mm_setr_epi8(0, 4, 8, 12, 1, 5, 9, 13, 2, 6, 10, 14, -1, -1, -1, -1)
                    : _mm_setr_epi8(0, 3, 8, 11, 1, 4, 9, 12, 2, 5, 10, 13, -1, -1, -1, -1));
  // Of two pixels with three channels, eight bytes are more than they have.
  const __m256i last = _mm256_set1_epi32(image->width - (channels == 4 ? 2 : 4));
  __m256d some = _mm256_setr_pd(0, 1, 4, 5);
  int i = 0;
  for (; i + EIGHT <= count; i += EIGHT, some = _mm256_add_pd(some, _mm256_set1_pd(EIGHT))) {
    __m256i right, below;
    const __m256i column = eight_before(eight_positions(x, step_x, some), image->width, &right);
    const __m256i row = eight_before(eight_positions(y, step_y, some), image->height, &below);
    if (_mm256_movemask_epi8(_mm256_cmpgt_epi32(column, last))) {
      sample_pairs(image, x, y, step_x, step_y, i, i + EIGHT, out, channels);
      continue;
    }
    int32_t offsets[EIGHT];
    _mm256_storeu_si256(
        (__m256i*)offsets,
        _mm256_add_epi32(_mm256_mullo_epi32(row, _mm256_set1_epi32((int)image->stride)),
                         _mm256_mullo_epi32(column, _mm256_set1_epi32(channels))));
    const __m256i pair = both_weights(right, 8);
    sample_eight(image, offsets, _mm256_or_si256(pair, _mm256_slli_epi32(pair, 16)),
                 both_weights(below, 16), places, out + i * OUTPUT_CHANNELS);
  }
  sample_pairs(image, x, y, step_x, step_y, i, count, out, channels);
}

// Interpolate a run, as `sample_run` does. Offsets in the image must be numbers of 32 bits.
AVX2 static void sample_run_by_eights(const Image* image, double x, double y, double step_x,
                                      double step_y, int count, uint8_t* out) {
  if (!is_plain(image, x, y, x + step_x * (count - 1), y + step_y * (count - 1))) {
    sample_line(image, x, y, step_x, step_y, count, out);
  } else if (image->channels == 4) {
    sample_eights(image, x, y, step_x, step_y, count, out, 4);
  } else {
    sample_eights(image, x, y, step_x, step_y, count, out, 3);
  }
}

// Warps an image, as `warp` does.
AVX2 __attribute__((flatten)) static void warp_by_eights(const Image* image,
                                                         const double* matrix, int size,
                                                         float* out, float low, float high) {
  warp(image, matrix, size, out, low, high, sample_run_by_eights);
}

static int can_warp_by_eights(const Image* image) {
  return __builtin_cpu_supports("avx2") &&
         llabs((long long)image->stride) * image->height <= INT32_MAX;
}
#endif
