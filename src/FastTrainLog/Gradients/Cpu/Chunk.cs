namespace FastTrainLog.Gradients;

/// <summary>A part of one buffer, processed by one thread.</summary>
/// <param name="Buffer">The buffer's index in the list.</param>
/// <param name="Start">The first element.</param>
/// <param name="Length">The number of elements.</param>
internal readonly record struct Chunk(int Buffer, long Start, int Length);
