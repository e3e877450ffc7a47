using System.IO.Compression;
using System.Text;
using FastTrainLog.Reading;
using Xunit;

namespace FastTrainLog.Tool.Tests.Reading;

/// <summary>What is read in advance by another thread is what is read line by line.</summary>
public sealed class ReadingAheadTests : IDisposable
{
    private const int Lines = 30_000;

    private readonly LogDirectory _log = new();

    public void Dispose() => _log.Dispose();

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Records_and_damage_are_found_in_their_order(bool isCompressed)
    {
        List<string> expected = Write(isCompressed, out byte[] content);
        List<string> messages = _log.ReadMessages(out UnreadableLines unreadable);

        Assert.Equal(expected, messages);
        Assert.InRange(unreadable.Count, 20, long.MaxValue);
        Assert.All(unreadable.Places, place => Assert.NotEqual((byte)'{', content[(int)place.Offset]));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Lines_that_are_skipped_are_not_read(bool isCompressed)
    {
        Write(isCompressed, out byte[] content);
        int[] begins = [0, .. content.Index().Where(item => item.Item == '\n').Select(item => item.Index + 1)];
        foreach (int skip in (ReadOnlySpan<int>)[1, 40, 400, 2000, 9000])
        {
            using var reader = new LineReader(Assert.Single(LogFile.Find(_log.Path)), new ReadBlocks(readsAhead: true));
            for (int line = 0; line < begins.Length - 1;)
            {
                // Long enough that the next ones are read in advance.
                for (int i = 0; i < 6000 && line < begins.Length - 1; i++, line++)
                {
                    Assert.True(reader.Read());
                    Assert.Equal((begins[line], line + 1), (reader.Offset, reader.Line));
                    Assert.True(reader.Current.SequenceEqual(LineReader.WithoutMarks(content.AsSpan(begins[line]..(begins[line + 1] - 1)))), $"line {line}");
                }

                line = Math.Min(line + skip, begins.Length - 1);
                reader.SkipTo(new LinePosition(begins[line], line));
            }

            Assert.False(reader.Read());
        }
    }

    // Longer than many blocks; with lines that are longer than one, with byte order marks, torn ones and other damage.
    private List<string> Write(bool isCompressed, out byte[] content)
    {
        List<string> messages = [];
        var text = new StringBuilder();
        for (int i = 0; i < Lines; i++)
        {
            string message = $"m{i}" + (i % 7001 == 7000 ? new string('x', 700_000) : string.Empty);
            text.Append(i % 1009 == 1000 ? "\uFEFF" : string.Empty).Append(i % 1013 == 1000 ? "torn" : string.Empty);
            text.Append(LogDirectory.Line(i % 60, message, $"{{\"Step\":{i},\"Loss\":0.5}}")).Append('\n');
            messages.Add(message);
        }

        content = Encoding.UTF8.GetBytes(text.ToString());
        if (!isCompressed)
        {
            _log.With("run.jsonl", content);
            return messages;
        }

        using var compressed = new MemoryStream();
        using (var gzip = new GZipStream(compressed, CompressionLevel.Fastest))
        {
            gzip.Write(content);
        }

        _log.With("run.jsonl.1.gz", compressed.ToArray());
        return messages;
    }
}
