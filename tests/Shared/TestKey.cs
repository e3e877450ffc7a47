using System.Security.Cryptography;

namespace FastTrainLog.Tests.Shared;

/// <summary>The key of rotated files that a process of tests has in its environment, and with it every process that it starts.</summary>
internal static class TestKey
{
    static TestKey() => Environment.SetEnvironmentVariable("FASTTRAINLOG_BACKUP_KEY", Text);

    public static string Text { get; } = Convert.ToBase64String(RandomNumberGenerator.GetBytes(32));
}
