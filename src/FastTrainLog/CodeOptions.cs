using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace FastTrainLog;

/// <summary>Sets the options that the host's code sets. This code runs once: it may open files and create sinks, while a changed configuration recreates the options.</summary>
internal sealed class CodeOptions(IServiceProvider services, Action<IServiceProvider, TrainLogOptions> configure) : IConfigureOptions<TrainLogOptions>
{
    private readonly Lock _gate = new();
    private readonly TrainLogOptions _first = new();
    private readonly Dictionary<string, LogLevel> _levels = [];
    private LogLevel? _minimumLevel;
    private bool _isAsked;

    public void Configure(TrainLogOptions options)
    {
        lock (_gate)
        {
            if (!_isAsked)
            {
                Ask(options);
                return;
            }

            // Levels follow the configuration, except those that the code has set.
            LogLevel minimumLevel = _minimumLevel ?? options.MinimumLevel;
            KeyValuePair<string, LogLevel>[] levels = [.. options.CategoryLevels];
            _first.CopyTo(options);
            options.MinimumLevel = minimumLevel;
            options.CategoryLevels.Clear();
            foreach ((string category, LogLevel level) in levels.Concat(_levels))
            {
                options.CategoryLevels[category] = level;
            }
        }
    }

    private void Ask(TrainLogOptions options)
    {
        LogLevel minimumLevel = options.MinimumLevel;
        var levels = new Dictionary<string, LogLevel>(options.CategoryLevels);
        configure(services, options);
        _isAsked = true;
        options.CopyTo(_first);
        _minimumLevel = options.MinimumLevel == minimumLevel ? null : options.MinimumLevel;
        foreach ((string category, LogLevel level) in options.CategoryLevels.Except(levels))
        {
            _levels[category] = level;
        }
    }
}
