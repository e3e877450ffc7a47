namespace FastTrainLog.Gradients.Cuda;

/// <summary>Sizes that change speed and memory but never results beyond rounding; the benchmark and the tests vary them.</summary>
/// <param name="Threads">Threads of a block: a power of two, 512 at most.</param>
/// <param name="ChunkBytes">Bytes that one block measures, a multiple of 16.</param>
/// <param name="BlocksPerMultiprocessor">How many blocks of the kernels behind the first share a multiprocessor.</param>
/// <param name="RingSlots">How many steps a ring holds; 0 to choose by the number of tensors.</param>
internal readonly record struct CudaTuning(int Threads, int ChunkBytes, int BlocksPerMultiprocessor, int RingSlots)
{
    public static CudaTuning Default => new(512, ChunkPlan.DefaultChunkBytes, 4, 0);
}
