namespace FastTrainLog.Monitoring.Terminal;

/// <summary>Limits messages that are logged at every step, so that they do not scroll other output away: the first of each kind are shown, then one per interval with the number of those not shown.</summary>
internal sealed class RepeatLimit
{
    private const int First = 3;
    private const int MostKinds = 1000;

    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(5);

    private readonly Dictionary<(int Event, string Category, string Template), Kind> _kinds = [];

    /// <summary>Returns whether a record is shown, and the number of its kind not shown since the last one shown.</summary>
    public bool Admits(in LogRecord record, out long left)
    {
        var key = (record.EventId.Id, record.Category, record.MessageTemplate);
        if (!_kinds.TryGetValue(key, out Kind? kind))
        {
            if (_kinds.Count >= MostKinds)
            {
                _kinds.Clear();
            }

            _kinds.Add(key, kind = new Kind());
        }

        left = kind.Left;
        if (kind.Shown >= First && record.Timestamp - kind.Last < Interval)
        {
            kind.Left++;
            return false;
        }

        (kind.Last, kind.Left) = (record.Timestamp, 0);
        kind.Shown++;
        return true;
    }

    /// <summary>Returns the number of records neither shown nor counted by a later one of their kind, and resets all counts.</summary>
    public long TakeLeft()
    {
        long left = _kinds.Values.Sum(kind => kind.Left);
        _kinds.Clear();
        return left;
    }

    private sealed class Kind
    {
        public int Shown { get; set; }

        public long Left { get; set; }

        public DateTime Last { get; set; }
    }
}
