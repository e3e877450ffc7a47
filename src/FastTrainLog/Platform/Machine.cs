namespace FastTrainLog.Platform;

/// <summary>The machine of a process: the content of its memory is lost at a reboot.</summary>
/// <param name="Host">The machine's name.</param>
/// <param name="Boot">Distinguishes one boot of it from another; empty if the system does not report it.</param>
internal sealed record Machine(string Host, string Boot)
{
    private const string BootFile = "/proc/sys/kernel/random/boot_id";

    /// <summary>Gets this machine, since its last boot.</summary>
    public static Machine This { get; } = new(Environment.MachineName, ReadBoot());

    private static string ReadBoot()
    {
        try
        {
            return File.Exists(BootFile) ? File.ReadAllText(BootFile).Trim() : string.Empty;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return string.Empty;
        }
    }
}
