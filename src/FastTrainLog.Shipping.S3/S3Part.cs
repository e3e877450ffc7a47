namespace FastTrainLog.Shipping;

/// <summary>An object with records.</summary>
/// <param name="Log">The number of the log in its directory.</param>
/// <param name="Number">Its number among those of the log, from 1.</param>
/// <param name="Bytes">Its length.</param>
/// <param name="Sha256">The checksum of its content, in hexadecimal digits.</param>
/// <param name="Records">The number of records.</param>
internal sealed record S3Part(int Log, int Number, long Bytes, string Sha256, long Records)
{
    /// <summary>Gets the objects with the rows of its lines.</summary>
    public IReadOnlyList<S3Rows> Rows { get; init; } = [];

    /// <summary>Gets where the runs are that its lines are of, after them.</summary>
    public IReadOnlyList<S3RunPlace> Runs { get; init; } = [];
}
