namespace FastTrainLog.Benchmarks.Training;

/// <summary>What a step of a training loop costs with something done at each.</summary>
/// <param name="Loop">The loop.</param>
/// <param name="Way">What is done.</param>
/// <param name="StepMicroseconds">The median time of a step, its work included.</param>
/// <param name="Ratio">That time in relation to the same loop with nothing, the median of the rounds.</param>
/// <param name="CallMedianNanoseconds">What this took at a step, in the median.</param>
/// <param name="CallP99Nanoseconds">What it took in one of a hundred steps.</param>
internal sealed record StepRow(string Loop, string Way, double StepMicroseconds, double Ratio, double CallMedianNanoseconds, double CallP99Nanoseconds);
