using System.Globalization;

namespace FastTrainLog.Tool.Directories;

/// <summary>A number of bytes as people write it on a command line.</summary>
internal static class ByteSize
{
    /// <summary>What may be written, for messages.</summary>
    public const string Forms = "a number of bytes with a unit, such as 500MB (1000 x 1000 bytes), 10MiB or 10M (1024 x 1024), 2GiB, or without one";

    private static readonly (string Unit, long Bytes)[] Units =
    [
        ("KiB", 1L << 10), ("MiB", 1L << 20), ("GiB", 1L << 30), ("TiB", 1L << 40),
        ("KB", 1_000), ("MB", 1_000_000), ("GB", 1_000_000_000), ("TB", 1_000_000_000_000),
        ("K", 1L << 10), ("M", 1L << 20), ("G", 1L << 30), ("T", 1L << 40),
        ("B", 1), (string.Empty, 1),
    ];

    /// <summary>Reads a size, its units as GNU's coreutils read them.</summary>
    /// <returns>Whether it is one.</returns>
    public static bool TryParse(string text, out long bytes)
    {
        ReadOnlySpan<char> all = text.AsSpan().Trim();
        int digits = all.LastIndexOfAnyInRange('0', '9') + 1;
        ReadOnlySpan<char> unit = all[digits..].Trim();
        bytes = 0;
        foreach ((string name, long factor) in Units)
        {
            if (unit.Equals(name, StringComparison.OrdinalIgnoreCase))
            {
                if (!decimal.TryParse(all[..digits], NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out decimal number) || number > long.MaxValue / factor)
                {
                    return false;
                }

                bytes = (long)(number * factor);
                return true;
            }
        }

        return false;
    }
}
