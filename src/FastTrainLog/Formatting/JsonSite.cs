using FastTrainLog.Records;

namespace FastTrainLog.Formatting;

/// <summary>What the JSON lines of a call site have in common, written once.</summary>
internal sealed class JsonSite
{
    public JsonSite(CallSite site)
    {
        var buffer = new Utf8Buffer(128);
        AppendEvent(buffer, site.EventId);
        Event = buffer.Written.ToArray();

        var members = new List<(int, byte[])>();
        for (int i = site.Level == CallSite.LevelInRecord ? 1 : 0; i < site.Arguments.Length; i++)
        {
            if (i != site.ExceptionArgument)
            {
                buffer.Clear();
                buffer.Append(members.Count > 0 ? ","u8 : default);
                ArgumentJson.AppendString(buffer, site.Arguments[i].Name);
                buffer.Append((byte)':');
                members.Add((i, buffer.Written.ToArray()));
            }
        }

        Members = [.. members];
    }

    /// <summary>Gets the event's identifier and name as members, up to the message.</summary>
    public byte[] Event { get; }

    /// <summary>Gets the arguments that are properties, each with what stands before its value: the comma, its name, the colon.</summary>
    public (int Argument, byte[] Lead)[] Members { get; }

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
