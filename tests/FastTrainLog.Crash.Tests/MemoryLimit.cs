namespace FastTrainLog.Crash.Tests;

/// <summary>A control group whose processes the kernel kills when they use more memory than a limit; Linux, and mostly root alone.</summary>
internal sealed class MemoryLimit : IDisposable
{
    // The controller by itself, and all of them in one tree.
    private static readonly (string Root, string Limit)[] Versions = [("/sys/fs/cgroup/memory", "memory.limit_in_bytes"), ("/sys/fs/cgroup", "memory.max")];

    private readonly string _path;

    private MemoryLimit(string path) => _path = path;

    /// <summary>Gets the file that a process writes its identifier to, to be limited.</summary>
    public string Processes => Path.Combine(_path, "cgroup.procs");

    /// <summary>Makes a group; null where the system lets us make none.</summary>
    public static MemoryLimit? TryCreate(long bytes)
    {
        foreach ((string root, string file) in Versions)
        {
            string path = Path.Combine(root, $"fasttrainlog-test-{Environment.ProcessId}");
            try
            {
                if (Directory.Exists(root))
                {
                    Directory.CreateDirectory(path);
                    string limit = Path.Combine(path, file);
                    if (File.Exists(limit))
                    {
                        File.WriteAllText(limit, $"{bytes}");
                        return new MemoryLimit(path);
                    }

                    Directory.Delete(path);
                }
            }
            catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
            {
                // Not ours to make: the other version, or none.
            }
        }

        return null;
    }

    public void Dispose() => Directory.Delete(_path);
}
