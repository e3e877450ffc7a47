// The fixed and adaptive limits; Gradients/Limits/ describes them and names the papers. All norms here have the loss scale divided out.

// ZClip adds this, multiplied by the mean, to the deviation, so that a constant history causes no division by zero.
#define ZCLIP_FLOOR 1e-6

#define INFINITE double_of(0x7FF0000000000000ul)

typedef struct {
    double threshold;
    Factor scale;        // the smallest of the tensors' factors if by_tensor
    double clamp_at;
    double inverse_scale;
    u32 by_tensor;
    u32 action;
} Decision;

DEVICE Factor scale_to(double norm, double threshold)
{
    return norm > threshold ? factor_quotient(threshold, norm) : factor_of(1.0);
}

DEVICE Decision decision_hold(double norm, double threshold)
{
    Decision decision;
    decision.threshold = threshold;
    decision.scale = scale_to(norm, threshold);
    decision.clamp_at = INFINITE;
    decision.inverse_scale = 1.0;
    decision.by_tensor = 0u;
    decision.action = 0u;
    return decision;
}

DEVICE u64 least(u64 a, u64 b) { return a < b ? a : b; }

// AutoClip's norms in the order of size are in one half of a pair of buffers, and are copied to the other when a norm is added.
DEVICE GLOBAL double* autoclip_by_size(const Launch* launch, u64 seen)
{
    return AT(double, launch->history) + launch->history_capacity * (1u + (u32)(seen & 1u));
}

// All threads of the block take part, for any limit.
DEVICE void autoclip_remember(const Launch* launch, double norm, u32 remember, BLOCK Sums* scratch)
{
    GLOBAL State* state = AT(State, launch->state);
    GLOBAL double* by_time = AT(double, launch->history);
    u64 seen = state->seen, oldest = state->oldest;
    GLOBAL double* from = autoclip_by_size(launch, seen);
    GLOBAL double* to = autoclip_by_size(launch, seen + 1u);
    u32 full = remember && seen >= launch->history_capacity;
    u32 count = remember ? (u32)least(seen, launch->history_capacity) : 0u;
    double leaving = full ? by_time[oldest] : 0.0;

    Sums below = sums_zero();
    for (u32 i = THREAD; i < count; i += THREADS) {
        below.nans += from[i] < leaving ? 1u : 0u;
        below.zeros += from[i] < norm ? 1u : 0u;
    }

    below = block_sum(below, scratch);
    u32 gap = full ? (u32)below.nans : count;
    u32 place = (u32)below.zeros - (full && leaving < norm ? 1u : 0u);
    for (u32 i = THREAD; i < count; i += THREADS) {
        u32 index = i - (i > gap ? 1u : 0u);
        if (i != gap) to[index + (index >= place ? 1u : 0u)] = from[i];
    }

    if (THREAD == 0u && remember) {
        to[place] = norm;
        by_time[oldest] = norm;
        state->oldest = oldest + 1u == launch->history_capacity ? 0u : oldest + 1u;
        state->seen = seen + 1u;
    }

    BARRIER();
}

DEVICE Decision autoclip_decide(const Launch* launch, double norm)
{
    u64 seen = AT(const State, launch->state)->seen;
    GLOBAL const double* by_size = autoclip_by_size(launch, seen);
    u32 count = (u32)least(seen, launch->history_capacity);
    if (count == 0u) return decision_hold(norm, INFINITE);
    double rank = launch->parameter / 100.0 * (double)(count - 1u);
    u32 below = (u32)rank;
    u32 above = below + 1u < count ? below + 1u : below;
    return decision_hold(norm, by_size[below] + (rank - (double)below) * (by_size[above] - by_size[below]));
}

DEVICE double zclip_outlier(const Launch* launch, GLOBAL const State* state, double norm)
{
    double deviation = ROOT(state->variance) + ZCLIP_FLOOR * state->mean;
    double z = deviation > 0.0 ? (norm - state->mean) / deviation : 0.0;
    return z > launch->parameter ? state->mean + launch->parameter * launch->parameter / z * deviation : INFINITE;
}

// Squares are limited to the largest double: an infinite variance would remain infinite, and every z would be zero.
DEVICE void zclip_remember(const Launch* launch, GLOBAL State* state, double norm)
{
    double keep = launch->smoothing;
    state->seen = state->seen + 1u;
    if (state->seen <= launch->warmup) {
        double delta = norm - state->mean;
        state->mean += delta / (double)state->seen;
        state->warmup_squares = SMALLER_DOUBLE(state->warmup_squares + delta * (norm - state->mean), DOUBLE_MAXIMUM);
        state->variance = state->warmup_squares / (double)state->seen;
        return;
    }

    state->mean = keep * state->mean + (1.0 - keep) * norm;
    double distance = norm - state->mean;
    state->variance = SMALLER_DOUBLE(keep * state->variance + (1.0 - keep) * distance * distance, DOUBLE_MAXIMUM);
}

DEVICE Decision zclip_decide(const Launch* launch, double norm, u32 remember)
{
    GLOBAL State* state = AT(State, launch->state);
    double threshold = state->seen < launch->warmup ? INFINITE : zclip_outlier(launch, state, norm);
    threshold = SMALLER_DOUBLE(threshold, launch->maximum);
    if (remember) zclip_remember(launch, state, SMALLER_DOUBLE(norm, threshold));
    return decision_hold(norm, threshold);
}

DEVICE u32 adagc_warming_up(const Launch* launch) { return AT(const double, launch->averages)[0] < (double)launch->warmup; }

DEVICE Factor adagc_scale(const Launch* launch, double norm, u32 tensor)
{
    double threshold = launch->parameter * AT(const double, launch->averages)[1u + tensor];
    return threshold > 0.0 ? scale_to(norm, threshold) : factor_of(1.0);
}

// A step in which a tensor has no gradient, because it is empty or all zeros, gives no information about the size of the next one.
DEVICE void adagc_remember(const Launch* launch, double clipped, u32 tensor, u32 warming_up)
{
    GLOBAL double* average = AT(double, launch->averages) + 1u + tensor;
    double keep = launch->smoothing;
    if (clipped == 0.0) return;
    if (*average == 0.0) *average = clipped;  // it has had no gradient yet
    else if (warming_up) *average = SMALLER_DOUBLE(*average, clipped);
    else *average = keep * *average + (1.0 - keep) * clipped;
}

// One thread decides on the whole list.
DEVICE Decision limit_decide(const Launch* launch, double norm, double largest, u32 remember)
{
    Decision decision = decision_hold(norm, INFINITE);
    if (launch->limit == LIMIT_L2_NORM) {
        decision = decision_hold(norm, launch->maximum);
    } else if (launch->limit == LIMIT_INFINITY_NORM) {
        decision = decision_hold(largest, launch->maximum);
    } else if (launch->limit == LIMIT_VALUE) {
        decision.threshold = launch->maximum;
        if (largest > launch->maximum) decision.clamp_at = launch->maximum;
    } else if (launch->limit == LIMIT_AUTOCLIP) {
        decision = autoclip_decide(launch, norm);
    } else if (launch->limit == LIMIT_ZCLIP) {
        decision = zclip_decide(launch, norm, remember);
    } else if (launch->limit == LIMIT_ADAGC) {
        if (adagc_warming_up(launch)) decision = decision_hold(norm, launch->maximum);
        else decision.by_tensor = 1u;
    }

    return decision;
}
