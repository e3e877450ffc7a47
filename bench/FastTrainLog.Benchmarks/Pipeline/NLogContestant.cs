using NLog;
using NLog.Config;
using NLog.Layouts;
using NLog.Targets;
using NLog.Targets.Wrappers;

namespace FastTrainLog.Benchmarks.Pipeline;

/// <summary>NLog's file target behind its asynchronous wrapper, which waits when its queue is full.</summary>
internal sealed class NLogContestant : Contestant
{
    private readonly LogFactory _factory;
    private readonly Logger _logger;

    public NLogContestant(string format, string directory)
        : base("NLog async", format)
    {
        _factory = CreatePeer(format, directory);
        _logger = _factory.GetLogger("bench");
    }

    public static LogFactory CreatePeer(string format, string directory)
    {
        var factory = new LogFactory();
        Layout layout = format == "json"
            ? new JsonLayout
            {
                IncludeEventProperties = true,
                Attributes =
                {
                    new JsonAttribute("timestamp", "${date:universalTime=true:format=o}"),
                    new JsonAttribute("level", "${level:upperCase=true}"),
                    new JsonAttribute("logger", "${logger}"),
                    new JsonAttribute("message", "${message}"),
                },
            }
            : new SimpleLayout("[${longdate}] ${logger} - ${level:upperCase=true} - ${message}");
        var file = new FileTarget("file") { FileName = Path.Combine(directory, "nlog." + format), Layout = layout, KeepFileOpen = true, AutoFlush = false };
        var wrapper = new AsyncTargetWrapper(file, 10_000, AsyncTargetWrapperOverflowAction.Block);
        var configuration = new LoggingConfiguration(factory);
        configuration.AddRuleForAllLevels(wrapper);
        factory.Configuration = configuration;
        return factory;
    }

    public override void Log(int epoch, long step, double loss, double accuracy, double learningRate, float norm, double throughput) =>
        _logger.Info(OwnMessages.Template, epoch, step, loss, accuracy, learningRate, norm, throughput);

    public override void Close() => _factory.Shutdown();
}
