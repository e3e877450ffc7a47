using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace FastTrainLog;

/// <summary>The log of a host, whose levels follow its options.</summary>
internal sealed partial class ConfiguredLogging : IDisposable
{
    private readonly Lock _gate = new();
    private readonly TrainLogger _system;
    private readonly IDisposable? _changes;
    private List<string> _unknownKeys = [];
    private (LogLevel Minimum, string? ByCategory) _levels;
    private string? _refusal;

    public ConfiguredLogging(IOptionsMonitor<TrainLogOptions> options)
    {
        TrainLogOptions current = options.CurrentValue;
        current.Validate();
        // With separate options: changing a level at run time changes these; the host's options are for readers.
        var own = new TrainLogOptions();
        current.CopyTo(own);
        own.UnknownKeys.AddRange(current.UnknownKeys);
        Logging = TrainLogging.Create(own);
        _system = Logging.GetLogger(LogCategories.System);
        _unknownKeys = current.UnknownKeys;
        _levels = (current.MinimumLevel, LevelsOf(current));
        _changes = options.OnChange(Follow);
    }

    /// <summary>Initializes an instance for a log that the host did not create: it keeps its levels.</summary>
    public ConfiguredLogging(TrainLogging logging)
    {
        Logging = logging;
        _system = logging.GetLogger(LogCategories.System);
    }

    public TrainLogging Logging { get; }

    public void Dispose()
    {
        _changes?.Dispose();
        Logging.Dispose();
    }

    [TrainLog(9103, LogLevel.Warning, "Configuration: {Problem}", EventName = "ConfigurationKeyUnknown")]
    public static partial void KeyUnknown(TrainLogger logger, string problem);

    [TrainLog(9101, LogLevel.Information, "The levels of the changed configuration apply from here on: MinimumLevel {MinimumLevel}[?, {CategoryLevels}], and the host's rules for its own loggers")]
    private static partial void LevelsChanged(TrainLogger logger, LogLevel minimumLevel, string? categoryLevels);

    [TrainLog(9102, LogLevel.Warning, "The changed configuration is rejected and the levels stay as they were: {Reason}")]
    private static partial void ConfigurationRefused(TrainLogger logger, string reason);

    private static string? LevelsOf(TrainLogOptions options) =>
        options.CategoryLevels.Count == 0 ? null : string.Join(", ", options.CategoryLevels.OrderBy(entry => entry.Key, StringComparer.Ordinal).Select(entry => $"{entry.Key}: {entry.Value}"));

    // Called from several threads at once, and several times for one change, for example while a file is written.
    private void Follow(TrainLogOptions options)
    {
        lock (_gate)
        {
            // Created by user code that runs again for the changed options; the log keeps its own since its start.
            foreach (SinkRegistration sink in options.Sinks.ExceptBy(Logging.Options.Sinks.Select(known => known.Sink), made => made.Sink))
            {
                sink.Sink.Dispose();
            }

            foreach (string key in options.UnknownKeys.Except(_unknownKeys))
            {
                KeyUnknown(_system, key);
            }

            _unknownKeys = options.UnknownKeys;
            TakeLevels(options);
        }
    }

    private void TakeLevels(TrainLogOptions options)
    {
        try
        {
            options.Validate();
        }
        catch (ArgumentException refused)
        {
            if (refused.Message != _refusal)
            {
                ConfigurationRefused(_system, _refusal = refused.Message);
            }

            return;
        }

        _refusal = null;
        if ((options.MinimumLevel, LevelsOf(options)) != _levels)
        {
            _levels = (options.MinimumLevel, LevelsOf(options));
            Logging.TakeLevels(options);
            LevelsChanged(_system, _levels.Minimum, _levels.ByCategory);
        }
    }
}
