using System.ComponentModel;
using System.Globalization;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using FastTrainLog.Platform;
using Microsoft.Extensions.Logging;

namespace FastTrainLog.Records;

/// <summary>Writes the arguments of one record into the calling thread's page; generated code uses it.</summary>
/// <remarks>
/// Invariant: the creator of the writer has reserved the bytes of all arguments, so no write checks for space. Only text is
/// clipped, and only in a record larger than its pages. Nothing is visible to the backend before <see cref="Commit"/>; between
/// the two no other record may be begun on the thread, so arguments are formatted before the record begins.
/// </remarks>
[EditorBrowsable(EditorBrowsableState.Never)]
public unsafe ref struct RecordWriter
{
    internal const int NoTextLimit = int.MaxValue;

    // A name's two ends, by which it is distinguished from others.
    private const int ShortestName = 24;
    private const string LeftOut = "… left out";

    // No reference is among these: the JIT then keeps them in registers and has nothing to clear at a call's beginning.
    private readonly ulong _word;
    private readonly RecordPlace* _place;
    private readonly int _textLimit;
    private byte* _cursor;

    /// <summary>Initializes a writer.</summary>
    /// <param name="place">The calling thread's place, whose cursor is the record's position.</param>
    /// <param name="word">The record's first word.</param>
    /// <param name="textLimit">The most UTF-16 code units that one piece of text may take: <see cref="NoTextLimit"/> except in a record larger than its pages.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal RecordWriter(RecordPlace* place, ulong word, int textLimit)
    {
        _place = place;
        _word = word;
        _textLimit = textLimit;
        _cursor = place->Cursor + RecordLayout.HeaderBytes;
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

    /// <summary>Returns the bytes that an argument of a generic call takes in a record: a string, an enum, or a value of a fixed size.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static int SizeOfArgument<T>(T value) =>
        typeof(T) == typeof(string) ? SizeOf((string?)(object?)value) : typeof(T).IsEnum ? sizeof(long) : Unsafe.SizeOf<T>();

    /// <summary>Writes an argument of a generic call.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal void WriteArgument<T>(T value)
    {
        if (typeof(T) == typeof(string))
        {
            Write((string?)(object?)value);
        }
        else if (typeof(T).IsEnum)
        {
            Write(EnumBits<T>.Of(value));
        }
        else
        {
            Unsafe.WriteUnaligned(_cursor, value);
            _cursor += Unsafe.SizeOf<T>();
        }
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
    /// <param name="isNull">Whether it represents null.</param>
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

    /// <summary>Writes metrics; in a record larger than its pages their names are cut.</summary>
    /// <param name="metrics">The metrics.</param>
    public void Write(scoped ReadOnlySpan<Metric> metrics)
    {
        if (!IsOversized || SizeOf(metrics) <= RoomForList)
        {
            WriteAll(metrics);
            return;
        }

        WriteAll(FitInto(metrics, RoomForList));
    }

    internal void WriteAll(scoped ReadOnlySpan<Metric> metrics)
    {
        Write(metrics.Length);
        for (int i = 0; i < metrics.Length; i++)
        {
            ref readonly Metric metric = ref metrics[i];
            WriteWhole(metric.Name);
            Write(metric.Value);
        }
    }

    /// <summary>Writes a string of a list that was already truncated if necessary.</summary>
    internal void WriteWhole(string? value)
    {
        Write(value?.Length ?? -1);
        CopyText(value);
    }

    /// <summary>Writes named values; in a record larger than its pages their names and texts are cut.</summary>
    /// <param name="properties">The values.</param>
    public void Write(PropertyList properties) => properties.WriteTo(ref this);

    /// <summary>Writes numbers one by one; in a record larger than its pages, as many as one text may take.</summary>
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

        Write(values, stored);
    }

    internal void WriteAll<T>(scoped in ValueSpan<T> values)
        where T : unmanaged, System.Numerics.INumber<T> => Write(values, values.First.Length);

    private void Write<T>(scoped in ValueSpan<T> values, int stored)
        where T : unmanaged, System.Numerics.INumber<T>
    {
        int size = NumberList.ElementBytes<T>();
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
        byte* record = _place->Cursor;
        *(long*)(record + RecordLayout.TicksOffset) = TickClock.Now();
        // The store of the first word is what commits; it must follow the stores of the arguments.
        Volatile.Write(ref Unsafe.AsRef<ulong>(record), _word);
        _place->Cursor = record + RecordLayout.Length(_word);
        if (level >= LogLevel.Error)
        {
            _place->OnError();
        }
    }

    internal readonly bool IsOversized => _textLimit != NoTextLimit;

    /// <summary>Gets the bytes that a list of metrics or properties has in a record larger than its pages: the share of two texts.</summary>
    internal readonly int RoomForList => 2 * _textLimit * sizeof(char);

    /// <summary>Truncates a text, and appends how much of it is missing.</summary>
    internal static string? CutText(string? text, int limit)
    {
        if (text is null || text.Length <= limit)
        {
            return text;
        }

        int kept = KeptOf(text, limit);
        return string.Concat(text.AsSpan(0, kept), Mark(text.Length - kept));
    }

    /// <summary>Cuts a name in its middle: what distinguishes names is at either end.</summary>
    internal static string? CutName(string? name, int limit)
    {
        int half = (limit - 1) / 2;
        return name is null || name.Length <= limit ? name : string.Concat(name.AsSpan(0, half), "…", name.AsSpan(name.Length - half));
    }

    private static Metric[] FitInto(scoped ReadOnlySpan<Metric> metrics, int bytes)
    {
        int left = bytes - sizeof(int) - SizeOf(LeftOut) - sizeof(double);
        int limit = ShortestName;
        for (int longer = 1 << 16; longer > 0; longer >>= 1)
        {
            limit += SizeOf(metrics, limit + longer) <= left ? longer : 0;
        }

        var fitted = new List<Metric>(metrics.Length);
        foreach (ref readonly Metric metric in metrics)
        {
            string? name = CutName(metric.Name, limit);
            left -= SizeOf(name) + sizeof(double);
            if (left < 0)
            {
                // More numbers than the largest record holds: one of them is the number of the missing ones.
                fitted.Add(new Metric(LeftOut, metrics.Length - fitted.Count));
                break;
            }

            fitted.Add(new Metric(name!, metric.Value));
        }

        return [.. fitted];
    }

    private static int SizeOf(scoped ReadOnlySpan<Metric> metrics, int nameLimit)
    {
        int size = sizeof(int);
        foreach (ref readonly Metric metric in metrics)
        {
            size += sizeof(int) + (Math.Min(metric.Name?.Length ?? 0, nameLimit) * sizeof(char)) + sizeof(double);
        }

        return size;
    }

    private static int KeptOf(scoped ReadOnlySpan<char> text, int limit)
    {
        int kept = Math.Max(0, limit - Mark(text.Length).Length);
        return kept > 0 && char.IsHighSurrogate(text[kept - 1]) ? kept - 1 : kept;
    }

    private static string Mark(int missing) => string.Create(CultureInfo.InvariantCulture, $"… [{missing} characters truncated]");

    private void WriteTruncated(scoped ReadOnlySpan<char> value)
    {
        int kept = KeptOf(value, _textLimit);
        string mark = Mark(value.Length - kept);
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
