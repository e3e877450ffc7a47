using System.Globalization;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Logging;

namespace FastTrainLog;

/// <summary>Sets options from text: from a configuration section, and from environment variables.</summary>
internal static class OptionReader
{
    public const string EnvironmentPrefix = "FASTTRAINLOG_";

    // Variables of what stands beside a log, and of the clock, which is chosen before there are any options.
    private static readonly string[] NoOptions = [Platform.TimeStampCounter.Variable, Encryption.BackupKeys.Variable, "FASTTRAINLOG_ALERT_", "FASTTRAINLOG_DASHBOARD_", "FASTTRAINLOG_SHIP_"];

    // Microsoft.Extensions.Logging keeps a provider's filter rules in the same section as its options.
    private const string FilterRules = "LogLevel";

    private delegate void Setter(TrainLogOptions options, string text);

    private static readonly Dictionary<string, (Setter Set, string Range)> Single = new(StringComparer.OrdinalIgnoreCase)
    {
        [nameof(TrainLogOptions.LogDirectory)] = ((o, t) => o.LogDirectory = t, "a path"),
        [nameof(TrainLogOptions.MinimumLevel)] = ((o, t) => o.MinimumLevel = Name<LogLevel>(t), OneOf<LogLevel>()),
        [nameof(TrainLogOptions.EnableFileLogging)] = ((o, t) => o.EnableFileLogging = bool.Parse(t), "true or false"),
        [nameof(TrainLogOptions.EnableConsoleLogging)] = ((o, t) => o.EnableConsoleLogging = bool.Parse(t), "true or false"),
        [nameof(TrainLogOptions.ConsoleView)] = ((o, t) => o.ConsoleView = Name<ConsoleView>(t), OneOf<ConsoleView>()),
        [nameof(TrainLogOptions.EnableJsonLogging)] = ((o, t) => o.EnableJsonLogging = bool.Parse(t), "true or false"),
        [nameof(TrainLogOptions.EnableSymbols)] = ((o, t) => o.EnableSymbols = bool.Parse(t), "true or false"),
        [nameof(TrainLogOptions.JsonMessage)] = ((o, t) => o.JsonMessage = Name<JsonMessageForm>(t), OneOf<JsonMessageForm>()),
        [nameof(TrainLogOptions.EnableJournal)] = ((o, t) => o.EnableJournal = bool.Parse(t), "true or false"),
        [nameof(TrainLogOptions.MaxFileSize)] = ((o, t) => o.MaxFileSize = Integer(t), "a whole number of bytes"),
        [nameof(TrainLogOptions.BackupCount)] = ((o, t) => o.BackupCount = checked((int)Integer(t)), "a whole number"),
        [nameof(TrainLogOptions.RotationInterval)] = ((o, t) => o.RotationInterval = Name<RotationInterval>(t), OneOf<RotationInterval>()),
        [nameof(TrainLogOptions.MaxBackupAge)] = ((o, t) => o.MaxBackupAge = Time(t), "a time, such as 30.00:00:00 for 30 days"),
        [nameof(TrainLogOptions.MaxTotalBackupSize)] = ((o, t) => o.MaxTotalBackupSize = Integer(t), "a whole number of bytes"),
        [nameof(TrainLogOptions.BackupFormat)] = ((o, t) => o.BackupFormat = Name<BackupFormat>(t), OneOf<BackupFormat>()),
        [nameof(TrainLogOptions.CompressBackups)] = ((o, t) => o.CompressBackups = bool.Parse(t), "true or false"),
        [nameof(TrainLogOptions.EncryptBackups)] = ((o, t) => o.EncryptBackups = bool.Parse(t), "true or false"),
        [nameof(TrainLogOptions.FlushInterval)] = ((o, t) => o.FlushInterval = Time(t), "a time, such as 00:00:00.250"),
        [nameof(TrainLogOptions.BlockTimeout)] = ((o, t) => o.BlockTimeout = Time(t), "a time, such as 00:00:05"),
        [nameof(TrainLogOptions.ShutdownTimeout)] = ((o, t) => o.ShutdownTimeout = Time(t), "a time, such as 00:00:10"),
        [nameof(TrainLogOptions.ResourceInterval)] = ((o, t) => o.ResourceInterval = Time(t), "a time, such as 00:00:10, or 00:00:00 for no samples"),
        [nameof(TrainLogOptions.SnapshotInterval)] = ((o, t) => o.SnapshotInterval = Time(t), "a time, such as 00:00:30, or 00:00:00 for no snapshots"),
        [nameof(TrainLogOptions.SyncInterval)] = ((o, t) => o.SyncInterval = Time(t), "a time, such as 00:00:05, or 00:00:00 for no syncs"),
        [nameof(TrainLogOptions.FileMode)] = ((o, t) => o.FileMode = (UnixFileMode)Convert.ToInt32(t, 8), "permissions in octal, such as 0640"),
        [nameof(TrainLogOptions.BufferBytes)] = ((o, t) => o.BufferBytes = Integer(t), "a whole number of bytes"),
        [nameof(TrainLogOptions.MaxBufferBytes)] = ((o, t) => o.MaxBufferBytes = Integer(t), "a whole number of bytes"),
        [nameof(TrainLogOptions.FullPolicy)] = ((o, t) => o.FullPolicy = Name<FullPolicy>(t), OneOf<FullPolicy>()),
        [nameof(TrainLogOptions.ScrubText)] = ((o, t) => o.ScrubText = bool.Parse(t), "true or false"),
        [nameof(TrainLogOptions.ScrubPattern)] = ((o, t) => o.ScrubPattern = t, "a regular expression"),
        [nameof(TrainLogOptions.ForwardToProviders)] = ((o, t) => o.ForwardToProviders = bool.Parse(t), "true or false"),
        [nameof(TrainLogOptions.DropBelowLevel)] = ((o, t) => o.DropBelowLevel = Name<LogLevel>(t), OneOf<LogLevel>()),
    };

    private static readonly Dictionary<string, (Action<TrainLogOptions, string, string> Set, string Range)> ByCategory = new(StringComparer.OrdinalIgnoreCase)
    {
        [nameof(TrainLogOptions.CategoryLevels)] = ((o, category, t) => o.CategoryLevels[category] = Name<LogLevel>(t), OneOf<LogLevel>()),
        [nameof(TrainLogOptions.CategoryFiles)] = ((o, category, t) => o.CategoryFiles[category] = t, "a file name"),
    };

    private static readonly string[] Names = [.. Single.Keys, .. ByCategory.Keys];

    /// <summary>Sets options from a section: all valid values, even if others are invalid.</summary>
    /// <exception cref="ArgumentException">Some values are invalid; the message names all of them.</exception>
    public static void Read(TrainLogOptions options, IConfiguration section)
    {
        List<ArgumentException> refusals = [];
        foreach (IConfigurationSection child in section.GetChildren().Where(child => !child.Key.Equals(FilterRules, StringComparison.OrdinalIgnoreCase)))
        {
            string path = PathOf(section, child.Key);
            if (!ByCategory.TryGetValue(child.Key, out var byCategory))
            {
                SetSingle(options, child.Key, child.Value, path, refusals);
                continue;
            }

            if (!string.IsNullOrEmpty(child.Value))
            {
                Set(NameOf(child.Key), child.Value, $"a section of categories, each with {byCategory.Range}", path, static _ => throw new FormatException(), refusals);
            }

            foreach (IConfigurationSection item in child.GetChildren())
            {
                Set(NameOf(child.Key), item.Value, byCategory.Range, $"{path}:{item.Key}", text => byCategory.Set(options, item.Key, text), refusals);
            }
        }

        ThrowFor(refusals);
    }

    /// <summary>Reads <c>FASTTRAINLOG_LOG_DIRECTORY</c> and the other variables: the options' names in capitals with underscores.</summary>
    /// <remarks>Levels and files of categories are lists, <c>FASTTRAINLOG_CATEGORY_LEVELS=system=Warning;performance=Debug</c>.</remarks>
    /// <exception cref="ArgumentException">Some values are invalid; the message names all of them.</exception>
    public static void ReadEnvironment(TrainLogOptions options, IEnumerable<KeyValuePair<string, string>> variables)
    {
        List<ArgumentException> refusals = [];
        foreach ((string variable, string value) in variables.OrderBy(v => v.Key, StringComparer.Ordinal))
        {
            if (!variable.StartsWith(EnvironmentPrefix, StringComparison.Ordinal) || Array.Exists(NoOptions, none => variable.StartsWith(none, StringComparison.Ordinal)))
            {
                continue;
            }

            string name = variable[EnvironmentPrefix.Length..].Replace("_", string.Empty, StringComparison.Ordinal);
            if (!ByCategory.TryGetValue(name, out var byCategory))
            {
                SetSingle(options, name, value, variable, refusals);
                continue;
            }

            foreach (string item in value.Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
            {
                string[] pair = item.Split('=', 2);
                Set(NameOf(name), pair.Length == 2 ? pair[1] : null, byCategory.Range, variable, text => byCategory.Set(options, pair[0], text), refusals);
            }
        }

        ThrowFor(refusals);
    }

    // A provider's section in a host is composed of others, and has no path of its own.
    private static string PathOf(IConfiguration section, string key) =>
        section is IConfigurationRoot root && root.Providers.OfType<ChainedConfigurationProvider>().LastOrDefault(provider => provider.Configuration.GetSection(key).Exists()) is { } chained
            ? PathOf(chained.Configuration, key)
            : section.GetSection(key).Path;

    private static string NameOf(string key) => Names.First(name => name.Equals(key, StringComparison.OrdinalIgnoreCase));

    private static void SetSingle(TrainLogOptions options, string key, string? value, string source, List<ArgumentException> refusals)
    {
        if (Single.TryGetValue(key, out var single))
        {
            Set(NameOf(key), value, single.Range, source, text => single.Set(options, text), refusals);
            return;
        }

        string hint = LikelyName.Of(key, Names) is { } likely ? $"did you mean {likely}?" : $"the options are {string.Join(", ", Names.Order(StringComparer.Ordinal))}.";
        options.UnknownKeys.Add($"{source} names no option of FastTrainLog and does nothing; {hint}");
    }

    private static void Set(string option, string? value, string range, string source, Action<string> set, List<ArgumentException> refusals)
    {
        try
        {
            set(value ?? throw new FormatException());
        }
        catch (Exception failure) when (failure is FormatException or OverflowException or ArgumentException)
        {
            refusals.Add(new ArgumentException($"TrainLogOptions.{option} is '{value}', but must be {range}: correct {source}.", option, failure));
        }
    }

    private static void ThrowFor(List<ArgumentException> refusals)
    {
        if (refusals is [var only])
        {
            throw only;
        }

        if (refusals.Count > 1)
        {
            throw new ArgumentException(string.Join(Environment.NewLine, refusals.Select(refusal => refusal.Message)), refusals[0].ParamName, new AggregateException(refusals));
        }
    }

    private static long Integer(string text) => long.Parse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture);

    private static TimeSpan Time(string text) => TimeSpan.Parse(text, CultureInfo.InvariantCulture);

    private static T Name<T>(string text)
        where T : struct, Enum => Enum.TryParse(text, ignoreCase: true, out T value) && Enum.IsDefined(value) ? value : throw new FormatException();

    private static string OneOf<T>()
        where T : struct, Enum => "one of " + string.Join(", ", Enum.GetNames<T>());
}
