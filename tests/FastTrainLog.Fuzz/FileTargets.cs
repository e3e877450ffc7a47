using System.IO.Compression;
using FastTrainLog.Columns;
using FastTrainLog.Encryption;
using FastTrainLog.Reading;

namespace FastTrainLog.Fuzz;

/// <summary>Rotated files: they are read to their end, or what is wrong is told as <see cref="InvalidDataException"/>.</summary>
internal static class FileTargets
{
    // Some inputs decompress to far more than they are.
    private const long MostRead = 64 * 1024 * 1024;

    public static FuzzTarget Columns { get; } = new([PackedOf(Samples.Lines), PackedOf([]), PackedOf("no lines"u8.ToArray())], input =>
        Read(new ColumnFileReader(new MemoryStream(input))));

    /// <summary>Gets the target that stores bytes as columns and compares them with what is read.</summary>
    public static FuzzTarget Packed { get; } = new([Samples.Lines, .. Samples.Files], input =>
    {
        byte[] again = Read(new ColumnFileReader(new MemoryStream(PackedOf(input)))) ?? throw new InvalidOperationException("What was stored cannot be read.");
        if (!again.AsSpan().SequenceEqual(input))
        {
            throw new InvalidOperationException("What is read is not what was stored.");
        }
    });

    public static FuzzTarget Gzip { get; } = new([GzipOf(Samples.Lines), [.. GzipOf(Samples.Lines), .. GzipOf([])]], input => Read(new GzipFile(new MemoryStream(input))));

    public static FuzzTarget Encrypted { get; } = new([EncryptedOf(Samples.Lines), EncryptedOf([])], input =>
    {
        string path = Path.Combine(Samples.Directory, "encrypted");
        File.WriteAllBytes(path, input);
        using FileStream file = File.OpenRead(path);
        _ = EncryptedFile.ReadBeginning(file.SafeFileHandle, new byte[100]);
        Read(EncryptedFile.ContentOf(file));
    });

    private static byte[]? Read(Stream stream)
    {
        using (stream)
        {
            try
            {
                using var all = new MemoryStream();
                byte[] piece = new byte[64 * 1024];
                int read;
                while (all.Length < MostRead && (read = stream.Read(piece)) > 0)
                {
                    all.Write(piece, 0, read);
                }

                return all.ToArray();
            }
            catch (InvalidDataException)
            {
                return null;
            }
        }
    }

    private static byte[] PackedOf(byte[] lines)
    {
        using var packed = new MemoryStream();
        using (var writer = new ColumnFileWriter(packed))
        {
            writer.Write(lines);
        }

        return packed.ToArray();
    }

    private static byte[] GzipOf(byte[] lines)
    {
        using var packed = new MemoryStream();
        using (var writer = new GZipStream(packed, CompressionLevel.Optimal))
        {
            writer.Write(lines);
        }

        return packed.ToArray();
    }

    private static byte[] EncryptedOf(byte[] content)
    {
        BackupKey key = BackupKey.TryParse(Samples.Key)!;
        Environment.SetEnvironmentVariable(BackupKeys.Variable, Samples.Key);
        using var stored = new MemoryStream();
        using (var writer = new EncryptingStream(stored, key))
        {
            writer.Write(content);
        }

        return stored.ToArray();
    }
}
