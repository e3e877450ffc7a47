// The measurement of a chunk by one thread. The fast path takes ten instructions per element; if it exceeds the float's range or encounters a
// NaN or an infinity, its result shows that, and the thread's share is read again element by element in double.

// Below this, the rounding errors that the fast path accumulates would underflow: 2^-40.
#define QUICK_SMALLEST 9.094947017729282e-13f

typedef struct {
    float squares;
    float lost;       // the rounding errors of squares
    float largest;
    u32 zeros;
} Quick;

// The rounding error of the sum is recovered exactly: after is at least before, so their difference and that difference's own rounding
// error are exact (Dekker, "A Floating-Point Technique for Extending the Available Precision", 1971). The second part matters only if an element
// more than doubles the sum; for the half types, whose elements have three digits, it is omitted: the error of their norm is below 5e-8.
DEVICE void quick_add(Quick* quick, float value, u32 type)
{
    float before = quick->squares;
    float after = FUSED(value, value, before);
    float difference = before - after;
    float recovered = FUSED(value, value, difference);
    if (type == TYPE_FLOAT32) recovered += before - (difference + after);
    quick->lost += recovered;
    quick->squares = after;
    quick->largest = LARGER(quick->largest, MAGNITUDE(value));
    quick->zeros += value == 0.0f ? 1u : 0u;
}

DEVICE void quick_add_word(Quick* quick, u32 word, u32 type)
{
    if (type == TYPE_FLOAT32) {
        quick_add(quick, float_of(word), type);
    } else {
        quick_add(quick, small_to_float(word & 0xFFFFu, type), type);
        quick_add(quick, small_to_float(word >> 16, type), type);
    }
}

DEVICE void quick_add_vector(Quick* quick, u32x4 vector, u32 type)
{
    quick_add_word(quick, vector.x, type);
    quick_add_word(quick, vector.y, type);
    quick_add_word(quick, vector.z, type);
    quick_add_word(quick, vector.w, type);
}

// The type is a literal in each call, so that each type gets its own loop without branches.
DEVICE Quick quick_share(Share share, u32 type)
{
    GLOBAL const u32x4* vectors = AT(const u32x4, vectors_of(share, type));
    Quick quick;
    quick.squares = quick.lost = quick.largest = 0.0f;
    quick.zeros = 0u;

    u32 v = THREAD;
    for (; v + 3u * THREADS < share.vectors; v += 4u * THREADS) {
        u32x4 a = vectors[v], b = vectors[v + THREADS], c = vectors[v + 2u * THREADS], d = vectors[v + 3u * THREADS];
        quick_add_vector(&quick, a, type);
        quick_add_vector(&quick, b, type);
        quick_add_vector(&quick, c, type);
        quick_add_vector(&quick, d, type);
    }

    for (; v < share.vectors; v += THREADS) quick_add_vector(&quick, vectors[v], type);
    for (u32 s = THREAD; s < scalar_count(share); s += THREADS)
        quick_add(&quick, load_float(share.address, scalar_index(share, s), type), type);
    return quick;
}

// The same elements for each thread as in quick_share.
DEVICE Sums exact_share(Share share, u32 type)
{
    Sums sums = sums_zero();
    u32 shift = 4u - size_shift(type);
    for (u32 v = THREAD; v < share.vectors; v += THREADS)
        for (u32 e = 0u; e < 1u << shift; e++)
            sums_add_element(&sums, load_double(share.address, share.head + (v << shift) + e, type));
    for (u32 s = THREAD; s < scalar_count(share); s += THREADS)
        sums_add_element(&sums, load_double(share.address, scalar_index(share, s), type));
    return sums;
}

DEVICE Sums measure_share(Share share, u32 type)
{
    Quick quick;
    if (type == TYPE_FLOAT32) quick = quick_share(share, TYPE_FLOAT32);
    else if (type == TYPE_FLOAT16) quick = quick_share(share, TYPE_FLOAT16);
    else if (type == TYPE_BFLOAT16) quick = quick_share(share, TYPE_BFLOAT16);
    else return exact_share(share, TYPE_FLOAT64);

    // A NaN, an infinity and an overflow fail the first comparison.
    if (!(quick.squares <= FLOAT_MAXIMUM) || (quick.largest < QUICK_SMALLEST && quick.largest > 0.0f)) return exact_share(share, type);
    Sums sums = sums_zero();
    sums.squares = (double)quick.squares + (double)quick.lost;
    sums.largest = (double)quick.largest;
    sums.zeros = quick.zeros;
    return sums;
}
