namespace FastTrainLog.Reading;

/// <summary>Whether the floating-point number of a value is known.</summary>
internal enum NumberState : byte
{
    /// <summary>It was not read yet.</summary>
    Unknown,

    /// <summary>It is known.</summary>
    Known,

    /// <summary>The value is no number.</summary>
    None,
}
