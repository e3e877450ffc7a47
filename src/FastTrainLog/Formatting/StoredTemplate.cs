using FastTrainLog.Records;

namespace FastTrainLog.Formatting;

/// <summary>A message template in a JSON line: each placeholder refers to a property by its name in the line.</summary>
internal sealed class StoredTemplate
{
    private readonly int[] _guesses;

    public StoredTemplate(string text)
    {
        var names = new List<string>();
        Parts = MessageTemplate.ParseOpen(text, names).Parts;
        Paths = [.. names.Select(static name => name.Split('.'))];
        _guesses = new int[names.Count];
    }

    /// <summary>Gets the template's parts; the arguments of its placeholders are indexes of <see cref="Paths"/>.</summary>
    public TemplatePart[] Parts { get; }

    /// <summary>Gets the properties of the placeholders, each as a path.</summary>
    public string[][] Paths { get; }

    /// <summary>Gets the index of a property in the previous line.</summary>
    public ref int GuessOf(int argument) => ref _guesses[argument];
}
