// A factor of gradients with full precision, even if it is too small for a double: a float64 gradient of 1e308 limited to 1e-20 is multiplied by
// 1e-328. The equivalent of ScaleFactor in C#.

#define LIFT_HALF 4.4989137945431964e161         /* 2^537 */
#define LIFT_HALF_BACK 2.2227587494850775e-162   /* 2^-537 */
#define SMALLEST_NORMAL 2.2250738585072014e-308  /* 2^-1022 */
#define SMALLEST_DOUBLE double_of(1ul)

typedef struct {
    double value;
    u32 lifted;       // 1 if the value is 2^1074 times the factor, which itself would be subnormal
} Factor;

DEVICE Factor factor_of(double value)
{
    Factor factor;
    factor.value = value;
    factor.lifted = 0u;
    return factor;
}

DEVICE Factor factor_lifted(double value)
{
    Factor factor = factor_of(value);
    factor.lifted = 1u;
    return factor;
}

DEVICE Factor factor_quotient(double numerator, double denominator)
{
    double quotient = numerator / denominator;
    if (quotient >= SMALLEST_NORMAL || numerator == 0.0) return factor_of(quotient);
    return factor_lifted(numerator * LIFT_HALF / (denominator * LIFT_HALF_BACK));
}

DEVICE Factor factor_times(Factor factor, double by)
{
    double product = factor.value * by;
    if (!factor.lifted) {
        if (product >= SMALLEST_NORMAL || factor.value == 0.0) return factor_of(product);
        return factor_lifted(factor.value * LIFT_HALF * (by * LIFT_HALF));
    }

    double plain = product * LIFT_HALF_BACK * LIFT_HALF_BACK;
    return plain >= SMALLEST_NORMAL ? factor_of(plain) : factor_lifted(product);
}

DEVICE double factor_apply(Factor factor, double value)
{
    return factor.lifted ? value * LIFT_HALF_BACK * factor.value * LIFT_HALF_BACK : value * factor.value;
}

// The nearest double; the smallest one above 0 if that would be 0.
DEVICE double factor_nearest(Factor factor)
{
    return factor.lifted ? LARGER_DOUBLE(factor.value * LIFT_HALF_BACK * LIFT_HALF_BACK, SMALLEST_DOUBLE) : factor.value;
}

DEVICE Factor factor_in(Verdict verdict)
{
    return verdict.lifted ? factor_lifted(verdict.factor) : factor_of(verdict.factor);
}
