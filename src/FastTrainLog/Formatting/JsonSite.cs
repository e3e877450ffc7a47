using FastTrainLog.Records;

namespace FastTrainLog.Formatting;

/// <summary>What the JSON lines of a call site have in common, written once.</summary>
internal sealed class JsonSite
{
    public JsonSite(CallSite site)
    {
        var buffer = new Utf8Buffer(128);
        AppendEvent(buffer, site.EventId);
        Event = new Utf8Literal(buffer.Written);
        buffer.Clear();

        var fields = new List<(int Argument, string[] Path)>();
        for (int i = site.Level == CallSite.LevelInRecord ? 1 : 0; i < site.Arguments.Length; i++)
        {
            if (i != site.ExceptionArgument)
            {
                fields.Add((i, PathOf(site.Arguments[i].Name)));
            }
        }

        var members = new List<JsonMember>(fields.Count);
        AppendMembers(buffer, members, fields, depth: 0);
        Members = [.. members];
        Tail = new Utf8Literal(buffer.Written);
    }

    /// <summary>Gets the event's identifier and name as members, up to the message.</summary>
    public Utf8Literal Event { get; }

    /// <summary>Gets the arguments as members of the properties; those of one object stand together.</summary>
    public JsonMember[] Members { get; }

    /// <summary>Gets what closes the objects that are open behind the last member.</summary>
    public Utf8Literal Tail { get; }

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

    // A dot in a name leads into an object; a name that begins or ends with one, or has two together, is just a name.
    private static string[] PathOf(string name)
    {
        string[] path = name.Split('.');
        return Array.TrueForAll(path, static segment => segment.Length > 0) ? path : [name];
    }

    private static void AppendMembers(Utf8Buffer lead, List<JsonMember> members, List<(int Argument, string[] Path)> fields, int depth)
    {
        for (int i = 0; i < fields.Count; i++)
        {
            if (i > 0)
            {
                lead.Append((byte)',');
            }

            (int argument, string[] path) = fields[i];
            ArgumentJson.AppendString(lead, path[depth]);
            lead.Append((byte)':');
            if (path.Length == depth + 1)
            {
                members.Add(new JsonMember(argument, new Utf8Literal(lead.Written)));
                lead.Clear();
                continue;
            }

            List<(int Argument, string[] Path)> inside = fields.FindAll(f => f.Path.Length > depth + 1 && f.Path[depth] == path[depth]);
            fields.RemoveAll(f => f.Argument != argument && inside.Contains(f));
            lead.Append((byte)'{');
            AppendMembers(lead, members, inside, depth + 1);
            lead.Append((byte)'}');
        }
    }
}
