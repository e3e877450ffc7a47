namespace FastTrainLog.Records;

/// <summary>The binary form of a record in a page.</summary>
/// <remarks>
/// A record starts at a multiple of 8 bytes with one 64-bit word, written last: its length in units of 8 bytes (16 bits), its
/// logger (16 bits) and its call site (32 bits). A word of zero is no record yet, so that storing the word is what commits a record,
/// to the backend as well as to whoever finds the page after a crash. The clock's ticks follow (8 bytes), then the arguments, packed.
/// </remarks>
internal static class RecordLayout
{
    public const int HeaderBytes = 16;
    public const int TicksOffset = 8;
    public const int LoggerShift = 16;
    public const int CallSiteShift = 32;

    /// <summary>The word that stands behind the last record of a sealed page.</summary>
    public const ulong EndOfPage = 0xFFFF;

    public const int MaxLoggers = 1 << 16;

    public static int Length(ulong word) => (int)(word & 0xFFFF) << 3;

    public static int LoggerId(ulong word) => (int)(word >> LoggerShift) & 0xFFFF;

    public static int CallSiteId(ulong word) => (int)(word >> CallSiteShift);

    public static ulong Word(ulong siteBits, int logger, int size) => siteBits | ((ulong)(uint)logger << LoggerShift) | ((uint)size >> 3);

    /// <summary>Returns the bytes that a record with the given bytes of arguments takes.</summary>
    public static int Size(int argumentBytes) => (HeaderBytes + argumentBytes + 7) & ~7;
}
