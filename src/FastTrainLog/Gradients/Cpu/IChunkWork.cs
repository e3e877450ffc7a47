namespace FastTrainLog.Gradients;

/// <summary>Work split into chunks that may be processed in any order and on any thread, each once.</summary>
internal interface IChunkWork
{
    /// <summary>Processes one chunk; must not throw.</summary>
    /// <param name="chunk">The chunk's index, from 0.</param>
    void Do(int chunk);
}
