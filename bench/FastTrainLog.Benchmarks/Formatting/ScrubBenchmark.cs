using System.Runtime.InteropServices;
using FastTrainLog.Formatting;
using FastTrainLog.Records;
using FastTrainLog.Redaction;
using Microsoft.Extensions.Logging;

namespace FastTrainLog.Benchmarks.Formatting;

/// <summary>Times what masking in texts adds to a record in the backend, beside a line of JSON of the same record: <c>-- scrub</c>.</summary>
internal static unsafe class ScrubBenchmark
{
    private const int RecordCount = 1024;
    private const int Rounds = 51;

    private static readonly CallSite Numbers = new(
        LogLevel.Information, 1, "Numbers", "step {Step}: loss {Loss}", new CallSiteArgument("Step", ArgumentKind.Int64), new CallSiteArgument("Loss", ArgumentKind.Double));

    private static readonly CallSite Text = new(LogLevel.Information, 2, "Text", "{Text}", new CallSiteArgument("Text", ArgumentKind.String));

    private static readonly (string Name, string? Text)[] Records =
    [
        ("two numbers", null),
        ("20 characters", "loaded shard 17 of 9"),
        ("100 characters", "resumed from checkpoint step_004000 in 3.2 s; optimizer state, 24 tensors, next batch 4001 of 100000"),
        ("1000 characters", string.Concat(Enumerable.Repeat("layer.0.attention.self.query.weight [768, 768] float32 mean 0.001 std 0.02; ", 14))[..1000]),
        ("1000 with an address", string.Concat(Enumerable.Repeat("layer.0.attention.self.query.weight [768, 768] float32 mean 0.001 std 0.02; ", 14))[..983] + "ada@example.org ;"),
    ];

    /// <summary>Prints the median and the range of the nanoseconds that a record takes.</summary>
    public static void Run()
    {
        Console.WriteLine($"ns a record, median of {Rounds} rounds [range]");
        Console.WriteLine($"{"record",-22} {"JSON line",26} {"search of known forms",26} {"with a pattern",26}");
        foreach ((string name, string? text) in Records)
        {
            byte* record = Encode(text);
            CallSite site = text is null ? Numbers : Text;
            var decoder = LineFormats.CreateDecoder(TimeZoneInfo.Utc);
            RecordScrubber known = Scrubber(string.Empty);
            RecordScrubber own = Scrubber(@"P-\d{4}");
            byte[] copy = [];
            string[] times = PassTimes.Measure(Rounds, RecordCount, Pass(() => Format(decoder, site, record)), Pass(() => known.Scrub(site, record, ref copy)), Pass(() => own.Scrub(site, record, ref copy)));
            Console.WriteLine($"{name,-22} {string.Join(' ', times.Select(static time => time.PadLeft(26)))}");
            NativeMemory.Free(record);
        }
    }

    private static RecordScrubber Scrubber(string pattern) => new(new TextScrubber(new ScrubRules(KnownForms: true, pattern)));

    private static void Format(RecordDecoder decoder, CallSite site, byte* record)
    {
        decoder.Decode(record, site, "bench", threadId: 7, utcTicks: 639_000_000_000_000_000);
        _ = decoder.JsonLine.Length;
    }

    private static Action Pass(Action record) => () =>
    {
        for (int i = 0; i < RecordCount; i++)
        {
            record();
        }
    };

    private static byte* Encode(string? text)
    {
        CallSite site = text is null ? Numbers : Text;
        int size = RecordLayout.Size(text is null ? 16 : RecordWriter.SizeOf(text));
        byte* record = (byte*)NativeMemory.AllocZeroed((nuint)size);
        var place = new RecordPlace { Cursor = record, Limit = record + size };
        var writer = new RecordWriter(&place, RecordLayout.Word(site.HeaderBits, 0, size), RecordWriter.NoTextLimit);
        if (text is null)
        {
            writer.Write(100_000L);
            writer.Write(0.25);
        }
        else
        {
            writer.Write(text);
        }

        writer.Commit(LogLevel.Trace);
        return record;
    }
}
