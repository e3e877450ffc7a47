namespace FastTrainLog.Gradients;

/// <summary>
/// A factor of gradients with full precision, even if it is too small for a double: a float64 gradient of 1e308 limited to 1e-20 is multiplied by 1e-328.
/// </summary>
internal readonly record struct ScaleFactor
{
    // Half the exponent of two by which a lifted factor is multiplied. Multiplied by 2^1074, even the smallest quotient of two doubles is in a double's range.
    private const int HalfLift = 537;

    private static readonly double Up = Math.ScaleB(1.0, HalfLift);
    private static readonly double Down = Math.ScaleB(1.0, -HalfLift);

    private readonly bool _lifted; // the value is 2^1074 times the factor, which itself would be subnormal

    private ScaleFactor(double value, bool lifted) => (Value, _lifted) = (value, lifted);

    public static ScaleFactor One => new(1.0, lifted: false);

    /// <summary>Gets the factor if <see cref="IsPlain"/>.</summary>
    public double Value { get; }

    /// <summary>Gets a value indicating whether the factor is a double.</summary>
    public bool IsPlain => !_lifted;

    public bool IsOne => !_lifted && Value == 1.0;

    /// <summary>Gets the double nearest to the factor; the smallest one above 0 if that would be 0.</summary>
    public double Nearest => _lifted ? Math.Max(Value * Down * Down, double.Epsilon) : Value;

    /// <summary>Divides one magnitude by another.</summary>
    /// <param name="numerator">Not negative.</param>
    /// <param name="denominator">Above 0 and not below the numerator.</param>
    public static ScaleFactor Quotient(double numerator, double denominator)
    {
        double quotient = numerator / denominator;
        return double.IsNormal(quotient) || numerator == 0.0 ? new(quotient, lifted: false) : new(numerator * Up / (denominator * Down), lifted: true);
    }

    public static implicit operator ScaleFactor(double value) => new(value, lifted: false);

    public static ScaleFactor operator *(ScaleFactor factor, double by)
    {
        double product = factor.Value * by;
        if (!factor._lifted)
        {
            return double.IsNormal(product) || factor.Value == 0.0 ? new(product, lifted: false) : new(factor.Value * Up * (by * Up), lifted: true);
        }

        double plain = product * Down * Down;
        return double.IsNormal(plain) ? new(plain, lifted: false) : new(product, lifted: true);
    }

    /// <summary>Multiplies a value of another type, in the three steps that a lifted factor requires.</summary>
    /// <param name="value">The value.</param>
    /// <param name="multiply">Multiplies a value by a double.</param>
    public T Times<T>(T value, Func<T, double, T> multiply)
        => _lifted ? multiply(multiply(multiply(value, Down), Value), Down) : multiply(value, Value);

    public double Times(double value) => _lifted ? value * Down * Value * Down : value * Value;
}
