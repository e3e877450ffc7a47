using FastTrainLog.State;

namespace FastTrainLog.Analysis.Collecting;

/// <summary>The largest anomalies of each kind, and the total number of each.</summary>
internal sealed class AnomalyList
{
    public const int MostOfAKind = 100;

    private readonly SortedDictionary<string, long> _counts = new(AnomalyRules.InWords.Keys.ToDictionary(kind => kind, _ => 0L), StringComparer.Ordinal);
    private readonly Dictionary<string, PriorityQueue<Anomaly, double>> _largest = [];

    public void Add(Anomaly anomaly)
    {
        _counts[anomaly.Kind]++;
        if (!_largest.TryGetValue(anomaly.Kind, out PriorityQueue<Anomaly, double>? queue))
        {
            _largest.Add(anomaly.Kind, queue = new PriorityQueue<Anomaly, double>());
        }

        queue.Enqueue(anomaly, anomaly.Size);
        if (queue.Count > MostOfAKind)
        {
            queue.Dequeue();
        }
    }

    public static Anomaly Carry(StateCodec codec, Anomaly? anomaly) => new(
        codec.Text(anomaly?.Kind),
        codec.Value(anomaly?.Step ?? 0),
        codec.Value(anomaly?.LastStep ?? 0),
        codec.Value(anomaly?.Time ?? default),
        codec.Value(anomaly?.Size ?? 0.0),
        codec.Text(anomaly?.Description));

    public void Carry(StateCodec codec)
    {
        codec.Dictionary(_counts, codec.Text, (_, count) => codec.Value(count));
        codec.Dictionary(_largest, codec.Text, (_, queue) =>
        {
            List<Anomaly> anomalies = [.. queue?.UnorderedItems.Select(item => item.Element) ?? []];
            codec.List(anomalies, anomaly => Carry(codec, anomaly));
            return new PriorityQueue<Anomaly, double>(anomalies.Select(anomaly => (anomaly, anomaly.Size)));
        });
    }

    public AnomalyFigures ToFigures() => new(
        _counts,
        [.. _largest.Values.SelectMany(queue => queue.UnorderedItems).Select(item => item.Element).OrderBy(anomaly => anomaly.Time).ThenBy(anomaly => anomaly.Step)],
        AnomalyRules.InWords);
}
