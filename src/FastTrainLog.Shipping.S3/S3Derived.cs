namespace FastTrainLog.Shipping;

/// <summary>What was made of the lines of an object.</summary>
/// <param name="Objects">The objects with their rows.</param>
/// <param name="Runs">Where the runs of the lines are after them.</param>
/// <param name="Returns">The runs that go back in the lines, and the lowest step that each goes back to: rows of it and of later ones are superseded if they are of lines before these.</param>
internal sealed record S3Derived(IReadOnlyList<(S3Rows Rows, byte[] Content)> Objects, IReadOnlyList<S3RunPlace> Runs, IReadOnlyList<(string Run, long Step)> Returns);
