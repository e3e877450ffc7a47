using System.Globalization;
using System.Security.Cryptography;
using FastTrainLog.Encryption;
using FastTrainLog.Reading;
using FastTrainLog.Sinks;

namespace FastTrainLog.Tool.Tail;

/// <summary>The path of a log file, and the rotated files after it; files are distinguished by how they begin.</summary>
internal sealed class RotatedPath(string path)
{
    private const int BeginningLength = 1024;

    // Enough for that, whatever the lines are.
    private const int CompressedBeginningLength = 4096;

    /// <summary>Gets whether the known beginning has its full length.</summary>
    public static bool IsWhole(byte[] beginning) => beginning.Length == BeginningLength;

    /// <summary>Opens the file that is written.</summary>
    /// <returns>The file; null if there is none.</returns>
    public FileStream? TryOpen() => TryOpen(path);

    /// <summary>Returns the numbers that rotated files may have: from the youngest on, with those that they may move up to, for a rotation may be in progress.</summary>
    public IEnumerable<int> BackupNumbers()
    {
        int[] numbers = RotatedFiles.NumbersOf(path);
        return numbers.Length == 0 ? [] : [.. numbers.SelectMany(number => new[] { number, number + 1 }).Append(numbers[^1] + 2).Distinct()];
    }

    /// <summary>Opens a rotated file, plain or compressed.</summary>
    /// <returns>Its content; null if there is none.</returns>
    public Stream? OpenBackup(int number)
    {
        string backup = string.Create(CultureInfo.InvariantCulture, $"{path}.{number}");
        foreach (string extension in BackupEncoding.Extensions)
        {
            if (TryOpen(backup + extension) is { } file)
            {
                return extension.Length == 0 ? file : new CompressedFile(file);
            }
        }

        return null;
    }

    /// <summary>Reads the beginning of a file, independent of its position.</summary>
    public static byte[] Beginning(FileStream file)
    {
        byte[] bytes = new byte[BeginningLength];
        return bytes[..RandomAccess.Read(file.SafeFileHandle, bytes, 0)];
    }

    /// <summary>Reads the beginning of a rotated file, independent of its position.</summary>
    public static byte[] Beginning(Stream backup)
    {
        if (backup is FileStream file)
        {
            return Beginning(file);
        }

        // Without decompressing more than that: there may be hundreds. Of a damaged file the available bytes distinguish it from others.
        FileStream compressed = ((CompressedFile)backup).File;
        byte[] bytes = new byte[CompressedBeginningLength];
        return CompressedFile.BeginningOf(compressed.Name, bytes[..EncryptedFile.ReadBeginning(compressed.SafeFileHandle, bytes)], BeginningLength);
    }

    /// <summary>Computes a short name from a file's first bytes; empty if it is empty.</summary>
    public static string Identity(byte[] beginning) => beginning.Length == 0 ? string.Empty : Convert.ToHexString(SHA256.HashData(beginning));

    private static FileStream? TryOpen(string path)
    {
        try
        {
            return RegularFile.Open(path);
        }
        catch (Exception exception) when (exception is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }
    }
}
