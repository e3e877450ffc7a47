// The data exchanged between host and device. Each struct has an equivalent of the same size in C# (Gradients/Cuda/*.cs); a test compares the sizes.
// Addresses are passed as integers so that OpenCL C accepts them inside a struct.

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
#define ACTION_OVERFLOWED 32u // 16 is used only by the host: pending

// The work of the second kernel on a tensor.
#define WORK_SCALE 1u
#define WORK_CLAMP 2u
#define WORK_SANITIZE 4u
#define WORK_ZERO 8u

#define MAXIMUM_THREADS 512

// Not a step number of a caller: in a captured graph, each replay increments the previous number.
#define STEP_NEXT ((i64)(1ul << 63))

typedef struct {
    u64 address;
    i64 count;        // elements
    u32 type;
    u32 first_chunk;
    u32 chunk_count;
    u32 unused;
} Tensor;

// The statistics of a thread's share, a chunk, a tensor or the whole list; magnitudes as read, before the loss scale is divided out.
// Squares are summed in three ranges, so that those of a float64 do not exceed a double's range: Blue, "A Portable Fortran Program to
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
    u32 lifted;       // as in Factor
} Verdict;

// Kept on the device from step to step. The address of the first field can be used as a loss scaler's found_inf.
typedef struct {
    float found_inf;  // 1 if this step contained a NaN or an infinity or overflowed, otherwise 0
    u32 work;         // 0 if the second kernel has no work
    double clamp_at;
    u64 sequence;     // the number of executions so far: 1 for the first step
    i64 step;
    u64 non_finite_steps;
    u64 clipped_steps;
    u64 seen;         // the number of finite steps in the history of an adaptive limit
    u64 oldest;       // AutoClip: the index of the next norm in the order of time
    u64 histograms;   // steps with histograms so far
    u64 histogram;    // the number of this step's histogram, 0 if it has none
    double mean;      // ZClip; the next two fields likewise
    double variance;
    double warmup_squares;
} State;

// One step in the ring. The sequence is 0 while the slot is being written and is written last.
typedef struct {
    u64 sequence;
    i64 step;
    u64 list;         // the tensor list of the step
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

// A ring's first bytes: the sequence published last. The slots follow, each a StepRecord and its TensorRecords; in the ring of histograms, the
// histogram's number, 0 while the slot is being written, and its counts.
typedef struct {
    u64 published;
    u64 unused[15];
} RingHead;

// All kernels take only this struct, by value. It does not change from step to step unless the caller passes another step number or
// loss scale by value, so that a captured graph can be replayed.
typedef struct {
    u64 tensors;      // Tensor[tensor_count]; a list without elements has one with an empty chunk
    u64 chunks;       // u32[chunk_count]: each chunk's tensor; chunk_count is the number of ftl_measure's blocks
    u64 chunk_sums;   // Sums[chunk_count]
    u64 tensor_sums;  // Sums[tensor_count]; those of empty tensors are zero
    u64 verdicts;     // Verdict[tensor_count]
    u64 tickets;      // u32[tensor_count + 1], zero between launches
    u64 state;        // State
    u64 history;      // double[3 * history_capacity] for AutoClip: by time, and by size twice
    u64 averages;     // double[1 + tensor_count] for AdaGC: steps seen, then each tensor's average
    u64 ring;         // RingHead and slots, in mapped host memory
    u64 magnitudes;   // u64[HISTOGRAM_BINS * tensor_count], zero between launches
    u64 histogram_ring;
    u64 histogram_slot_bytes;
    u64 inverse_scale_address; // float on the device, or 0 to use the value below
    double inverse_scale;
    i64 step;         // STEP_NEXT for one more than the last
    u64 list;
    double maximum;   // the limit's maximum; for AdaGC the global one during the warm-up
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
