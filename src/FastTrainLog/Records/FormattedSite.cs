using Microsoft.Extensions.Logging;

namespace FastTrainLog.Records;

/// <summary>The layout of records of log calls without generated code: a message formatted at the call, and the state's pairs as properties.</summary>
internal static class FormattedSite
{
    /// <summary>The call site of all of them; they store their level and event themselves.</summary>
    public static readonly CallSite Site = new CallSite(
        default,
        CallSite.LevelInRecord,
        "{Message}",
        [
            new CallSiteArgument("Level", ArgumentKind.Byte),
            new CallSiteArgument("EventId", ArgumentKind.Int32),
            new CallSiteArgument("EventName", ArgumentKind.String),
            new CallSiteArgument("Message", ArgumentKind.String),
            new CallSiteArgument("Properties", ArgumentKind.Properties),
            new CallSiteArgument("Exception", ArgumentKind.Exception),
        ],
        isFormatted: true).Register();

    public const int LevelArgument = 0;
    public const int EventIdArgument = 1;
    public const int EventNameArgument = 2;
    public const int MessageArgument = 3;
    public const int PropertiesArgument = 4;

    /// <summary>Returns the level of such a record, which the record itself stores.</summary>
    public static unsafe LogLevel LevelOf(CallSite site, byte* record) =>
        site.Level == CallSite.LevelInRecord ? (LogLevel)record[RecordLayout.HeaderBytes] : site.Level;
}
