using System.Runtime.InteropServices;
using FastTrainLog.Benchmarks.Pipeline;
using FastTrainLog.Formatting;
using FastTrainLog.Records;
using Microsoft.Extensions.Logging;

namespace FastTrainLog.Benchmarks.Formatting;

/// <summary>Times what the backend does with a record, from its bytes to a line of text or JSON: <c>-- lines</c>.</summary>
internal static unsafe class LinesBenchmark
{
    private const int RecordCount = 4096;
    private const int Rounds = 101;

    private static readonly CallSite Site = new(
        LogLevel.Information,
        1,
        "Step",
        OwnMessages.Template,
        new CallSiteArgument("Epoch", ArgumentKind.Int32),
        new CallSiteArgument("Step", ArgumentKind.Int64),
        new CallSiteArgument("Loss", ArgumentKind.Double),
        new CallSiteArgument("Accuracy", ArgumentKind.Double),
        new CallSiteArgument("LearningRate", ArgumentKind.Double),
        new CallSiteArgument("Norm", ArgumentKind.Single),
        new CallSiteArgument("Throughput", ArgumentKind.Double));

    [StructLayout(LayoutKind.Sequential, Pack = 1)]
    private struct Record
    {
        public ulong Word;
        public long Ticks;
        public int Epoch;
        public long Step;
        public double Loss;
        public double Accuracy;
        public double LearningRate;
        public float Norm;
        public double Throughput;
    }

    /// <summary>Prints the median and the range of the nanoseconds that a line takes, text and JSON by turns.</summary>
    public static void Run()
    {
        Record* records = (Record*)NativeMemory.Alloc(RecordCount, (nuint)sizeof(Record));
        for (int i = 0; i < RecordCount; i++)
        {
            records[i] = new Record
            {
                Epoch = i / 100,
                Step = 100_000 + i,
                Loss = 2.345678 / (i + 1),
                Accuracy = 0.9123 + (i * 1e-9),
                LearningRate = 1e-3 / (1 + (i * 1e-6)),
                Norm = i * 0.25f,
                Throughput = 12345.678 + i,
            };
        }

        var decoder = LineFormats.CreateDecoder(TimeZoneInfo.Utc);
        string[] formats = ["decode", "text", "json"];
        string[] times = PassTimes.Measure(Rounds, RecordCount, [.. formats.Select(format => (Action)(() => Pass(decoder, records, format)))]);
        Console.WriteLine($"ns a line of seven numbers, median of {Rounds} rounds [range]; JSON lines of {Pass(decoder, records, "json") / RecordCount} bytes");
        foreach ((string format, string time) in formats.Zip(times))
        {
            Console.WriteLine($"{format,-7}{time}");
        }

        NativeMemory.Free(records);
    }

    private static long Pass(RecordDecoder decoder, Record* records, string format)
    {
        long bytes = 0;
        bool text = format == "text";
        bool json = format == "json";
        for (int i = 0; i < RecordCount; i++)
        {
            decoder.Decode((byte*)(records + i), Site, "bench", threadId: 7, utcTicks: 639_000_000_000_000_000 + (i * 1000L));
            bytes += text ? decoder.TextLine.Length : json ? decoder.JsonLine.Length : 0;
        }

        return bytes;
    }
}
