using System.Security.Cryptography;
using FastTrainLog.Encryption;
using FastTrainLog.Tests.Pipeline;
using FastTrainLog.Tests.Shared;
using Xunit;

namespace FastTrainLog.Tests.Encryption;

/// <summary>The layout of encrypted files, and what is told of one that is not as it was written.</summary>
public sealed class EncryptedFileTests : IDisposable
{
    private const int Block = EncryptedFile.BlockBytes;

    private static readonly BackupKey Key = BackupKey.TryParse(TestKey.Text)!;

    private readonly TemporaryDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(Block - 1)]
    [InlineData(Block)]
    [InlineData(Block + 1)]
    [InlineData(2 * Block)]
    [InlineData((3 * Block) + 77)]
    public void What_was_written_is_read_from_any_position_on(int length)
    {
        byte[] content = Bytes(length);
        string path = Write(content);

        Assert.Equal(content, Read(path));
        using Stream stream = Open(path);
        Assert.Equal(length, stream.Length);
        foreach (int position in new[] { length, 0, length / 2, length - 1, Block, length + Block, Block - 1, 3 })
        {
            stream.Position = Math.Max(0, position);
            Assert.Equal(content.Skip(position).Take(100), ReadAll(stream, 100));
        }
    }

    [Fact]
    public void Two_files_of_the_same_content_have_nothing_in_common()
    {
        byte[] content = Bytes(100);
        byte[] first = File.ReadAllBytes(Write(content));
        byte[] second = File.ReadAllBytes(Write(content));

        Assert.Equal(first.AsSpan(0, 16), second.AsSpan(0, 16));
        Assert.InRange(first.Zip(second).Skip(16).Count(pair => pair.First == pair.Second), 0, 20);
    }

    [Fact]
    public void A_bit_that_changed_anywhere_is_told()
    {
        byte[] content = Bytes(Block + 50);
        byte[] stored = File.ReadAllBytes(Write(content));
        // Not in the mark: without it the file is none that is encrypted.
        foreach (int at in Enumerable.Range(7, 100).Concat([Block, Block + 100, stored.Length - 17, stored.Length - 1]))
        {
            byte[] changed = [.. stored];
            changed[at] ^= 4;
            string path = _directory["changed"];
            File.WriteAllBytes(path, changed);

            InvalidDataException told = Assert.Throws<InvalidDataException>(() => Read(path));
            Assert.Matches(at == 7 ? "version 5" : at < 16 ? "the key [0-9a-f]{16}, which is not in FASTTRAINLOG_BACKUP_KEY" : "block [12] of its encrypted blocks is not as it was written", told.Message);
        }
    }

    [Fact]
    public void What_precedes_a_damage_is_read()
    {
        byte[] content = Bytes(2 * Block);
        byte[] stored = File.ReadAllBytes(Write(content));
        stored[^1]++;
        File.WriteAllBytes(_directory["changed"], stored);
        using Stream stream = Open(_directory["changed"]);
        byte[] read = new byte[2 * Block];
        Assert.Equal(Block, stream.ReadAtLeast(read.AsSpan(0, Block), Block));
        Assert.Equal(content.AsSpan(0, Block), read.AsSpan(0, Block));
        Assert.Throws<InvalidDataException>(() => stream.Read(read));
    }

    [Fact]
    public void A_file_that_is_cut_off_anywhere_is_told()
    {
        byte[] stored = File.ReadAllBytes(Write(Bytes((2 * Block) + 50)));
        int whole = EncryptedFile.HeaderBytes + (2 * EncryptedFile.StoredBlockBytes);
        foreach (int length in new[] { 8, 20, EncryptedFile.HeaderBytes, EncryptedFile.HeaderBytes + 5, EncryptedFile.HeaderBytes + EncryptedFile.StoredBlockBytes, whole, whole + 16, stored.Length - 1 })
        {
            string path = _directory["cut"];
            File.WriteAllBytes(path, stored[..length]);
            Assert.Matches("cut off|not as it was written", Assert.Throws<InvalidDataException>(() => Read(path)).Message);
            // The end of what is left is no end for who skips to it either.
            using Stream stream = Open(path);
            stream.Position = stream.Length;
            Assert.Throws<InvalidDataException>(() => stream.ReadByte());
        }

        File.WriteAllBytes(_directory["cut"], stored[..whole]);
        Assert.Contains("cut off", Assert.Throws<InvalidDataException>(() => Read(_directory["cut"])).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Blocks_that_were_exchanged_repeated_or_added_are_told()
    {
        byte[] stored = File.ReadAllBytes(Write(Bytes(3 * Block)));
        byte[] other = File.ReadAllBytes(Write(Bytes(3 * Block)));
        byte[] header = stored[..EncryptedFile.HeaderBytes];
        byte[] Of(byte[] file, int number) => file.AsSpan(EncryptedFile.HeaderBytes + (number * EncryptedFile.StoredBlockBytes), EncryptedFile.StoredBlockBytes).ToArray();
        byte[][] changed =
        [
            [.. header, .. Of(stored, 1), .. Of(stored, 0), .. Of(stored, 2)],
            [.. header, .. Of(stored, 0), .. Of(stored, 0), .. Of(stored, 2)],
            [.. header, .. Of(stored, 0), .. Of(stored, 2)],
            [.. header, .. Of(stored, 0), .. Of(other, 1), .. Of(stored, 2)],
            [.. stored, .. Of(stored, 2)],
            [.. stored, 0],
            [.. other[..EncryptedFile.HeaderBytes], .. stored[EncryptedFile.HeaderBytes..]],
        ];
        foreach (byte[] file in changed)
        {
            File.WriteAllBytes(_directory["changed"], file);
            Assert.Throws<InvalidDataException>(() => Read(_directory["changed"]));
        }
    }

    [Theory]
    [InlineData("")]
    [InlineData("secret")]
    [InlineData("QUJD")]
    [InlineData("AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA==")]
    [InlineData("000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f")]
    public void A_key_is_32_bytes_in_Base64(string text) => Assert.Null(BackupKey.TryParse(text));

    private static byte[] Bytes(int length) => RandomNumberGenerator.GetBytes(length);

    private string Write(byte[] content)
    {
        string path = _directory[Guid.NewGuid().ToString()];
        using FileStream file = File.Create(path);
        using var stream = new EncryptingStream(file, Key);
        // In pieces that are no blocks.
        for (int at = 0; at < content.Length; at += 50_000)
        {
            stream.Write(content.AsSpan(at, Math.Min(50_000, content.Length - at)));
        }

        return path;
    }

    private static Stream Open(string path) => EncryptedFile.ContentOf(File.OpenRead(path));

    private static byte[] Read(string path)
    {
        using Stream stream = Open(path);
        return ReadAll(stream, int.MaxValue);
    }

    private static byte[] ReadAll(Stream stream, int most)
    {
        using var all = new MemoryStream();
        byte[] piece = new byte[Math.Min(most, 30_000)];
        int read;
        while (all.Length < most && (read = stream.Read(piece, 0, (int)Math.Min(piece.Length, most - all.Length))) > 0)
        {
            all.Write(piece, 0, read);
        }

        return all.ToArray();
    }
}
