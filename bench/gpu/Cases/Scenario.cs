namespace FastTrainLog.GpuBench.Cases;

/// <summary>What values the gradients of a case have.</summary>
internal enum Scenario
{
    /// <summary>Random values of both signs with zeros of both signs among them.</summary>
    Ordinary,

    /// <summary>The same value everywhere, which no float represents exactly: rounding errors add up instead of cancelling.</summary>
    Constant,

    /// <summary>NaN at the first, at the last and at a middle element of some tensors.</summary>
    NaN,

    /// <summary>Infinities of both signs at the edges of chunks.</summary>
    Infinity,

    /// <summary>NaN and infinities together.</summary>
    Both,

    /// <summary>Nothing but NaN in one tensor, nothing but infinities in another.</summary>
    Flooded,

    /// <summary>Finite values whose squares leave the type's range: 1e20, 3e38, for float64 1e200, for float16 its largest.</summary>
    Huge,

    /// <summary>Values whose squares vanish: 1e-30, denormals, for float64 1e-200.</summary>
    Tiny,

    /// <summary>Huge and tiny values side by side.</summary>
    Mixed,

    /// <summary>Zeros of both signs only.</summary>
    Zero,

    /// <summary>One element that is not zero in the last tensor.</summary>
    LonelyLast,

    /// <summary>Each element more than double the one before, over and over: the worst order for a compensated sum.</summary>
    Rising,

    /// <summary>Values on both sides of a border between the ways in which squares are summed, and on it.</summary>
    Borders,
}
