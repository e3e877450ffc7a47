namespace FastTrainLog.Shipping;

/// <summary>Makes further objects of those with lines: the same ones of the same lines each time.</summary>
internal interface IS3Derivation
{
    /// <summary>Makes them.</summary>
    /// <param name="lines">The content of the object with lines.</param>
    /// <param name="name">What is in the names of its objects and of no other's.</param>
    /// <param name="before">Where the runs were before these lines.</param>
    /// <param name="later">A run that goes back to a step after these lines: only its rows are made, without those that are superseded by that. Null for the rows of all.</param>
    S3Derived Make(byte[] lines, string name, IReadOnlyDictionary<string, S3RunPlace> before, (string Run, long Step)? later);
}
