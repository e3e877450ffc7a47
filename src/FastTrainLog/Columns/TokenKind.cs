namespace FastTrainLog.Columns;

/// <summary>How the tokens of a column are stored; the numbers are those in files.</summary>
internal enum TokenKind : byte
{
    /// <summary>All are the same: one text.</summary>
    Same = 0,

    /// <summary>Texts.</summary>
    Text = 1,

    /// <summary>Numbers with the same count of decimals, as integers.</summary>
    Fixed = 2,

    /// <summary>Numbers with up to a count of decimals, without zeros at their end, as integers.</summary>
    Trimmed = 3,

    /// <summary>The shortest text of 64-bit floating-point numbers that are 32-bit ones, as these.</summary>
    Single = 4,

    /// <summary>The shortest text of 64-bit floating-point numbers.</summary>
    Double = 5,

    /// <summary>Times in UTC to 100 ns, as ticks.</summary>
    Time = 6,

    /// <summary>Durations in .NET's constant form, as ticks.</summary>
    Duration = 7,

    /// <summary>The same texts as another column.</summary>
    Copy = 8,

    /// <summary>The numbers of another column with a count of decimals.</summary>
    RoundedFixed = 9,

    /// <summary>The numbers of another column with a count of significant digits.</summary>
    RoundedGeneral = 10,

    /// <summary>The numbers of another column with an exponent and a count of decimals.</summary>
    RoundedScientific = 11,

    /// <summary>The durations of another column in .NET's general short form.</summary>
    ShortDuration = 12,

    /// <summary>A constant divided by the numbers of another column, as the shortest text: a rate, whose duration is logged too.</summary>
    Quotient = 13,
}
