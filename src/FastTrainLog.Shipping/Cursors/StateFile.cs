using System.Buffers;
using System.Globalization;
using System.IO.Hashing;
using System.Text;
using FastTrainLog.Files;

namespace FastTrainLog.Shipping.Cursors;

/// <summary>A small file of state: a line with its kind, version and checksum, and then the state.</summary>
/// <remarks>It is replaced by a rename, and file and directory are synced: after a kill or a power failure there is the old state or the new one.</remarks>
internal static class StateFile
{
    /// <summary>Reads a file.</summary>
    /// <returns>The state; null if there is no file.</returns>
    /// <exception cref="InvalidDataException">It is damaged, or of another version.</exception>
    public static byte[]? Read(string path, string kind, int version)
    {
        byte[] file;
        try
        {
            file = File.ReadAllBytes(path);
        }
        catch (FileNotFoundException)
        {
            return null;
        }

        int end = Array.IndexOf(file, (byte)'\n');
        string[] head = end < 0 ? [] : Encoding.ASCII.GetString(file, 0, end).Split(", ");
        if (head is not [{ } name, { } found, { } checksum] || name != NameOf(kind) || !found.StartsWith("version ", StringComparison.Ordinal))
        {
            throw new InvalidDataException($"it does not begin as a {kind} does");
        }

        if (found != TextOf(version))
        {
            throw new InvalidDataException($"it is of {found}, and this is {TextOf(version)}");
        }

        byte[] state = file[(end + 1)..];
        return checksum == ChecksumOf(state) ? state : throw new InvalidDataException("its checksum is wrong");
    }

    /// <summary>Replaces a file.</summary>
    /// <exception cref="IOException">The disk is full, or the file cannot be written.</exception>
    public static void Write(string path, string kind, int version, ReadOnlySpan<byte> state)
    {
        byte[] head = Encoding.ASCII.GetBytes($"{NameOf(kind)}, {TextOf(version)}, {ChecksumOf(state)}\n");
        byte[] file = ArrayPool<byte>.Shared.Rent(head.Length + state.Length);
        head.CopyTo(file, 0);
        state.CopyTo(file.AsSpan(head.Length));
        RunFile.Replace(path, file.AsSpan(0, head.Length + state.Length), toDisk: true);
        ArrayPool<byte>.Shared.Return(file);
    }

    private static string NameOf(string kind) => $"fasttrainlog {kind}";

    private static string TextOf(int version) => string.Create(CultureInfo.InvariantCulture, $"version {version}");

    private static string ChecksumOf(ReadOnlySpan<byte> state) => XxHash3.HashToUInt64(state).ToString("x16", CultureInfo.InvariantCulture);
}
