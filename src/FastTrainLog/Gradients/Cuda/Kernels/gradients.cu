// Two launches per step over a list of tensors split into chunks, or three with histograms. ftl_measure: one block per chunk; the last block
// of each tensor adds its chunks, the last tensor's block decides and publishes. ftl_histogram and ftl_apply: any number of blocks; they end
// immediately if there is nothing to do.
#include "portable.h"
#include "layout.h"
#include "elements.h"
#include "sums.h"
#include "measure.h"
#include "factor.h"
#include "limits.h"
#include "apply.h"
#include "decide.h"
#include "histogram.h"

// True for all threads of the last of several blocks to arrive here; the data that the others stored before is then visible to it.
DEVICE u32 last_to_arrive(u64 tickets, u32 ticket, u32 arrivals, BLOCK u32* shared)
{
    if (THREAD == 0u) {
        FENCE_DEVICE();
        shared[0] = take_ticket(tickets + 4u * (u64)ticket, arrivals - 1u) == arrivals - 1u ? 1u : 0u;
    }

    BARRIER();
    FENCE_DEVICE();
    u32 last = shared[0];
    BARRIER();
    return last;
}

// Barriers are outside of every branch except after early returns: PoCL compiles a barrier inside an if by duplicating all code after it.
KERNEL ftl_measure(const Launch launch)
{
    BLOCK_ARRAY(Sums, scratch, MAXIMUM_THREADS);
    BLOCK_ARRAY(Decision, decision, 1);
    BLOCK_ARRAY(u32, arrived, 1);
    u32 index = AT(const u32, launch.chunks)[GROUP];
    GLOBAL const Tensor* tensor = AT(const Tensor, launch.tensors) + index;

    Sums sums = block_sum(measure_share(share_of(tensor, GROUP, launch.chunk_bytes), tensor->type), scratch);
    if (THREAD == 0u) sums_store(launch.chunk_sums, GROUP, sums);
    if (!last_to_arrive(launch.tickets, index, tensor->chunk_count, arrived)) return;

    sums = sums_zero();
    for (u32 c = THREAD; c < tensor->chunk_count; c += THREADS)
        sums = sums_add(sums, sums_load(launch.chunk_sums, tensor->first_chunk + c));
    sums = block_sum(sums, scratch);
    if (THREAD == 0u) sums_store(launch.tensor_sums, index, sums);
    if (!last_to_arrive(launch.tickets, launch.tensor_count, launch.filled_tensors, arrived)) return;

    decide(&launch, scratch, decision);
}

KERNEL ftl_histogram(const Launch launch)
{
    BLOCK_ARRAY(u32, bins, HISTOGRAM_BINS);
    BLOCK_ARRAY(u32, arrived, 1);
    u64 number = AT(const State, launch.state)->histogram;
    if (number == 0u) return;
    for (u32 chunk = GROUP; chunk < launch.chunk_count; chunk += GROUPS) count_chunk(&launch, chunk, bins);
    if (!last_to_arrive(launch.tickets, launch.tensor_count, GROUPS, arrived)) return;
    publish_histograms(&launch, number);
}

KERNEL ftl_apply(const Launch launch)
{
    GLOBAL const State* state = AT(const State, launch.state);
    if (state->work == 0u) return;
    for (u32 chunk = GROUP; chunk < launch.chunk_count; chunk += GROUPS) apply_chunk(&launch, chunk, state->clamp_at);
}
