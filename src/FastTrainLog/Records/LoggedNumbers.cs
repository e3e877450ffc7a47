using System.Runtime.CompilerServices;

namespace FastTrainLog.Records;

/// <summary>Reads the numbers of an argument, up to the limit of its call site.</summary>
internal readonly unsafe ref struct LoggedNumbers
{
    private readonly byte* _first;
    private readonly ArgumentKind _kind;

    public LoggedNumbers(byte* value)
    {
        _kind = (ArgumentKind)value[NumberList.KindAt];
        Total = Unsafe.ReadUnaligned<int>(value + NumberList.TotalAt);
        Count = Unsafe.ReadUnaligned<int>(value + NumberList.StoredAt);
        _first = value + NumberList.HeaderBytes;
    }

    /// <summary>Gets how many there were at the call.</summary>
    public int Total { get; }

    /// <summary>Gets how many are stored.</summary>
    public int Count { get; }

    /// <summary>Gets the bytes of the argument.</summary>
    public int Size => NumberList.HeaderBytes + (Count * RecordDecoder.SizeOf(_kind, null));

    public LogArgument this[int index] => RecordDecoder.Nameless(_kind, _first + (index * RecordDecoder.SizeOf(_kind, null)));
}
