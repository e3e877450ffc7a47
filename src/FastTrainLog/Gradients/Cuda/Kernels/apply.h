// The second kernel's work on one chunk: scale, clamp, set non-finite elements to zero, or set all to zero.

typedef struct {
    float before;     // a factor too small for a float is split into two factors
    float factor;
    float clamp_at;
    float largest;    // the type's largest magnitude; larger results become zero if non-finite elements do
    u32 work;
} Rewrite;

// The largest float that rounds to a finite element: below 2^16 - 2^4 for float16, below 2^128 - 2^119 for bfloat16.
DEVICE float largest_of(u32 type)
{
    return float_of(type == TYPE_FLOAT16 ? 0x477FEFFFu : type == TYPE_BFLOAT16 ? 0x7F7F7FFFu : 0x7F7FFFFFu);
}

DEVICE Rewrite rewrite_of(Verdict verdict, double clamp_at, u32 type)
{
    double factor = verdict.lifted ? 0.0 : verdict.factor;   // a lifted factor is too small for a float
    u32 minute = factor < 7.888609052210118e-31;             // 2^-100
    Rewrite rewrite;
    rewrite.before = minute ? 5.421010862427522e-20f : 1.0f; // 2^-64
    rewrite.factor = (float)(minute ? factor * 18446744073709551616.0 : factor);
    rewrite.clamp_at = clamp_at <= (double)FLOAT_MAXIMUM ? (float)clamp_at : float_of(0x7F800000u);
    rewrite.largest = largest_of(type);
    rewrite.work = verdict.work;
    return rewrite;
}

DEVICE float rewrite_float(Rewrite rewrite, float value)
{
    if ((rewrite.work & WORK_SANITIZE) && !(MAGNITUDE(value) <= FLOAT_MAXIMUM)) return 0.0f;
    value = value * rewrite.before * rewrite.factor;
    if (rewrite.work & WORK_CLAMP) value = LARGER(SMALLER(value, rewrite.clamp_at), -rewrite.clamp_at);
    return (rewrite.work & WORK_SANITIZE) && !(MAGNITUDE(value) <= rewrite.largest) ? 0.0f : value;
}

DEVICE double rewrite_double(Verdict verdict, double clamp_at, double value)
{
    if ((verdict.work & WORK_SANITIZE) && !(MAGNITUDE_DOUBLE(value) <= DOUBLE_MAXIMUM)) return 0.0;
    value = factor_apply(factor_in(verdict), value);
    if (verdict.work & WORK_CLAMP) value = LARGER_DOUBLE(SMALLER_DOUBLE(value, clamp_at), -clamp_at);
    return (verdict.work & WORK_SANITIZE) && !(MAGNITUDE_DOUBLE(value) <= DOUBLE_MAXIMUM) ? 0.0 : value;
}

// Returns whether a tensor's largest element becomes infinite when it is written back.
DEVICE u32 overflows(Verdict verdict, double clamp_at, double largest, u32 type)
{
    verdict.work &= WORK_CLAMP;
    if (type == TYPE_FLOAT64) return !(rewrite_double(verdict, clamp_at, largest) <= DOUBLE_MAXIMUM);
    return !(rewrite_float(rewrite_of(verdict, clamp_at, type), (float)largest) <= largest_of(type));
}

DEVICE u32 rewrite_word(Rewrite rewrite, u32 word, u32 type)
{
    if (type == TYPE_FLOAT32) return bits_of(rewrite_float(rewrite, float_of(word)));
    u32 low = float_to_small(rewrite_float(rewrite, small_to_float(word & 0xFFFFu, type)), type);
    u32 high = float_to_small(rewrite_float(rewrite, small_to_float(word >> 16, type)), type);
    return low | (high << 16);
}

// The type is a literal in each call, as in quick_share.
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
    verdict.lifted = found->lifted;
    if (verdict.work == 0u) return;

    GLOBAL const Tensor* tensor = AT(const Tensor, launch->tensors) + index;
    u32 type = tensor->type;
    Share share = share_of(tensor, chunk, launch->chunk_bytes);
    if (verdict.work & WORK_ZERO) zero_share(share, type);
    else if (type == TYPE_FLOAT32) rewrite_share(share, rewrite_of(verdict, clamp_at, TYPE_FLOAT32), TYPE_FLOAT32);
    else if (type == TYPE_FLOAT16) rewrite_share(share, rewrite_of(verdict, clamp_at, TYPE_FLOAT16), TYPE_FLOAT16);
    else if (type == TYPE_BFLOAT16) rewrite_share(share, rewrite_of(verdict, clamp_at, TYPE_BFLOAT16), TYPE_BFLOAT16);
    else rewrite_share_double(share, verdict, clamp_at);
}
