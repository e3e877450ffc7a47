using System.Globalization;
using FastTrainLog.Analysis.Reports;

namespace FastTrainLog.Tool.Runs;

/// <summary>A column by which runs are shown, sorted and filtered: a number or a text of each.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Head">Its header in a table, in the form that <see cref="Rendering.FigureTable"/> requires.</param>
/// <param name="Value">Its value: a number, a time, a time span or a text; null if the run has none.</param>
internal sealed record RunColumn(string Name, string Head, Func<FoundRun, IComparable?> Value)
{
    private const string ConfigurationLead = "config.";

    // What differs between runs is told before when and where they ran.
    private static readonly string[] Last = ["started", "tags", "directory"];

    /// <summary>Gets the columns that every run has.</summary>
    public static IReadOnlyList<RunColumn> All { get; } =
    [
        new("run", "run", run => run.Figures.Name),
        new("state", "state", run => run.Figures.Outcome),
        new("name", "name", run => run.Figures.Title),
        new("group", "group", run => run.Figures.Group),
        new("model", "model", run => run.Figures.Model),
        new("ranks", "#ranks", run => run.Figures.WorldSize > 1 ? (long)run.Figures.WorldSize : null),
        new("steps", "#steps", run => run.Figures.Steps),
        new("loss", "#loss", run => run.Figures.FinalLoss ?? run.Figures.LastLoss),
        new("best", "#best", run => run.Figures.Best),
        new("duration", "#duration", run => TimeSpan.FromSeconds(run.Figures.DurationSeconds)),
        new("started", "started", run => run.Figures.Started),
        new("tags", "tags", run => run.Figures.Tags.Count == 0 ? null : string.Join(", ", run.Figures.Tags)),
        new("directory", "directory", run => run.Directory),
    ];

    /// <summary>Finds a column by its name; one of the configuration by <c>config.NAME</c>, or its name alone.</summary>
    /// <exception cref="ToolException">There is none.</exception>
    public static RunColumn Find(string name, IReadOnlyList<FoundRun> runs)
    {
        if (All.FirstOrDefault(column => column.Name.Equals(name, StringComparison.OrdinalIgnoreCase)) is { } column)
        {
            return column;
        }

        string key = name.StartsWith(ConfigurationLead, StringComparison.OrdinalIgnoreCase) ? name[ConfigurationLead.Length..] : name;
        string? known = runs.SelectMany(run => run.Figures.Configuration.Keys).FirstOrDefault(k => k.Equals(name, StringComparison.OrdinalIgnoreCase) || k.Equals(key, StringComparison.OrdinalIgnoreCase));
        // Without runs, the name cannot be checked.
        return known is not null || runs.Count == 0 ? OfConfiguration(known ?? key) : throw new ToolException(
            $"No run has '{name}': use one of {string.Join(", ", All.Select(c => c.Name))}, or a value of the configuration, such as {ConfigurationLead}{runs.SelectMany(run => run.Figures.Configuration.Keys).FirstOrDefault() ?? "learning_rate"}.");
    }

    /// <summary>Returns the columns of a table of runs: those that have a value, and what differs in their configuration.</summary>
    public static IReadOnlyList<RunColumn> Shown(IReadOnlyList<FoundRun> runs)
    {
        ILookup<bool, RunColumn> columns = All.Where(column => runs.Any(run => column.Value(run) is not null)).ToLookup(column => Last.Contains(column.Name));
        return [.. columns[false], .. Differing(runs), .. columns[true]];
    }

    /// <summary>Returns the columns of configuration values that are not the same in all runs.</summary>
    public static IReadOnlyList<RunColumn> Differing(IReadOnlyList<FoundRun> runs) =>
    [
        .. runs.SelectMany(run => run.Figures.Configuration.Keys).Distinct()
            .Where(key => !IsShownAnyway(key) && runs.Select(run => run.Figures.Configuration.GetValueOrDefault(key)).Distinct().Count() > 1)
            .Order(StringComparer.Ordinal).Select(OfConfiguration),
    ];

    /// <summary>Returns the value of a run as shown in a table.</summary>
    public string Show(FoundRun run) => Value(run) switch
    {
        null => "-",
        double number => number.ToString("G6", CultureInfo.InvariantCulture),
        long count => FigureText.Count(count),
        TimeSpan time => time.ToString(time.TotalDays < 1 ? @"h\:mm\:ss" : @"d\.hh\:mm\:ss", CultureInfo.InvariantCulture),
        DateTime time => time.ToLocalTime().ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture),
        IComparable other => other.ToString() ?? string.Empty,
    };

    /// <summary>Compares two values: numbers as numbers; missing values and non-numbers are last.</summary>
    public static int Compare(IComparable? left, IComparable? right) => (IsMissing(left), IsMissing(right)) switch
    {
        (true, true) => 0,
        (true, false) => 1,
        (false, true) => -1,
        // Seeds and the like have more digits than a floating-point number.
        _ when Integer(left) is { } l && Integer(right) is { } r => l.CompareTo(r),
        _ when Number(left) is { } l && Number(right) is { } r => l.CompareTo(r),
        _ when left!.GetType() == right!.GetType() && left is not string => left.CompareTo(right),
        _ => string.Compare(left!.ToString(), right!.ToString(), StringComparison.OrdinalIgnoreCase),
    };

    /// <summary>Returns a value as a number; null if it is not one.</summary>
    public static double? Number(IComparable? value) => value switch
    {
        double number => number,
        long count => count,
        TimeSpan time => time.TotalSeconds,
        string text when double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out double number) => number,
        _ => null,
    };

    private static Int128? Integer(IComparable? value) => value switch
    {
        long count => count,
        string text when Int128.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out Int128 number) => number,
        _ => null,
    };

    private static bool IsMissing(IComparable? value) => value is null or double.NaN;

    private static RunColumn OfConfiguration(string key) => new(ConfigurationLead + key, key, run => run.Figures.Configuration.GetValueOrDefault(key));

    // These have their own columns, or differ in every run.
    private static bool IsShownAnyway(string key) => key is "Model" or "Group" or "Tags" or "command_line" or "TotalSteps" || key.StartsWith("environment.", StringComparison.Ordinal);
}
