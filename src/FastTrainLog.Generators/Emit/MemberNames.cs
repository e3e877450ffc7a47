using FastTrainLog.Generators.Models;

namespace FastTrainLog.Generators.Emit;

/// <summary>The names of a method's generated types and locals: none conflicts with a user's name.</summary>
/// <param name="Sites">The class of the call sites of its type.</param>
/// <param name="SiteField">The field of its call site there.</param>
/// <param name="State">The struct of the state, without type arguments.</param>
/// <param name="Record">The local of the record's writer.</param>
/// <param name="Direct">The local of the library's own logger.</param>
/// <param name="Partial">The local that indicates a call of which not all values can be read.</param>
/// <param name="Failure">The local of the exception that a value's property threw.</param>
/// <param name="Suffix">The ending of the other locals.</param>
internal sealed record MemberNames(string Sites, string SiteField, string State, string Record, string Direct, string Partial, string Failure, string Suffix)
{
    /// <summary>Gets the expression of the bits of its call site.</summary>
    public string Site => $"{Sites}.{SiteField}";

    /// <summary>Gets the field that decides which calls are logged, beside that of the call site.</summary>
    public string GateField => SiteField + "Gate";

    /// <summary>Chooses the names of a method.</summary>
    /// <param name="method">The method.</param>
    /// <param name="sites">The class of the call sites of its type.</param>
    /// <param name="unique">A name that no other method of its type has.</param>
    public static MemberNames Of(MethodModel method, string sites, string unique)
    {
        var taken = new HashSet<string>(method.Arguments.Select(static a => a.Parameter.TrimStart('@')).Concat(method.Parameters));

        // The common case keeps the plain names; if a parameter has one of them, all are changed.
        string suffix = string.Empty;
        while (taken.Any(t => IsLocal(method, t, suffix)) || IsRecord(method.Logger.Expression, suffix))
        {
            suffix += "_";
        }

        return new MemberNames(sites, "__" + unique, $"__{unique}State", "record" + suffix, "direct" + suffix, "partial" + suffix, "failure" + suffix, suffix);
    }

    /// <summary>Returns the local that holds an argument created at the call.</summary>
    public string Made(ArgumentModel argument) => argument.Parameter.TrimStart('@') + "Value" + Suffix;

    /// <summary>Returns the local that holds the redacted text of an argument.</summary>
    public string Redacted(ArgumentModel argument) => argument.Parameter.TrimStart('@') + "Redacted" + Suffix;

    /// <summary>Returns the expression of an argument in the method's body.</summary>
    public string Read(ArgumentModel argument) =>
        argument.Classification is not null ? $"{Redacted(argument)}.Written" : argument.IsRead ? Made(argument) : argument.Source;

    // The logger and the level are parameters of the method that writes the record, so their own names may be the same.
    private static bool IsLocal(MethodModel method, string name, string suffix) =>
        IsRecord(name, suffix)
        || (name == "logger" + suffix && method.Kept.Any(a => a.Parameter.TrimStart('@') == name))
        || (name == "level" + suffix && method.Kept.Any(a => a.Parameter.TrimStart('@') == name))
        || name.EndsWith("Value" + suffix, StringComparison.Ordinal) && method.Arguments.Any(static a => a.IsMade)
        || name.EndsWith("Redacted" + suffix, StringComparison.Ordinal)
        || name.TrimEnd('0', '1', '2', '3', '4', '5', '6', '7', '8', '9').EndsWith("Text" + suffix, StringComparison.Ordinal)
        || name.EndsWith("Capture" + suffix, StringComparison.Ordinal);

    private static bool IsRecord(string name, string suffix) => name == "record" + suffix || name == "direct" + suffix || name == "partial" + suffix || name == "failure" + suffix;
}
