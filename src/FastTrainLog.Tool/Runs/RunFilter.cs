using System.CommandLine;
using System.Globalization;
using System.Text.RegularExpressions;

namespace FastTrainLog.Tool.Runs;

/// <summary>A condition on runs: <c>state=failed</c>, <c>loss&lt;0.5</c>, <c>name~sweep</c>, <c>tags~baseline</c>, <c>config.depth&gt;=12</c>.</summary>
internal sealed partial class RunFilter
{
    private readonly string _column;
    private readonly string _operator;
    private readonly string _value;

    private RunFilter(string column, string @operator, string value) => (_column, _operator, _value) = (column, @operator, value);

    /// <summary>Creates the option for conditions.</summary>
    public static Option<string[]> CreateOption() => new("--where")
    {
        Description = "Only runs for which a condition holds: a column, one of = != < <= > >= ~, a value. May be given several times.",
        HelpName = "CONDITION",
    };

    /// <summary>Returns the runs that meet all conditions.</summary>
    /// <exception cref="ToolException">A condition is invalid.</exception>
    public static List<FoundRun> ApplyAll(string[]? conditions, List<FoundRun> runs) => (conditions ?? []).Select(Parse).Aggregate(runs, (left, filter) => filter.Apply(left));

    /// <summary>Parses a condition.</summary>
    /// <exception cref="ToolException">It is invalid.</exception>
    public static RunFilter Parse(string text) => Condition().Match(text) is { Success: true } match
        ? new RunFilter(match.Groups["column"].Value, match.Groups["operator"].Value, match.Groups["value"].Value.Trim())
        : throw new ToolException($"'{text}' is no condition: write a column, one of = != < <= > >= ~ and a value, such as state=completed, 'loss<0.5' or name~sweep.");

    /// <summary>Returns the runs that meet it.</summary>
    public List<FoundRun> Apply(List<FoundRun> runs)
    {
        RunColumn column = RunColumn.Find(_column, runs);
        return runs.FindAll(run => Holds(column.Value(run)));
    }

    private bool Holds(IComparable? value)
    {
        if (_operator == "~")
        {
            return value?.ToString()?.Contains(_value, StringComparison.OrdinalIgnoreCase) == true;
        }

        if (value is null)
        {
            return _operator == "!=";
        }

        int order = RunColumn.Compare(value, Given(value));
        return _operator switch
        {
            "=" => order == 0,
            "!=" => order != 0,
            "<" => order < 0,
            "<=" => order <= 0,
            ">" => order > 0,
            _ => order >= 0,
        };
    }

    // The operand, converted to the type of the value that it is compared with.
    private IComparable Given(IComparable value) => value switch
    {
        DateTime when DateTime.TryParse(_value, CultureInfo.InvariantCulture, DateTimeStyles.AdjustToUniversal | DateTimeStyles.AssumeLocal, out DateTime time) => time,
        TimeSpan when double.TryParse(_value, NumberStyles.Float, CultureInfo.InvariantCulture, out double seconds) => TimeSpan.FromSeconds(seconds),
        TimeSpan when TimeSpan.TryParse(_value, CultureInfo.InvariantCulture, out TimeSpan span) => span,
        _ => _value,
    };

    [GeneratedRegex(@"^\s*(?<column>[^=!<>~\s]+)\s*(?<operator>!=|<=|>=|=|<|>|~)(?<value>.*)$", RegexOptions.Singleline)]
    private static partial Regex Condition();
}
