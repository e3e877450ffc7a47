using System.Text.Json;

namespace FastTrainLog.Benchmarks.Pipeline;

/// <summary>What every runner takes: <c>--quick</c>, <c>--out FILE.json</c> and <c>--rounds N</c>.</summary>
internal sealed record RunnerOptions(bool Quick, string? Out, int Rounds)
{
    public static RunnerOptions Parse(ReadOnlySpan<string> arguments, int rounds)
    {
        bool quick = false;
        string? file = null;
        int? given = null;
        for (int i = 0; i < arguments.Length; i++)
        {
            switch (arguments[i])
            {
                case "--quick":
                    quick = true;
                    break;
                case "--out" when i + 1 < arguments.Length:
                    file = arguments[++i];
                    break;
                case "--rounds" when i + 1 < arguments.Length && int.TryParse(arguments[i + 1], out int count) && count is >= 1 and <= 100:
                    given = count;
                    i++;
                    break;
                default:
                    throw new ArgumentException($"'{arguments[i]}' is no option of this runner; it takes --quick, --out FILE.json and --rounds 1..100.");
            }
        }

        return new RunnerOptions(quick, file, given ?? (quick ? 1 : rounds));
    }

    public void Save<T>(IReadOnlyList<T> rows)
    {
        if (Out is not null)
        {
            File.WriteAllText(Out, JsonSerializer.Serialize(rows, new JsonSerializerOptions { WriteIndented = true }) + "\n");
        }
    }
}
