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

    /// <summary>Those that are compared where FastTrainLog is called directly; FastTrainLog writes its own file, or hands its records to ZLogger's.</summary>
    public static readonly (string Logger, string Format)[] All =
    [
        .. Own,
        ("FastTrainLog to ZLogger", "text"),
        ("FastTrainLog to ZLogger", "json"),
        ("ZLogger generated", "text"),
        ("ZLogger generated", "json"),
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
        ("ZLogger generated", "text"),
        ("ZLogger generated", "json"),
        ("ZLogger via MEL", "text"),
        ("ZLogger via MEL", "json"),
        ("NLog via MEL", "text"),
        ("NLog via MEL", "json"),
        ("Serilog via MEL", "text"),
        ("Serilog via MEL", "json"),
    ];

    public static Contestant Create(string logger, string format, string directory) => logger switch
    {
        "FastTrainLog" => OwnContestant.Direct(format, directory),
        "FastTrainLog via MEL" => OwnContestant.ThroughMel(format, directory),
        "FastTrainLog to ZLogger" => OwnContestant.ToZLogger(format, directory),
        "NLog async" => new NLogContestant(format, directory),
        "NLog via MEL" => MelContestant.NLog(format, directory),
        "Serilog async" => new SerilogContestant(format, directory),
        "Serilog via MEL" => MelContestant.Serilog(format, directory),
        "ZLogger generated" => new ZLoggerContestant(format, directory),
        "ZLogger via MEL" => MelContestant.ZLogger(format, directory),
        _ => throw new ArgumentException($"There is no logger '{logger}'."),
    };
}
