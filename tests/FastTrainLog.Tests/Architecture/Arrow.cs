namespace FastTrainLog.Tests.Architecture;

/// <summary>A place in one room's sources that names a type of another room.</summary>
/// <param name="From">The room whose code names the type.</param>
/// <param name="To">The room that the type is declared in.</param>
/// <param name="Type">The type.</param>
/// <param name="File">The file that names it, from the folder of the assembly.</param>
/// <param name="Line">The line, from 1.</param>
internal sealed record Arrow(string From, string To, string Type, string File, int Line)
{
    public override string ToString() => $"{File}:{Line} names {Type} of {To}";
}
