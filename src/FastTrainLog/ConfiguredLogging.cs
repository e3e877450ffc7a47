using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Primitives;

namespace FastTrainLog;

/// <summary>A log whose levels follow a configuration section.</summary>
internal sealed partial class ConfiguredLogging : IDisposable
{
    private readonly IConfiguration _section;
    private readonly Action<TrainLogOptions> _configure;
    private readonly IDisposable _changes;

    private ConfiguredLogging(IConfiguration section, Action<TrainLogOptions> configure)
    {
        _section = section;
        _configure = configure;
        Logging = TrainLogging.Create(Read());
        _changes = ChangeToken.OnChange(section.GetReloadToken, Follow);
    }

    public TrainLogging Logging { get; }

    public static ConfiguredLogging Create(IConfiguration section, Action<TrainLogOptions> configure) => new(section, configure);

    public void Dispose()
    {
        _changes.Dispose();
        Logging.Dispose();
    }

    [TrainLog(9101, LogLevel.Information, "The levels of the changed configuration hold from here on: {MinimumLevel}[?, {CategoryLevels}]")]
    private static partial void LevelsChanged(TrainLogger logger, LogLevel minimumLevel, string? categoryLevels);

    [TrainLog(9102, LogLevel.Warning, "The changed configuration is refused and the levels stay as they were: {Reason}")]
    private static partial void ConfigurationRefused(TrainLogger logger, string reason);

    private TrainLogOptions Read()
    {
        TrainLogOptions options = new TrainLogOptions().Read(_section);
        _configure(options);
        return options;
    }

    private void Follow()
    {
        TrainLogger system = Logging.GetLogger(LogCategories.System);
        try
        {
            TrainLogOptions options = Read();
            options.Validate();
            Logging.TakeLevels(options);
            string levels = string.Join(", ", options.CategoryLevels.Select(entry => $"{entry.Key}: {entry.Value}"));
            LevelsChanged(system, options.MinimumLevel, levels.Length == 0 ? null : levels);
        }
        catch (ArgumentException refused)
        {
            ConfigurationRefused(system, refused.Message);
        }
    }
}
