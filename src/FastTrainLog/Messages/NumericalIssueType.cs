namespace FastTrainLog.Training;

/// <summary>The kinds of numerical issues.</summary>
public enum NumericalIssueType
{
    /// <summary>Values that are not a number.</summary>
    NaN,

    /// <summary>Infinite values.</summary>
    Infinity,

    /// <summary>Values beyond the range of their type, such as above 65,504 in float16.</summary>
    Overflow,

    /// <summary>Values that vanished into zero.</summary>
    Underflow,

    /// <summary>Gradients that grow from step to step.</summary>
    Explosion,

    /// <summary>Gradients too small to learn from.</summary>
    Vanishing,

    /// <summary>A single value far off those before it.</summary>
    Spike,
}
