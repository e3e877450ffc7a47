using System.IO.Compression;
using System.Text;
using FastTrainLog.Reading;
using Xunit;

namespace FastTrainLog.Tool.Tests.Reading;

/// <summary>Log files that other programs have handled: concatenated, compressed in pieces, padded, with the line ends and marks of other systems.</summary>
public sealed class FileFormTests : IDisposable
{
    private static readonly byte[] Mark = [0xEF, 0xBB, 0xBF];

    private readonly LogDirectory _log = new();

    [Theory]
    [InlineData("lf")]
    [InlineData("crlf")]
    [InlineData("mark before each part")]
    [InlineData("two marks")]
    [InlineData("no line end at the end")]
    [InlineData("blank lines of blanks")]
    public void Every_record_is_read_whatever_was_done_to_the_file(string form)
    {
        byte[] first = Lines(0, 10, form);
        byte[] second = Lines(10, 20, form);
        _log.With("run.jsonl", form switch
        {
            "mark before each part" => [.. Mark, .. first, .. Mark, .. second],
            "two marks" => [.. Mark, .. Mark, .. first, .. second],
            "no line end at the end" => [.. first, .. second[..^1]],
            _ => [.. first, .. second],
        });

        List<string> messages = _log.ReadMessages(out UnreadableLines unreadable);

        Assert.Equal(Enumerable.Range(0, 20).Select(static i => $"m{i}"), messages);
        Assert.Equal(0, unreadable.Count);
        // A last line without its end may be one that is being written: tail does not show it.
        Assert.Equal(form == "no line end at the end" ? 19 : 20, ToolRun.Of("tail", _log.Path, "--no-follow", "-n", "100").Output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Count(static line => line.Contains(" m", StringComparison.Ordinal)));
    }

    [Theory]
    [InlineData("one member", true)]
    [InlineData("two members", true)]
    [InlineData("an empty member between", true)]
    [InlineData("padded with zeros", false)]
    [InlineData("text behind it", false)]
    [InlineData("a second member that is cut off", false)]
    [InlineData("a second member of other bytes", false)]
    public void A_compressed_file_in_pieces_is_read_whole_and_what_is_none_is_told(string form, bool isWhole)
    {
        byte[] first = Compress(Lines(0, 10, "lf"));
        byte[] second = Compress(Lines(10, 20, "lf"));
        _log.With("run.jsonl.1.gz", form switch
        {
            "two members" => [.. first, .. second],
            "an empty member between" => [.. first, .. Compress([]), .. second],
            "padded with zeros" => [.. Compress([.. Lines(0, 10, "lf"), .. Lines(10, 20, "lf")]), .. new byte[512]],
            "text behind it" => [.. first, .. second, .. "rest of a page"u8],
            "a second member that is cut off" => [.. first, .. second[..^6]],
            "a second member of other bytes" => [.. first, 0x1F, 0x8B, .. Encoding.ASCII.GetBytes(new string('x', 100))],
            _ => Compress([.. Lines(0, 10, "lf"), .. Lines(10, 20, "lf")]),
        });
        _log.With("run.jsonl", Lines(20, 21, "lf"));

        List<string> messages = _log.ReadMessages(out UnreadableLines unreadable);

        Assert.Equal(isWhole, unreadable.Count == 0 && unreadable.Files.Count == 0);
        Assert.Contains("m0", messages);
        Assert.Contains("m9", messages);
        Assert.Contains("m20", messages);
        if (isWhole)
        {
            Assert.Equal(Enumerable.Range(0, 21).Select(static i => $"m{i}"), messages);
        }
        else
        {
            // What precedes the damage is there, and every command tells of the rest.
            Assert.Equal(Enumerable.Range(0, messages.Count - 1).Select(static i => $"m{i}"), messages[..^1]);
            Assert.Contains("run.jsonl.1.gz", ToolRun.Of("doctor", _log.Path).Output, StringComparison.Ordinal);
        }
    }

    public void Dispose() => _log.Dispose();

    private static byte[] Lines(int from, int to, string form) => Encoding.UTF8.GetBytes(string.Concat(
        Enumerable.Range(from, to - from).Select(i => LogDirectory.Line(i, $"m{i}") + (form == "crlf" ? "\r\n" : form == "blank lines of blanks" ? "\n \t\n\r\n" : "\n"))));

    private static byte[] Compress(byte[] content)
    {
        using var compressed = new MemoryStream();
        using (var gzip = new GZipStream(compressed, CompressionLevel.Optimal, leaveOpen: true))
        {
            gzip.Write(content);
        }

        return compressed.ToArray();
    }
}
