using System.Buffers;
using System.Security.Cryptography;
using System.Text;
using FastTrainLog.Analysis.Collecting;

namespace FastTrainLog.Shipping.TensorBoard;

/// <summary>Assigns each run its own directory in the output directory: the run's identifier, and for a rank its number below that.</summary>
/// <remarks>
/// An identifier that is long, or not a valid file name on every system, is shortened to its valid characters plus a part of its hash, so that it
/// stays in the output directory, is unique, and is the same at the next export.
/// </remarks>
internal sealed class RunDirectories
{
    private const int LongestName = 100;

    // What Windows forbids and every system's separator; brackets and similar characters are valid everywhere.
    private static readonly SearchValues<char> Forbidden = SearchValues.Create("/\\:*?\"<>|");

    // File systems of Windows and macOS do not distinguish cases.
    private readonly Dictionary<string, string> _owners = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>Returns the run's directory, relative to the output's.</summary>
    public string Of(RunName run)
    {
        string id = run.Id!;
        string name = SafeName(id);
        if (name != id || (_owners.TryGetValue(name, out string? owner) && owner != id))
        {
            name = $"{name}-{Hash(id)}";
        }

        _owners[name] = id;
        return run.Rank is { } rank ? Path.Combine(name, rank.ToString(System.Globalization.CultureInfo.InvariantCulture)) : name;
    }

    private static string SafeName(string id)
    {
        var name = new StringBuilder();
        foreach (Rune rune in id.EnumerateRunes())
        {
            bool isSafe = !Rune.IsControl(rune) && !(rune.IsBmp && Forbidden.Contains((char)rune.Value)) && rune != Rune.ReplacementChar;
            string text = isSafe ? rune.ToString() : "_";
            if (Encoding.UTF8.GetByteCount(name.ToString()) + Encoding.UTF8.GetByteCount(text) > LongestName)
            {
                break;
            }

            name.Append(text);
        }

        // Hidden files, and dots and spaces that Windows drops.
        string trimmed = name.ToString().TrimStart('.').TrimEnd('.', ' ');
        return trimmed.Length == 0 || IsDevice(trimmed) ? "run_" + trimmed : trimmed;
    }

    private static bool IsDevice(string name) => name.Split('.')[0].Trim().ToUpperInvariant() is "CON" or "PRN" or "AUX" or "NUL"
        or ['C', 'O', 'M', >= '0' and <= '9'] or ['L', 'P', 'T', >= '0' and <= '9'];

    private static string Hash(string id) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(id)).AsSpan(0, 4));
}
