using System.Globalization;
using System.IO.Compression;
using System.Security.Cryptography;

namespace FastTrainLog.Tool.Tail;

/// <summary>The path of a log file, and the rotated files behind it; files are told apart by how they begin.</summary>
internal sealed class RotatedPath(string path)
{
    private const int BeginningLength = 1024;

    /// <summary>Gets whether so much of a beginning is known that it grows no more.</summary>
    public static bool IsWhole(byte[] beginning) => beginning.Length == BeginningLength;

    /// <summary>Opens the file that is written.</summary>
    /// <returns>The file; null where there is none.</returns>
    public FileStream? TryOpen() => TryOpen(path);

    /// <summary>Returns the numbers that rotated files may have: from the youngest on, and past the end of what is listed, for a rotation may be under way.</summary>
    public IEnumerable<int> BackupNumbers()
    {
        string name = Path.GetFileName(path);
        string directory = Path.GetDirectoryName(path)!;
        if (!Directory.Exists(directory))
        {
            return [];
        }

        int highest = Directory.EnumerateFiles(directory, name + ".*")
            .Select(file => Path.GetFileName(file).AsSpan(name.Length).TrimStart('.').ToString().Replace(".gz", string.Empty, StringComparison.Ordinal))
            .Select(suffix => int.TryParse(suffix, NumberStyles.None, CultureInfo.InvariantCulture, out int number) ? number : 0)
            .DefaultIfEmpty().Max();
        return highest == 0 ? [] : Enumerable.Range(1, highest + 2);
    }

    /// <summary>Opens a rotated file, plain or compressed.</summary>
    /// <returns>Its content; null where there is none.</returns>
    public Stream? OpenBackup(int number)
    {
        string backup = string.Create(CultureInfo.InvariantCulture, $"{path}.{number}");
        if (TryOpen(backup) is { } plain)
        {
            return plain;
        }

        return TryOpen(backup + ".gz") is { } compressed ? new GZipStream(compressed, CompressionMode.Decompress) : null;
    }

    /// <summary>Reads how a file begins, wherever it is read from.</summary>
    public static byte[] Beginning(FileStream file)
    {
        byte[] bytes = new byte[BeginningLength];
        return bytes[..RandomAccess.Read(file.SafeFileHandle, bytes, 0)];
    }

    /// <summary>Reads how a rotated file begins, and goes back to its start.</summary>
    public static byte[] Beginning(Stream backup)
    {
        if (backup is FileStream file)
        {
            return Beginning(file);
        }

        using var again = new GZipStream(((GZipStream)backup).BaseStream, CompressionMode.Decompress, leaveOpen: true);
        byte[] bytes = new byte[BeginningLength];
        int length;
        try
        {
            length = again.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false);
        }
        catch (InvalidDataException)
        {
            // It is being written just now, beside the plain file, which was opened before if it is still there.
            length = 0;
        }

        ((GZipStream)backup).BaseStream.Position = 0;
        return bytes[..length];
    }

    /// <summary>Makes a short name of how a file begins; empty where it is empty.</summary>
    public static string Identity(byte[] beginning) => beginning.Length == 0 ? string.Empty : Convert.ToHexString(SHA256.HashData(beginning));

    private static FileStream? TryOpen(string path)
    {
        try
        {
            return new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, bufferSize: 0);
        }
        catch (Exception exception) when (exception is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }
    }
}
