using FastTrainLog.Analysis;
using FastTrainLog.Indexing;
using FastTrainLog.Reading;

namespace FastTrainLog.Fuzz;

/// <summary>A directory whose <c>run.jsonl</c> is anybody's.</summary>
internal static class LogTargets
{
    private static readonly string Log = Directory.CreateDirectory(Path.Combine(Samples.Directory, "read")).FullName;

    /// <summary>Gets the target that reads lines in both directions: they are the same ones.</summary>
    public static FuzzTarget Lines { get; } = new([Samples.Lines, .. Samples.Files], input =>
    {
        string path = Path.Combine(Log, "run.jsonl");
        File.WriteAllBytes(path, input);
        using (var reader = new LogReader(Log))
        {
            while (reader.Read())
            {
                StoredRecord record = reader.Current;
                _ = (record.GetMessage(), record.Level, record.Category, record.EventId, record.EventName, record.Thread, record.GetDouble("loss"u8), record.GetInt64("step"u8), record.GetText("Text"u8));
                foreach (StoredField field in record.Properties)
                {
                    _ = (field.GetName(), field.GetText(), field.TryGetDouble(out _), field.TryGetInt64(out _), field.TryGetTimeSpan(out _));
                }
            }
        }

        List<string> forward = [];
        using (var lines = new LineReader(LogFile.Find(Log).Single()))
        {
            while (lines.Read())
            {
                // An empty line is no record, in either direction.
                if (!lines.IsUnended && !lines.Current.IsEmpty)
                {
                    forward.Add(Convert.ToBase64String(lines.Current));
                }
            }
        }

        using FileStream file = File.OpenRead(path);
        List<string> backward = [.. ReverseLines.Of(file, ReverseLines.EndOfLastLine(file), LineSpan.All).Where(line => line.Line.Length > 0).Select(line => Convert.ToBase64String(line.Line))];
        backward.Reverse();
        if (!forward.SequenceEqual(backward))
        {
            throw new InvalidOperationException($"{forward.Count} lines are read forward, and {backward.Count} backward, or others.");
        }
    });

    /// <summary>Gets the target that analyses a log without an index, and then in two parts with one: the figures are the same.</summary>
    public static FuzzTarget Index { get; } = new([Samples.Lines], input =>
    {
        string path = Path.Combine(Log, "run.jsonl");
        foreach (string old in Directory.GetFiles(Log))
        {
            File.Delete(old);
        }

        File.WriteAllBytes(path, input);
        string expected = FiguresOf(() => LogAnalysis.Read(Log));
        File.WriteAllBytes(path, input[..(input.Length / 2)]);
        for (int part = 0; part < 2; part++)
        {
            using LogIndex? index = LogIndex.Open(Log);
            string found = FiguresOf(() => index!.Analyze());
            if (part == 1 && found != expected)
            {
                throw new InvalidOperationException($"With an index the figures are others:\n{found}\n{expected}");
            }

            File.WriteAllBytes(path, input);
        }
    });

    private static string FiguresOf(Func<LogAnalysis> analyze)
    {
        try
        {
            return System.Text.Json.JsonSerializer.Serialize(analyze(), new System.Text.Json.JsonSerializerOptions { NumberHandling = System.Text.Json.Serialization.JsonNumberHandling.AllowNamedFloatingPointLiterals });
        }
        catch (LogNotFoundException exception)
        {
            return exception.Message;
        }
    }
}
