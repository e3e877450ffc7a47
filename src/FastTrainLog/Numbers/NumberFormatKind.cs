namespace FastTrainLog.Numbers;

/// <summary>The families of number formats that are written without the framework.</summary>
internal enum NumberFormatKind : byte
{
    /// <summary>No format, <c>R</c> or <c>G</c>: the shortest text that reads back as the same number.</summary>
    Shortest,

    /// <summary><c>F0</c> to <c>F9</c>: a count of decimals.</summary>
    Fixed,

    /// <summary><c>E0</c> to <c>E16</c>: a count of decimals and an exponent of three digits.</summary>
    Scientific,

    /// <summary><c>0.00e+00</c> with any count of decimals: an exponent of two digits, as in Python and C.</summary>
    ScientificPattern,

    /// <summary>Anything else: the framework writes it.</summary>
    Other,
}
