namespace FastTrainLog.Indexing;

/// <summary>Which non-finite values a section of a series contains.</summary>
[Flags]
public enum NonFiniteKinds
{
    /// <summary>All its values are finite.</summary>
    None = 0,

    /// <summary>At least one is NaN.</summary>
    NaN = 1,

    /// <summary>At least one is positive infinity.</summary>
    PositiveInfinity = 2,

    /// <summary>At least one is negative infinity.</summary>
    NegativeInfinity = 4,
}
