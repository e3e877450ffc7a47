using FastTrainLog.Records;

namespace FastTrainLog.Formatting;

/// <summary>What the JSON lines of a call site have in common, written once.</summary>
internal sealed class JsonSite
{
    public JsonSite(CallSite site)
    {
        var buffer = new Utf8Buffer(128);
        PropertyNames = new byte[site.Arguments.Length][];
        for (int i = 0; i < PropertyNames.Length; i++)
        {
            buffer.Clear();
            ArgumentJson.AppendString(buffer, site.Arguments[i].Name);
            buffer.Append((byte)':');
            PropertyNames[i] = buffer.Written.ToArray();
        }

        buffer.Clear();
        AppendEvent(buffer, site.EventId);
        Event = buffer.Written.ToArray();
    }

    /// <summary>Gets the event's identifier and name as members, up to the message.</summary>
    public byte[] Event { get; }

    /// <summary>Gets each argument's name as a member's name, its colon included.</summary>
    public byte[][] PropertyNames { get; }

    public static void AppendEvent(Utf8Buffer buffer, Microsoft.Extensions.Logging.EventId id)
    {
        buffer.Append(",\"eventId\":"u8);
        buffer.AppendFormatted(id.Id, default);
        if (!string.IsNullOrEmpty(id.Name))
        {
            buffer.Append(",\"event\":"u8);
            ArgumentJson.AppendString(buffer, id.Name);
        }

        buffer.Append(",\"message\":\""u8);
    }
}
