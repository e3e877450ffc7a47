namespace FastTrainLog.Generators.Tests.Parity;

/// <summary>Code that logs, to be compiled once with each attribute; <c>[Log]</c> stands for the attribute.</summary>
/// <param name="Name">What it shows.</param>
/// <param name="Members">Members of a static partial class.</param>
/// <param name="Calls">Statements that log to <c>logger</c>.</param>
/// <param name="Own">The messages in FastTrainLog's own files, where they differ from the platform's: null always reads <c>(null)</c> there.</param>
/// <param name="Platform">The members for the platform's generator, where it refuses what ours takes.</param>
public sealed record ParityCase(string Name, string Members, string Calls, string[]? Own = null, string? Platform = null)
{
    public override string ToString() => Name;
}
