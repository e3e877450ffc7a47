using System.Globalization;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Logging;

namespace FastTrainLog;

/// <summary>Sets options from text: from a configuration section, and from environment variables.</summary>
internal static class OptionReader
{
    public const string EnvironmentPrefix = "FASTTRAINLOG_";

    // Microsoft.Extensions.Logging keeps a provider's filter rules beside its options.
    private const string FilterRules = "LogLevel";

    private delegate void Setter(TrainLogOptions options, string text);

    private static readonly Dictionary<string, (Setter Set, string Range)> Single = new(StringComparer.OrdinalIgnoreCase)
    {
        [nameof(TrainLogOptions.LogDirectory)] = ((o, t) => o.LogDirectory = t, "a path"),
        [nameof(TrainLogOptions.MinimumLevel)] = ((o, t) => o.MinimumLevel = Name<LogLevel>(t), Names<LogLevel>()),
        [nameof(TrainLogOptions.EnableFileLogging)] = ((o, t) => o.EnableFileLogging = bool.Parse(t), "true or false"),
        [nameof(TrainLogOptions.EnableConsoleLogging)] = ((o, t) => o.EnableConsoleLogging = bool.Parse(t), "true or false"),
        [nameof(TrainLogOptions.EnableJsonLogging)] = ((o, t) => o.EnableJsonLogging = bool.Parse(t), "true or false"),
        [nameof(TrainLogOptions.EnableSymbols)] = ((o, t) => o.EnableSymbols = bool.Parse(t), "true or false"),
        [nameof(TrainLogOptions.EnableJournal)] = ((o, t) => o.EnableJournal = bool.Parse(t), "true or false"),
        [nameof(TrainLogOptions.MaxFileSize)] = ((o, t) => o.MaxFileSize = Integer(t), "a whole number of bytes"),
        [nameof(TrainLogOptions.BackupCount)] = ((o, t) => o.BackupCount = checked((int)Integer(t)), "a whole number"),
        [nameof(TrainLogOptions.RotationInterval)] = ((o, t) => o.RotationInterval = Name<RotationInterval>(t), Names<RotationInterval>()),
        [nameof(TrainLogOptions.MaxBackupAge)] = ((o, t) => o.MaxBackupAge = Time(t), "a time, such as 30.00:00:00 for 30 days"),
        [nameof(TrainLogOptions.MaxTotalBackupSize)] = ((o, t) => o.MaxTotalBackupSize = Integer(t), "a whole number of bytes"),
        [nameof(TrainLogOptions.CompressBackups)] = ((o, t) => o.CompressBackups = bool.Parse(t), "true or false"),
        [nameof(TrainLogOptions.FlushInterval)] = ((o, t) => o.FlushInterval = Time(t), "a time, such as 00:00:00.250"),
        [nameof(TrainLogOptions.BlockTimeout)] = ((o, t) => o.BlockTimeout = Time(t), "a time, such as 00:00:05"),
        [nameof(TrainLogOptions.ShutdownTimeout)] = ((o, t) => o.ShutdownTimeout = Time(t), "a time, such as 00:00:10"),
        [nameof(TrainLogOptions.ResourceInterval)] = ((o, t) => o.ResourceInterval = Time(t), "a time, such as 00:00:10, or 00:00:00 for no samples"),
        [nameof(TrainLogOptions.BufferBytes)] = ((o, t) => o.BufferBytes = Integer(t), "a whole number of bytes"),
        [nameof(TrainLogOptions.MaxBufferBytes)] = ((o, t) => o.MaxBufferBytes = Integer(t), "a whole number of bytes"),
        [nameof(TrainLogOptions.FullPolicy)] = ((o, t) => o.FullPolicy = Name<FullPolicy>(t), Names<FullPolicy>()),
        [nameof(TrainLogOptions.DropBelowLevel)] = ((o, t) => o.DropBelowLevel = Name<LogLevel>(t), Names<LogLevel>()),
    };

    private static readonly Dictionary<string, (Action<TrainLogOptions, string, string> Set, string Range)> ByCategory = new(StringComparer.OrdinalIgnoreCase)
    {
        [nameof(TrainLogOptions.CategoryLevels)] = ((o, category, t) => o.CategoryLevels[category] = Name<LogLevel>(t), Names<LogLevel>()),
        [nameof(TrainLogOptions.CategoryFiles)] = ((o, category, t) => o.CategoryFiles[category] = t, "a file name"),
    };

    public static void Read(TrainLogOptions options, IConfiguration section)
    {
        foreach (IConfigurationSection child in section.GetChildren())
        {
            if (child.Key.Equals(FilterRules, StringComparison.OrdinalIgnoreCase))
            {
                continue;
            }

            if (ByCategory.TryGetValue(child.Key, out var byCategory))
            {
                foreach (IConfigurationSection item in child.GetChildren())
                {
                    Set(child.Key, item.Value, byCategory.Range, item.Path, text => byCategory.Set(options, item.Key, text));
                }
            }
            else
            {
                SetSingle(options, child.Key, child.Value, child.Path);
            }
        }
    }

    /// <summary>Reads <c>FASTTRAINLOG_LOG_DIRECTORY</c> and its like: the options' names in capitals with underscores.</summary>
    /// <remarks>Levels and files of categories are lists, <c>FASTTRAINLOG_CATEGORY_LEVELS=system=Warning;performance=Debug</c>.</remarks>
    public static void ReadEnvironment(TrainLogOptions options, IEnumerable<KeyValuePair<string, string>> variables)
    {
        foreach ((string variable, string value) in variables.OrderBy(v => v.Key, StringComparer.Ordinal))
        {
            // The clock is chosen before there are any options.
            if (!variable.StartsWith(EnvironmentPrefix, StringComparison.Ordinal) || variable == Frontend.TimeStampCounter.Variable)
            {
                continue;
            }

            string name = variable[EnvironmentPrefix.Length..].Replace("_", string.Empty, StringComparison.Ordinal);
            if (!ByCategory.TryGetValue(name, out var byCategory))
            {
                SetSingle(options, name, value, variable);
                continue;
            }

            foreach (string item in value.Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
            {
                string[] pair = item.Split('=', 2);
                Set(ByCategory.Keys.First(key => key.Equals(name, StringComparison.OrdinalIgnoreCase)), pair.Length == 2 ? pair[1] : null, byCategory.Range, variable, text => byCategory.Set(options, pair[0], text));
            }
        }
    }

    private static void SetSingle(TrainLogOptions options, string name, string? value, string source)
    {
        if (!Single.TryGetValue(name, out var single))
        {
            string known = string.Join(", ", Single.Keys.Concat(ByCategory.Keys).Order(StringComparer.Ordinal));
            throw new ArgumentException($"{source} names no option of FastTrainLog: use one of {known}.", source);
        }

        Set(Single.Keys.First(key => key.Equals(name, StringComparison.OrdinalIgnoreCase)), value, single.Range, source, text => single.Set(options, text));
    }

    private static void Set(string option, string? value, string range, string source, Action<string> set)
    {
        try
        {
            set(value ?? throw new FormatException());
        }
        catch (Exception failure) when (failure is FormatException or OverflowException or ArgumentException)
        {
            throw new ArgumentException($"TrainLogOptions.{option} is '{value}', but must be {range}: correct {source}.", option, failure);
        }
    }

    private static long Integer(string text) => long.Parse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture);

    private static TimeSpan Time(string text) => TimeSpan.Parse(text, CultureInfo.InvariantCulture);

    private static T Name<T>(string text)
        where T : struct, Enum => Enum.TryParse(text, ignoreCase: true, out T value) && Enum.IsDefined(value) ? value : throw new FormatException();

    private static string Names<T>()
        where T : struct, Enum => "one of " + string.Join(", ", Enum.GetNames<T>());
}
