namespace FastTrainLog.Records;

/// <summary>Names the binary form of an argument in a record.</summary>
/// <remarks>The numeric values are part of the journal's format: new kinds are appended, none is renumbered.</remarks>
public enum ArgumentKind : byte
{
    /// <summary>One byte, 0 or 1.</summary>
    Boolean = 1,

    /// <summary>A UTF-16 code unit, 2 bytes.</summary>
    Char = 2,

    /// <summary>A signed 8-bit integer.</summary>
    SByte = 3,

    /// <summary>An unsigned 8-bit integer.</summary>
    Byte = 4,

    /// <summary>A signed 16-bit integer.</summary>
    Int16 = 5,

    /// <summary>An unsigned 16-bit integer.</summary>
    UInt16 = 6,

    /// <summary>A signed 32-bit integer.</summary>
    Int32 = 7,

    /// <summary>An unsigned 32-bit integer.</summary>
    UInt32 = 8,

    /// <summary>A signed 64-bit integer.</summary>
    Int64 = 9,

    /// <summary>An unsigned 64-bit integer.</summary>
    UInt64 = 10,

    /// <summary>An IEEE 754 binary16 number, 2 bytes.</summary>
    Half = 11,

    /// <summary>An IEEE 754 binary32 number, 4 bytes.</summary>
    Single = 12,

    /// <summary>An IEEE 754 binary64 number, 8 bytes.</summary>
    Double = 13,

    /// <summary>A <see cref="decimal"/>, 16 bytes.</summary>
    Decimal = 14,

    /// <summary>A <see cref="System.DateTime"/>, its 8-byte binary form with the kind.</summary>
    DateTime = 15,

    /// <summary>A <see cref="System.DateTimeOffset"/>: 8 bytes of ticks, 8 bytes of offset ticks.</summary>
    DateTimeOffset = 16,

    /// <summary>A <see cref="System.TimeSpan"/>, 8 bytes of ticks.</summary>
    TimeSpan = 17,

    /// <summary>A <see cref="System.Guid"/>, 16 bytes.</summary>
    Guid = 18,

    /// <summary>A string: its length in UTF-16 code units as 4 bytes (-1 for null), then the code units.</summary>
    String = 19,

    /// <summary>An enum: its value as 8 bytes, with the names in the call site's description.</summary>
    Enum = 20,

    /// <summary>An exception: three strings, of its type, its message and its full text with stack and inner exceptions.</summary>
    Exception = 21,

    /// <summary>Named numbers: a count as 4 bytes, then a string and an 8-byte double for each.</summary>
    Metrics = 22,

    /// <summary>Named values of any kind: a count as 4 bytes, then for each a string, a kind byte and the value.</summary>
    Properties = 23,

    /// <summary>A type without its own binary form, formatted at the call: stored and written as a string.</summary>
    Text = 24,

    /// <summary>No value: nothing is stored.</summary>
    Null = 25,

    /// <summary>A <see cref="FastTrainLog.TensorSummary"/>: two 8-byte counts, three doubles.</summary>
    TensorSummary = 26,

    /// <summary>Individual numbers: a byte for their kind, their number and the number of those that follow as 4 bytes each, then these.</summary>
    Numbers = 27,
}
