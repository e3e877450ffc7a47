using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using FastTrainLog.Benchmarks.Pipeline;
using FastTrainLog.Series;

namespace FastTrainLog.Benchmarks.Comparing;

/// <summary>Runs a benchmark of two builds of this program in turn, and tells which figures differ by more than chance explains.</summary>
internal static class CompareRunner
{
    private const string Usage = "it is: compare OLD NEW [--rounds 4..50] BENCHMARK [ITS OPTIONS], where OLD and NEW are two builds of FastTrainLog.Benchmarks.dll";
    private const double Chance = 0.05;

    public static int Run(string[] arguments)
    {
        if (arguments is not [string old, string changed, .. string[] rest] || !File.Exists(old) || !File.Exists(changed))
        {
            throw new ArgumentException($"Two builds are needed; {Usage}.");
        }

        int rounds = 10;
        if (rest is ["--rounds", string given, .. string[] benchmark])
        {
            rounds = int.TryParse(given, CultureInfo.InvariantCulture, out int count) && count is >= 4 and <= 50 ? count : throw new ArgumentException($"'{given}' is no number of rounds; {Usage}.");
            rest = benchmark;
        }

        if (rest.Length == 0)
        {
            throw new ArgumentException($"A benchmark is needed; {Usage}.");
        }

        Console.WriteLine(MachineReport.Describe());
        var figures = new Dictionary<string, (List<double> Old, List<double> New)>();
        for (int round = 0; round < rounds; round++)
        {
            // The first of a pair is now the one, now the other: a machine that gets slower is not taken for a change.
            bool isOldFirst = round % 2 == 0;
            Measure(isOldFirst ? old : changed, rest, (name, value) => Add(figures, name, value, isOldFirst));
            Measure(isOldFirst ? changed : old, rest, (name, value) => Add(figures, name, value, !isOldFirst));
            Console.Error.Write($"\r{round + 1} of {rounds} rounds");
        }

        Console.Error.WriteLine();

        // Holm (1979): of many figures that do not differ some look as if they did, so the least probable one has to be the less probable the more there are.
        (string Name, double Old, double New, double Chance)[] compared =
        [
            .. figures.Where(figure => figure.Value.Old.Count == rounds && figure.Value.New.Count == rounds)
                .Select(figure => (figure.Key, Quantile.Median(figure.Value.Old), Quantile.Median(figure.Value.New), RankTest.Probability(figure.Value.Old, figure.Value.New)))
                .OrderBy(figure => figure.Item4),
        ];
        double least = RankTest.Probability([.. Enumerable.Range(0, rounds)], [.. Enumerable.Range(rounds, rounds).Select(static value => (double)value)]);
        if (least * compared.Length >= Chance)
        {
            Console.WriteLine($"{compared.Length} figures are too many for {rounds} rounds: even one that differs in each round is not told from chance. Take more rounds, or fewer figures by the benchmark's options.");
            return 1;
        }

        int different = 0;
        while (different < compared.Length && compared[different].Chance * (compared.Length - different) < Chance)
        {
            different++;
        }

        Console.WriteLine($"{compared.Length} figures, {rounds} rounds in turn; {different} differ by more than chance explains (rank-sum test, {Chance} for all together):");
        foreach ((string name, double before, double after, double chance) in compared.Take(different).OrderBy(figure => figure.Name, StringComparer.Ordinal))
        {
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{name}: {before:G5} before, {after:G5} after, {after / before:F3} of it (p = {chance:G2})"));
        }

        return 0;
    }

    private static void Add(Dictionary<string, (List<double> Old, List<double> New)> figures, string name, double value, bool isOld)
    {
        if (!figures.TryGetValue(name, out (List<double> Old, List<double> New) values))
        {
            figures[name] = values = ([], []);
        }

        (isOld ? values.Old : values.New).Add(value);
    }

    private static void Measure(string program, string[] benchmark, Action<string, double> figure)
    {
        string file = Path.GetTempFileName();
        try
        {
            using Process process = Process.Start(new ProcessStartInfo("dotnet", [program, .. benchmark, "--rounds", "1", "--out", file]) { RedirectStandardOutput = true, RedirectStandardError = true })!;
            Task<string> error = process.StandardError.ReadToEndAsync();
            process.StandardOutput.ReadToEnd();
            process.WaitForExit();
            if (process.ExitCode != 0)
            {
                throw new InvalidOperationException($"'{program} {string.Join(' ', benchmark)}' ended with exit code {process.ExitCode}: {error.Result}");
            }

            using JsonDocument rows = JsonDocument.Parse(File.ReadAllBytes(file));
            foreach (JsonElement row in rows.RootElement.EnumerateArray())
            {
                string name = string.Join(", ", row.EnumerateObject().Where(static member => member.Value.ValueKind == JsonValueKind.String).Select(static member => member.Value.GetString()));
                // Of one round the least and the most are the figure itself.
                foreach (JsonProperty member in row.EnumerateObject().Where(static member => member.Value.ValueKind == JsonValueKind.Number && !member.Name.Contains("_least") && !member.Name.Contains("_most")))
                {
                    figure($"{name}, {member.Name}", member.Value.GetDouble());
                }
            }
        }
        finally
        {
            File.Delete(file);
        }
    }
}
