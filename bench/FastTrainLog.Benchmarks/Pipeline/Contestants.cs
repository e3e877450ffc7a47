using FastTrainLog.Backend;
using FastTrainLog.Sinks;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace FastTrainLog.Benchmarks.Pipeline;

/// <summary>All loggers that are compared, by name and format.</summary>
internal static class Contestants
{
    public static readonly (string Logger, string Format)[] Own =
    [
        ("FastTrainLog", "text"),
        ("FastTrainLog", "json"),
    ];

    public static readonly (string Logger, string Format)[] Peers =
    [
#if HAS_ZLOGGER
        ("ZLogger generated", "text"),
        ("ZLogger generated", "json"),
#endif
        ("NLog async", "text"),
        ("NLog async", "json"),
        ("Serilog async", "text"),
        ("Serilog async", "json"),
    ];

    /// <summary>All of them behind a composite logger of Microsoft.Extensions.Logging; ZLogger always is.</summary>
    public static readonly (string Logger, string Format)[] ThroughMel =
    [
        ("FastTrainLog via MEL", "text"),
        ("FastTrainLog via MEL", "json"),
#if HAS_ZLOGGER
        ("ZLogger generated", "text"),
        ("ZLogger generated", "json"),
#endif
        ("NLog via MEL", "text"),
        ("NLog via MEL", "json"),
        ("Serilog via MEL", "text"),
        ("Serilog via MEL", "json"),
    ];

    public static Contestant Create(string logger, string format, string directory) => logger switch
    {
        "FastTrainLog" => new OwnContestant(format, directory, throughILogger: false),
        "FastTrainLog via MEL" => new OwnContestant(format, directory, throughILogger: true),
        "NLog async" => new NLogContestant(format, directory),
        "NLog via MEL" => MelContestant.NLog(format, directory),
        "Serilog async" => new SerilogContestant(format, directory),
        "Serilog via MEL" => MelContestant.Serilog(format, directory),
#if HAS_ZLOGGER
        "ZLogger generated" => new ZLoggerContestant(format, directory),
#endif
        _ => throw new ArgumentException($"There is no logger '{logger}'."),
    };
}
