using FastTrainLog.Recovery;
using FastTrainLog.Sinks;
using FastTrainLog.Tool.Directories;
using Microsoft.Extensions.Configuration;

namespace FastTrainLog.Tool.Doctor;

/// <summary>A log directory and the options that a run there would read, for the checks, which do not change it.</summary>
internal sealed class LogDirectoryState
{
    private readonly Lazy<IReadOnlyList<PendingJournal>> _journals;

    /// <param name="path">The log directory.</param>
    /// <param name="environment">The environment variables.</param>
    /// <param name="section">The section of a configuration file with the options; null for none.</param>
    public LogDirectoryState(string path, IReadOnlyList<KeyValuePair<string, string>> environment, IConfiguration? section)
    {
        Path = System.IO.Path.TrimEndingDirectorySeparator(System.IO.Path.GetFullPath(path));
        Environment = environment;
        ReadOptions(section);
        _journals = new(() => Directory.Exists(Path) ? JournalRecovery.FindPending(Path) : []);
        if (!Directory.Exists(Path))
        {
            return;
        }

        try
        {
            Files = FoundFile.In(Path, Options, out _);
            LogDirectoryClaim.TakeUnused(Path, out List<int> live).ForEach(claim => claim.Dispose());
            LiveLogs = live;
        }
        catch (UnauthorizedAccessException)
        {
            // The directory check reports it.
        }
    }

    /// <summary>Gets the directory's full path.</summary>
    public string Path { get; }

    /// <summary>Gets the environment variables.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> Environment { get; }

    /// <summary>Gets the options that could be read, the others at their defaults.</summary>
    public TrainLogOptions Options { get; } = new();

    /// <summary>Gets the number of options read.</summary>
    public int OptionsRead { get; private set; }

    /// <summary>Gets the errors of the others.</summary>
    public List<string> OptionProblems { get; } = [];

    /// <summary>Gets the log files.</summary>
    public IReadOnlyList<FoundFile> Files { get; } = [];

    /// <summary>Gets the numbers of the logs that running processes write.</summary>
    public IReadOnlyList<int> LiveLogs { get; } = [];

    /// <summary>Gets the journals that ended processes left for this directory.</summary>
    public IReadOnlyList<PendingJournal> Journals => _journals.Value;

    // One by one, so that the first error does not hide the next.
    private void ReadOptions(IConfiguration? section)
    {
        foreach (IConfigurationSection option in section?.GetChildren() ?? [])
        {
            IEnumerable<KeyValuePair<string, string?>> values = option.AsEnumerable().Where(entry => entry.Value is not null);
            IConfiguration alone = new ConfigurationBuilder().AddInMemoryCollection(values).Build();
            Read(() => Options.Read(alone.GetSection(option.Path[..^(option.Key.Length + 1)])));
        }

        foreach (KeyValuePair<string, string> variable in Environment.Where(v => v.Key.StartsWith(OptionReader.EnvironmentPrefix, StringComparison.Ordinal)))
        {
            Read(() => OptionReader.ReadEnvironment(Options, [variable]));
        }

        Read(Options.Validate);
        OptionsRead--;
    }

    private void Read(Action read)
    {
        try
        {
            read();
            OptionsRead++;
        }
        catch (ArgumentException exception)
        {
            // The exception appends the parameter's name, which is irrelevant here.
            OptionProblems.Add(exception.Message.Split(" (Parameter", 2)[0]);
        }
    }
}
