namespace FastTrainLog.Records;

/// <summary>The binary form of a record in a page.</summary>
/// <remarks>
/// A record starts at a multiple of 8 bytes with one 64-bit word, written last: its length in units of 8 bytes (16 bits), its
/// logger (16 bits) and its call site (32 bits). A word of zero means no record yet, so storing the word commits a record,
/// for the backend as well as for a recovery after a crash. The clock's ticks follow (8 bytes), then the arguments, packed.
/// </remarks>
internal static class RecordLayout
{
    public const int HeaderBytes = 16;
    public const int TicksOffset = 8;
    public const int LoggerShift = 16;
    public const int CallSiteShift = 32;

    /// <summary>The word that is after the last record of a sealed page.</summary>
    public const ulong EndOfPage = 0xFFFF;

    public const int MaxLoggers = 1 << 16;

    /// <summary>Bytes of an oversized record that are kept for arguments of fixed size.</summary>
    public const int OversizedReserve = 4096;

    public static int Length(ulong word) => (int)(word & 0xFFFF) << 3;

    public static int LoggerId(ulong word) => (int)(word >> LoggerShift) & 0xFFFF;

    public static int CallSiteId(ulong word) => (int)(word >> CallSiteShift);

    public static ulong Word(ulong siteBits, int logger, int size) => siteBits | ((ulong)(uint)logger << LoggerShift) | ((uint)size >> 3);

    /// <summary>Returns the bytes that a record with the given bytes of arguments takes.</summary>
    public static int Size(int argumentBytes) => (HeaderBytes + argumentBytes + 7) & ~7;
}
