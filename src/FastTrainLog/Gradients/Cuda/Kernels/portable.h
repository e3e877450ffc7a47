// One kernel source for three compilers: clang's CUDA mode (PTX for the GPU), OpenCL C (PoCL, which runs the tests on a CPU) and plain C
// (the stand-in driver of the tests, which supplies ftl_thread_index() and similar functions, runs a block's threads one after another, and rejects a thread that
// publishes data of other threads of its block without a barrier in between).
#if defined(__CUDA__)

typedef unsigned short u16;
typedef unsigned int u32;
typedef unsigned long long u64;
typedef int i32;
typedef long long i64;
typedef u32 u32x4 __attribute__((ext_vector_type(4)));

// Every block has at most 512 threads; two resident blocks leave 64 registers a thread, which keeps four 16-byte loads in flight.
#define KERNEL extern "C" __attribute__((global)) __attribute__((launch_bounds(512, 2))) void
#define DEVICE static __attribute__((device)) __attribute__((always_inline)) inline
#define GLOBAL __attribute__((address_space(1)))
#define AT(T, address) ((GLOBAL T*)(address))
#define BLOCK
#define BLOCK_ARRAY(T, name, count) static __attribute__((shared)) T name[count]

#define THREAD ((u32)__nvvm_read_ptx_sreg_tid_x())
#define THREADS ((u32)__nvvm_read_ptx_sreg_ntid_x())
#define GROUP ((u32)__nvvm_read_ptx_sreg_ctaid_x())
#define GROUPS ((u32)__nvvm_read_ptx_sreg_nctaid_x())
#define BARRIER() __syncthreads()
#define FENCE_DEVICE() __nvvm_membar_gl()
#define FENCE_SYSTEM() __nvvm_membar_sys()
#define STORES()
#define VOUCHES()

DEVICE float float_of(u32 bits) { return __builtin_bit_cast(float, bits); }
DEVICE u32 bits_of(float value) { return __builtin_bit_cast(u32, value); }
DEVICE double double_of(u64 bits) { return __builtin_bit_cast(double, bits); }
DEVICE u64 bits_of_double(double value) { return __builtin_bit_cast(u64, value); }
DEVICE float half_to_float(u16 bits) { float value; __asm__("cvt.f32.f16 %0, %1;" : "=f"(value) : "h"(bits)); return value; }
DEVICE u16 float_to_half(float value) { u16 bits; __asm__("cvt.rn.f16.f32 %0, %1;" : "=h"(bits) : "f"(value)); return bits; }
#define HALF_CONVERSIONS_IN_HARDWARE

#define FUSED(a, b, c) __builtin_fmaf(a, b, c)
#define FUSED_DOUBLE(a, b, c) __builtin_fma(a, b, c)
#define MAGNITUDE(x) __builtin_fabsf(x)
#define MAGNITUDE_DOUBLE(x) __builtin_fabs(x)
#define LARGER(a, b) __nvvm_fmax_f(a, b)
#define SMALLER(a, b) __nvvm_fmin_f(a, b)
#define LARGER_DOUBLE(a, b) __nvvm_fmax_d(a, b)
#define SMALLER_DOUBLE(a, b) __nvvm_fmin_d(a, b)
#define ROOT(x) __nvvm_sqrt_rn_d(x)

DEVICE void count_one(u32* count) { __nvvm_atom_add_gen_i((int*)count, 1); }
DEVICE void count_many(GLOBAL u64* count, u64 amount) { __nvvm_atom_add_gen_ll((i64*)count, (i64)amount); }

// Counts up to last and then restarts at 0; returns the previous count.
DEVICE u32 take_ticket(u64 address, u32 last) { return __nvvm_atom_inc_gen_ui((u32*)address, last); }

#elif defined(__OPENCL_C_VERSION__)

#pragma OPENCL EXTENSION cl_khr_fp64 : enable
#pragma OPENCL EXTENSION cl_khr_int64_base_atomics : enable
typedef ushort u16;
typedef uint u32;
typedef ulong u64;
typedef int i32;
typedef long i64;
typedef uint4 u32x4;

#define KERNEL __kernel void
#define DEVICE static __attribute__((always_inline)) inline
#define GLOBAL __global
#define AT(T, address) ((__global T*)(address))
#define BLOCK __local
#define BLOCK_ARRAY(T, name, count) __local T name[count]

#define THREAD ((u32)get_local_id(0))
#define THREADS ((u32)get_local_size(0))
#define GROUP ((u32)get_group_id(0))
#define GROUPS ((u32)get_num_groups(0))
#define BARRIER() barrier(CLK_LOCAL_MEM_FENCE | CLK_GLOBAL_MEM_FENCE)
#define FENCE_DEVICE() mem_fence(CLK_GLOBAL_MEM_FENCE)
#define FENCE_SYSTEM() mem_fence(CLK_GLOBAL_MEM_FENCE)
#define STORES()
#define VOUCHES()

#define float_of(bits) as_float((u32)(bits))
#define bits_of(value) as_uint((float)(value))
#define double_of(bits) as_double((u64)(bits))
#define bits_of_double(value) as_ulong((double)(value))

#define FUSED(a, b, c) fma((float)(a), (float)(b), (float)(c))
#define FUSED_DOUBLE(a, b, c) fma((double)(a), (double)(b), (double)(c))
#define MAGNITUDE(x) fabs((float)(x))
#define MAGNITUDE_DOUBLE(x) fabs((double)(x))
#define LARGER(a, b) fmax((float)(a), (float)(b))
#define SMALLER(a, b) fmin((float)(a), (float)(b))
#define LARGER_DOUBLE(a, b) fmax((double)(a), (double)(b))
#define SMALLER_DOUBLE(a, b) fmin((double)(a), (double)(b))
#define ROOT(x) sqrt((double)(x))

DEVICE void count_one(__local u32* count) { atomic_inc((volatile __local u32*)count); }
DEVICE void count_many(__global u64* count, u64 amount) { atom_add((volatile __global u64*)count, amount); }

DEVICE u32 take_ticket(u64 address, u32 last)
{
    u32 before = atomic_inc((volatile __global u32*)address);
    if (before == last) atomic_xchg((volatile __global u32*)address, 0u);
    return before;
}

#else

#include <math.h>
#include <stdint.h>
#include <string.h>

typedef uint16_t u16;
typedef uint32_t u32;
typedef uint64_t u64;
typedef int32_t i32;
typedef int64_t i64;
typedef struct { u32 x, y, z, w; } __attribute__((aligned(16))) u32x4;

#define KERNEL void
#define DEVICE static inline
#define GLOBAL
#define AT(T, address) ((T*)(uintptr_t)(address))
#define BLOCK

// One additional element, which must not be written.
#define BLOCK_ARRAY(T, name, count) \
    static T name[(count) + 1] __attribute__((section("block_memory"))); \
    static const BlockEnd name##_end __attribute__((section("block_ends"), used)) = { name + (count), sizeof(T) }
typedef struct { const void* end; u64 bytes; } BlockEnd;

u32 ftl_thread_index(void);
u32 ftl_thread_count(void);
u32 ftl_group_index(void);
u32 ftl_group_count(void);
void ftl_barrier(void);
void ftl_stores(void);
void ftl_vouches(void);

#define THREAD ftl_thread_index()
#define THREADS ftl_thread_count()
#define GROUP ftl_group_index()
#define GROUPS ftl_group_count()
#define BARRIER() ftl_barrier()
#define FENCE_DEVICE() __atomic_thread_fence(__ATOMIC_SEQ_CST)
#define FENCE_SYSTEM() __atomic_thread_fence(__ATOMIC_SEQ_CST)

// Mark where a thread stores data that other blocks or the host will read, and where it publishes or invalidates it.
#define STORES() ftl_stores()
#define VOUCHES() ftl_vouches()

DEVICE float float_of(u32 bits) { float value; memcpy(&value, &bits, 4); return value; }
DEVICE u32 bits_of(float value) { u32 bits; memcpy(&bits, &value, 4); return bits; }
DEVICE double double_of(u64 bits) { double value; memcpy(&value, &bits, 8); return value; }
DEVICE u64 bits_of_double(double value) { u64 bits; memcpy(&bits, &value, 8); return bits; }

#define FUSED(a, b, c) fmaf(a, b, c)
#define FUSED_DOUBLE(a, b, c) fma(a, b, c)
#define MAGNITUDE(x) fabsf(x)
#define MAGNITUDE_DOUBLE(x) fabs(x)
#define LARGER(a, b) fmaxf(a, b)
#define SMALLER(a, b) fminf(a, b)
#define LARGER_DOUBLE(a, b) fmax(a, b)
#define SMALLER_DOUBLE(a, b) fmin(a, b)
#define ROOT(x) sqrt(x)

// One thread runs at a time.
DEVICE void count_one(u32* count) { *count += 1u; }
DEVICE void count_many(u64* count, u64 amount) { *count += amount; }

DEVICE u32 take_ticket(u64 address, u32 last)
{
    VOUCHES();
    u32 before = *AT(u32, address);
    *AT(u32, address) = before == last ? 0u : before + 1u;
    return before;
}

#endif

#if !defined(HALF_CONVERSIONS_IN_HARDWARE)

DEVICE float half_to_float(u16 bits)
{
    u32 sign = (u32)(bits & 0x8000u) << 16, exponent = (bits >> 10) & 31u, fraction = bits & 1023u;
    if (exponent == 31u) return float_of(sign | 0x7F800000u | (fraction << 13));
    if (exponent != 0u) return float_of(sign | ((exponent + 112u) << 23) | (fraction << 13));
    return float_of(sign | bits_of((float)fraction * 5.9604644775390625e-8f));
}

// To nearest, ties to even. Below the smallest normal half, adding 0.5 rounds to a half's last bit, 2^-24.
DEVICE u16 float_to_half(float value)
{
    u32 sign = (bits_of(value) >> 16) & 0x8000u, magnitude = bits_of(value) & 0x7FFFFFFFu;
    if (magnitude > 0x7F800000u) return (u16)(sign | 0x7E00u);
    if (magnitude >= 0x477FF000u) return (u16)(sign | 0x7C00u);
    if (magnitude < 0x38800000u) return (u16)(sign | (bits_of(float_of(magnitude) + 0.5f) - 0x3F000000u));
    return (u16)(sign | ((magnitude - 0x38000000u + 0xFFFu + ((magnitude >> 13) & 1u)) >> 13));
}

#endif
