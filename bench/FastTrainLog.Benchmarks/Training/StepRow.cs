namespace FastTrainLog.Benchmarks.Training;

/// <summary>A way to log a training loop, and what a step of it costs.</summary>
/// <param name="Way">The way.</param>
/// <param name="StepMicroseconds">The median time of a step, its work included.</param>
/// <param name="Ratio">That time in relation to a loop that logs nothing, the median of the rounds.</param>
/// <param name="CallMedianNanoseconds">What the call of <c>LogStep</c> took, in the median.</param>
/// <param name="CallP99Nanoseconds">What it took in one of a hundred steps.</param>
internal sealed record StepRow(string Way, double StepMicroseconds, double Ratio, double CallMedianNanoseconds, double CallP99Nanoseconds);
