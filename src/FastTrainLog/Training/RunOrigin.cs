using System.Reflection;

namespace FastTrainLog.Training;

/// <summary>The origin of a run: commit, command line and environment of its program, with secrets masked.</summary>
/// <param name="Commit">The git commit of the program, or of the directory that it runs in; null if neither is known.</param>
/// <param name="Branch">The branch that is checked out there, or null.</param>
/// <param name="CommandLine">The command line.</param>
/// <param name="Directory">The working directory.</param>
/// <param name="Environment">The environment variables that describe where and how the run is executed.</param>
internal sealed record RunOrigin(string? Commit, string? Branch, string CommandLine, string Directory, KeyValuePair<string, object?>[] Environment)
{
    private static readonly string[] Variables =
    [
        "CUDA_VISIBLE_DEVICES", "NVIDIA_VISIBLE_DEVICES", "CUBLAS_WORKSPACE_CONFIG", "NCCL_DEBUG", "OMP_NUM_THREADS", "MKL_NUM_THREADS",
        "RANK", "LOCAL_RANK", "WORLD_SIZE", "MASTER_ADDR", "MASTER_PORT",
        "SLURM_JOB_ID", "SLURM_JOB_NAME", "SLURM_NODELIST", "SLURM_PROCID", "SLURM_NTASKS",
        "DOTNET_gcServer", "DOTNET_TieredPGO", "DOTNET_GCHeapCount",
    ];

    // Identical for every run of a process.
    private static readonly Lazy<RunOrigin> OfProcess = new(Read);

    public static RunOrigin Current => OfProcess.Value;

    private static RunOrigin Read()
    {
        string directory = System.Environment.CurrentDirectory;
        GitCommit? git = GitCommit.Find(directory) ?? GitCommit.Find(AppContext.BaseDirectory);
        return new RunOrigin(
            git?.Id ?? BuiltFrom(),
            git?.Branch,
            string.Join(' ', Secrets.RedactArguments(System.Environment.GetCommandLineArgs()).Select(Quoted)),
            directory,
            [.. Variables.Select(name => KeyValuePair.Create(name, (object?)System.Environment.GetEnvironmentVariable(name))).Where(pair => pair.Value is string { Length: > 0 })
                .Select(pair => KeyValuePair.Create(pair.Key, Secrets.Redact(pair.Key, pair.Value)))]);
    }

    // The SDK appends the commit to the version: 1.2.3+COMMIT.
    private static string? BuiltFrom() =>
        Assembly.GetEntryAssembly()?.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion.Split('+') is [_, { Length: >= 40 } commit] ? commit[..40] : null;

    private static string Quoted(string argument) => argument.Length > 0 && argument.AsSpan().IndexOfAny(" \t\"'") < 0 ? argument : $"\"{argument.Replace("\"", "\\\"", StringComparison.Ordinal)}\"";
}
