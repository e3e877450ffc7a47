namespace FastTrainLog;

/// <summary>Ensures that the providers of a host receive all that was logged before the host disposes of them.</summary>
internal sealed class ForwardingEnd(ConfiguredLogging log) : IDisposable
{
    public void Dispose() => log.Logging.Flush();
}
