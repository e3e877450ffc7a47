using Microsoft.Extensions.Logging;
using ZLogger;

namespace FastTrainLog.Benchmarks.Pipeline;

/// <summary>ZLogger's file provider, called through its generated method; a logger factory always makes composite loggers.</summary>
internal sealed class ZLoggerContestant : Contestant
{
    private readonly ILoggerFactory _factory;
    private readonly ILogger _logger;

    public ZLoggerContestant(string format, string directory)
        : base("ZLogger generated", format)
    {
        _factory = LoggerFactory.Create(logging => AddFile(logging, format, directory));
        _logger = _factory.CreateLogger("bench");
    }

    /// <summary>Adds ZLogger's file provider as every contestant with ZLogger behind it has it.</summary>
    public static void AddFile(ILoggingBuilder logging, string format, string directory)
    {
        Directory.CreateDirectory(directory);
        logging.AddZLoggerFile(Path.Combine(directory, "zlogger." + format), options =>
        {
            if (format == "json")
            {
                options.UseJsonFormatter();
            }
            else
            {
                options.UsePlainTextFormatter(formatter =>
                    formatter.SetPrefixFormatter($"[{0}] {1} - {2} - ", (in MessageTemplate template, in LogInfo info) => template.Format(info.Timestamp, info.Category, info.LogLevel)));
            }
        });
    }

    public override void Log(int epoch, long step, double loss, double accuracy, double learningRate, float norm, double throughput) =>
        ZLoggerMessages.Step(_logger, epoch, step, loss, accuracy, learningRate, norm, throughput);

    public override void Close() => _factory.Dispose();
}
