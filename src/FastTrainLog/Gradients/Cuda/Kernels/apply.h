// The second kernel's work on one chunk: scale, clamp, bad elements to zero, or all to zero.

typedef struct {
    float before;     // a factor too small for a float is split into two
    float factor;
    float clamp_at;
    u32 work;
} Rewrite;

DEVICE Rewrite rewrite_of(Verdict verdict, double clamp_at)
{
    u32 minute = verdict.factor < 7.888609052210118e-31;     // 2^-100
    Rewrite rewrite;
    rewrite.before = minute ? 5.421010862427522e-20f : 1.0f; // 2^-64
    rewrite.factor = (float)(minute ? verdict.factor * 18446744073709551616.0 : verdict.factor);
    rewrite.clamp_at = clamp_at < (double)FLOAT_MAXIMUM ? (float)clamp_at : FLOAT_MAXIMUM;
    rewrite.work = verdict.work;
    return rewrite;
}

DEVICE float rewrite_float(Rewrite rewrite, float value)
{
    if ((rewrite.work & WORK_SANITIZE) && !(MAGNITUDE(value) <= FLOAT_MAXIMUM)) return 0.0f;
    value = value * rewrite.before * rewrite.factor;
    return rewrite.work & WORK_CLAMP ? LARGER(SMALLER(value, rewrite.clamp_at), -rewrite.clamp_at) : value;
}

DEVICE double rewrite_double(Verdict verdict, double clamp_at, double value)
{
    if ((verdict.work & WORK_SANITIZE) && !(MAGNITUDE_DOUBLE(value) <= DOUBLE_MAXIMUM)) return 0.0;
    value *= verdict.factor;
    return verdict.work & WORK_CLAMP ? LARGER_DOUBLE(SMALLER_DOUBLE(value, clamp_at), -clamp_at) : value;
}

DEVICE u32 rewrite_word(Rewrite rewrite, u32 word, u32 type)
{
    if (type == TYPE_FLOAT32) return bits_of(rewrite_float(rewrite, float_of(word)));
    u32 low = float_to_small(rewrite_float(rewrite, small_to_float(word & 0xFFFFu, type)), type);
    u32 high = float_to_small(rewrite_float(rewrite, small_to_float(word >> 16, type)), type);
    return low | (high << 16);
}

// The type is a literal at each call, as in quick_share.
DEVICE void rewrite_share(Share share, Rewrite rewrite, u32 type)
{
    GLOBAL u32x4* vectors = AT(u32x4, vectors_of(share, type));
    for (u32 v = THREAD; v < share.vectors; v += THREADS) {
        u32x4 vector = vectors[v];
        vector.x = rewrite_word(rewrite, vector.x, type);
        vector.y = rewrite_word(rewrite, vector.y, type);
        vector.z = rewrite_word(rewrite, vector.z, type);
        vector.w = rewrite_word(rewrite, vector.w, type);
        vectors[v] = vector;
    }

    for (u32 s = THREAD; s < scalar_count(share); s += THREADS) {
        u32 index = scalar_index(share, s);
        store_float(share.address, index, type, rewrite_float(rewrite, load_float(share.address, index, type)));
    }
}

DEVICE void rewrite_share_double(Share share, Verdict verdict, double clamp_at)
{
    GLOBAL double* elements = AT(double, share.address);
    for (u32 i = THREAD; i < share.count; i += THREADS) elements[i] = rewrite_double(verdict, clamp_at, elements[i]);
}

DEVICE void zero_share(Share share, u32 type)
{
    GLOBAL u32x4* vectors = AT(u32x4, vectors_of(share, type));
    u32x4 zero;
    zero.x = zero.y = zero.z = zero.w = 0u;
    for (u32 v = THREAD; v < share.vectors; v += THREADS) vectors[v] = zero;
    for (u32 s = THREAD; s < scalar_count(share); s += THREADS) {
        u32 index = scalar_index(share, s);
        if (type == TYPE_FLOAT64) AT(double, share.address)[index] = 0.0;
        else store_float(share.address, index, type, 0.0f);
    }
}

DEVICE void apply_chunk(const Launch* launch, u32 chunk, double clamp_at)
{
    u32 index = AT(const u32, launch->chunks)[chunk];
    GLOBAL const Verdict* found = AT(const Verdict, launch->verdicts) + index;
    Verdict verdict;
    verdict.factor = found->factor;
    verdict.work = found->work;
    verdict.unused = 0u;
    if (verdict.work == 0u) return;

    GLOBAL const Tensor* tensor = AT(const Tensor, launch->tensors) + index;
    u32 type = tensor->type;
    Share share = share_of(tensor, chunk, launch->chunk_bytes);
    if (verdict.work & WORK_ZERO) zero_share(share, type);
    else if (type == TYPE_FLOAT32) rewrite_share(share, rewrite_of(verdict, clamp_at), TYPE_FLOAT32);
    else if (type == TYPE_FLOAT16) rewrite_share(share, rewrite_of(verdict, clamp_at), TYPE_FLOAT16);
    else if (type == TYPE_BFLOAT16) rewrite_share(share, rewrite_of(verdict, clamp_at), TYPE_BFLOAT16);
    else rewrite_share_double(share, verdict, clamp_at);
}
