// The histograms of a step: for each tensor, the number of magnitudes between one power of two and the next, before clipping. Zeros and
// non-finite elements are not counted. Counts are integers, so they are the same in every run, in any order of the blocks.

#define HISTOGRAM_BINS 64u

// The bin of a double's stored exponent: the first one contains everything below 2^-47, the last one everything from 2^15 on.
DEVICE u32 bin_of(u32 exponent)
{
    u32 bin = exponent > 975u ? exponent - 975u : 0u;
    return bin < HISTOGRAM_BINS ? bin : HISTOGRAM_BINS - 1u;
}

DEVICE void count_share(Share share, u32 type, double inverse_scale, BLOCK u32* bins)
{
    for (u32 i = THREAD; i < share.count; i += THREADS) {
        u64 bits = bits_of_double(load_double(share.address, i, type) * inverse_scale) << 1u;
        u32 exponent = (u32)(bits >> 53u);
        if (bits != 0u && exponent != 2047u) count_one(bins + bin_of(exponent));
    }
}

DEVICE void count_chunk(const Launch* launch, u32 chunk, BLOCK u32* bins)
{
    u32 index = AT(const u32, launch->chunks)[chunk];
    GLOBAL const Tensor* tensor = AT(const Tensor, launch->tensors) + index;
    for (u32 bin = THREAD; bin < HISTOGRAM_BINS; bin += THREADS) bins[bin] = 0u;
    BARRIER();
    count_share(share_of(tensor, chunk, launch->chunk_bytes), tensor->type, inverse_scale_of(launch), bins);
    BARRIER();
    STORES();
    for (u32 bin = THREAD; bin < HISTOGRAM_BINS; bin += THREADS)
        if (bins[bin] != 0u) count_many(AT(u64, launch->magnitudes) + index * HISTOGRAM_BINS + bin, bins[bin]);
    BARRIER();
}

// One block: publishes the counts to the host, as decide does with a step's record, and resets them to zero for the next histogram.
DEVICE void publish_histograms(const Launch* launch, u64 number)
{
    u64 slot = launch->histogram_ring + sizeof(RingHead) + number % launch->histogram_slot_count * launch->histogram_slot_bytes;
    GLOBAL volatile u64* counts = AT(volatile u64, launch->magnitudes);
    GLOBAL u64* published = AT(u64, slot) + 1u;
    if (THREAD == 0u) {
        VOUCHES();
        *AT(volatile u64, slot) = 0u;
    }

    FENCE_SYSTEM();
    BARRIER();
    STORES();
    for (u32 i = THREAD; i < launch->tensor_count * HISTOGRAM_BINS; i += THREADS) {
        published[i] = counts[i];
        counts[i] = 0u;
    }

    FENCE_SYSTEM();
    BARRIER();
    if (THREAD == 0u) {
        VOUCHES();
        *AT(volatile u64, slot) = number;
        FENCE_SYSTEM();
        *AT(volatile u64, launch->histogram_ring) = number;
    }
}
