using System.Diagnostics;
using System.Globalization;
using FastTrainLog.Benchmarks.Pipeline;
using FastTrainLog.Generators;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace FastTrainLog.Benchmarks.Generators;

/// <summary>Times the source generator on 10, 1,000 and 5,000 methods: cold, and after an edit as an editor makes it.</summary>
/// <remarks>
/// A cold run starts from unbound sources and ends with the generated files parsed. An edit gives a driver that has run before a
/// compilation with one file changed, as each key press does.
/// </remarks>
internal static class GeneratorBenchmark
{
    private const int EditsPerRound = 5;
    private static readonly int[] Sizes = [10, 1000, 5000];

    public static int Run(ReadOnlySpan<string> arguments)
    {
        RunnerOptions options = RunnerOptions.Parse(arguments, rounds: 9);
        int rounds = options.Quick ? 3 : options.Rounds;
        Console.WriteLine(MachineReport.Describe());

        // Compiles the generator and the compiler before anything is timed.
        _ = Measure(1000, 2).Count();
        List<GeneratorRow> rows = [.. Sizes.SelectMany(size => Measure(size, rounds))];

        Console.WriteLine($"{"methods",7} {"run",-26} {"ms",9} {"range",18} {"us/method",10} {"cold takes",11}");
        foreach (GeneratorRow row in rows)
        {
            Console.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"{row.Methods,7} {row.Operation,-26} {row.Milliseconds,9:F2} {$"{row.Least:F2}-{row.Most:F2}",18} {row.MicrosecondsPerMethod,10:F2} {row.ColdRatio,10:F0}x"));
        }

        options.Save(rows);
        return 0;
    }

    private static IEnumerable<GeneratorRow> Measure(int methods, int rounds)
    {
        var sources = new EditedCompilation(methods);
        (string Name, Action Edit)[] edits =
        [
            ("one method changed", sources.EditMessage),
            ("a body changed elsewhere", sources.EditBody),
            ("a declaration added", sources.EditDeclaration),
        ];
        var cold = new List<double>();
        var edited = edits.Select(static _ => new List<double>()).ToArray();
        for (int round = 0; round < rounds; round++)
        {
            CSharpCompilation fresh = sources.Fresh();
            GeneratorDriver driver = CSharpGeneratorDriver.Create([new TrainLogGenerator().AsSourceGenerator()], parseOptions: (CSharpParseOptions)fresh.SyntaxTrees[0].Options);
            cold.Add(Time(() => driver.RunGenerators(fresh)));

            driver = driver.RunGenerators(sources.Compilation);
            for (int i = 0; i < edits.Length; i++)
            {
                for (int again = 0; again < EditsPerRound; again++)
                {
                    edits[i].Edit();
                    CSharpCompilation compilation = sources.Compilation;
                    edited[i].Add(Time(() => driver = driver.RunGenerators(compilation)));
                }
            }

            if (driver.GetRunResult().GeneratedTrees.Length != methods / 10)
            {
                throw new InvalidOperationException($"{driver.GetRunResult().GeneratedTrees.Length} files were generated for {methods} methods, ten to a file.");
            }
        }

        double all = Median(cold);
        yield return Row(methods, "cold", cold, all);
        for (int i = 0; i < edits.Length; i++)
        {
            yield return Row(methods, edits[i].Name, edited[i], all);
        }
    }

    private static double Time(Action run)
    {
        // A collection of what the round before left would fall on whoever comes next.
        GC.Collect();
        long start = Stopwatch.GetTimestamp();
        run();
        return Stopwatch.GetElapsedTime(start).TotalMilliseconds;
    }

    private static GeneratorRow Row(int methods, string operation, List<double> times, double cold)
    {
        double median = Median(times);
        return new GeneratorRow(methods, operation, median, times.Min(), times.Max(), median * 1000 / methods, cold / median);
    }

    private static double Median(List<double> times) => times.Order().ElementAt(times.Count / 2);
}
