using System.ComponentModel;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using FastTrainLog.Frontend;
using Microsoft.Extensions.Logging;

namespace FastTrainLog.Records;

/// <summary>Writes the arguments of one record into the calling thread's page; generated code uses it.</summary>
/// <remarks>
/// Invariant: <see cref="TrainLogger.Begin"/> has reserved the bytes of all arguments, so no write checks for room. Only text is
/// clipped, and only in a record larger than a page. Nothing is visible to the backend before <see cref="Commit"/>; between
/// the two no other record may be begun on the thread, so arguments are formatted before the record begins.
/// </remarks>
[EditorBrowsable(EditorBrowsableState.Never)]
public unsafe ref struct RecordWriter
{
    internal const int NoTextLimit = int.MaxValue;

    private const string TruncationMark = "… [truncated]";

    // No reference is among these: the JIT then keeps them in registers and has nothing to clear at a call's beginning.
    private readonly ulong _word;
    private readonly ThreadSlot* _slot;
    private readonly int _textLimit;
    private byte* _cursor;

    /// <summary>Initializes a writer.</summary>
    /// <param name="slot">The calling thread's slot, whose cursor says where the record goes.</param>
    /// <param name="word">The record's first word.</param>
    /// <param name="textLimit">The most UTF-16 code units that one piece of text may take: <see cref="NoTextLimit"/> but in a record larger than a page.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal RecordWriter(ThreadSlot* slot, ulong word, int textLimit)
    {
        _slot = slot;
        _word = word;
        _textLimit = textLimit;
        _cursor = slot->Cursor + RecordLayout.HeaderBytes;
    }

    /// <summary>Returns the bytes that a string takes in a record.</summary>
    /// <param name="value">The string.</param>
    /// <returns>4 bytes and 2 for each UTF-16 code unit.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int SizeOf(string? value) => value is null ? sizeof(int) : sizeof(int) + (value.Length * sizeof(char));

    /// <summary>Returns the bytes that text takes in a record.</summary>
    /// <param name="value">The text.</param>
    /// <returns>4 bytes and 2 for each UTF-16 code unit.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int SizeOf(scoped ReadOnlySpan<char> value) => sizeof(int) + (value.Length * sizeof(char));

    /// <summary>Returns the bytes that an exception takes in a record.</summary>
    /// <param name="value">The exception's text, captured before the record begins.</param>
    /// <returns>The bytes of its three strings.</returns>
    public static int SizeOf(scoped in ExceptionText value) => SizeOf(value.Type) + SizeOf(value.Message) + SizeOf(value.Details);

    /// <summary>Returns the bytes that metrics take in a record.</summary>
    /// <param name="metrics">The metrics.</param>
    /// <returns>4 bytes, and for each metric its name's bytes and 8.</returns>
    public static int SizeOf(scoped ReadOnlySpan<Metric> metrics)
    {
        int size = sizeof(int);
        foreach (ref readonly Metric metric in metrics)
        {
            size += SizeOf(metric.Name) + sizeof(double);
        }

        return size;
    }

    /// <summary>Returns the bytes that named values take in a record.</summary>
    /// <param name="properties">The values.</param>
    /// <returns>4 bytes, and for each value its name's bytes, 1 for its kind and its own.</returns>
    public static int SizeOf(PropertyList properties) => properties.SizeInRecord;

    /// <summary>Returns the bytes that numbers take in a record.</summary>
    /// <typeparam name="T">The type of the numbers.</typeparam>
    /// <param name="values">The numbers.</param>
    /// <returns>9 bytes, and those of each number up to the limit.</returns>
    public static int SizeOf<T>(scoped in ValueSpan<T> values)
        where T : unmanaged, System.Numerics.INumber<T> => NumberList.HeaderBytes + (values.First.Length * NumberList.ElementBytes<T>());

    /// <summary>Writes a value of a fixed size in its memory form.</summary>
    /// <typeparam name="T">The type: one with an <see cref="ArgumentKind"/> of its own and no padding.</typeparam>
    /// <param name="value">The value.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Write<T>(T value)
        where T : unmanaged
    {
        Unsafe.WriteUnaligned(_cursor, value);
        _cursor += sizeof(T);
    }

    /// <summary>Writes a time with its kind.</summary>
    /// <param name="value">The time.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Write(DateTime value) => Write(value.ToBinary());

    /// <summary>Writes a time with its offset.</summary>
    /// <param name="value">The time.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Write(DateTimeOffset value)
    {
        Write(value.Ticks);
        Write(value.Offset.Ticks);
    }

    /// <summary>Writes a string.</summary>
    /// <param name="value">The string, or null.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Write(string? value)
    {
        if (value is null)
        {
            Write(-1);
        }
        else
        {
            Write(value.AsSpan());
        }
    }

    /// <summary>Writes text.</summary>
    /// <param name="value">The text.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Write(scoped ReadOnlySpan<char> value)
    {
        if (value.Length > _textLimit)
        {
            WriteTruncated(value);
            return;
        }

        Write(value.Length);
        CopyText(value);
    }

    /// <summary>Writes an exception.</summary>
    /// <param name="value">The exception's text, captured before the record began.</param>
    public void Write(scoped in ExceptionText value)
    {
        Write(value.Type);
        Write(value.Message);
        Write(value.Details);
    }

    /// <summary>Writes text, or null.</summary>
    /// <param name="value">The text.</param>
    /// <param name="isNull">Whether it stands for null.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Write(scoped ReadOnlySpan<char> value, bool isNull)
    {
        if (isNull)
        {
            Write(-1);
        }
        else
        {
            Write(value);
        }
    }

    /// <summary>Writes metrics; those that no longer fit a record larger than a page are left out.</summary>
    /// <param name="metrics">The metrics.</param>
    public void Write(scoped ReadOnlySpan<Metric> metrics)
    {
        byte* count = _cursor;
        Write(metrics.Length);
        for (int i = 0; i < metrics.Length; i++)
        {
            ref readonly Metric metric = ref metrics[i];
            if (IsOversized && !HasRoom(SizeOf(metric.Name) + sizeof(double)))
            {
                Unsafe.WriteUnaligned(count, i);
                return;
            }

            Write(metric.Name);
            Write(metric.Value);
        }
    }

    /// <summary>Writes named values; a record larger than a page leaves them out and says so.</summary>
    /// <param name="properties">The values.</param>
    public void Write(PropertyList properties) => properties.WriteTo(ref this);

    /// <summary>Writes numbers one by one; of those in a record larger than a page as many as one text may have room for.</summary>
    /// <typeparam name="T">The type of the numbers.</typeparam>
    /// <param name="values">The numbers.</param>
    public void Write<T>(scoped in ValueSpan<T> values)
        where T : unmanaged, System.Numerics.INumber<T>
    {
        int size = NumberList.ElementBytes<T>();
        int stored = values.First.Length;
        if (IsOversized)
        {
            stored = Math.Min(stored, _textLimit * sizeof(char) / size);
        }

        Write((byte)NumberList.KindOf<T>());
        Write(values.Total);
        Write(stored);
        NumberList.Copy(values.First[..stored], new Span<byte>(_cursor, stored * size));
        _cursor += stored * size;
    }

    /// <summary>Makes the record visible to the backend.</summary>
    /// <param name="level">The record's level; from <see cref="LogLevel.Error"/> on the backend is woken at once.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly void Commit(LogLevel level)
    {
        // Read last: the arguments are then stored from the registers that they came in, with nothing to save around the clock's call.
        byte* record = _slot->Cursor;
        *(long*)(record + RecordLayout.TicksOffset) = TickClock.Now();
        // The store of the first word is what commits; it must follow the stores of the arguments.
        Volatile.Write(ref Unsafe.AsRef<ulong>(record), _word);
        _slot->Cursor = record + RecordLayout.Length(_word);
        if (level >= LogLevel.Error)
        {
            ThreadBuffer.WakeBackend();
        }
    }

    internal readonly bool IsOversized => _textLimit != NoTextLimit;

    // An oversized record keeps this many bytes for the arguments behind the one that asks.
    internal readonly bool HasRoom(int bytes) =>
        _slot->Cursor + RecordLayout.Length(_word) - _cursor >= bytes + ThreadBuffer.OversizedReserve;

    private void WriteTruncated(scoped ReadOnlySpan<char> value)
    {
        ReadOnlySpan<char> mark = TruncationMark;
        int kept = Math.Max(0, _textLimit - mark.Length);
        if (kept > 0 && char.IsHighSurrogate(value[kept - 1]))
        {
            kept--;
        }

        Write(kept + mark.Length);
        CopyText(value[..kept]);
        CopyText(mark);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void CopyText(scoped ReadOnlySpan<char> value)
    {
        int bytes = value.Length * sizeof(char);
        Unsafe.CopyBlockUnaligned(ref *_cursor, ref Unsafe.As<char, byte>(ref MemoryMarshal.GetReference(value)), (uint)bytes);
        _cursor += bytes;
    }
}
