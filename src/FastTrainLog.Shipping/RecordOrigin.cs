using System.Globalization;
using System.IO.Hashing;
using System.Text;
using FastTrainLog.Reading;
using Microsoft.Extensions.Logging;

namespace FastTrainLog.Shipping;

/// <summary>What many records have in common, and targets sort and label them by: it is read with the record and kept once.</summary>
/// <param name="Level">The level; <see cref="LogLevel.None"/> if the name is unknown.</param>
/// <param name="Category">The name of the logger.</param>
/// <param name="Run">The run's identifier; null outside of runs.</param>
/// <param name="Rank">The rank; 0 outside of runs.</param>
internal sealed record RecordOrigin(LogLevel Level, string Category, string? Run, long Rank)
{
    /// <summary>The most bytes of <see cref="IdBeginning"/>: the run, the rank, and a dash after each.</summary>
    public const int LongestIdBeginning = LongestRun + 22;

    private const int LongestRun = 128;

    /// <summary>Gets the name of the level, as it is in files.</summary>
    public string LevelName { get; } = StoredLevels.Name(Level);

    /// <summary>Gets the beginning of the identities of its records, in ASCII.</summary>
    /// <remarks>Not an array: as a part of a record it would be compared by reference, and no origin would be equal to another.</remarks>
    public string IdBeginning { get; } = IdBeginningOf(Run, Rank);

    private static string IdBeginningOf(string? run, long rank)
    {
        string name = Uri.EscapeDataString(run ?? "-");
        name = name.Length <= LongestRun ? name : XxHash3.HashToUInt64(Encoding.UTF8.GetBytes(name)).ToString("x16", CultureInfo.InvariantCulture);
        return string.Create(CultureInfo.InvariantCulture, $"{name}-{rank}-");
    }
}
