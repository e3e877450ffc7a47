using FastTrainLog.Generators.Models;

namespace FastTrainLog.Generators.Emit;

/// <summary>The names that a method's generated types and locals get: none meets a name of the user's.</summary>
/// <param name="Site">The class of the call site.</param>
/// <param name="State">The struct of the state, without type arguments.</param>
/// <param name="Record">The local of the record's writer.</param>
/// <param name="Direct">The local of the library's own logger.</param>
/// <param name="Suffix">The ending of the other locals.</param>
internal sealed record MemberNames(string Site, string State, string Record, string Direct, string Suffix)
{
    /// <summary>Chooses the names of a method.</summary>
    /// <param name="method">The method.</param>
    /// <param name="overload">How many methods of the same name come before it in its type.</param>
    public static MemberNames Of(MethodModel method, int overload)
    {
        string unique = $"__{method.Name}{(overload == 0 ? string.Empty : $"_{overload}")}";
        var taken = new HashSet<string>(method.Arguments.Select(static a => a.Parameter.TrimStart('@')).Concat(method.Parameters));

        // The common case keeps the plain names; a parameter called like one of them moves all of them aside.
        string suffix = string.Empty;
        while (taken.Any(t => IsLocal(method, t, suffix)) || IsRecord(method.Logger.Expression, suffix))
        {
            suffix += "_";
        }

        return new MemberNames(unique + "Site", unique + "State", "record" + suffix, "direct" + suffix, suffix);
    }

    /// <summary>Returns the local that holds an argument made at the call.</summary>
    public string Made(ArgumentModel argument) => argument.Parameter.TrimStart('@') + "Value" + Suffix;

    /// <summary>Returns the local that holds the redacted text of an argument.</summary>
    public string Redacted(ArgumentModel argument) => argument.Parameter.TrimStart('@') + "Redacted" + Suffix;

    // The logger and the level are parameters of the method that writes the record, so their own names may be these.
    private static bool IsLocal(MethodModel method, string name, string suffix) =>
        IsRecord(name, suffix)
        || (name == "logger" + suffix && method.Kept.Any(a => a.Parameter.TrimStart('@') == name))
        || (name == "level" + suffix && method.Kept.Any(a => a.Parameter.TrimStart('@') == name))
        || name.EndsWith("Value" + suffix, StringComparison.Ordinal) && method.Arguments.Any(static a => a.IsMade)
        || name.EndsWith("Redacted" + suffix, StringComparison.Ordinal)
        || name.EndsWith("Text" + suffix, StringComparison.Ordinal)
        || name.EndsWith("Capture" + suffix, StringComparison.Ordinal);

    private static bool IsRecord(string name, string suffix) => name == "record" + suffix || name == "direct" + suffix;
}
