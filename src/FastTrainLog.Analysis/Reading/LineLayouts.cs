namespace FastTrainLog.Reading;

/// <summary>The layouts of the latest lines, the last used one first. Not thread-safe.</summary>
internal sealed class LineLayouts
{
    // Lines of other layouts are recognised by their first names, so a few too many cost little.
    private const int Most = 16;

    private readonly List<LineLayout> _layouts = [];

    /// <summary>Gets how many there are.</summary>
    public int Count => _layouts.Count;

    /// <summary>Gets one of them.</summary>
    public LineLayout this[int index] => _layouts[index];

    /// <summary>Notes that a layout was used.</summary>
    public void Use(int index)
    {
        if (index > 0)
        {
            LineLayout used = _layouts[index];
            _layouts.RemoveAt(index);
            _layouts.Insert(0, used);
        }
    }

    /// <summary>Adds a layout, instead of the one that was not used for the longest time.</summary>
    public void Add(LineLayout layout)
    {
        if (_layouts.Count == Most)
        {
            _layouts.RemoveAt(Most - 1);
        }

        _layouts.Insert(0, layout);
    }
}
