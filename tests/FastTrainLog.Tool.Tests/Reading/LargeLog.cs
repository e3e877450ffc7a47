using FastTrainLog.Tool.Tests.Analysis;

namespace FastTrainLog.Tool.Tests.Reading;

/// <summary>A log of a long run, larger than the memory that its readers are allowed.</summary>
public sealed class LargeLog : IDisposable
{
    public const long Bytes = 96_000_000;

    private const int StepsAtOnce = 1000;

    private readonly LogDirectory _log = new();

    public LargeLog()
    {
        string file = _log.PathOf("run.jsonl");
        using var writer = new StreamWriter(file) { NewLine = "\n" };
        var time = new DateTime(2026, 1, 1, 0, 0, 0, DateTimeKind.Utc);
        while (writer.BaseStream.Position < Bytes)
        {
            var run = new RunLines("long") { Time = time };
            if (Steps == 0)
            {
                run.Start();
            }

            for (int i = 0; i < StepsAtOnce; i++)
            {
                Steps++;
                run.Step(Steps, 1.0 + (1.0 / Steps), seconds: 0.1, norm: 2.0);
            }

            run.Operation("epoch", 0.5).Error("read", "Data", $$"""{"step":{{Steps}}}""", recovered: true).Issue($"layer{Steps % 7}", Steps);
            time = run.Time;
            Array.ForEach(run.Lines, writer.WriteLine);
        }
    }

    public long Steps { get; private set; }

    public string Path => _log.Path;

    public void Dispose() => _log.Dispose();
}
