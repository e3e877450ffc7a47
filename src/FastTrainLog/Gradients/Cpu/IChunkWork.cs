namespace FastTrainLog.Gradients;

/// <summary>Work cut into chunks that may be done in any order, each on any thread, each once.</summary>
internal interface IChunkWork
{
    /// <summary>Does one chunk; must not throw.</summary>
    /// <param name="chunk">The chunk's place, from 0.</param>
    void Do(int chunk);
}
