using System.Globalization;
using FastTrainLog.Files;

namespace FastTrainLog.Journals;

/// <summary>The places of the journals of a log directory: in memory, in a directory that the user owns and others cannot access, else next to the log files.</summary>
/// <remarks>
/// A name in a world-writable directory is never trusted: <c>/dev/shm/fasttrainlog-1000</c> is used only if it is a directory, not a link,
/// belongs to user 1000, and no other user can even list it; this is checked each time. All places are searched for journals to recover, because
/// a process may have had other environment variables than the next one.
/// </remarks>
internal sealed class JournalFolders : IDisposable
{
    private const string RuntimeVariable = "XDG_RUNTIME_DIR";
    private const string RuntimeFolder = "fasttrainlog";
    private const string SharedMemory = "/dev/shm";

    private readonly List<OpenDirectory> _folders = [];

    private JournalFolders()
    {
    }

    /// <summary>Gets the folders, the one for a new journal first; the log directory last.</summary>
    public IReadOnlyList<OpenDirectory> Folders => _folders;

    /// <summary>Gets why others are not used.</summary>
    public List<string> Refusals { get; } = [];

    /// <summary>Opens the folders.</summary>
    /// <param name="logDirectory">The log directory; null for the folders in memory alone.</param>
    /// <param name="mayMake">Whether one that is missing is made.</param>
    public static JournalFolders Open(string? logDirectory, bool mayMake)
    {
        var folders = new JournalFolders();
        try
        {
            if (OperatingSystem.IsLinux())
            {
                string? runtime = Environment.GetEnvironmentVariable(RuntimeVariable);
                if (Path.IsPathRooted(runtime) && IsOwnMemory(runtime))
                {
                    folders.Add(Path.Combine(runtime, RuntimeFolder), mayMake);
                }

                if (Directory.Exists(SharedMemory))
                {
                    folders.Add(Path.Combine(SharedMemory, string.Create(CultureInfo.InvariantCulture, $"fasttrainlog-{FileSystem.User}")), mayMake);
                }

                // The folder of a process that had the variable. None is created there: a process without its own session outlives the folder.
                folders.Add(Path.Combine(string.Create(CultureInfo.InvariantCulture, $"/run/user/{FileSystem.User}"), RuntimeFolder), mayMake: false);
            }

            if (logDirectory is not null)
            {
                folders._folders.Add(OpenDirectory.Open(logDirectory));
            }

            return folders;
        }
        catch
        {
            folders.Dispose();
            throw;
        }
    }

    public void Dispose() => _folders.ForEach(folder => folder.Dispose());

    private static bool IsOwnMemory(string path)
    {
        try
        {
            using OpenDirectory directory = OpenDirectory.Open(path);
            return directory.Status.IsPrivate && directory.IsInMemory;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // For example one left by another user's session.
            return false;
        }
    }

    private void Add(string path, bool mayMake)
    {
        if (_folders.Exists(folder => folder.Path == path) || (!mayMake && !Directory.Exists(path)))
        {
            return;
        }

        if (OpenDirectory.TryOpenPrivate(path, mayMake, out string refusal) is { } folder)
        {
            _folders.Add(folder);
        }
        else
        {
            Refusals.Add(refusal);
        }
    }
}
