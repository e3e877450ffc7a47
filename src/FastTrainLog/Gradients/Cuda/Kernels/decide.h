// The last block of the first kernel: norm, verdict, and the step's record in the ring.

DEVICE u32 not_finite(Sums sums) { return (sums.nans | sums.infinities) != 0u; }

DEVICE u32 action_of(const Launch* launch, u32 bad, u32 clipped)
{
    u32 action = clipped ? ACTION_CLIPPED : 0u;
    if (bad && launch->policy == POLICY_SKIP) action = ACTION_SKIPPED;
    else if (bad && launch->policy == POLICY_SANITIZE) action |= ACTION_SANITIZED;
    else if (bad) action = ACTION_REPORTED;
    return action;
}

DEVICE double inverse_scale_of(const Launch* launch)
{
    return launch->inverse_scale_address != 0u ? (double)*AT(const float, launch->inverse_scale_address) : launch->inverse_scale;
}

DEVICE u64 slot_of(const Launch* launch, u64 sequence)
{
    return launch->ring + sizeof(RingHead) + sequence % launch->slot_count * launch->slot_bytes;
}

DEVICE void publish_tensor(u64 slot, u32 tensor, Sums sums, Decision decision, double coefficient)
{
    GLOBAL TensorRecord* record = AT(TensorRecord, slot + sizeof(StepRecord)) + tensor;
    STORES();
    record->norm = sums_norm(sums, decision.inverse_scale);
    record->largest = sums_largest(sums, decision.inverse_scale);
    record->coefficient = coefficient;
    record->nans = sums.nans;
    record->infinities = sums.infinities;
    record->zeros = sums.zeros;
}

DEVICE Verdict verdict_of(Sums sums, Decision decision, Factor scale)
{
    Factor factor = factor_times(scale, decision.inverse_scale);
    Verdict verdict;
    verdict.factor = factor.value;
    verdict.lifted = factor.lifted;
    verdict.work = 0u;
    if (decision.action & ACTION_SKIPPED) verdict.work = WORK_ZERO;
    if (decision.action & (ACTION_SKIPPED | ACTION_REPORTED)) return verdict;
    if (factor.lifted || factor.value != 1.0) verdict.work |= WORK_SCALE;
    if (sums.largest * decision.inverse_scale > decision.clamp_at) verdict.work |= WORK_CLAMP;
    if (not_finite(sums) || decision.action & ACTION_OVERFLOWED) verdict.work |= WORK_SANITIZE;
    return verdict;
}

// Each thread processes every THREADS-th tensor; without AdaGC, none. Returns the smallest factor.
DEVICE Factor adagc_decide(const Launch* launch, Decision decision, u32 remember, BLOCK Sums* scratch)
{
    u32 active = launch->limit == LIMIT_ADAGC;
    u32 warming_up = active && adagc_warming_up(launch);
    double smallest = factor_nearest(decision.scale);
    for (u32 t = THREAD; active && t < launch->tensor_count; t += THREADS) {
        double norm = sums_norm(sums_load(launch->tensor_sums, t), decision.inverse_scale);
        Factor scale = warming_up ? decision.scale : adagc_scale(launch, norm, t);
        smallest = SMALLER_DOUBLE(smallest, factor_nearest(scale));
        AT(Verdict, launch->verdicts)[t].factor = scale.value;
        AT(Verdict, launch->verdicts)[t].lifted = scale.lifted;
        if (remember) adagc_remember(launch, factor_apply(scale, norm), t, warming_up);
    }

    smallest = block_minimum(smallest, scratch);
    if (THREAD == 0u && active && remember) AT(double, launch->averages)[0] += 1.0;
    return decision.by_tensor ? factor_of(smallest) : decision.scale;
}

// The factor of one tensor; that of AdaGC is stored where the verdict will be.
DEVICE Factor scale_of(const Launch* launch, Decision decision, u32 tensor)
{
    if (!decision.by_tensor) return decision.scale;
    Verdict own;
    own.factor = AT(const Verdict, launch->verdicts)[tensor].factor;
    own.lifted = AT(const Verdict, launch->verdicts)[tensor].lifted;
    own.work = 0u;
    return factor_in(own);
}

// The first tensor, or tensor_count, with an element that becomes infinite when it is written back: only an inverse scale above 1 can cause that.
DEVICE u32 first_overflow(const Launch* launch, Decision decision, BLOCK Sums* scratch)
{
    u32 first = launch->tensor_count;
    decision.action = 0u;
    for (u32 t = THREAD; decision.inverse_scale > 1.0 && t < launch->tensor_count; t += THREADS) {
        Sums sums = sums_load(launch->tensor_sums, t);
        Verdict verdict = verdict_of(sums, decision, scale_of(launch, decision, t));
        u32 over = overflows(verdict, decision.clamp_at, sums.largest, AT(const Tensor, launch->tensors)[t].type);
        if (over && t < first) first = t;
    }

    return (u32)block_minimum((double)first, scratch);
}

DEVICE void publish_step(const Launch* launch, GLOBAL const State* state, u64 slot, Sums total, Decision decision, u32 first_bad)
{
    GLOBAL StepRecord* record = AT(StepRecord, slot);
    record->step = state->step;
    record->list = launch->list;
    record->tensor_count = launch->tensor_count;
    record->action = decision.action;
    record->norm = sums_norm(total, decision.inverse_scale);
    record->largest = sums_largest(total, decision.inverse_scale);
    record->threshold = decision.threshold;
    record->coefficient = factor_nearest(decision.scale);
    record->inverse_scale = decision.inverse_scale;
    record->nans = total.nans;
    record->infinities = total.infinities;
    record->zeros = total.zeros;
    record->first_non_finite = first_bad < launch->tensor_count ? (i64)first_bad : -1;
    record->non_finite_steps = state->non_finite_steps;
    record->clipped_steps = state->clipped_steps;
    record->histogram = state->histogram;
}

// One thread: counts the step, and stores whether the other kernels have work to do.
DEVICE void state_advance(const Launch* launch, GLOBAL State* state, u32 bad, Decision decision)
{
    state->sequence = state->sequence + 1u;
    state->step = launch->step == STEP_NEXT ? state->step + 1 : launch->step;
    state->found_inf = bad ? 1.0f : 0.0f;
    state->non_finite_steps += bad ? 1u : 0u;
    state->clipped_steps += decision.action & ACTION_CLIPPED ? 1u : 0u;
    u32 due = launch->histogram_every != 0u && state->step % launch->histogram_every == 0;
    state->histograms += due ? 1u : 0u;
    state->histogram = due ? state->histograms : 0u;
    state->clamp_at = decision.clamp_at;
    state->work = !(decision.action & ACTION_REPORTED)
        && (decision.action != 0u || decision.inverse_scale != 1.0);
}

DEVICE void decide(const Launch* launch, BLOCK Sums* scratch, BLOCK Decision* shared)
{
    GLOBAL State* state = AT(State, launch->state);
    u64 slot = slot_of(launch, state->sequence + 1u);

    // A reader that is a whole ring behind must not accept the old record as complete while the new one overwrites it.
    if (THREAD == 0u) {
        VOUCHES();
        *AT(volatile u64, slot) = 0u;
    }

    FENCE_SYSTEM();

    u32 first_bad = launch->tensor_count;
    Sums total = sums_zero();
    for (u32 t = THREAD; t < launch->tensor_count; t += THREADS) {
        Sums sums = sums_load(launch->tensor_sums, t);
        if (not_finite(sums) && t < first_bad) first_bad = t;
        total = sums_add(total, sums);
    }

    total = block_sum(total, scratch);
    first_bad = (u32)block_minimum((double)first_bad, scratch);
    u32 bad = not_finite(total);
    double inverse_scale = inverse_scale_of(launch);
    double norm = sums_norm(total, inverse_scale);
    autoclip_remember(launch, norm, launch->limit == LIMIT_AUTOCLIP && !bad, scratch);

    if (THREAD == 0u) {
        Decision mine = limit_decide(launch, norm, sums_largest(total, inverse_scale), !bad);
        mine.inverse_scale = inverse_scale;
        shared[0] = mine;
    }

    BARRIER();
    Decision decision = shared[0];
    decision.scale = adagc_decide(launch, decision, !bad, scratch);
    u32 overflow = first_overflow(launch, decision, scratch);
    bad |= overflow < launch->tensor_count;
    if (overflow < first_bad) first_bad = overflow;
    decision.action = action_of(launch, bad, factor_nearest(decision.scale) != 1.0 || decision.clamp_at < INFINITE);
    if (overflow < launch->tensor_count) decision.action |= ACTION_OVERFLOWED;
    if (decision.action & (ACTION_SKIPPED | ACTION_REPORTED)) {
        decision.scale = factor_of(decision.action & ACTION_SKIPPED ? 0.0 : 1.0);
        decision.by_tensor = 0u;
    }

    for (u32 t = THREAD; t < launch->tensor_count; t += THREADS) {
        GLOBAL Verdict* to = AT(Verdict, launch->verdicts) + t;
        Sums sums = sums_load(launch->tensor_sums, t);
        Factor scale = scale_of(launch, decision, t);
        Verdict verdict = verdict_of(sums, decision, scale);
        to->factor = verdict.factor;
        to->work = verdict.work;
        to->lifted = verdict.lifted;
        publish_tensor(slot, t, sums, decision, factor_nearest(scale));
    }

    if (THREAD == 0u) {
        state_advance(launch, state, bad, decision);
        publish_step(launch, state, slot, total, decision, first_bad);
    }

    // Every thread's record must be in host memory before the sequence that marks it as complete.
    FENCE_SYSTEM();
    BARRIER();
    if (THREAD == 0u) {
        VOUCHES();
        *AT(volatile u64, slot) = state->sequence;
        FENCE_SYSTEM();
        *AT(volatile u64, launch->ring) = state->sequence;
    }
}
