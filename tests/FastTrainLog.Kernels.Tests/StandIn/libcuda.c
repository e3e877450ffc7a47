// A stand-in for the CUDA driver: the functions that the clipper calls, over host memory. Kernels are the real source, compiled as C;
// a block's threads are fibres that take turns at each barrier, so strides, trees and barriers are exercised as on a GPU, though not its
// memory model. What a GPU refuses is refused: an address that is not aligned or not allocated, a barrier that not all threads come to, a
// kernel without end. The call that waits next returns the GPU's error, and so does every later one. Streams can be held back (standin_hold), calls made to fail (standin_fail), a stream captured, and every call is logged.
#define _GNU_SOURCE
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <ucontext.h>
#include <unistd.h>

#include KERNELS

enum { OK = 0, INVALID_VALUE = 1, OUT_OF_MEMORY = 2, NO_DEVICE = 100, INVALID_CONTEXT = 201, INVALID_HANDLE = 400, NOT_READY = 600 };
enum { ILLEGAL_ADDRESS = 700, LAUNCH_TIMEOUT = 702, MISALIGNED_ADDRESS = 716, LAUNCH_FAILED = 719 };
enum { FIBRES = 512, FIBRE_STACK = 64 << 10, MOST_PHASES = 10000 };
#define EXPORT __attribute__((visibility("default")))

// ---- faults: they end the launch, and everything issued after it is left undone

static int fault;
static jmp_buf launch_end;
static __thread int in_kernel;
static struct sigaction fault_elsewhere;

static void fault_here(int code)
{
    fault = code;
    _longjmp(launch_end, 1);
}

static void on_fault(int number, siginfo_t* info, void* context)
{
    if (in_kernel) fault_here(ILLEGAL_ADDRESS);
    fault_elsewhere.sa_sigaction(number, info, context);
}

// What the compiler calls, by -fsanitize=alignment, in front of an access to an address that is no multiple of its type's alignment.
typedef struct { struct { const char* file; u32 line, column; } place; } Misaligned;
void __ubsan_handle_type_mismatch_v1(void* access, void* address)
{
    const Misaligned* from = access;
    fprintf(stderr, "stand-in: %p is misaligned for %s:%u\n", address, from->place.file, from->place.line);
    fault_here(MISALIGNED_ADDRESS);
}

// ---- fibres: one block at a time

typedef struct { jmp_buf at; ucontext_t birth; void* stack; int running; } Fibre;
static Fibre fibres[FIBRES];
static u32 fibres_made;
static jmp_buf scheduler;
static ucontext_t birthplace;
static u32 thread_now, thread_count, group_now, group_count;
static void (*kernel_now)(Launch);
static Launch launch_now;
static int backwards;

u32 ftl_thread_index(void) { return thread_now; }
u32 ftl_thread_count(void) { return thread_count; }
u32 ftl_group_index(void) { return group_now; }
u32 ftl_group_count(void) { return group_count; }

static void yield(void)
{
    Fibre* self = &fibres[thread_now];
    if (_setjmp(self->at) == 0) _longjmp(scheduler, 1);
}

void ftl_barrier(void) { yield(); }

// Between two barriers a thread may vouch for what it has stored itself, not for what others do.
static int stored_by, vouched_by;
enum { NOBODY = -1, SEVERAL = -2 };

static void check_voucher(void)
{
    if (stored_by != NOBODY && vouched_by != NOBODY && stored_by != vouched_by) {
        fprintf(stderr, "stand-in: thread %d of block %u vouches for what others store without a barrier\n", vouched_by, group_now);
        fault_here(LAUNCH_FAILED);
    }
}

void ftl_stores(void)
{
    stored_by = stored_by == NOBODY || stored_by == (int)thread_now ? (int)thread_now : SEVERAL;
    check_voucher();
}

void ftl_vouches(void)
{
    vouched_by = (int)thread_now;
    check_voucher();
}

static void fibre_life(void)
{
    for (;;) {
        yield();
        kernel_now(launch_now);
        fibres[thread_now].running = 0;
    }
}

static void fibre_resume(u32 index)
{
    thread_now = index;
    if (_setjmp(scheduler) == 0) _longjmp(fibres[index].at, 1);
}

static void fibre_make(u32 index)
{
    Fibre* fibre = &fibres[index];
    if (!fibre->stack) fibre->stack = malloc(FIBRE_STACK);
    getcontext(&fibre->birth);
    fibre->birth.uc_stack.ss_sp = fibre->stack;
    fibre->birth.uc_stack.ss_size = FIBRE_STACK;
    fibre->birth.uc_link = 0;
    makecontext(&fibre->birth, fibre_life, 0);
    thread_now = index;
    if (_setjmp(scheduler) == 0) swapcontext(&birthplace, &fibre->birth);
}

// Every block array lies in one section. As on a GPU it holds anything when a block begins: doubles that are negative, counts that are large.
// Behind each there is room that must stay as it is.
extern unsigned char __start_block_memory[], __stop_block_memory[];
extern const BlockEnd __start_block_ends[], __stop_block_ends[];
enum { ANYTHING = 0xC0 };

static void check_block_ends(void)
{
    for (const BlockEnd* array = __start_block_ends; array < __stop_block_ends; array++)
        for (u64 i = 0; i < array->bytes; i++)
            if (((const unsigned char*)array->end)[i] != ANYTHING) fault_here(ILLEGAL_ADDRESS);
}

// The order in which threads come to the next barrier: from the first to the last or the other way, at random, but the same in every run.
static int downwards(void)
{
    static u32 random = 1;
    random = random * 1664525u + 1013904223u;
    return (random >> 31) ^ backwards;
}

static void run_group(void)
{
    u32 alive = thread_count;
    memset(__start_block_memory, ANYTHING, __stop_block_memory - __start_block_memory);
    for (u32 t = 0; t < thread_count; t++) fibres[t].running = 1;
    for (int phase = 0; alive > 0; phase++) {
        u32 waiting = 0;
        int down = downwards();
        stored_by = vouched_by = NOBODY;
        for (u32 i = 0; i < thread_count; i++) {
            u32 t = down ? thread_count - 1 - i : i;
            if (!fibres[t].running) continue;
            fibre_resume(t);
            if (!fibres[t].running) alive--;
            else waiting++;
        }

        if (waiting != 0 && waiting != thread_count) {
            fprintf(stderr, "stand-in: %u threads of block %u wait at a barrier, %u do not\n", waiting, group_now, thread_count - waiting);
            fault_here(LAUNCH_FAILED);
        }

        if (phase == MOST_PHASES) fault_here(LAUNCH_TIMEOUT);
    }

    check_block_ends();
}

static void run_kernel(void (*kernel)(Launch), u32 groups, u32 threads, const Launch* launch)
{
    struct sigaction here = { .sa_sigaction = on_fault, .sa_flags = SA_SIGINFO | SA_NODEFER };
    while (fibres_made < threads) fibre_make(fibres_made++);
    kernel_now = kernel;
    launch_now = *launch;
    thread_count = threads;
    group_count = groups;
    sigaction(SIGSEGV, &here, &fault_elsewhere);
    in_kernel = 1;
    if (_setjmp(launch_end) == 0) {
        for (u32 g = 0; g < groups; g++) {
            group_now = backwards ? groups - 1 - g : g;
            run_group();
        }
    } else {
        fibres_made = 0; // they stand in the middle of the kernel
    }

    in_kernel = 0;
    sigaction(SIGSEGV, &fault_elsewhere, 0);
}

// ---- memory: each allocation ends at a page that cannot be touched

static long allocations;

static void* guarded_alloc(size_t bytes)
{
    size_t page = (size_t)sysconf(_SC_PAGESIZE), data = (bytes + page - 1) / page * page;
    char* base = mmap(0, data + 2 * page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (base == MAP_FAILED) return 0;
    mprotect(base, page, PROT_NONE);
    mprotect(base + page + data, page, PROT_NONE);
    char* start = base + page + data - bytes;
    memset(base + page, 0x5A, data);
    __atomic_add_fetch(&allocations, 1, __ATOMIC_SEQ_CST);
    return start;
}

static void guarded_free(void* start, size_t bytes)
{
    size_t page = (size_t)sysconf(_SC_PAGESIZE), data = (bytes + page - 1) / page * page;
    munmap((char*)start + bytes - data - page, data + 2 * page);
    __atomic_sub_fetch(&allocations, 1, __ATOMIC_SEQ_CST);
}

typedef struct Block { struct Block* next; void* start; size_t bytes; } Block;
static Block* blocks;

static int block_new(void** out, size_t bytes)
{
    Block* block = malloc(sizeof *block);
    block->start = guarded_alloc(bytes);
    block->bytes = bytes;
    block->next = blocks;
    blocks = block;
    *out = block->start;
    return block->start ? OK : OUT_OF_MEMORY;
}

static int block_free(void* start)
{
    for (Block** at = &blocks; *at; at = &(*at)->next) {
        Block* block = *at;
        if (block->start != start) continue;
        guarded_free(block->start, block->bytes);
        *at = block->next;
        free(block);
        return OK;
    }

    return INVALID_VALUE;
}

// ---- what the tests steer

static char* log_text;
static size_t log_length, log_room;
static int log_on;
static char fail_name[64];
static int fail_code, fail_after;
static int attribute_major = 7, attribute_minor = 5, attribute_map = 1, device_count = 2, driver_version = 12040;
static int holding, capturing, hanging;

EXPORT void standin_log(int on) { log_on = on; log_length = 0; if (log_text) log_text[0] = 0; }
EXPORT const char* standin_read_log(void) { return log_text ? log_text : ""; }
EXPORT long standin_allocations(void) { return __atomic_load_n(&allocations, __ATOMIC_SEQ_CST); }
EXPORT void standin_backwards(int on) { backwards = on; }

// A process whose device has failed has to start again; here the next test begins with nothing allocated.
EXPORT void standin_heal(void)
{
    if (!fault) return;
    fault = 0;
    while (blocks) block_free(blocks->start);
    allocations = 0;
}
EXPORT void standin_fail(const char* name, int code, int after) { snprintf(fail_name, sizeof fail_name, "%s", name); fail_code = code; fail_after = after; }
EXPORT void standin_device(int count, int major, int minor, int map, int version)
{
    device_count = count; attribute_major = major; attribute_minor = minor; attribute_map = map; driver_version = version;
}

static int note(const char* name, const char* format, ...)
{
    if (log_on) {
        char line[256];
        int at = snprintf(line, sizeof line, "%s", name);
        va_list list;
        va_start(list, format);
        at += vsnprintf(line + at, sizeof line - at - 1, format, list);
        va_end(list);
        line[at++] = '\n';
        if (log_length + at + 1 > log_room) log_text = realloc(log_text, log_room = 2 * (log_length + at + 1));
        memcpy(log_text + log_length, line, at);
        log_text[log_length += at] = 0;
    }

    if (strcmp(name, fail_name) == 0 && fail_after-- == 0) { fail_name[0] = 0; return fail_code; }
    return OK;
}

// The sizes of the structs that have a twin on the host, in the order in which they stand in layout.h.
EXPORT void standin_sizes(int* sizes)
{
    int all[] = { sizeof(Tensor), sizeof(Sums), sizeof(Verdict), sizeof(State), sizeof(StepRecord), sizeof(TensorRecord), sizeof(RingHead), sizeof(Launch) };
    memcpy(sizes, all, sizeof all);
}

// ---- contexts

static __thread void* stack[16];
static __thread int depth;
static int retained[16];
static int contexts[16];

#define CALL(...) do { int failed = note(__func__, __VA_ARGS__); if (failed) return failed; } while (0)
#define CALL_IN_CONTEXT(...) do { CALL(__VA_ARGS__); if (depth == 0) return INVALID_CONTEXT; if (fault) return fault; } while (0)

EXPORT int cuInit(unsigned flags) { CALL(""); (void)flags; return device_count == 0 ? NO_DEVICE : OK; }
EXPORT int cuDriverGetVersion(int* version) { CALL(""); *version = driver_version; return OK; }
EXPORT int cuDeviceGetCount(int* count) { CALL(""); *count = device_count; return OK; }
EXPORT int cuDeviceGet(int* device, int ordinal) { CALL(" %d", ordinal); *device = ordinal; return OK; }
EXPORT int cuDeviceGetName(char* name, int length, int device) { CALL(""); snprintf(name, length, "Stand-in %d", device); return OK; }

EXPORT int cuDeviceGetAttribute(int* value, int attribute, int device)
{
    CALL("");
    (void)device;
    *value = attribute == 75 ? attribute_major : attribute == 76 ? attribute_minor : attribute == 19 ? attribute_map : attribute == 16 ? 1 : 0;
    return OK;
}

EXPORT int cuDevicePrimaryCtxRetain(void** context, int device) { CALL(" %d", device); retained[device]++; *context = &contexts[device]; return OK; }
EXPORT int cuDevicePrimaryCtxRelease_v2(int device) { CALL(" %d", device); retained[device]--; return OK; }
EXPORT int standin_retained(int device) { return retained[device]; }
EXPORT int standin_depth(void) { return depth; }
EXPORT int cuCtxPushCurrent_v2(void* context) { CALL(""); stack[depth++] = context; return OK; }
EXPORT int cuCtxPopCurrent_v2(void** context) { CALL(""); if (depth == 0) return INVALID_CONTEXT; *context = stack[--depth]; return OK; }

EXPORT int cuModuleLoadDataEx(void** module, const char* image, unsigned count, int* options, void** values)
{
    int failed = note(__func__, "");
    if (failed && count == 2 && options[0] == 5) snprintf(values[0], (size_t)values[1], "ptxas error: stand-in");
    if (failed) return failed;
    if (depth == 0) return INVALID_CONTEXT;
    *module = (void*)image;
    return strstr(image, "ftl_measure") ? OK : INVALID_VALUE;
}

EXPORT int cuModuleUnload(void* module) { CALL_IN_CONTEXT(""); (void)module; return OK; }

enum { KERNELS_KNOWN = 3 };
static const struct { const char* name; void* function; } kernels[KERNELS_KNOWN] =
    { { "ftl_measure", ftl_measure }, { "ftl_histogram", ftl_histogram }, { "ftl_apply", ftl_apply } };

static const char* name_of(void* function)
{
    for (int i = 0; i < KERNELS_KNOWN; i++) if (kernels[i].function == function) return kernels[i].name;
    return "?";
}

EXPORT int cuModuleGetFunction(void** function, void* module, const char* name)
{
    CALL_IN_CONTEXT(" %s", name);
    (void)module;
    *function = 0;
    for (int i = 0; i < KERNELS_KNOWN; i++) if (strcmp(name, kernels[i].name) == 0) *function = kernels[i].function;
    return *function ? OK : 500;
}

// ---- streams: one queue for all, run at once unless held back

typedef struct { int executed; } Event;
typedef struct { int kind; void* target; const void* source; size_t bytes; u32 groups, threads; Launch launch; } Work;
enum { KERNEL_WORK, COPY_WORK, SET_WORK, EVENT_WORK };
typedef struct { Work* items; int count, room; } Queue;
static Queue held, graph;

static void run_work(const Work* work)
{
    if (fault) return;
    if (work->kind == KERNEL_WORK) run_kernel((void (*)(Launch))work->target, work->groups, work->threads, &work->launch);
    else if (work->kind == COPY_WORK) memcpy(work->target, work->source, work->bytes);
    else if (work->kind == SET_WORK) memset(work->target, (int)(size_t)work->source, work->bytes);
    else ((Event*)work->target)->executed = 1;
}

static int enqueue(Work work)
{
    Queue* queue = capturing ? &graph : &held;
    if (!capturing && !holding) { run_work(&work); return OK; }
    if (queue->count == queue->room) queue->items = realloc(queue->items, (queue->room = 2 * queue->room + 16) * sizeof(Work));
    queue->items[queue->count++] = work;
    return OK;
}

EXPORT void standin_hold(void) { holding = 1; }
EXPORT void standin_release(void)
{
    for (int i = 0; i < held.count; i++) run_work(&held.items[i]);
    held.count = 0;
    holding = 0;
}

// Runs the oldest held pieces of work, as a device does that is a little ahead of a full stop.
EXPORT int standin_run(int count)
{
    int run = count < held.count ? count : held.count;
    for (int i = 0; i < run; i++) run_work(&held.items[i]);
    memmove(held.items, held.items + run, (held.count -= run) * sizeof(Work));
    return held.count;
}

EXPORT void standin_hang(int on) { __atomic_store_n(&hanging, on, __ATOMIC_SEQ_CST); }
EXPORT void standin_capture(int on) { capturing = on; if (on) graph.count = 0; }
EXPORT void standin_replay(void) { for (int i = 0; i < graph.count; i++) run_work(&graph.items[i]); }
EXPORT int cuStreamIsCapturing(void* stream, int* status) { CALL(""); (void)stream; *status = capturing; return OK; }

EXPORT int cuLaunchKernel(void* function, unsigned gx, unsigned gy, unsigned gz, unsigned bx, unsigned by, unsigned bz, unsigned shared, void* stream, void** parameters, void** extra)
{
    CALL_IN_CONTEXT(" %s %u %u stream %zu", name_of(function), gx, bx, (size_t)stream);
    if (gx == 0 || gy != 1 || gz != 1 || bx == 0 || bx > FIBRES || by != 1 || bz != 1 || shared != 0 || extra) return INVALID_VALUE;
    Work work = { KERNEL_WORK, function, 0, 0, gx, bx, *(Launch*)parameters[0] };
    return enqueue(work);
}

EXPORT int cuMemAlloc_v2(u64* address, size_t bytes)
{
    CALL_IN_CONTEXT(" %zu", bytes);
    void* start = 0;
    if (bytes == 0) return INVALID_VALUE;
    int result = block_new(&start, bytes);
    *address = (u64)start;
    return result;
}

EXPORT int cuMemFree_v2(u64 address) { CALL_IN_CONTEXT(""); return block_free((void*)address); }

EXPORT int cuMemHostAlloc(void** address, size_t bytes, unsigned flags)
{
    CALL_IN_CONTEXT(" %zu %u", bytes, flags);
    return bytes == 0 ? INVALID_VALUE : block_new(address, bytes);
}

EXPORT int cuMemFreeHost(void* address) { CALL_IN_CONTEXT(""); return block_free(address); }
EXPORT int cuMemHostGetDevicePointer_v2(u64* device, void* host, unsigned flags) { CALL_IN_CONTEXT(""); (void)flags; *device = (u64)host; return OK; }

EXPORT int cuMemcpyHtoDAsync_v2(u64 target, const void* source, size_t bytes, void* stream)
{
    CALL_IN_CONTEXT(" %zu stream %zu", bytes, (size_t)stream);
    Work work = { COPY_WORK, (void*)target, source, bytes, 0, 0, { 0 } };
    return enqueue(work);
}

EXPORT int cuMemsetD8Async(u64 target, unsigned char value, size_t bytes, void* stream)
{
    CALL_IN_CONTEXT(" %zu stream %zu", bytes, (size_t)stream);
    Work work = { SET_WORK, (void*)target, (void*)(size_t)value, bytes, 0, 0, { 0 } };
    return enqueue(work);
}

EXPORT int cuMemcpyDtoH_v2(void* target, u64 source, size_t bytes) { CALL_IN_CONTEXT(" %zu", bytes); standin_release(); if (fault) return fault; memcpy(target, (void*)source, bytes); return OK; }
EXPORT int cuCtxSynchronize(void) { CALL_IN_CONTEXT(""); while (__atomic_load_n(&hanging, __ATOMIC_SEQ_CST)) usleep(1000); int was = holding; standin_release(); holding = was; return fault; }
EXPORT int cuEventCreate(void** event, unsigned flags) { CALL_IN_CONTEXT(" %u", flags); *event = calloc(1, sizeof(Event)); __atomic_add_fetch(&allocations, 1, __ATOMIC_SEQ_CST); return OK; }
EXPORT int cuEventDestroy_v2(void* event) { CALL_IN_CONTEXT(""); free(event); __atomic_sub_fetch(&allocations, 1, __ATOMIC_SEQ_CST); return OK; }

EXPORT int cuEventRecord(void* event, void* stream)
{
    CALL_IN_CONTEXT(" stream %zu", (size_t)stream);
    ((Event*)event)->executed = 0;
    Work work = { EVENT_WORK, event, 0, 0, 0, 0, { 0 } };
    return enqueue(work);
}

EXPORT int cuEventQuery(void* event) { CALL_IN_CONTEXT(""); return ((Event*)event)->executed ? OK : NOT_READY; }
EXPORT int cuStreamWaitEvent(void* stream, void* event, unsigned flags) { CALL_IN_CONTEXT(" stream %zu", (size_t)stream); (void)event; (void)flags; return OK; }

// What only the benchmark program calls. Its clock stands still but for one millisecond between any two events.
EXPORT int cuMemcpyDtoDAsync_v2(u64 target, u64 source, size_t bytes, void* stream)
{
    CALL_IN_CONTEXT(" %zu stream %zu", bytes, (size_t)stream);
    Work work = { COPY_WORK, (void*)target, (void*)source, bytes, 0, 0, { 0 } };
    return enqueue(work);
}

EXPORT int cuMemGetInfo_v2(size_t* available, size_t* total) { CALL_IN_CONTEXT(""); *available = *total = (size_t)1 << 32; return OK; }
EXPORT int cuEventElapsedTime(float* milliseconds, void* begin, void* end) { CALL_IN_CONTEXT(""); (void)begin; (void)end; *milliseconds = 1.0f; return OK; }
EXPORT int cuStreamCreate(void** stream, unsigned flags) { CALL_IN_CONTEXT(""); (void)flags; *stream = (void*)1; return OK; }
EXPORT int cuStreamBeginCapture_v2(void* stream, int mode) { CALL_IN_CONTEXT(""); (void)mode; standin_capture(1); return stream ? OK : INVALID_VALUE; }
EXPORT int cuStreamEndCapture(void* stream, void** captured) { CALL_IN_CONTEXT(""); (void)stream; standin_capture(0); *captured = &graph; return OK; }
EXPORT int cuGraphInstantiateWithFlags(void** executable, void* captured, u64 flags) { CALL_IN_CONTEXT(""); (void)flags; *executable = captured; return OK; }
EXPORT int cuGraphLaunch(void* executable, void* stream) { CALL_IN_CONTEXT(""); (void)stream; standin_replay(); return executable == &graph ? OK : INVALID_VALUE; }

EXPORT int cuGetErrorName(int code, const char** name)
{
    *name = code == ILLEGAL_ADDRESS ? "CUDA_ERROR_ILLEGAL_ADDRESS" : code == MISALIGNED_ADDRESS ? "CUDA_ERROR_MISALIGNED_ADDRESS"
        : code == LAUNCH_TIMEOUT ? "CUDA_ERROR_LAUNCH_TIMEOUT" : code == LAUNCH_FAILED ? "CUDA_ERROR_LAUNCH_FAILED"
        : code == 709 ? "CUDA_ERROR_CONTEXT_IS_DESTROYED" : "CUDA_ERROR_STANDIN";
    return OK;
}

EXPORT int cuGetErrorString(int code, const char** words) { *words = code == 700 ? "an illegal memory access was encountered" : "stand-in"; return OK; }

// libtorch's C function, for the test that a stream comes from there.
static size_t torch_stream;
EXPORT void standin_torch_stream(size_t stream) { torch_stream = stream; }
EXPORT int aoti_torch_get_current_cuda_stream(int device, void** stream) { int failed = note(__func__, " %d", device); *stream = (void*)torch_stream; return failed; }
