using System.IO.Hashing;
using FastTrainLog.Reading;
using FastTrainLog.State;
using Microsoft.Win32.SafeHandles;

namespace FastTrainLog.Indexing;

/// <summary>A file that an index has read, and how far.</summary>
internal sealed class IndexedPart(int log, ulong identity)
{
    private const int TailBytes = 256;

    private ulong _tail;

    public int Log => log;

    public ulong Identity => identity;

    /// <summary>Gets how far it was read.</summary>
    public LinePosition Position { get; private set; }

    /// <summary>Gets whether it is a rotated file that was read to its end.</summary>
    public bool IsWhole { get; private set; }

    /// <summary>Gets the number of its ranges of lines.</summary>
    public int Ranges { get; private set; }

    /// <summary>Gets or sets whether it is still there.</summary>
    public bool IsSeen { get; set; }

    /// <summary>Gets or sets its ranges of lines while it is read; null if no record was read yet.</summary>
    public FileLines? Lines { get; set; }

    /// <summary>Returns whether a plain file has other content than what was read.</summary>
    public bool IsOther(FileStream plain) => TailOf(plain.SafeFileHandle) != _tail;

    /// <summary>Notes how far it was read.</summary>
    public void End(LineReader reader, LinePosition position)
    {
        Position = position;
        IsSeen = true;
        IsWhole = reader.File.Backup > 0 && (reader.Failure is null || reader.IsDamaged);
        Lines?.End(reader);
        // A compressed file has no position to check; it is never written again.
        _tail = reader.Plain is { } plain ? TailOf(plain.SafeFileHandle) ?? 0 : _tail;
    }

    /// <summary>Writes its ranges of lines.</summary>
    public void Save()
    {
        Lines?.Save();
        Ranges = Lines?.Count ?? Ranges;
        Lines = null;
    }

    public static IndexedPart Carry(StateCodec codec, IndexedPart? part) => new(codec.Value(part?.Log ?? 0), codec.Value(part?.Identity ?? 0))
    {
        Position = codec.Value(part?.Position ?? default),
        _tail = codec.Value(part?._tail ?? 0),
        IsWhole = codec.Value(part?.IsWhole ?? false),
        Ranges = codec.Value(part?.Ranges ?? 0),
    };

    private ulong? TailOf(SafeFileHandle file)
    {
        Span<byte> bytes = stackalloc byte[(int)Math.Min(TailBytes, Position.Offset)];
        return RandomAccess.Read(file, bytes, Position.Offset - bytes.Length) == bytes.Length ? XxHash3.HashToUInt64(bytes) : null;
    }
}
