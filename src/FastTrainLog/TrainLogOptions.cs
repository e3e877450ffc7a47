using FastTrainLog.Encryption;
using FastTrainLog.Frontend;
using FastTrainLog.Redaction;
using FastTrainLog.Sinks;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Logging;

namespace FastTrainLog;

/// <summary>The options of a log: where it writes to, what it logs, and what happens when more is logged than can be written.</summary>
/// <example>
/// <code>
/// using TrainLogging logging = TrainLogging.Create(options =>
/// {
///     options.LogDirectory = "logs/digits";
///     options.MinimumLevel = LogLevel.Debug;
///     options.FlushInterval = TimeSpan.FromMilliseconds(100);
/// });
/// </code>
/// </example>
public sealed class TrainLogOptions
{
    private const long DefaultMaxTotalBackupSize = 10L * 1024 * 1024 * 1024;

    private int? _backupCount;
    private bool? _compressBackups;
    private BackupFormat? _backupFormat;
    private long? _maxTotalBackupSize;
    private bool? _enableConsoleLogging;

    /// <summary>Gets or sets the directory of the log files; it is created if it is missing. Default: <c>logs</c>.</summary>
    public string LogDirectory { get; set; } = "logs";

    /// <summary>
    /// Gets or sets the level below which a <see cref="TrainLogger"/> and a <see cref="Training.TrainingRun"/> log nothing. Default: Information. For the
    /// <see cref="ILogger"/>s of a host its own rules decide, <c>Logging:LogLevel</c> and <c>Logging:FastTrainLog:LogLevel</c>.
    /// </summary>
    public LogLevel MinimumLevel { get; set; } = LogLevel.Information;

    /// <summary>
    /// Gets the levels of single categories, in place of <see cref="MinimumLevel"/>. A name applies to the categories below it too, up to a
    /// dot: <c>Loader</c> for <c>Loader.Images</c>; the longest matching name decides.
    /// </summary>
    public IDictionary<string, LogLevel> CategoryLevels { get; } = new Dictionary<string, LogLevel>();

    /// <summary>
    /// Gets the files of categories of your own, which go to <c>main.log</c> otherwise: a category's name, and the name of its file in the log
    /// directory. A name applies to the categories below it too, up to a dot.
    /// </summary>
    public IDictionary<string, string> CategoryFiles { get; } = new Dictionary<string, string>();

    /// <summary>Gets filters for single files, by the file's name, such as <c>run.jsonl</c>, in addition to the file's own filter.</summary>
    public IDictionary<string, RecordFilter> FileFilters { get; } = new Dictionary<string, RecordFilter>();

    /// <summary>Gets or sets whether text files are written. Default: true.</summary>
    public bool EnableFileLogging { get; set; } = true;

    /// <summary>Gets or sets whether records are written to the console. Default: true; false in a host, which has its own console logger.</summary>
    public bool EnableConsoleLogging
    {
        get => _enableConsoleLogging ?? !IsHosted;
        set => _enableConsoleLogging = value;
    }

    /// <summary>Gets or sets what the console shows. Default: <see cref="ConsoleView.Progress"/>.</summary>
    public ConsoleView ConsoleView { get; set; } = ConsoleView.Progress;

    /// <summary>Gets or sets whether JSON lines are written, to <c>run.jsonl</c> and <c>system.json</c>. Default: true.</summary>
    public bool EnableJsonLogging { get; set; } = true;

    /// <summary>
    /// Gets or sets the form of messages in JSON lines. <see cref="JsonMessageForm.Template"/> takes fewer bytes on the disk once a file is compressed with gzip, and more time of the background thread; every
    /// reader of this library reconstructs the message. Default: <see cref="JsonMessageForm.Text"/>.
    /// </summary>
    public JsonMessageForm JsonMessage { get; set; } = JsonMessageForm.Text;

    /// <summary>Gets or sets whether messages of a <see cref="Training.TrainingRun"/> begin with a symbol, such as ✅, in lines of text. Default: false.</summary>
    public bool EnableSymbols { get; set; }

    /// <summary>Gets or sets which records the console shows; null for all that its <see cref="ConsoleView"/> shows. Without the records of steps there is no progress line.</summary>
    public RecordFilter? ConsoleFilter { get; set; }

    /// <summary>Gets or sets the bytes at which a file is rotated; 0 for never. Default: 10 MiB.</summary>
    public long MaxFileSize { get; set; } = 10 * 1024 * 1024;

    /// <summary>
    /// Gets or sets how many rotated files of each file are kept. Default: 5 of each text file and of <c>system.json</c>, and all of
    /// <c>run.jsonl</c>, up to <see cref="MaxTotalBackupSize"/>. If it is set, it applies to <c>run.jsonl</c> too.
    /// </summary>
    public int BackupCount
    {
        get => _backupCount ?? 5;
        set => _backupCount = value;
    }

    /// <summary>Gets or sets how often files are rotated by time, in addition to rotation by size. Default: never.</summary>
    public RotationInterval RotationInterval { get; set; } = RotationInterval.Never;

    /// <summary>
    /// Gets or sets the age, by its last line, at which a rotated file in <see cref="LogDirectory"/> is deleted; zero for never. Files of a
    /// process that still logs there are not deleted. Default: never.
    /// </summary>
    public TimeSpan MaxBackupAge { get; set; }

    /// <summary>
    /// Gets or sets the limit of the total bytes of the rotated files in <see cref="LogDirectory"/>; 0 for none. Above it the oldest are deleted, and
    /// of those of <c>run.jsonl</c> the steps: records of the start, the course and the end of runs are kept. The log warns from four fifths of it on. Files of
    /// another process that still logs there neither count nor are deleted. Default: 10 GiB, or <see cref="MaxFileSize"/> if that is more.
    /// </summary>
    public long MaxTotalBackupSize
    {
        get => _maxTotalBackupSize ?? Math.Max(DefaultMaxTotalBackupSize, MaxFileSize);
        set => _maxTotalBackupSize = value;
    }

    /// <summary>
    /// Gets or sets whether rotated files are compressed, in the background, in <see cref="BackupFormat"/>. Default: false for text files and <c>system.json</c>, true for <c>run.jsonl</c>.
    /// If it is set, it applies to all.
    /// </summary>
    public bool CompressBackups
    {
        get => _compressBackups ?? false;
        set => _compressBackups = value;
    }

    /// <summary>
    /// Gets or sets the format in which rotated files are compressed. Default: <see cref="BackupFormat.Gzip"/> for text files and <c>system.json</c>, <see cref="BackupFormat.Columns"/> for <c>run.jsonl</c>.
    /// If it is set, it applies to all.
    /// </summary>
    public BackupFormat BackupFormat
    {
        get => _backupFormat ?? BackupFormat.Gzip;
        set => _backupFormat = value;
    }

    /// <summary>
    /// Gets or sets whether rotated files are compressed and encrypted, in the background: by AES-256-GCM, each block authenticated, with the first key of the environment variable <c>FASTTRAINLOG_BACKUP_KEY</c>,
    /// or of the file that <c>FASTTRAINLOG_BACKUP_KEY_FILE</c> names. Readers take the keys from there too. The file that is written to, the journal and the snapshots are not encrypted, nor is a reader's index. Default: false.
    /// </summary>
    public bool EncryptBackups { get; set; }

    /// <summary>Gets or sets the time within which a record below Error level is visible in the files. Default: 250 ms.</summary>
    public TimeSpan FlushInterval { get; set; } = TimeSpan.FromMilliseconds(250);

    /// <summary>
    /// Gets or sets whether records are kept in a mapped file, the journal, until they are written, so that those of a killed process are written by the next
    /// start in the same directory. Used only if there are files to write to. Default: true.
    /// </summary>
    public bool EnableJournal { get; set; } = true;

    /// <summary>Gets or sets the memory for records that are not yet written, in bytes. Default: 32 MiB.</summary>
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

    /// <summary>
    /// Gets or sets the time between two snapshots of each run on the disk, in the folder <c>snapshots</c> of <see cref="LogDirectory"/>; a last one is written at the run's
    /// end. Each is replaced as a whole, so that a kill leaves one that is complete. Zero for none; used only where there are files to write to. Default: 30 s.
    /// </summary>
    public TimeSpan SnapshotInterval { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>
    /// Gets or sets the time between two syncs of the files to the disk (<c>fsync</c>, of the directory too), by a separate thread: a loss of power loses at most what was logged after
    /// the last one. After a critical record, and at the end of the log, they are synced at once. Zero for never: the operating system then decides, on Linux usually after 30 s. Default: zero.
    /// </summary>
    public TimeSpan SyncInterval { get; set; }

    /// <summary>
    /// Gets or sets the permissions of the files that the log creates, from their first byte on, whatever the process's mask is; as text in octal, such as <c>0640</c>. A rotated file keeps its own when it is
    /// compressed. Files that exist already, and those of sinks of your own, keep theirs. Null for 0666 without the process's mask. No effect on Windows. Default: null.
    /// </summary>
    public UnixFileMode? FileMode { get; set; }

    /// <summary>
    /// Gets or sets whether keys, tokens, passwords and e-mail addresses are masked in texts that are logged, wherever they go: strings, exceptions, messages of plain log calls, properties and scopes. They
    /// are known by their forms (<c>docs/generator.md</c> has the list), so not all are found: classify what you know to be secret. The background thread does it; until then a text stands in memory, and so in the
    /// journal, as it was logged. Default: false.
    /// </summary>
    public bool ScrubText { get; set; }

    /// <summary>
    /// Gets or sets a regular expression for what else is masked in texts, without lookarounds and backreferences, so that the time that it takes is linear in the length of a text. Empty for nothing. Default: empty.
    /// </summary>
    public string ScrubPattern { get; set; } = string.Empty;

    /// <summary>
    /// Gets or sets whether in a host what <see cref="TrainLogger"/>s and <see cref="Training.TrainingRun"/>s log reaches the host's other logging providers too, later and from
    /// another thread, subject to the host's rules. Default: false. Without a host it has no effect.
    /// </summary>
    public bool ForwardToProviders { get; set; }

    /// <summary>Gets the sinks in addition to the files and the console, each with its filter.</summary>
    public IList<SinkRegistration> Sinks { get; } = [];

    internal Dictionary<Type, Redactor> Redactors { get; } = [];

    /// <summary>Gets or sets whether the options are those of a host.</summary>
    internal bool IsHosted { get; set; }

    /// <summary>Gets or sets the source of the host's loggers, for <see cref="ForwardToProviders"/>; null without a host.</summary>
    internal Func<ILoggerFactory>? HostLoggers { get; set; }

    /// <summary>Gets or sets why the host's configuration is rejected; null if it is not.</summary>
    internal ArgumentException? Refusal { get; set; }

    /// <summary>Gets the keys that are not options: they have no effect, and the log reports them at its start.</summary>
    internal List<string> UnknownKeys { get; } = [];

    /// <summary>Gets whether something was asked for that is done to rotated files.</summary>
    internal bool AsksForBackups => MaxBackupAge > TimeSpan.Zero || _maxTotalBackupSize > 0 || CompressBackups || EncryptBackups;

    /// <summary>Returns how many rotated files of a file are kept.</summary>
    internal int BackupCountOf(string file) => _backupCount ?? (StandardSinks.RecordsOfRuns.Holds(file) ? RotatedFiles.Unlimited : BackupCount);

    /// <summary>Returns whether rotated files of a file are compressed.</summary>
    internal bool CompressesBackupsOf(string file) => EncryptBackups || (_compressBackups ?? StandardSinks.RecordsOfRuns.Holds(file));

    /// <summary>Returns the key with which rotated files are encrypted; null if they are not.</summary>
    /// <exception cref="ArgumentException">There is none, although they are to be encrypted.</exception>
    internal BackupKey? ReadBackupKey()
    {
        try
        {
            return !EncryptBackups ? null : BackupKeys.Read().FirstOrDefault() ?? throw new InvalidDataException($"{BackupKeys.Places} are not set");
        }
        catch (InvalidDataException exception)
        {
            throw new ArgumentException($"TrainLogOptions.EncryptBackups is 'True', but there is no key: {exception.Message}.", nameof(EncryptBackups), exception);
        }
    }

    /// <summary>Returns the format in which rotated files of a file are compressed.</summary>
    internal BackupFormat BackupFormatOf(string file) => _backupFormat ?? (StandardSinks.RecordsOfRuns.Holds(file) ? BackupFormat.Columns : BackupFormat.Gzip);

    /// <summary>Adds a sink.</summary>
    /// <param name="sink">The sink; it is disposed with the logging.</param>
    /// <param name="filter">The filter of its records; null for all.</param>
    /// <param name="name">The sink's name in messages; its type's name if this is null.</param>
    /// <returns>These options.</returns>
    public TrainLogOptions AddSink(ILogSink sink, RecordFilter? filter = null, string? name = null)
    {
        ArgumentNullException.ThrowIfNull(sink);
        Sinks.Add(new SinkRegistration(name ?? sink.GetType().Name, sink, filter));
        return this;
    }

    /// <summary>Sets what is logged in place of classified values; by default they are erased.</summary>
    /// <remarks>It applies to classes derived from the classification too, and to other loggers than FastTrainLog's as long as the log runs.</remarks>
    /// <typeparam name="TClassification">
    /// The attribute that classifies the values: one that derives from <see cref="ClassifiedDataAttribute"/>, or from Microsoft's <c>DataClassificationAttribute</c>.
    /// </typeparam>
    /// <param name="redactor">The redactor.</param>
    /// <returns>These options.</returns>
    public TrainLogOptions Redact<TClassification>(Redactor redactor)
        where TClassification : Attribute
    {
        ArgumentNullException.ThrowIfNull(redactor);
        Redactors[typeof(TClassification)] = redactor;
        return this;
    }

    /// <summary>Sets options from a configuration section whose keys are the options' names. A key that is not an option has no effect, and the log warns about it at its start.</summary>
    /// <param name="section">The section.</param>
    /// <returns>These options.</returns>
    /// <exception cref="ArgumentException">A value is invalid; the message names its key, the value and the allowed values.</exception>
    public TrainLogOptions Read(IConfiguration section)
    {
        ArgumentNullException.ThrowIfNull(section);
        OptionReader.Read(this, section);
        return this;
    }

    /// <summary>
    /// Sets options from environment variables: <c>FASTTRAINLOG_</c> and the option's name in capitals with underscores, as in
    /// <c>FASTTRAINLOG_MINIMUM_LEVEL=Debug</c>; of categories <c>FASTTRAINLOG_CATEGORY_LEVELS=system=Warning;performance=Debug</c>. A variable
    /// that is not an option has no effect, and the log warns about it at its start.
    /// </summary>
    /// <returns>These options.</returns>
    /// <exception cref="ArgumentException">A value is invalid; the message names its variable, the value and the allowed values.</exception>
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
        if (Refusal is not null)
        {
            throw new ArgumentException(Refusal.Message, Refusal.ParamName, Refusal);
        }

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
            "allow for one file of MaxFileSize, or use 0 for no limit");
        RequireTime(FlushInterval, nameof(FlushInterval), TimeSpan.FromMilliseconds(1), TimeSpan.FromMinutes(1));
        RequireTime(BlockTimeout, nameof(BlockTimeout), TimeSpan.Zero, TimeSpan.FromHours(1));
        RequireTime(ShutdownTimeout, nameof(ShutdownTimeout), TimeSpan.FromMilliseconds(1), TimeSpan.FromHours(1));
        RequireInterval(ResourceInterval, nameof(ResourceInterval), "samples");
        RequireInterval(SnapshotInterval, nameof(SnapshotInterval), "snapshots");
        RequireInterval(SyncInterval, nameof(SyncInterval), "syncs");
        const UnixFileMode Own = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        const UnixFileMode Any = Own | UnixFileMode.GroupRead | UnixFileMode.GroupWrite | UnixFileMode.OtherRead | UnixFileMode.OtherWrite;
        Require(
            FileMode is not { } mode || ((mode & Own) == Own && (mode & ~Any) == 0),
            nameof(FileMode),
            Convert.ToString((int)FileMode.GetValueOrDefault(), 8),
            "0600 to 0666, with which the owner can read and write",
            "use 0640 to let the group read");
        const long Least = 16 * Page.Size;
        const long Most = 16L * 1024 * 1024 * 1024;
        Require(BufferBytes is >= Least and <= Most, nameof(BufferBytes), BufferBytes, $"{Least} to {Most} bytes", "the default is 33554432");
        Require(
            FullPolicy != FullPolicy.Grow || (MaxBufferBytes >= BufferBytes && MaxBufferBytes <= Most),
            nameof(MaxBufferBytes),
            MaxBufferBytes,
            $"BufferBytes ({BufferBytes}) to {Most} bytes",
            "raise it, or lower BufferBytes");
        foreach ((string category, string file) in CategoryFiles)
        {
            Require(
                file.Length > 0 && file.AsSpan().IndexOfAny(Path.GetInvalidFileNameChars()) < 0 && Path.GetFileName(file) == file && Path.GetExtension(file).Length > 1,
                nameof(CategoryFiles),
                file,
                "a file name with an extension and without a directory",
                $"name the file of '{category}' after it, such as \"{category}.log\"");
            string? other = StandardSinks.FindCollision(this, file);
            Require(
                other is null,
                nameof(CategoryFiles),
                file,
                $"a name other than those that the log uses itself: of its files, rotated, compressed or those of a second log in the directory (as {other} may be named), and of its locks",
                $"name the file of '{category}' after it, such as \"{category}.log\"");
            Require(
                category.Length > 0 && Array.IndexOf(LogCategories.All, category) < 0,
                nameof(CategoryFiles),
                category,
                "a category of your own",
                "those of LogCategories already have their files");
        }

        foreach ((string file, RecordFilter? filter) in FileFilters)
        {
            Require(filter is not null, nameof(FileFilters), file, "the name of a file with a filter", "remove the entry to take all records");
            Require(
                StandardSinks.IsOwn(file) || CategoryFiles.Values.Contains(file),
                nameof(FileFilters),
                file,
                "the name of a file that the log writes",
                "pass the filter of your own sink to AddSink");
        }

        Require(!Sinks.Contains(null!), nameof(Sinks), null, "sinks", "add them with AddSink");
        RequireDefined(FullPolicy, nameof(FullPolicy));
        RequireDefined(JsonMessage, nameof(JsonMessage));
        RequireDefined(BackupFormat, nameof(BackupFormat));
        Require(!EncryptBackups || _compressBackups != false, nameof(CompressBackups), false, "true where EncryptBackups is", "leave it out: what is encrypted is compressed before");
        _ = ReadBackupKey();
        Require(!EncryptBackups || System.Security.Cryptography.AesGcm.IsSupported, nameof(EncryptBackups), true, "false on this machine, which has no AES-GCM", "install OpenSSL 1.1.1 or later");
        RequireDefined(ConsoleView, nameof(ConsoleView));
        RequireScrubPattern();
        RequireDefined(MinimumLevel, nameof(MinimumLevel));
        RequireDefined(DropBelowLevel, nameof(DropBelowLevel));
        foreach ((string category, LogLevel level) in CategoryLevels)
        {
            Require(category.Length > 0, nameof(CategoryLevels), category, "the name of a category", "use MinimumLevel for all others");
            RequireDefined(level, nameof(CategoryLevels));
        }
    }

    /// <summary>Returns the options for writing to the same files, and to nothing else.</summary>
    internal TrainLogOptions ForFilesAlone()
    {
        var files = new TrainLogOptions();
        CopyTo(files);
        files.EnableConsoleLogging = files.EnableJournal = files.ForwardToProviders = files.CompressBackups = files.EncryptBackups = false;
        (files.MaxBackupAge, files.MaxTotalBackupSize, files.ResourceInterval, files.SnapshotInterval, files.SyncInterval) = (TimeSpan.Zero, 0, TimeSpan.Zero, TimeSpan.Zero, TimeSpan.Zero);
        files.Sinks.Clear();
        return files;
    }

    /// <summary>Copies these options to others.</summary>
    internal void CopyTo(TrainLogOptions other)
    {
        other._enableConsoleLogging = _enableConsoleLogging;
        other.IsHosted = IsHosted;
        other.HostLoggers = HostLoggers;
        other.LogDirectory = LogDirectory;
        other.MinimumLevel = MinimumLevel;
        other.EnableFileLogging = EnableFileLogging;
        other.EnableJsonLogging = EnableJsonLogging;
        other.EnableSymbols = EnableSymbols;
        other.JsonMessage = JsonMessage;
        other.ConsoleView = ConsoleView;
        other.ConsoleFilter = ConsoleFilter;
        other.MaxFileSize = MaxFileSize;
        other._backupCount = _backupCount;
        other.RotationInterval = RotationInterval;
        other.MaxBackupAge = MaxBackupAge;
        other._maxTotalBackupSize = _maxTotalBackupSize;
        other._compressBackups = _compressBackups;
        other._backupFormat = _backupFormat;
        other.EncryptBackups = EncryptBackups;
        other.FlushInterval = FlushInterval;
        other.EnableJournal = EnableJournal;
        other.BufferBytes = BufferBytes;
        other.FullPolicy = FullPolicy;
        other.BlockTimeout = BlockTimeout;
        other.DropBelowLevel = DropBelowLevel;
        other.MaxBufferBytes = MaxBufferBytes;
        other.ShutdownTimeout = ShutdownTimeout;
        other.ResourceInterval = ResourceInterval;
        other.SnapshotInterval = SnapshotInterval;
        other.SyncInterval = SyncInterval;
        other.FileMode = FileMode;
        other.ScrubText = ScrubText;
        other.ScrubPattern = ScrubPattern;
        other.ForwardToProviders = ForwardToProviders;
        Copy(CategoryLevels, other.CategoryLevels);
        Copy(CategoryFiles, other.CategoryFiles);
        Copy(FileFilters, other.FileFilters);
        Copy(Sinks, other.Sinks);
        Copy(Redactors, other.Redactors);
    }

    /// <summary>Returns the settings of the pipeline.</summary>
    internal PipelineSettings PipelineSettings() => new(
        (int)(BufferBytes / Page.Size), (int)(MaxBufferBytes / Page.Size), FullPolicy, DropBelowLevel, BlockTimeout, new RedactorTable(Redactors));

    internal LogLevel LevelOf(string category)
    {
        string? name = CategoryLevels.Keys.Where(key => CategoryNames.Covers(key, category)).MaxBy(key => key.Length);
        return name is null ? MinimumLevel : CategoryLevels[name];
    }

    private void RequireScrubPattern()
    {
        try
        {
            _ = ScrubPattern.Length == 0 ? null : TextScrubber.Compile(ScrubPattern);
        }
        catch (ArgumentException exception)
        {
            throw new ArgumentException(
                $"TrainLogOptions.ScrubPattern is '{ScrubPattern}', but must be a regular expression without lookarounds and backreferences that matches no empty text: {exception.Message}", nameof(ScrubPattern), exception);
        }
    }

    private static void Copy<T>(ICollection<T> from, ICollection<T> to)
    {
        to.Clear();
        foreach (T item in from)
        {
            to.Add(item);
        }
    }

    private static void RequireDefined<T>(T value, string option)
        where T : struct, Enum => Require(Enum.IsDefined(value), option, value, "one of " + string.Join(", ", Enum.GetNames<T>()), "use one of them");

    private static void RequireTime(TimeSpan value, string option, TimeSpan least, TimeSpan most) =>
        Require(value >= least && value <= most, option, value, $"{least} to {most}", "choose a time in that range");

    private static void RequireInterval(TimeSpan value, string option, string what) => Require(
        value == TimeSpan.Zero || (value >= TimeSpan.FromMilliseconds(100) && value <= TimeSpan.FromHours(24)), option, value, "0, or 00:00:00.1 to 1.00:00:00", $"use 0 to take no {what}");

    private static void Require(bool holds, string option, object? value, string range, string fix)
    {
        if (!holds)
        {
            throw new ArgumentException($"TrainLogOptions.{option} is '{value}', but must be {range}: {fix}.", option);
        }
    }
}
