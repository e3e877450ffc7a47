using FastTrainLog.Backend;
using FastTrainLog.Frontend;
using FastTrainLog.Redaction;
using FastTrainLog.Sinks;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Logging;

namespace FastTrainLog;

/// <summary>Says where a training run logs to, what it logs, and what happens when it logs more than can be written.</summary>
public sealed class TrainLogOptions
{
    /// <summary>Gets or sets the directory of the log files; it is created where it is missing. Default: <c>logs</c>.</summary>
    public string LogDirectory { get; set; } = "logs";

    /// <summary>Gets or sets the level below which nothing is logged. Default: Information.</summary>
    public LogLevel MinimumLevel { get; set; } = LogLevel.Information;

    /// <summary>
    /// Gets the levels of single categories, in place of <see cref="MinimumLevel"/>. A name holds for the categories below it too, up to a
    /// dot: <c>Loader</c> for <c>Loader.Images</c>; the longest name that fits decides.
    /// </summary>
    public IDictionary<string, LogLevel> CategoryLevels { get; } = new Dictionary<string, LogLevel>();

    /// <summary>
    /// Gets the files of categories of your own, which go to <c>main.log</c> otherwise: a category's name, and the name of its file in the log
    /// directory. A name holds for the categories below it too, up to a dot.
    /// </summary>
    public IDictionary<string, string> CategoryFiles { get; } = new Dictionary<string, string>();

    /// <summary>Gets filters for single files, by the file's name, such as <c>run.jsonl</c>, beside what the file takes anyway.</summary>
    public IDictionary<string, RecordFilter> FileFilters { get; } = new Dictionary<string, RecordFilter>();

    /// <summary>Gets or sets whether text files are written. Default: true.</summary>
    public bool EnableFileLogging { get; set; } = true;

    /// <summary>Gets or sets whether records are written to the console. Default: true.</summary>
    public bool EnableConsoleLogging { get; set; } = true;

    /// <summary>Gets or sets whether JSON lines are written, to <c>run.jsonl</c> and <c>system.json</c>. Default: true.</summary>
    public bool EnableJsonLogging { get; set; } = true;

    /// <summary>Gets or sets whether messages of a <see cref="Training.TrainingRun"/> begin with a symbol, such as ✅, in lines of text. Default: false.</summary>
    public bool EnableSymbols { get; set; }

    /// <summary>Gets or sets which records the console shows; null for all.</summary>
    public RecordFilter? ConsoleFilter { get; set; }

    /// <summary>Gets or sets the bytes at which a file is rotated; 0 for never. Default: 10 MiB.</summary>
    public long MaxFileSize { get; set; } = 10 * 1024 * 1024;

    /// <summary>Gets or sets how many rotated files of each file are kept. Default: 5.</summary>
    public int BackupCount { get; set; } = 5;

    /// <summary>Gets or sets how often files are rotated by time, beside rotation by size. Default: never.</summary>
    public RotationInterval RotationInterval { get; set; } = RotationInterval.Never;

    /// <summary>
    /// Gets or sets the age, by its last line, at which a rotated file in <see cref="LogDirectory"/> is deleted; zero for never. Files of a
    /// process that still logs there are left alone. Default: never.
    /// </summary>
    public TimeSpan MaxBackupAge { get; set; }

    /// <summary>
    /// Gets or sets the bytes that the rotated files in <see cref="LogDirectory"/> may have together before the oldest are deleted; 0 for any.
    /// Files of another process that still logs there neither count nor go. Default: any.
    /// </summary>
    public long MaxTotalBackupSize { get; set; }

    /// <summary>Gets or sets whether rotated files are compressed with gzip, in the background. Default: false.</summary>
    public bool CompressBackups { get; set; }

    /// <summary>Gets or sets the time within which a record below Error level is visible in the files. Default: 250 ms.</summary>
    public TimeSpan FlushInterval { get; set; } = TimeSpan.FromMilliseconds(250);

    /// <summary>
    /// Gets or sets whether records wait in a mapped file, a journal, so that those of a process that is killed are written by the next
    /// start in the same directory. Used only where there are files to write to. Default: true.
    /// </summary>
    public bool EnableJournal { get; set; } = true;

    /// <summary>Gets or sets the memory for records that wait to be written, in bytes. Default: 32 MiB.</summary>
    public long BufferBytes { get; set; } = 32 * 1024 * 1024;

    /// <summary>Gets or sets what a log call does when that memory is full. Default: <see cref="FullPolicy.Block"/>.</summary>
    public FullPolicy FullPolicy { get; set; } = FullPolicy.Block;

    /// <summary>Gets or sets the longest that a call waits under <see cref="FullPolicy.Block"/> before its record is dropped and counted. Default: 5 s.</summary>
    public TimeSpan BlockTimeout { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>Gets or sets the level below which <see cref="FullPolicy.DropBelow"/> drops. Default: Warning.</summary>
    public LogLevel DropBelowLevel { get; set; } = LogLevel.Warning;

    /// <summary>Gets or sets the memory up to which <see cref="FullPolicy.Grow"/> grows, in bytes. Default: 128 MiB.</summary>
    public long MaxBufferBytes { get; set; } = 128 * 1024 * 1024;

    /// <summary>Gets or sets the longest that disposing waits for the last records to be written. Default: 10 s.</summary>
    public TimeSpan ShutdownTimeout { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>
    /// Gets or sets the time between two samples of the resources that the process, the machine and its GPUs use, logged in the category
    /// <c>system</c>; zero for none. Default: 10 s.
    /// </summary>
    public TimeSpan ResourceInterval { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>Gets the sinks beside the files and the console, each with the records that it takes.</summary>
    public IList<SinkRegistration> Sinks { get; } = [];

    internal Dictionary<Type, Redactor> Redactors { get; } = [];

    /// <summary>Adds a sink.</summary>
    /// <param name="sink">The sink; it is disposed with the logging.</param>
    /// <param name="filter">The records that it takes; null for all.</param>
    /// <param name="name">What messages about the sink call it; its type's name where it is null.</param>
    /// <returns>These options.</returns>
    public TrainLogOptions AddSink(ILogSink sink, RecordFilter? filter = null, string? name = null)
    {
        ArgumentNullException.ThrowIfNull(sink);
        Sinks.Add(new SinkRegistration(name ?? sink.GetType().Name, sink, filter));
        return this;
    }

    /// <summary>Chooses what is logged in the place of classified values; without a choice they are erased.</summary>
    /// <remarks>It holds for the classes that derive from the classification, too. Loggers other than FastTrainLog's follow it as long as the log runs.</remarks>
    /// <typeparam name="TClassification">The attribute that classifies the values.</typeparam>
    /// <param name="redactor">The redactor.</param>
    /// <returns>These options.</returns>
    public TrainLogOptions Redact<TClassification>(Redactor redactor)
        where TClassification : ClassifiedDataAttribute
    {
        ArgumentNullException.ThrowIfNull(redactor);
        Redactors[typeof(TClassification)] = redactor;
        return this;
    }

    /// <summary>Sets options from a configuration section whose keys are the options' names.</summary>
    /// <param name="section">The section.</param>
    /// <returns>These options.</returns>
    /// <exception cref="ArgumentException">A key is no option or a value cannot be read; the message names the key, the value and what it may be.</exception>
    public TrainLogOptions Read(IConfiguration section)
    {
        ArgumentNullException.ThrowIfNull(section);
        OptionReader.Read(this, section);
        return this;
    }

    /// <summary>
    /// Sets options from environment variables: <c>FASTTRAINLOG_</c> and the option's name in capitals with underscores, as in
    /// <c>FASTTRAINLOG_MINIMUM_LEVEL=Debug</c>; of categories <c>FASTTRAINLOG_CATEGORY_LEVELS=system=Warning;performance=Debug</c>.
    /// </summary>
    /// <returns>These options.</returns>
    /// <exception cref="ArgumentException">A variable is no option or its value cannot be read; the message names it, the value and what it may be.</exception>
    public TrainLogOptions ReadEnvironment()
    {
        OptionReader.ReadEnvironment(
            this,
            Environment.GetEnvironmentVariables().Cast<System.Collections.DictionaryEntry>().Select(v => KeyValuePair.Create((string)v.Key, (string?)v.Value ?? string.Empty)));
        return this;
    }

    /// <summary>Checks every option.</summary>
    /// <exception cref="ArgumentException">An option is out of its range; the message names it, its value, the range and the fix.</exception>
    public void Validate()
    {
        Require(!string.IsNullOrWhiteSpace(LogDirectory) && !LogDirectory.Contains('\0'), nameof(LogDirectory), LogDirectory, "a path", "name a directory, such as \"logs\"");
        Require(MaxFileSize == 0 || MaxFileSize >= 1024, nameof(MaxFileSize), MaxFileSize, "0 or at least 1024 bytes", "use 0 to never rotate by size");
        Require(BackupCount is >= 0 and <= 10_000, nameof(BackupCount), BackupCount, "0 to 10000", "use 0 to keep no rotated file");
        RequireDefined(RotationInterval, nameof(RotationInterval));
        Require(
            MaxBackupAge == TimeSpan.Zero || (MaxBackupAge >= TimeSpan.FromMinutes(1) && MaxBackupAge <= TimeSpan.FromDays(36_500)),
            nameof(MaxBackupAge),
            MaxBackupAge,
            "0 or a minute to 36500 days",
            "use 0 to keep rotated files of any age");
        Require(
            MaxTotalBackupSize == 0 || MaxTotalBackupSize >= Math.Max(MaxFileSize, 1024),
            nameof(MaxTotalBackupSize),
            MaxTotalBackupSize,
            $"0 or at least {Math.Max(MaxFileSize, 1024)} bytes",
            "give room for one file of MaxFileSize, or use 0 for no limit");
        RequireTime(FlushInterval, nameof(FlushInterval), TimeSpan.FromMilliseconds(1), TimeSpan.FromMinutes(1));
        RequireTime(BlockTimeout, nameof(BlockTimeout), TimeSpan.Zero, TimeSpan.FromHours(1));
        RequireTime(ShutdownTimeout, nameof(ShutdownTimeout), TimeSpan.FromMilliseconds(1), TimeSpan.FromHours(1));
        Require(
            ResourceInterval == TimeSpan.Zero || (ResourceInterval >= TimeSpan.FromMilliseconds(100) && ResourceInterval <= TimeSpan.FromHours(24)),
            nameof(ResourceInterval),
            ResourceInterval,
            "0, or 00:00:00.1 to 1.00:00:00",
            "use 0 to take no samples");
        const long Least = 16 * Page.Size;
        const long Most = 16L * 1024 * 1024 * 1024;
        Require(BufferBytes is >= Least and <= Most, nameof(BufferBytes), BufferBytes, $"{Least} to {Most} bytes", "the default is 33554432");
        Require(
            FullPolicy != FullPolicy.Grow || (MaxBufferBytes >= BufferBytes && MaxBufferBytes <= Most),
            nameof(MaxBufferBytes),
            MaxBufferBytes,
            $"BufferBytes ({BufferBytes}) to {Most} bytes",
            "raise it, or lower BufferBytes");
        LogFileNames own = StandardSinks.NamesOf(new TrainLogOptions());
        foreach ((string category, string file) in CategoryFiles)
        {
            Require(
                file.Length > 0 && file.AsSpan().IndexOfAny(Path.GetInvalidFileNameChars()) < 0 && Path.GetFileName(file) == file && !own.Holds(file),
                nameof(CategoryFiles),
                file,
                "a file name without a directory, other than those that the log gives to its files anyway",
                $"name the file of '{category}' after it, such as \"{category}.log\"");
            Require(
                category.Length > 0 && Array.IndexOf(LogCategories.All, category) < 0,
                nameof(CategoryFiles),
                category,
                "a category of your own",
                "those of LogCategories have their files already");
        }

        foreach ((string file, RecordFilter? filter) in FileFilters)
        {
            Require(filter is not null, nameof(FileFilters), file, "the name of a file with a filter", "remove the entry to take all records");
            Require(
                StandardSinks.IsOwn(file) || CategoryFiles.Values.Contains(file),
                nameof(FileFilters),
                file,
                "the name of a file that the log writes",
                "filter a sink of your own where you add it");
        }

        Require(!Sinks.Contains(null!), nameof(Sinks), null, "sinks", "add them with AddSink");
        RequireDefined(FullPolicy, nameof(FullPolicy));
        RequireDefined(MinimumLevel, nameof(MinimumLevel));
        RequireDefined(DropBelowLevel, nameof(DropBelowLevel));
        foreach ((string category, LogLevel level) in CategoryLevels)
        {
            Require(category.Length > 0, nameof(CategoryLevels), category, "the name of a category", "use MinimumLevel for all others");
            RequireDefined(level, nameof(CategoryLevels));
        }
    }

    internal LogLevel LevelOf(string category)
    {
        string? name = CategoryLevels.Keys.Where(key => CategoryNames.Covers(key, category)).MaxBy(key => key.Length);
        return name is null ? MinimumLevel : CategoryLevels[name];
    }

    private static void RequireDefined<T>(T value, string option)
        where T : struct, Enum => Require(Enum.IsDefined(value), option, value, "one of " + string.Join(", ", Enum.GetNames<T>()), "use one of them");

    private static void RequireTime(TimeSpan value, string option, TimeSpan least, TimeSpan most) =>
        Require(value >= least && value <= most, option, value, $"{least} to {most}", "choose a time in that range");

    private static void Require(bool holds, string option, object? value, string range, string fix)
    {
        if (!holds)
        {
            throw new ArgumentException($"TrainLogOptions.{option} is '{value}', but must be {range}: {fix}.", option);
        }
    }
}
