namespace FastTrainLog.Records;

/// <summary>The layout of the records that hold the activity and the scopes of the records after them.</summary>
internal static class ContextSite
{
    /// <summary>The named values of all scopes together.</summary>
    public static readonly CallSiteArgument ScopesArgument = new("Scopes", ArgumentKind.Properties);

    /// <summary>The call site of those records; no sink sees them.</summary>
    public static readonly CallSite Site = new CallSite(
        default,
        CallSite.ContextLevel,
        string.Empty,
        [
            new CallSiteArgument("TraceHigh", ArgumentKind.UInt64),
            new CallSiteArgument("TraceLow", ArgumentKind.UInt64),
            new CallSiteArgument("SpanId", ArgumentKind.UInt64),
            ScopesArgument,
        ],
        isFormatted: false).Register();

    public const int TraceBytes = 2 * sizeof(ulong);
    public const int SpanBytes = sizeof(ulong);
}
