namespace FastTrainLog.Dashboard.Access;

/// <summary>A request that is not answered, with the status and the reason for its sender.</summary>
/// <param name="status">The HTTP status.</param>
/// <param name="message">What is wrong and what to do.</param>
internal sealed class RequestRefusedException(int status, string message) : Exception(message)
{
    public int Status => status;
}
