// Summation in a fixed order: bit-identical results in every run, in any order of the blocks.

#define HUGE_ABOVE 3.196670515523576e147   /* 2^490 */
#define TINY_BELOW 3.1282548362235952e-148 /* 2^-490 */
#define HUGE_SCALE 2.778448436856347e-163  /* 2^-540 */
#define TINY_SCALE 4.149515568880993e180   /* 2^600 */

DEVICE Sums sums_zero(void)
{
    Sums sums;
    sums.tiny_squares = sums.squares = sums.huge_squares = sums.largest = 0.0;
    sums.nans = sums.infinities = sums.zeros = 0;
    return sums;
}

DEVICE Sums sums_add(Sums a, Sums b)
{
    a.tiny_squares += b.tiny_squares;
    a.squares += b.squares;
    a.huge_squares += b.huge_squares;
    a.largest = LARGER_DOUBLE(a.largest, b.largest);
    a.nans += b.nans;
    a.infinities += b.infinities;
    a.zeros += b.zeros;
    return a;
}

// Other blocks wrote it during this launch: volatile keeps it out of the first-level cache, which is not coherent.
DEVICE Sums sums_load(u64 address, u32 index)
{
    GLOBAL const volatile Sums* from = AT(const volatile Sums, address) + index;
    Sums sums;
    sums.tiny_squares = from->tiny_squares;
    sums.squares = from->squares;
    sums.huge_squares = from->huge_squares;
    sums.largest = from->largest;
    sums.nans = from->nans;
    sums.infinities = from->infinities;
    sums.zeros = from->zeros;
    return sums;
}

DEVICE void sums_store(u64 address, u32 index, Sums sums)
{
    GLOBAL volatile Sums* to = AT(volatile Sums, address) + index;
    STORES();
    to->tiny_squares = sums.tiny_squares;
    to->squares = sums.squares;
    to->huge_squares = sums.huge_squares;
    to->largest = sums.largest;
    to->nans = sums.nans;
    to->infinities = sums.infinities;
    to->zeros = sums.zeros;
}

// Exact in every case: the fallback of the fast path, and the only path for float64.
DEVICE void sums_add_element(Sums* sums, double value)
{
    double magnitude = MAGNITUDE_DOUBLE(value);
    if (!(magnitude <= DOUBLE_MAXIMUM)) {
        if (magnitude > DOUBLE_MAXIMUM) sums->infinities++;
        else sums->nans++;
        return;
    }

    sums->largest = LARGER_DOUBLE(sums->largest, magnitude);
    if (magnitude > HUGE_ABOVE) {
        double scaled = magnitude * HUGE_SCALE;
        sums->huge_squares = FUSED_DOUBLE(scaled, scaled, sums->huge_squares);
    } else if (magnitude >= TINY_BELOW) {
        sums->squares = FUSED_DOUBLE(magnitude, magnitude, sums->squares);
    } else if (magnitude == 0.0) {
        sums->zeros++;
    } else {
        double scaled = magnitude * TINY_SCALE;
        sums->tiny_squares = FUSED_DOUBLE(scaled, scaled, sums->tiny_squares);
    }
}

// The L2 norm of the finite elements, limited to the largest double.
DEVICE double sums_norm(Sums sums, double inverse_scale)
{
    double norm;
    if (sums.huge_squares > 0.0) norm = ROOT(sums.huge_squares + sums.squares * HUGE_SCALE * HUGE_SCALE) / HUGE_SCALE;
    else if (sums.squares > 0.0) norm = ROOT(sums.squares + sums.tiny_squares / TINY_SCALE / TINY_SCALE);
    else norm = ROOT(sums.tiny_squares) / TINY_SCALE;
    return SMALLER_DOUBLE(norm * inverse_scale, DOUBLE_MAXIMUM);
}

// The largest finite magnitude, limited likewise.
DEVICE double sums_largest(Sums sums, double inverse_scale) { return SMALLER_DOUBLE(sums.largest * inverse_scale, DOUBLE_MAXIMUM); }

// Sums over the block's threads, in the same tree each time; the number of threads is a power of two. All threads get the result.
DEVICE Sums block_sum(Sums mine, BLOCK Sums* scratch)
{
    scratch[THREAD] = mine;
    BARRIER();
    for (u32 width = THREADS >> 1; width > 0u; width >>= 1) {
        if (THREAD < width) scratch[THREAD] = sums_add(scratch[THREAD], scratch[THREAD + width]);
        BARRIER();
    }

    Sums all = scratch[0];
    BARRIER();
    return all;
}

DEVICE double block_minimum(double mine, BLOCK Sums* scratch)
{
    scratch[THREAD].largest = mine;
    BARRIER();
    for (u32 width = THREADS >> 1; width > 0u; width >>= 1) {
        if (THREAD < width) scratch[THREAD].largest = SMALLER_DOUBLE(scratch[THREAD].largest, scratch[THREAD + width].largest);
        BARRIER();
    }

    double least = scratch[0].largest;
    BARRIER();
    return least;
}
