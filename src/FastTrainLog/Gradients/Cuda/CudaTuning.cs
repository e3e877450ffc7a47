namespace FastTrainLog.Gradients.Cuda;

/// <summary>Sizes that affect speed and memory, and results only by rounding; the benchmark and the tests vary them.</summary>
/// <param name="Threads">The threads of a block: a power of two, 512 at most.</param>
/// <param name="ChunkBytes">The bytes that one block measures, a multiple of 16.</param>
/// <param name="BlocksPerMultiprocessor">The number of blocks of the kernels after the first on each multiprocessor.</param>
/// <param name="RingSlots">The number of steps in a ring; 0 to choose it by the number of tensors.</param>
internal readonly record struct CudaTuning(int Threads, int ChunkBytes, int BlocksPerMultiprocessor, int RingSlots)
{
    public static CudaTuning Default => new(512, ChunkPlan.DefaultChunkBytes, 4, 0);
}
