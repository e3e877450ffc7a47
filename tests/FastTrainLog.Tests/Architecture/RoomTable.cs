namespace FastTrainLog.Tests.Architecture;

/// <summary>The rooms of the library from the lowest up, and for each the rooms that its code may name: all of them above it in the table.</summary>
internal sealed class RoomTable
{
    private readonly List<string> _rooms = [];
    private readonly Dictionary<string, (int Line, HashSet<string> Named)> _rows = [];

    /// <summary>Reads a table: a line for each room, with those that it may name.</summary>
    /// <exception cref="InvalidDataException">A room may name one that does not stand above it.</exception>
    public RoomTable(string text)
    {
        string[] lines = text.TrimEnd().Split('\n');
        for (int i = 0; i < lines.Length; i++)
        {
            string[] parts = lines[i].Split([':', ' '], StringSplitOptions.RemoveEmptyEntries);
            HashSet<string> named = [.. parts.Skip(1).Where(static name => name != "-")];
            // So there is no circle.
            if (named.FirstOrDefault(name => !_rows.ContainsKey(name)) is { } unknown)
            {
                throw new InvalidDataException($"Line {i + 1} of the table of rooms lets {parts[0]} name {unknown}, which does not stand above it.");
            }

            _rooms.Add(parts[0]);
            _rows.Add(parts[0], (i + 1, named));
        }
    }

    /// <summary>Gets the rooms.</summary>
    public IReadOnlyList<string> Rooms => _rooms;

    /// <summary>Says what of a house is not as the table has it.</summary>
    public IEnumerable<string> Compare(House house)
    {
        foreach (string room in house.Lines.Keys.Where(room => !_rows.ContainsKey(room)))
        {
            yield return $"The room {room} is missing in the table.";
        }

        foreach (string room in _rooms.Where(room => !house.Lines.ContainsKey(room)))
        {
            yield return $"Line {_rows[room].Line} of the table: there is no room {room} any more.";
        }

        foreach (Arrow arrow in house.Arrows.Where(arrow => _rows.TryGetValue(arrow.From, out var row) && !row.Named.Contains(arrow.To)))
        {
            yield return $"{arrow}, which line {_rows[arrow.From].Line} of the table ({arrow.From}) does not allow. Move the type, or turn the dependency round; a new row is a change of the house.";
        }

        HashSet<(string, string)> drawn = [.. house.Arrows.Select(static arrow => (arrow.From, arrow.To))];
        foreach (string room in _rooms.Where(house.Lines.ContainsKey))
        {
            foreach (string named in _rows[room].Named.Where(named => !drawn.Contains((room, named))))
            {
                yield return $"Line {_rows[room].Line} of the table: {room} does not name {named} any more; take it out.";
            }
        }
    }
}
