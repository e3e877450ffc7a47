using FastTrainLog.Frontend;
using FastTrainLog.Records;
using Microsoft.Extensions.Logging;

namespace FastTrainLog.Tests.Pipeline;

/// <summary>Log calls as the generator writes them, and logs without files.</summary>
internal static class TestLog
{
    private static readonly CallSite NumberSite = new(LogLevel.Information, 1, "Number", "number {Number}", new CallSiteArgument("Number", ArgumentKind.Int64));
    private static readonly CallSite ErrorSite = new(LogLevel.Error, 2, "Error", "error {Number}", new CallSiteArgument("Number", ArgumentKind.Int64));
    private static readonly CallSite TextSite = new(LogLevel.Information, 3, "Text", "text {Text} end", new CallSiteArgument("Text", ArgumentKind.String), new CallSiteArgument("After", ArgumentKind.Double));

    public static TrainLogging Create(ILogSink sink, Action<TrainLogOptions>? configure = null) => TrainLogging.Create(options =>
    {
        options.EnableFileLogging = false;
        options.EnableJsonLogging = false;
        options.EnableConsoleLogging = false;
        options.ResourceInterval = TimeSpan.Zero;
        options.AddSink(sink, name: "collecting");
        configure?.Invoke(options);
    });

    public static void Number(TrainLogger logger, long number)
    {
        if (logger.IsEnabled(LogLevel.Information))
        {
            RecordWriter record = logger.Begin(NumberSite.HeaderBits, LogLevel.Information, sizeof(long));
            record.Write(number);
            record.Commit(LogLevel.Information);
        }
    }

    /// <summary>Logs as a call does that has looked for activities already and has no page yet.</summary>
    public static unsafe void NumberAfterTheLook(TrainLogger logger, long number)
    {
        RecordWriter record = ThreadBuffer.BeginSlow(logger, ThreadSlot.OfThread(), NumberSite.HeaderBits, sizeof(long), LogLevel.Information);
        record.Write(number);
        record.Commit(LogLevel.Information);
    }

    public static void Error(TrainLogger logger, long number)
    {
        if (logger.IsEnabled(LogLevel.Error))
        {
            RecordWriter record = logger.Begin(ErrorSite.HeaderBits, LogLevel.Error, sizeof(long));
            record.Write(number);
            record.Commit(LogLevel.Error);
        }
    }

    public static void Text(TrainLogger logger, string? text, double after = 0)
    {
        if (logger.IsEnabled(LogLevel.Information))
        {
            RecordWriter record = logger.Begin(TextSite.HeaderBits, LogLevel.Information, RecordWriter.SizeOf(text) + sizeof(double));
            record.Write(text);
            record.Write(after);
            record.Commit(LogLevel.Information);
        }
    }
}
