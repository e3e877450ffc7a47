using Microsoft.Extensions.Logging;
using NLog.Extensions.Logging;
using Serilog;

namespace FastTrainLog.Benchmarks.Pipeline;

/// <summary>A peer behind a composite logger of Microsoft.Extensions.Logging, called by the platform's own generated method.</summary>
internal sealed class MelContestant : Contestant
{
    private readonly ILoggerFactory _factory;
    private readonly Microsoft.Extensions.Logging.ILogger _logger;
    private readonly Action _closePeer;

    private MelContestant(string logger, string format, Action<ILoggingBuilder> addPeer, Action closePeer)
        : base(logger, format)
    {
        _factory = LoggerFactory.Create(addPeer);
        _logger = _factory.CreateLogger("bench");
        _closePeer = closePeer;
    }

    public static MelContestant NLog(string format, string directory)
    {
        global::NLog.LogFactory peer = NLogContestant.CreatePeer(format, directory);
        return new MelContestant("NLog via MEL", format, logging => logging.AddNLog(_ => peer), peer.Shutdown);
    }

    public static MelContestant Serilog(string format, string directory)
    {
        global::Serilog.Core.Logger peer = SerilogContestant.CreatePeer(format, directory);
        return new MelContestant("Serilog via MEL", format, logging => logging.AddSerilog(peer), peer.Dispose);
    }

    public static MelContestant ZLogger(string format, string directory) =>
        new("ZLogger via MEL", format, logging => ZLoggerContestant.AddFile(logging, format, directory), static () => { });

    public override void Log(int epoch, long step, double loss, double accuracy, double learningRate, float norm, double throughput) =>
        MelMessages.Step(_logger, epoch, step, loss, accuracy, learningRate, norm, throughput);

    public override void Close()
    {
        _factory.Dispose();
        _closePeer();
    }
}
