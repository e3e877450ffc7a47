using Serilog;
using Serilog.Core;
using Serilog.Formatting.Json;

namespace FastTrainLog.Benchmarks.Pipeline;

/// <summary>Serilog's file sink behind its asynchronous one, which waits when its queue is full.</summary>
internal sealed class SerilogContestant : Contestant
{
    private readonly Logger _logger;

    public SerilogContestant(string format, string directory)
        : base("Serilog async", format)
    {
        _logger = CreatePeer(format, directory);
    }

    public static Logger CreatePeer(string format, string directory)
    {
        string path = Path.Combine(directory, "serilog." + format);
        return new LoggerConfiguration()
            .WriteTo.Async(
                sinks =>
                {
                    if (format == "json")
                    {
                        sinks.File(new JsonFormatter(renderMessage: true), path, fileSizeLimitBytes: null, buffered: true);
                    }
                    else
                    {
                        sinks.File(path, fileSizeLimitBytes: null, buffered: true, outputTemplate: "[{Timestamp:yyyy-MM-dd HH:mm:ss.fff}] bench - {Level} - {Message}{NewLine}");
                    }
                },
                bufferSize: 10_000,
                blockWhenFull: true)
            .CreateLogger();
    }

    public override void Log(int epoch, long step, double loss, double accuracy, double learningRate, float norm, double throughput) =>
        _logger.Information(OwnMessages.Template, epoch, step, loss, accuracy, learningRate, norm, throughput);

    public override void Close() => _logger.Dispose();
}
