using System.Runtime.InteropServices;
using System.Text;

namespace FastTrainLog.Crash.Tests;

/// <summary>A change of a file, as <c>filechanges.c</c> records it.</summary>
/// <param name="Kind">What was done.</param>
/// <param name="Inode">The file; 0 where the names say all.</param>
/// <param name="At">Where a write begins, or the length that a file was cut to.</param>
/// <param name="Length">The bytes of a write; the file's length at a sync.</param>
/// <param name="Path">The file's path.</param>
/// <param name="To">Its new path.</param>
/// <param name="Bytes">What was written.</param>
internal sealed record DiskChange(DiskChangeKind Kind, ulong Inode, long At, long Length, string Path, string To, byte[] Bytes)
{
    private const int HeaderBytes = 6 * sizeof(ulong);

    /// <summary>Reads what a process has recorded so far.</summary>
    public static List<DiskChange> Read(string record)
    {
        var changes = new List<DiskChange>();
        byte[] all = File.Exists(record) ? File.ReadAllBytes(record) : [];
        for (ReadOnlySpan<byte> left = all; left.Length >= HeaderBytes;)
        {
            ReadOnlySpan<ulong> header = MemoryMarshal.Cast<byte, ulong>(left[..HeaderBytes]);
            var kind = (DiskChangeKind)header[0];
            (int bytes, int path, int to) = (kind == DiskChangeKind.Write ? (int)header[3] : 0, (int)header[4], (int)header[5]);
            if (left.Length < HeaderBytes + path + to + bytes)
            {
                // It is being written.
                break;
            }

            left = left[HeaderBytes..];
            changes.Add(new DiskChange(
                kind, header[1], (long)header[2], (long)header[3], Encoding.UTF8.GetString(left[..path]), Encoding.UTF8.GetString(left.Slice(path, to)), left.Slice(path + to, bytes).ToArray()));
            left = left[(path + to + bytes)..];
        }

        return changes;
    }
}
