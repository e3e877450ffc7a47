namespace FastTrainLog.Gradients;

/// <summary>
/// The few vector operations that the statistics need, for one vector width, so that the kernels are written only once. Implementations are
/// empty structs: the JIT compiles a kernel separately for each and inlines every call.
/// </summary>
/// <typeparam name="TFloats">A vector of float32.</typeparam>
/// <typeparam name="TDoubles">A vector of float64, half as many elements.</typeparam>
/// <typeparam name="TCount">A count of float32, lane by lane.</typeparam>
internal unsafe interface ILanes<TFloats, TDoubles, TCount>
    where TFloats : struct
    where TDoubles : struct
    where TCount : struct
{
    /// <summary>Gets the number of elements of a float32 vector.</summary>
    static abstract int Floats { get; }

    /// <summary>Loads float32, with or without signs.</summary>
    static abstract TFloats Load(float* from);

    /// <summary>Takes the larger magnitude of each pair; undefined if one is NaN.</summary>
    static abstract TFloats MaxMagnitude(TFloats left, TFloats loaded);

    /// <summary>Adds the number of elements that are zero, counting up to 2^24.</summary>
    static abstract TCount AddZero(TCount count, TFloats loaded);

    /// <summary>Adds the exact squares of the first half of a float32 vector, read from the register or again from memory.</summary>
    static abstract TDoubles AddSquaresLower(TDoubles sums, TFloats loaded, float* from);

    /// <summary>Adds the exact squares of the second half of a float32 vector, in the same way.</summary>
    static abstract TDoubles AddSquaresUpper(TDoubles sums, TFloats loaded, float* from);

    /// <summary>Reduces magnitudes to their maximum; undefined if one is NaN.</summary>
    static abstract float Max(TFloats magnitudes);

    /// <summary>Reduces a count to one number.</summary>
    static abstract int Total(TCount count);

    /// <summary>Loads float64 magnitudes.</summary>
    static abstract TDoubles LoadMagnitudes(double* from);

    /// <summary>Takes the larger of each pair; undefined if one is NaN.</summary>
    static abstract TDoubles Max(TDoubles left, TDoubles right);

    /// <summary>Adds 1 to the 64-bit counter of each lane whose magnitude is zero.</summary>
    static abstract TDoubles CountZero(TDoubles counters, TDoubles magnitudes);

    /// <summary>Adds the squares.</summary>
    static abstract TDoubles AddSquares(TDoubles sums, TDoubles values);

    /// <summary>Adds lane by lane.</summary>
    static abstract TDoubles Add(TDoubles left, TDoubles right);

    /// <summary>Reduces to the sum.</summary>
    static abstract double Sum(TDoubles values);

    /// <summary>Reduces to the maximum; undefined if one is NaN.</summary>
    static abstract double Max(TDoubles values);

    /// <summary>Reduces 64-bit counters to their sum.</summary>
    static abstract long Total(TDoubles counters);
}
