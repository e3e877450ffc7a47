using FastTrainLog.State;

namespace FastTrainLog.Analysis.Statistics;

/// <summary>A list of at most <see cref="Most"/> items: when it is full every second one is removed, and from then on only every second one is added.</summary>
internal sealed class ThinnedList<T>
{
    public const int Most = 1024;

    private readonly List<T> _kept = [];
    private long _stride = 1;

    public IReadOnlyList<T> Kept => _kept;

    public long Count { get; private set; }

    public void Add(T item)
    {
        if (Count++ % _stride != 0)
        {
            return;
        }

        if (_kept.Count == Most)
        {
            for (int i = 0; i < Most / 2; i++)
            {
                _kept[i] = _kept[2 * i];
            }

            _kept.RemoveRange(Most / 2, Most / 2);
            _stride *= 2;
        }

        _kept.Add(item);
    }

    public void Carry(StateCodec codec, Func<T?, T> item)
    {
        codec.List(_kept, item);
        codec.Value(ref _stride);
        Count = codec.Value(Count);
    }
}
