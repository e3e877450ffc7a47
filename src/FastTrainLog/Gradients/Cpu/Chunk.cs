namespace FastTrainLog.Gradients;

/// <summary>A part of one buffer that one thread works on at a time.</summary>
/// <param name="Buffer">The buffer's place in the list.</param>
/// <param name="Start">The first element.</param>
/// <param name="Length">The number of elements.</param>
internal readonly record struct Chunk(int Buffer, long Start, int Length);
