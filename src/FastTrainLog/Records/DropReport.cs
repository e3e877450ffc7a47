using Microsoft.Extensions.Logging;

namespace FastTrainLog.Records;

/// <summary>The layout of the records that tell how many records were dropped: a recovery reads them, and writes one for what a killed process could not tell.</summary>
internal static unsafe class DropReport
{
    /// <summary>Their call site.</summary>
    public static readonly CallSite Site = new(
        LogLevel.Warning,
        9001,
        "RecordsDropped",
        "{Count} records of {Category} at {Level} were dropped because the log could not keep up; raise TrainLogOptions.BufferBytes or log less",
        new CallSiteArgument("Count", ArgumentKind.Int64),
        new CallSiteArgument("Category", ArgumentKind.String),
        new CallSiteArgument("Level", ArgumentKind.Enum, EnumNames: new EnumNames(Enum.GetNames<LogLevel>(), [.. Enum.GetValues<LogLevel>().Select(static level => (ulong)level)], isFlags: false, isSigned: true, sizeof(LogLevel))));

    /// <summary>Returns the bytes of a record's arguments.</summary>
    public static int ArgumentBytes(string category) => sizeof(long) + RecordWriter.SizeOf(category) + sizeof(long);

    /// <summary>Writes a record's arguments.</summary>
    public static void Write(ref RecordWriter record, long count, string category, LogLevel level)
    {
        record.Write(count);
        record.Write(category);
        record.Write((long)level);
    }

    /// <summary>Returns whether the records of a call site, of another process too, have this layout.</summary>
    public static bool IsOf(CallSite site) => ReferenceEquals(site, Site) || (site.EventId.Id == Site.EventId.Id && site.EventId.Name == Site.EventId.Name && site.HasArgumentsOf(Site));

    /// <summary>Reads a record's arguments.</summary>
    public static (long Count, string Category, LogLevel Level) Read(byte* record)
    {
        byte* at = record + RecordLayout.HeaderBytes;
        long count = *(long*)at;
        at += sizeof(long);
        string category = RecordDecoder.ReadText(ref at).ToString();
        return (count, category, (LogLevel)(*(long*)at));
    }
}
