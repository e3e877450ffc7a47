namespace FastTrainLog.GpuBench.Cases;

/// <summary>How the tensors of a case lie in memory.</summary>
/// <param name="Name">The name in messages.</param>
/// <param name="Counts">Each tensor's elements.</param>
internal sealed record Shape(string Name, int[] Counts)
{
    /// <summary>Makes the shapes, whose lengths stand around the chunk and vector sizes in use.</summary>
    /// <param name="chunkBytes">The chunk's bytes.</param>
    /// <param name="elementBytes">The element's bytes.</param>
    public static Shape[] All(int chunkBytes, int elementBytes)
    {
        int chunk = chunkBytes / elementBytes;
        int vector = 16 / elementBytes;
        return
        [
            new("around a chunk", [chunk - 1, chunk, chunk + 1, (2 * chunk) - vector, 2 * chunk, (3 * chunk) + 5]),
            new("small and empty", [0, 1, 2, 3, 0, 5, 7, vector - 1, vector, vector + 1, (2 * vector) + 1, 31, 33, 0]),
            new("one large", [(9 * chunk) + (3 * vector) + 1]),
            new("one element", [1]),
            new("many", [.. Enumerable.Range(0, 70).Select(i => 1 + (i * 37 % 101))]),
            new("nothing", [0, 0, 0]),
        ];
    }
}
