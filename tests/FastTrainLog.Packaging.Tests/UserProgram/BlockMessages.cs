#if !CSHARP_12
using Microsoft.Extensions.Logging;

/// <summary>Plain calls in extension blocks, which have no name that a method could stand under.</summary>
internal static class BlockMessages
{
    extension(ILogger logger)
    {
        public void Extended(int count) => logger.LogInformation("extended {Count}", count);
    }

    extension<T>(T[] items)
    {
        public void LogFirst(ILogger logger) => logger.LogInformation("first {Item}", items[0]);
    }
}
#endif
