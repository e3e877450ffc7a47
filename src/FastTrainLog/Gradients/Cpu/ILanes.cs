namespace FastTrainLog.Gradients;

/// <summary>
/// The few vector operations that the statistics need, for one vector width, so that the kernels stand written once. Implementations are
/// empty structs: the JIT compiles a kernel anew for each and inlines every call.
/// </summary>
/// <typeparam name="TFloats">A vector of float32.</typeparam>
/// <typeparam name="TDoubles">A vector of float64, half as many elements.</typeparam>
internal unsafe interface ILanes<TFloats, TDoubles>
    where TFloats : struct
    where TDoubles : struct
{
    /// <summary>Gets the elements of a float32 vector.</summary>
    static abstract int Floats { get; }

    /// <summary>Loads float32 magnitudes: the elements without their sign bits.</summary>
    static abstract TFloats LoadMagnitudes(float* from);

    /// <summary>Takes the larger bit pattern of each pair, which for magnitudes orders finite &lt; infinite &lt; NaN.</summary>
    static abstract TFloats MaxBits(TFloats left, TFloats right);

    /// <summary>Adds 1 to the 32-bit counter of each lane whose magnitude is not zero.</summary>
    static abstract TFloats CountNonZero(TFloats counters, TFloats magnitudes);

    /// <summary>Adds the exact squares of the first half of a float32 vector in memory.</summary>
    static abstract TDoubles AddSquaresLower(TDoubles sums, float* from);

    /// <summary>Adds the exact squares of the second half of a float32 vector in memory.</summary>
    static abstract TDoubles AddSquaresUpper(TDoubles sums, float* from);

    /// <summary>Reduces bit patterns to the largest.</summary>
    static abstract uint MaxBits(TFloats bits);

    /// <summary>Reduces 32-bit counters to their sum, which must fit 32 bits.</summary>
    static abstract uint Total(TFloats counters);

    /// <summary>Loads float64 magnitudes.</summary>
    static abstract TDoubles LoadMagnitudes(double* from);

    /// <summary>Takes the larger of each pair; undefined where one is NaN.</summary>
    static abstract TDoubles Max(TDoubles left, TDoubles right);

    /// <summary>Adds 1 to the 64-bit counter of each lane whose magnitude is zero.</summary>
    static abstract TDoubles CountZero(TDoubles counters, TDoubles magnitudes);

    /// <summary>Adds the squares.</summary>
    static abstract TDoubles AddSquares(TDoubles sums, TDoubles values);

    /// <summary>Adds lane by lane.</summary>
    static abstract TDoubles Add(TDoubles left, TDoubles right);

    /// <summary>Reduces to the sum.</summary>
    static abstract double Sum(TDoubles values);

    /// <summary>Reduces to the largest; undefined where one is NaN.</summary>
    static abstract double Max(TDoubles values);

    /// <summary>Reduces 64-bit counters to their sum.</summary>
    static abstract long Total(TDoubles counters);
}
