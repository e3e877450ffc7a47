using System.Text.Json;

namespace FastTrainLog.Benchmarks.Pipeline;

/// <summary>What every runner takes: <c>--quick</c>, <c>--out FILE.json</c> and <c>--rounds N</c>; and what is measured of all there is.</summary>
internal sealed record RunnerOptions(bool Quick, string? Out, int Rounds, string? Logger, string? Format, string? Pace, bool ThroughMel)
{
    public static RunnerOptions Parse(ReadOnlySpan<string> arguments, int rounds)
    {
        bool quick = false, throughMel = false;
        string? file = null, logger = null, format = null, pace = null;
        int? given = null;
        for (int i = 0; i < arguments.Length; i++)
        {
            string? value = i + 1 < arguments.Length ? arguments[i + 1] : null;
            switch (arguments[i])
            {
                case "--quick":
                    quick = true;
                    continue;
                case "--mel":
                    throughMel = true;
                    continue;
                case "--out" when value is not null:
                    file = value;
                    break;
                case "--logger" when value is not null:
                    logger = value;
                    break;
                case "--format" when value is "text" or "json":
                    format = value;
                    break;
                case "--pace" when value is not null && Array.IndexOf(LatencyChild.Paces, value) >= 0:
                    pace = value;
                    break;
                case "--rounds" when int.TryParse(value, out int count) && count is >= 1 and <= 100:
                    given = count;
                    break;
                default:
                    throw new ArgumentException(
                        $"'{arguments[i]}' is no option of this runner, or its value is missing or wrong; it takes --quick, --out FILE.json, "
                        + $"--rounds 1..100, --logger NAME (part of the name; several with commas), --format text|json and, for latency, --mel and --pace {string.Join('|', LatencyChild.Paces)}.");
            }

            i++;
        }

        return new RunnerOptions(quick, file, given ?? (quick ? 1 : rounds), logger, format, pace, throughMel);
    }

    /// <summary>Returns whether a logger with a format is one that was asked for.</summary>
    public bool Wants(string logger, string format) =>
        (Logger is null || Array.Exists(Logger.Split(','), part => logger.Contains(part.Trim(), StringComparison.OrdinalIgnoreCase))) && (Format is null || Format == format);

    public void Save<T>(IReadOnlyList<T> rows)
    {
        if (Out is not null)
        {
            File.WriteAllText(Out, JsonSerializer.Serialize(rows, new JsonSerializerOptions { WriteIndented = true }) + "\n");
        }
    }
}
