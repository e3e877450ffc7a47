// What host and device hand each other. Each struct has its twin in C# (Gradients/Cuda/*.cs) of the same size, which a test compares.
// Addresses travel as integers so that OpenCL C accepts them inside a struct.

#define TYPE_FLOAT32 0u
#define TYPE_FLOAT64 1u
#define TYPE_FLOAT16 2u
#define TYPE_BFLOAT16 3u

#define LIMIT_NONE 0u
#define LIMIT_L2_NORM 1u
#define LIMIT_INFINITY_NORM 2u
#define LIMIT_VALUE 3u
#define LIMIT_AUTOCLIP 4u
#define LIMIT_ZCLIP 5u
#define LIMIT_ADAGC 6u

#define POLICY_SKIP 0u
#define POLICY_SANITIZE 1u
#define POLICY_REPORT 2u

#define ACTION_CLIPPED 1u
#define ACTION_SANITIZED 2u
#define ACTION_SKIPPED 4u
#define ACTION_REPORTED 8u

// What the second kernel has to do to a tensor.
#define WORK_SCALE 1u
#define WORK_CLAMP 2u
#define WORK_SANITIZE 4u
#define WORK_ZERO 8u

#define MAXIMUM_THREADS 512

typedef struct {
    u64 address;
    i64 count;        // elements
    u32 type;
    u32 first_chunk;
    u32 chunk_count;
    u32 unused;
} Tensor;

// The measure of a thread's share, a chunk, a tensor or the whole list; magnitudes as read, before the loss scale is divided out.
// Squares are summed in three ranges, so that those of a float64 stay within a double's range: Blue, "A Portable Fortran Program to
// Find the Euclidean Norm of a Vector", ACM TOMS 4 (1978).
typedef struct {
    double tiny_squares;
    double squares;
    double huge_squares;
    double largest;   // of the finite magnitudes
    u64 nans;
    u64 infinities;
    u64 zeros;
} Sums;

typedef struct {
    double factor;    // coefficient times inverse loss scale
    u32 work;
    u32 unused;
} Verdict;

// Lives on the device from step to step. A host that wants a loss scaler's found_inf takes the address of the first field.
typedef struct {
    float found_inf;  // 1 when this step held a NaN or an infinity, else 0
    u32 work;         // 0 when the second kernel has nothing to do
    double clamp_at;
    u64 sequence;     // executions so far: the first step's is 1
    i64 step;
    u64 non_finite_steps;
    u64 clipped_steps;
    u64 seen;         // finite steps that an adaptive limit remembers
    u64 oldest;       // AutoClip: where the next norm goes in order of time
    u64 histograms;   // steps with histograms so far
    u64 histogram;    // the number of this step's, 0 when it has none
    double mean;      // ZClip, with the two below
    double variance;
    double warmup_squares;
} State;

// One step in the ring. The sequence is 0 while the slot is being written and is written last.
typedef struct {
    u64 sequence;
    i64 step;
    u64 list;         // which tensor list the step had
    u32 tensor_count;
    u32 action;
    double norm;
    double largest;
    double threshold;
    double coefficient;
    double inverse_scale;
    u64 nans;
    u64 infinities;
    u64 zeros;
    i64 first_non_finite;
    u64 non_finite_steps;
    u64 clipped_steps;
    u64 histogram;    // as in State
} StepRecord;

typedef struct {
    double norm;
    double largest;
    double coefficient;
    u64 nans;
    u64 infinities;
    u64 zeros;
} TensorRecord;

// A ring's first bytes: the sequence published last. Slots follow, each a StepRecord and its TensorRecords; in the ring of histograms the
// histogram's number, 0 while the slot is being written, and its counts.
typedef struct {
    u64 published;
    u64 unused[15];
} RingHead;

// All kernels take this one struct by value. Nothing in it changes from step to step unless the caller passes another step number or
// loss scale by value, so that a captured graph can be replayed.
typedef struct {
    u64 tensors;      // Tensor[tensor_count]; a list without an element has one with an empty chunk
    u64 chunks;       // u32[chunk_count]: each chunk's tensor; chunk_count is the number of ftl_measure's blocks
    u64 chunk_sums;   // Sums[chunk_count]
    u64 tensor_sums;  // Sums[tensor_count], those of empty tensors zero
    u64 verdicts;     // Verdict[tensor_count]
    u64 tickets;      // u32[tensor_count + 1], zero between launches
    u64 state;        // State
    u64 history;      // double[3 * history_capacity] for AutoClip: by time, and by size twice
    u64 averages;     // double[1 + tensor_count] for AdaGC: steps seen, then each tensor's average
    u64 ring;         // RingHead and slots, in mapped host memory
    u64 magnitudes;   // u64[HISTOGRAM_BINS * tensor_count], zero between launches
    u64 histogram_ring;
    u64 histogram_slot_bytes;
    u64 inverse_scale_address; // float on the device, or 0 to take the value below
    double inverse_scale;
    i64 step;         // -1 for one more than the last
    u64 list;
    double maximum;   // of the limit; AdaGC: the global one of its warm-up
    double parameter; // AutoClip: percentile; ZClip: z threshold; AdaGC: relative factor
    double smoothing;
    u64 warmup;
    u32 history_capacity;
    u32 limit;
    u32 policy;
    u32 tensor_count;
    u32 chunk_count;
    u32 filled_tensors; // tensors that have chunks
    u32 chunk_bytes;
    u32 slot_count;
    u64 slot_bytes;
    u32 histogram_slot_count;
    u32 histogram_every; // 0 for never
} Launch;
