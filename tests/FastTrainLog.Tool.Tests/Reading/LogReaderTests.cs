using System.IO.Compression;
using System.Text;
using FastTrainLog.Reading;
using Microsoft.Extensions.Logging;
using Xunit;
using static FastTrainLog.Tool.Tests.LogDirectory;

namespace FastTrainLog.Tool.Tests.Reading;

public sealed class LogReaderTests : IDisposable
{
    private readonly LogDirectory _log = new();

    [Fact]
    public void Rotated_files_are_read_from_the_oldest_to_the_newest()
    {
        _log.With("run.jsonl", Line(11, "e")).With("run.jsonl.1", Line(10, "d")).With("run.jsonl.2", Line(3, "c"))
            .With("run.jsonl.10", Compressed(Line(1, "a") + "\n" + Line(2, "b") + "\n"));
        File.Move(_log.PathOf("run.jsonl.10"), _log.PathOf("run.jsonl.10.gz"));

        Assert.Equal(["a", "b", "c", "d", "e"], _log.ReadMessages(out UnreadableLines unreadable));
        Assert.Equal(0, unreadable.Count);
    }

    [Fact]
    public void Records_of_several_processes_are_read_in_the_order_of_time()
    {
        _log.With("run.jsonl", Line(1, "a"), Line(4, "d"), Line(5, "e")).With("run.2.jsonl", Line(2, "b"), Line(3, "c"), Line(6, "f"));

        Assert.Equal(["a", "b", "c", "d", "e", "f"], _log.ReadMessages(out _));
    }

    [Fact]
    public void A_file_that_was_compressed_half_way_is_read_from_its_plain_copy()
    {
        _log.With("run.jsonl.1", Line(1, "a")).With("run.jsonl.1.gz", [0x1F, 0x8B, 8]).With("run.jsonl", Line(2, "b"));

        Assert.Equal(["a", "b"], _log.ReadMessages(out UnreadableLines unreadable));
        Assert.Equal(0, unreadable.Count);
    }

    [Fact]
    public void A_whole_compressed_file_beside_its_plain_copy_is_not_read_twice()
    {
        _log.With("run.jsonl.1", Line(1, "a")).With("run.jsonl.1.gz", Compressed(Line(1, "a") + "\n")).With("run.jsonl", Line(2, "b")).With("run.jsonl.gz.tmp", Compressed(Line(1, "a")));

        Assert.Equal(["a", "b"], _log.ReadMessages(out UnreadableLines unreadable));
        Assert.Equal(0, unreadable.Count);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_rotation_between_the_finding_of_the_files_and_their_reading_hides_and_doubles_nothing(bool compressed)
    {
        _log.With("run.jsonl.2", Line(1, "a")).With("run.jsonl.1", Line(2, "b")).With("run.jsonl", Line(3, "c"));
        using var reader = new LogReader(_log.Path);
        Rotate(3);
        _log.With("run.jsonl", Line(4, "d"));
        if (compressed)
        {
            byte[] plain = File.ReadAllBytes(_log.PathOf("run.jsonl.3"));
            _log.With("run.jsonl.3.gz", Compressed(Encoding.UTF8.GetString(plain)));
            File.Delete(_log.PathOf("run.jsonl.3"));
        }

        Assert.Equal(["a", "b", "c", "d"], Messages(reader));
        Assert.Equal(0, reader.Unreadable.Count);
    }

    [Fact]
    public void A_rotation_in_the_middle_of_the_reading_hides_and_doubles_nothing()
    {
        _log.With("run.jsonl.2", Line(1, "a")).With("run.jsonl.1", Line(2, "b")).With("run.jsonl", Line(3, "c"));
        using var reader = new LogReader(_log.Path);
        Assert.True(reader.Read());
        Rotate(3);
        File.Delete(_log.PathOf("run.jsonl.3"));
        _log.With("run.jsonl", Line(4, "d"));

        Assert.Equal(["b", "c"], Messages(reader));
        Assert.Equal(0, reader.Unreadable.Count);
    }

    [Fact]
    public void A_file_that_was_compressed_since_it_was_found_is_read()
    {
        _log.With("run.jsonl.1", Line(1, "a")).With("run.jsonl", Line(2, "b"));
        IReadOnlyList<LogFile> files = LogFile.Find(_log.Path);
        _log.With("run.jsonl.1.gz", Compressed(Line(1, "a") + "\n"));
        File.Delete(_log.PathOf("run.jsonl.1"));
        using var reader = new LogReader(files);

        Assert.Equal(["a", "b"], Messages(reader));
    }

    [Fact]
    public void A_file_that_is_met_twice_while_a_rotation_moves_it_is_read_once()
    {
        // The second look may be later, and show more of it than the first.
        _log.With("run.jsonl.2", Line(0, "z")).With("run.jsonl.1", Line(1, "a"), Line(2, "b")).With("run.jsonl", Line(1, "a"));

        Assert.Equal(["z", "a"], _log.ReadMessages(out _));
    }

    [Fact]
    public void A_compressed_file_that_breaks_off_gives_what_is_whole_and_says_so()
    {
        string lines = string.Concat(Enumerable.Range(0, 2000).Select(i => Line(i % 60, $"{Guid.NewGuid()}") + "\n"));
        byte[] compressed = Compressed(lines);
        _log.With("run.jsonl.1.gz", compressed[..(compressed.Length / 2)]).With("run.jsonl", Line(59, "last"));

        List<string> messages = _log.ReadMessages(out UnreadableLines unreadable);

        Assert.InRange(messages.Count, 100, 1999);
        Assert.Equal("last", messages[^1]);
        Assert.True(unreadable.Count > 0);
    }

    [Fact]
    public void Unreadable_lines_are_counted_with_file_line_and_offset()
    {
        string first = Line(1, "a");
        byte[] content = [.. Encoding.UTF8.GetBytes(first + "\n"), 0xFF, 0xFE, (byte)'\n', .. Encoding.UTF8.GetBytes("{\"a\":1}\n\n" + Line(2, "b") + "\n{\"timestamp\":\"2026-")];
        _log.With("run.jsonl", content);

        Assert.Equal(["a", "b"], _log.ReadMessages(out UnreadableLines unreadable));
        Assert.Equal(3, unreadable.Count);
        Assert.All(unreadable.Places, place => Assert.Equal(_log.PathOf("run.jsonl"), place.File));
        Assert.Equal((2, first.Length + 1, 2), (unreadable.Places[0].Line, unreadable.Places[0].Offset, unreadable.Places[0].Length));
        Assert.Contains("UTF-8", unreadable.Places[0].Reason);
        Assert.Contains("timestamp", unreadable.Places[1].Reason);
        Assert.Equal((6, content.Length - 19), (unreadable.Places[2].Line, unreadable.Places[2].Offset));
        Assert.Contains("cut off", unreadable.Places[2].Reason);
    }

    [Fact]
    public void A_whole_record_behind_a_torn_one_on_the_same_line_is_read()
    {
        string torn = Line(1, "torn")[..50];
        _log.With("run.jsonl", torn + Line(2, "a"), "\0\0\0" + Line(3, "b") + Line(4, "c"));

        Assert.Equal(["a", "b", "c"], _log.ReadMessages(out UnreadableLines unreadable));
        Assert.Equal([50L, 3L], unreadable.Places.Select(place => place.Length));
        Assert.Contains("NUL", unreadable.Places[1].Reason);
    }

    [Fact]
    public void A_line_that_is_too_long_is_passed_over()
    {
        _log.With("run.jsonl", Line(1, "a"), new string('x', LineReader.LongestLine * 3), Line(2, "b"), Line(3, new string('y', 1_000_000)), Line(4, "c"));

        List<string> messages = _log.ReadMessages(out UnreadableLines unreadable);

        Assert.Equal(["a", "b", new string('y', 1_000_000), "c"], messages);
        UnreadableLine place = Assert.Single(unreadable.Places);
        Assert.Equal((2, LineReader.LongestLine * 3), (place.Line, place.Length));
    }

    [Fact]
    public void Every_prefix_of_a_log_is_read_up_to_its_last_whole_line()
    {
        byte[] whole = Encoding.UTF8.GetBytes(string.Concat(Enumerable.Range(0, 5).Select(i => Line(i, $"é{i}", """{"Loss":1.5,"Metrics":{"a":"NaN"}}""") + "\n")));
        for (int length = 0; length <= whole.Length; length++)
        {
            _log.With("run.jsonl", whole[..length]);
            List<string> messages = _log.ReadMessages(out UnreadableLines unreadable);
            int lines = whole.AsSpan(0, length).Count((byte)'\n');
            bool endsWhole = length == 0 || whole[length - 1] == '\n';
            bool lastIsWhole = !endsWhole && length < whole.Length && whole[length] == '\n';
            Assert.Equal(lines + (lastIsWhole ? 1 : 0), messages.Count);
            Assert.Equal(endsWhole || lastIsWhole ? 0 : 1, unreadable.Count);
        }
    }

    [Fact]
    public void Members_are_read_with_their_types()
    {
        _log.With("run.jsonl", Line(1, "say \\\"hi\\\"\\n", """{"Loss":0.5,"Bad":"-Infinity","Eta":"00:01:30","Text":"a\u0041","None":null,"Step":12,"Metrics":{"x":1,"y":{"z":[2]}}}"""));
        using var reader = new LogReader(_log.Path);
        Assert.True(reader.Read());
        StoredRecord record = reader.Current;

        Assert.Equal(new DateTime(2026, 11, 24, 6, 0, 1, DateTimeKind.Utc), record.Time);
        Assert.Equal((LogLevel.Information, "main", 7, "Test", "say \"hi\"\n"), (record.Level, record.Category, record.EventId, record.EventName, record.GetMessage()));
        Assert.Equal((12L, 0.5, double.NegativeInfinity, "aA"), (record.GetInt64("Step"u8), record.GetDouble("Loss"u8), record.GetDouble("Bad"u8), record.GetText("Text"u8)));
        Assert.Null(record.GetText("None"u8));
        Assert.Null(record.GetDouble("Text"u8));
        Assert.Null(record.GetDouble("Missing"u8));
        Assert.True(record.TryGet("Eta"u8, out StoredField eta) && eta.TryGetTimeSpan(out TimeSpan span) && span == TimeSpan.FromSeconds(90));
        Assert.True(record.TryGet("Metrics"u8, out StoredField metrics));
        var names = new List<string>();
        foreach (StoredField metric in metrics.GetFields())
        {
            names.Add($"{metric.GetName()}={metric.GetText()}");
        }

        Assert.Equal(["x=1", """y={"z":[2]}"""], names);
        Assert.False(reader.Read());
    }

    [Fact]
    public void A_line_of_any_bytes_never_stops_the_reading()
    {
        byte[] line = Encoding.UTF8.GetBytes(Line(1, "a", """{"Loss":1.5,"Metrics":{"a":"NaN"}}"""));
        var random = new Random(1);
        using var content = new MemoryStream();
        for (int i = 0; i < 5000; i++)
        {
            byte[] damaged = [.. line];
            for (int j = random.Next(4); j >= 0; j--)
            {
                damaged[random.Next(damaged.Length)] = (byte)random.Next(256);
            }

            content.Write(damaged);
            content.WriteByte((byte)'\n');
        }

        content.Write(line);
        _log.With("run.jsonl", content.ToArray());

        Assert.Equal("a", _log.ReadMessages(out UnreadableLines unreadable)[^1]);
        Assert.InRange(unreadable.Count, 1000, 10000);
        Assert.Equal(UnreadableLines.MostPlaces, unreadable.Places.Count);
    }

    public void Dispose() => _log.Dispose();

    // As the library does, from the oldest on.
    private void Rotate(int oldest)
    {
        for (int number = oldest - 1; number >= 1; number--)
        {
            File.Move(_log.PathOf($"run.jsonl.{number}"), _log.PathOf($"run.jsonl.{number + 1}"));
        }

        File.Move(_log.PathOf("run.jsonl"), _log.PathOf("run.jsonl.1"));
    }

    private static List<string> Messages(LogReader reader)
    {
        var messages = new List<string>();
        while (reader.Read())
        {
            messages.Add(reader.Current.GetMessage());
        }

        return messages;
    }

    private static byte[] Compressed(string text)
    {
        using var compressed = new MemoryStream();
        using (var gzip = new GZipStream(compressed, CompressionLevel.Fastest))
        {
            gzip.Write(Encoding.UTF8.GetBytes(text));
        }

        return compressed.ToArray();
    }
}
