// The layout of a chunk's elements in memory: up to 15 bytes of scalars before the first 16-byte boundary, vectors, scalars after them.

#define FLOAT_MAXIMUM 3.402823466e+38f
#define DOUBLE_MAXIMUM 1.7976931348623157e308

typedef struct {
    u64 address;
    u32 count;        // elements
    u32 head;         // elements before the vectors
    u32 vectors;
    u32 body_end;     // index of the first element after the vectors
} Share;

DEVICE u32 size_shift(u32 type)
{
    return type == TYPE_FLOAT32 ? 2u : type == TYPE_FLOAT64 ? 3u : 1u;
}

DEVICE Share share_of(GLOBAL const Tensor* tensor, u32 chunk, u32 chunk_bytes)
{
    u32 shift = size_shift(tensor->type);
    u64 offset = (u64)(chunk - tensor->first_chunk) * chunk_bytes;
    u64 rest = (u64)tensor->count - (offset >> shift);
    u32 most = chunk_bytes >> shift;
    Share share;
    share.address = tensor->address + offset;
    share.count = rest < most ? (u32)rest : most;
    share.head = (u32)((0u - share.address) & 15u) >> shift;
    if (share.head > share.count) share.head = share.count;
    share.vectors = (share.count - share.head) >> (4u - shift);
    share.body_end = share.head + (share.vectors << (4u - shift));
    return share;
}

// The scalars of a share are numbered consecutively: first those of the head, then those of the tail.
DEVICE u32 scalar_count(Share share) { return share.head + (share.count - share.body_end); }
DEVICE u32 scalar_index(Share share, u32 scalar) { return scalar < share.head ? scalar : scalar - share.head + share.body_end; }
DEVICE u64 vectors_of(Share share, u32 type) { return share.address + ((u64)share.head << size_shift(type)); }

DEVICE float bfloat_to_float(u16 bits) { return float_of((u32)bits << 16); }

// To nearest, ties to even. It is never called with a NaN, because non-finite elements are written as zeros or not at all.
DEVICE u16 float_to_bfloat(float value)
{
    u32 bits = bits_of(value);
    return (u16)((bits + 0x7FFFu + ((bits >> 16) & 1u)) >> 16);
}

DEVICE float small_to_float(u32 bits, u32 type)
{
    return type == TYPE_FLOAT16 ? half_to_float((u16)bits) : bfloat_to_float((u16)bits);
}

DEVICE u32 float_to_small(float value, u32 type)
{
    return type == TYPE_FLOAT16 ? float_to_half(value) : float_to_bfloat(value);
}

DEVICE float load_float(u64 address, u32 index, u32 type)
{
    return type == TYPE_FLOAT32 ? AT(const float, address)[index] : small_to_float(AT(const u16, address)[index], type);
}

DEVICE void store_float(u64 address, u32 index, u32 type, float value)
{
    if (type == TYPE_FLOAT32) AT(float, address)[index] = value;
    else AT(u16, address)[index] = (u16)float_to_small(value, type);
}

DEVICE double load_double(u64 address, u32 index, u32 type)
{
    return type == TYPE_FLOAT64 ? AT(const double, address)[index] : (double)load_float(address, index, type);
}
