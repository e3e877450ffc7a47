namespace FastTrainLog.Analysis.Collecting;

/// <summary>The largest anomalies of each kind, and how many there are in all.</summary>
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

    public AnomalyFigures ToFigures() => new(
        _counts,
        [.. _largest.Values.SelectMany(queue => queue.UnorderedItems).Select(item => item.Element).OrderBy(anomaly => anomaly.Time).ThenBy(anomaly => anomaly.Step)],
        AnomalyRules.InWords);
}
