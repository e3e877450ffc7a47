using System.Globalization;
using System.Text.Json.Serialization;

namespace FastTrainLog.Control;

/// <summary>A command to a run that is in progress, see <see cref="ControlledRun"/>.</summary>
public sealed record ControlCommand
{
    /// <summary>The most characters of a note, of a value's name, and of <see cref="Source"/>.</summary>
    public const int MostCharacters = 2000;

    private const string SetAction = "set";
    private const string UnsetAction = "unset";
    private const string NoteAction = "note";

    /// <summary>The words that <see cref="Action"/> can be.</summary>
    internal static readonly IReadOnlyList<string> Actions = ["pause", "resume", "stop", "checkpoint", SetAction, UnsetAction, NoteAction, "status"];

    /// <summary>Gets the command: <c>pause</c>, <c>resume</c>, <c>stop</c>, <c>checkpoint</c>, <c>set</c>, <c>unset</c>, <c>note</c> or <c>status</c>.</summary>
    [JsonInclude]
    public string Action { get; internal init; } = string.Empty;

    /// <summary>Gets the name of the value that is set or unset; null for other commands.</summary>
    [JsonInclude]
    public string? Name { get; internal init; }

    /// <summary>Gets the number that the value is set to; null for other commands.</summary>
    [JsonInclude]
    public double? Value { get; internal init; }

    /// <summary>Gets the text of a note; null for other commands.</summary>
    [JsonInclude]
    public string? Text { get; internal init; }

    /// <summary>Gets what the command comes through, for the log, such as <c>dashboard</c>; null for nothing worth saying. The log has the sender's user and process in any case.</summary>
    public string? Source { get; init; }

    /// <summary>Gets the command to wait before the next step, until <see cref="Resume"/>.</summary>
    public static ControlCommand Pause { get; } = new() { Action = "pause" };

    /// <summary>Gets the command to end a pause.</summary>
    public static ControlCommand Resume { get; } = new() { Action = "resume" };

    /// <summary>Gets the command to end the run after the step that it is in.</summary>
    public static ControlCommand Stop { get; } = new() { Action = "stop" };

    /// <summary>Gets the command to save a checkpoint after the step that it is in, also while paused.</summary>
    public static ControlCommand Checkpoint { get; } = new() { Action = "checkpoint" };

    /// <summary>Gets the command that changes nothing, and is not logged: its answer has the state of the run, as that of every command.</summary>
    public static ControlCommand Status { get; } = new() { Action = "status" };

    /// <summary>Returns the command to use a number in place of the program's own, from its next step on.</summary>
    /// <param name="name">The name of the value, which the program chose.</param>
    /// <param name="value">The number; finite.</param>
    /// <exception cref="ArgumentException">The name is empty or has more than <see cref="MostCharacters"/> characters, or the number is not finite.</exception>
    public static ControlCommand Set(string name, double value) => Checked(new() { Action = SetAction, Name = name, Value = value });

    /// <summary>Returns the command to use the program's own number again.</summary>
    /// <param name="name">The name of the value.</param>
    /// <exception cref="ArgumentException">The name is empty or has more than <see cref="MostCharacters"/> characters.</exception>
    public static ControlCommand Unset(string name) => Checked(new() { Action = UnsetAction, Name = name });

    /// <summary>Returns the command to write a note into the log.</summary>
    /// <param name="text">The note.</param>
    /// <exception cref="ArgumentException">The note is empty or has more than <see cref="MostCharacters"/> characters.</exception>
    public static ControlCommand Note(string text) => Checked(new() { Action = NoteAction, Text = text });

    /// <summary>Returns a command that has no more than its word.</summary>
    internal static ControlCommand Of(string action) => new() { Action = action };

    /// <summary>Returns what is wrong with a command; null for nothing.</summary>
    internal string? Problem()
    {
        // A frame may lack it.
        if (string.IsNullOrEmpty(Action))
        {
            return $"the command is missing; the commands are {string.Join(", ", Actions)}";
        }

        if (!Actions.Contains(Action))
        {
            return $"there is no command '{Cut(Action)}'; the commands are {string.Join(", ", Actions)}";
        }

        bool isOfValue = Action is SetAction or UnsetAction;
        return (isOfValue ? ProblemOf("the name of the value", Name) : null)
            ?? (Action == NoteAction ? ProblemOf("the note", Text) : null)
            ?? (Source is { Length: > MostCharacters } ? TooLong("the source", Source.Length) : null)
            ?? (Action == SetAction && Value is not { } value ? "the number is missing"
                : Action == SetAction && !double.IsFinite(Value!.Value) ? string.Create(CultureInfo.InvariantCulture, $"the number is {Value}, but must be finite")
                : null);
    }

    private static ControlCommand Checked(ControlCommand command) =>
        command.Problem() is { } problem ? throw new ArgumentException($"The command '{command.Action}' cannot be sent: {problem}.") : command;

    private static string? ProblemOf(string what, string? text) => string.IsNullOrWhiteSpace(text) ? $"{what} is missing" : text.Length > MostCharacters ? TooLong(what, text.Length) : null;

    private static string TooLong(string what, int length) => string.Create(CultureInfo.InvariantCulture, $"{what} has {length} characters, but may have at most {MostCharacters}");

    private static string Cut(string text) => text.Length > 40 ? text[..40] + "…" : text;
}
