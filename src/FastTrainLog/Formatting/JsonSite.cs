using FastTrainLog.Records;
using FastTrainLog.Utf8Text;

namespace FastTrainLog.Formatting;

/// <summary>What the JSON lines of a call site have in common, written once.</summary>
internal sealed class JsonSite
{
    public JsonSite(CallSite site)
    {
        Site = site;
        var buffer = new Utf8Buffer(128);
        AppendEvent(buffer, site.EventId);
        Event = new Utf8Literal(buffer.Written);
        buffer.Clear();
        JsonText.Append(buffer, site.MessageTemplate);
        Template = new Utf8Literal(buffer.Written);
        buffer.Clear();

        var fields = new List<(int Argument, string[] Path)>();
        foreach (int field in site.Fields)
        {
            fields.Add((field, PathOf(site.Arguments[field].Name)));
        }

        var members = new List<JsonMember>(fields.Count);
        AppendMembers(buffer, members, fields, depth: 0);
        Members = [.. members];
        Tail = new Utf8Literal(buffer.Written);
    }

    /// <summary>Gets the call site.</summary>
    public CallSite Site { get; }

    /// <summary>Gets the event's identifier and name as members.</summary>
    public Utf8Literal Event { get; }

    /// <summary>Gets the message template, as the inside of a string.</summary>
    public Utf8Literal Template { get; }

    /// <summary>Gets the arguments as members of the properties; those of one object are adjacent.</summary>
    public JsonMember[] Members { get; }

    /// <summary>Gets what closes the objects that are open after the last member.</summary>
    public Utf8Literal Tail { get; }

    public static void AppendEvent(Utf8Buffer buffer, Microsoft.Extensions.Logging.EventId id)
    {
        buffer.Append(",\"event_id\":"u8);
        buffer.AppendFormatted(id.Id, default);
        if (!string.IsNullOrEmpty(id.Name))
        {
            buffer.Append(",\"event\":"u8);
            ArgumentJson.AppendString(buffer, id.Name);
        }
    }

    // A dot in a name opens a nested object; a name that begins or ends with a dot, or has two in a row, is a plain name.
    private static string[] PathOf(string name)
    {
        string[] path = name.Split('.');
        return Array.TrueForAll(path, static segment => segment.Length > 0) ? path : [name];
    }

    private static void AppendMembers(Utf8Buffer lead, List<JsonMember> members, List<(int Argument, string[] Path)> fields, int depth)
    {
        var taken = new HashSet<string>();
        for (int i = 0; i < fields.Count; i++)
        {
            if (i > 0)
            {
                lead.Append((byte)',');
            }

            (int argument, string[] path) = fields[i];
            ArgumentJson.AppendString(lead, NameOf(path[depth], taken, fields, depth));
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

    // No object has two members with one name: a reader would see only one of them. An object and a value may share one, and values of several parameters.
    private static string NameOf(string name, HashSet<string> taken, List<(int Argument, string[] Path)> fields, int depth)
    {
        string unique = name;
        for (int number = 2; (number > 2 && fields.Exists(field => field.Path[depth] == unique)) || !taken.Add(unique); number++)
        {
            unique = string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{name}_{number}");
        }

        return unique;
    }
}
