using System.Globalization;
using System.Text;
using FastTrainLog.Columns;
using Xunit;

namespace FastTrainLog.Tests.Columns;

/// <summary>A file of columns holds what it was given, and what is not whole is noticed.</summary>
public sealed class ColumnFileTests : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("ftl-cols-").FullName;

    private string FilePath => Path.Combine(_directory, "run.jsonl.1.cols");

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(100_000)]
    public void What_was_written_is_read(int lines)
    {
        byte[] content = Lines(lines);
        Write(content);

        Assert.Equal(content, Read());
        byte[] file = File.ReadAllBytes(FilePath);
        Assert.Equal(content[..Math.Min(content.Length, ColumnFile.MostBeginning)], ColumnFileReader.BeginningOf(file).ToArray());
    }

    [Fact]
    public void A_line_that_is_longer_than_any_block_is_restored()
    {
        byte[] content = new byte[LineBlock.MostBytes + 5];
        content.AsSpan().Fill((byte)'x');

        Write(content);

        Assert.Equal(content, Read());
    }

    [Fact]
    public void A_file_that_is_cut_off_anywhere_is_noticed()
    {
        Write(Lines(3));
        byte[] file = File.ReadAllBytes(FilePath);
        for (int length = 0; length < file.Length; length++)
        {
            File.WriteAllBytes(FilePath, file[..length]);

            Assert.Throws<InvalidDataException>(Read);
        }
    }

    [Fact]
    public void A_bit_that_flips_anywhere_is_noticed()
    {
        Write(Lines(3));
        byte[] file = File.ReadAllBytes(FilePath);
        for (int at = 0; at < file.Length; at++)
        {
            byte[] damaged = [.. file];
            damaged[at] ^= (byte)(1 << (at % 8));
            File.WriteAllBytes(FilePath, damaged);

            Assert.Throws<InvalidDataException>(Read);
        }
    }

    [Fact]
    public void Lines_that_are_not_made_again_as_they_were_are_told_and_not_returned()
    {
        Write(Lines(3));
        byte[] file = File.ReadAllBytes(FilePath);
        // As of a version that writes numbers in another way: all is whole, but the lines had another checksum.
        int head = ColumnFile.Magic.Length + sizeof(int) + ColumnFileReader.BeginningOf(file).Length + ColumnFile.ChecksumBytes;
        file[head + ColumnFile.HeadBytes - 1] ^= 1;
        int end = file.Length - ColumnFile.HeadBytes - ColumnFile.ChecksumBytes;
        ColumnFile.Seal(file.AsSpan(head..end));
        File.WriteAllBytes(FilePath, file);

        Assert.Contains("not made again as they were", Assert.Throws<InvalidDataException>(Read).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_later_version_is_told()
    {
        Write(Lines(3));
        byte[] file = File.ReadAllBytes(FilePath);
        file[ColumnFile.Magic.Length - 1]++;
        File.WriteAllBytes(FilePath, file);

        Assert.Contains("version 2", Assert.Throws<InvalidDataException>(Read).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void What_follows_bytes_that_were_skipped_is_what_follows_them()
    {
        // Several blocks.
        byte[] content = Lines(60_000);
        Write(content);
        foreach (int skipped in new[] { 0, 1, 5000, content.Length / 2, content.Length - 1, content.Length })
        {
            using var reader = new ColumnFileReader(File.OpenRead(FilePath));

            Assert.Equal(skipped, reader.Skip(skipped));
            using var rest = new MemoryStream();
            reader.CopyTo(rest);

            Assert.True(content.AsSpan(skipped).SequenceEqual(rest.ToArray()), $"after {skipped} bytes");
        }

        using var whole = new ColumnFileReader(File.OpenRead(FilePath));
        Assert.Equal(content.Length, whole.Skip(content.Length + 1L));
    }

    private static byte[] Lines(int count)
    {
        var random = new Random(1);
        var text = new StringBuilder();
        for (int step = 1; step <= count; step++)
        {
            text.Append(CultureInfo.InvariantCulture, $"{{\"timestamp\":\"2026-01-01T00:{step / 60 % 60:D2}:{step % 60:D2}.0000000Z\",\"level\":\"INFO\",\"message\":\"Step {step}\",\"properties\":{{\"Step\":{step},\"Loss\":{random.NextDouble():R}}}}}\n");
        }

        return Encoding.UTF8.GetBytes(text.ToString());
    }

    private void Write(byte[] content)
    {
        using FileStream file = File.Create(FilePath);
        using var writer = new ColumnFileWriter(file);
        for (int at = 0; at < content.Length; at += 100_000)
        {
            writer.Write(content, at, Math.Min(100_000, content.Length - at));
        }
    }

    private byte[] Read()
    {
        using var reader = new ColumnFileReader(File.OpenRead(FilePath));
        using var content = new MemoryStream();
        reader.CopyTo(content);
        return content.ToArray();
    }
}
