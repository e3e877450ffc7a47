namespace FastTrainLog.Shipping.TensorBoard;

/// <summary>A histogram with the moments that TensorBoard keeps beside it.</summary>
/// <param name="Min">The smallest value.</param>
/// <param name="Max">The largest value.</param>
/// <param name="Count">The number of values.</param>
/// <param name="Sum">Their sum.</param>
/// <param name="SumOfSquares">The sum of their squares.</param>
/// <param name="Limits">The upper ends of the buckets, rising.</param>
/// <param name="Counts">How many values are in each bucket.</param>
internal readonly record struct HistogramSummary(double Min, double Max, double Count, double Sum, double SumOfSquares, double[] Limits, double[] Counts);
