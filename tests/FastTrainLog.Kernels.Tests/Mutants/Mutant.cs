namespace FastTrainLog.Kernels.Tests.Mutants;

/// <summary>One small change to one line of the kernels' source.</summary>
/// <param name="File">The header or source file.</param>
/// <param name="Line">The line's number, from 0.</param>
/// <param name="Column">Where in the line the change begins.</param>
/// <param name="Original">What stands there.</param>
/// <param name="Replacement">What takes its place.</param>
/// <param name="Text">The line as it is.</param>
/// <param name="Ordinal">How many mutants up to this one look the same, file and changed line.</param>
internal sealed record Mutant(string File, int Line, int Column, string Original, string Replacement, string Text, int Ordinal = 1)
{
    /// <summary>Gets the changed line.</summary>
    public string Changed => string.Concat(Text.AsSpan(0, Column), Replacement, Text.AsSpan(Column + Original.Length));

    /// <summary>Gets the name by which a list of equivalent mutants knows it: file and changed line, and which one where several look the same.</summary>
    public string Key => $"{File}: {Changed.Trim()}{(Ordinal == 1 ? string.Empty : $" #{Ordinal}")}";

    public override string ToString() => $"{File}:{Line + 1}: {Changed.Trim()}";
}
