using System.Globalization;
using System.Text.Json;

namespace FastTrainLog.Shipping.Tests.Receivers;

/// <summary>The rules of Loki's push interface, as its documents have them: an entry that equals another of its stream and time is ignored, one too far behind the latest of its stream is refused, and the others of the request are taken.</summary>
internal sealed class LokiRules(int mostOfLine = int.MaxValue)
{
    private static readonly TimeSpan Behind = TimeSpan.FromHours(1);

    private readonly HashSet<(string, long, string)> _known = [];
    private int _count;

    /// <summary>Gets how many entries there are; any thread may ask.</summary>
    public int Count => Volatile.Read(ref _count);

    public Dictionary<string, List<(long Time, string Line)>> Streams { get; } = [];

    public (int Status, byte[] Body) Push(Received request)
    {
        if (request.Path != "/loki/api/v1/push")
        {
            return Receiver.Reply(404);
        }

        var refused = new List<string>();
        using JsonDocument body = JsonDocument.Parse(request.Body);
        foreach (JsonElement pushed in body.RootElement.GetProperty("streams").EnumerateArray())
        {
            string labels = string.Join(',', pushed.GetProperty("stream").EnumerateObject().OrderBy(static label => label.Name, StringComparer.Ordinal).Select(static label => $"{label.Name}={label.Value.GetString()}"));
            if (!Streams.TryGetValue(labels, out List<(long Time, string Line)>? stream))
            {
                Streams.Add(labels, stream = []);
            }

            long latest = stream.Count == 0 ? long.MinValue : stream.Max(static entry => entry.Time);
            foreach (JsonElement value in pushed.GetProperty("values").EnumerateArray())
            {
                (long time, string line) = (long.Parse(value[0].GetString()!, CultureInfo.InvariantCulture), value[1].GetString()!);
                if (line.Length > mostOfLine)
                {
                    refused.Add("max entry size exceeded");
                }
                else if (latest != long.MinValue && time < latest - (long)Behind.TotalNanoseconds)
                {
                    refused.Add("entry too far behind");
                }
                else if (_known.Add((labels, time, line)))
                {
                    stream.Add((time, line));
                    Volatile.Write(ref _count, _count + 1);
                    latest = Math.Max(latest, time);
                }
            }
        }

        return refused.Count == 0 ? Receiver.Reply(204) : Receiver.Reply(400, string.Join("; ", refused.Take(10)));
    }
}
