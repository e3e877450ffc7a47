using System.Diagnostics;
using System.Globalization;
using FastTrainLog.Benchmarks.Pipeline;
using FastTrainLog.Generators;
using FastTrainLog.Series;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace FastTrainLog.Benchmarks.Generators;

/// <summary>Times the source generator on 10, 1,000 and 5,000 methods: cold, and after an edit as an editor makes it.</summary>
/// <remarks>
/// A cold run starts from unbound sources and ends with the generated files parsed. An edit gives a driver that has run before a
/// compilation with one file changed, as each key press does. <see cref="EmptyGenerator"/> goes through the same beside it.
/// </remarks>
internal static class GeneratorBenchmark
{
    private const int EditsPerRound = 5;
    private static readonly int[] Sizes = [10, 1000, 5000];

    private static readonly (string Name, Action<EditedCompilation> Edit)[] Edits =
    [
        ("one method changed", static s => s.EditMessage()),
        ("a body changed elsewhere", static s => s.EditBody()),
        ("a member changed elsewhere", static s => s.EditMember()),
        ("a type added elsewhere", static s => s.EditType()),
        ("a type that all log changed", static s => s.EditLoggedType()),
    ];

    public static int Run(ReadOnlySpan<string> arguments)
    {
        RunnerOptions options = RunnerOptions.Parse(arguments, rounds: 9);
        int rounds = options.Quick ? 3 : options.Rounds;
        Console.WriteLine(MachineReport.Describe());

        // Compiles the generator and the compiler before anything is timed.
        _ = Measure(1000, 2).Count();
        List<GeneratorRow> rows = [.. Sizes.SelectMany(size => Measure(size, rounds))];
        Console.WriteLine($"{"methods",7} {"run",-28} {"ms",9} {"range",18} {"us/method",10} {"cold takes",11} {"empty ms",9}");
        foreach (GeneratorRow row in rows)
        {
            Console.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"{row.Methods,7} {row.Operation,-28} {row.Milliseconds,9:F2} {$"{row.Least:F2}-{row.Most:F2}",18} {row.MicrosecondsPerMethod,10:F2} {row.ColdRatio,10:F0}x {row.EmptyMilliseconds,9:F2}"));
        }

        options.Save(rows);
        return 0;
    }

    private static IEnumerable<GeneratorRow> Measure(int methods, int rounds)
    {
        List<double>[] own = TimesOf(methods, rounds, static () => new TrainLogGenerator());
        List<double>[] empty = TimesOf(methods, rounds, static () => new EmptyGenerator());
        double cold = Median(own[0]);
        for (int i = 0; i < own.Length; i++)
        {
            double median = Median(own[i]);
            yield return new GeneratorRow(
                methods, i == 0 ? "cold" : Edits[i - 1].Name, median, own[i].Min(), own[i].Max(), median * 1000 / methods, cold / median, Median(empty[i]));
        }
    }

    /// <summary>Returns the times of the cold runs, then those of each kind of edit, in milliseconds.</summary>
    private static List<double>[] TimesOf(int methods, int rounds, Func<IIncrementalGenerator> create)
    {
        var sources = new EditedCompilation(methods);
        List<double>[] times = [.. Enumerable.Range(0, Edits.Length + 1).Select(static _ => new List<double>())];
        for (int round = 0; round < rounds; round++)
        {
            CSharpCompilation fresh = sources.Fresh();
            IIncrementalGenerator generator = create();
            GeneratorDriver driver = CSharpGeneratorDriver.Create([generator.AsSourceGenerator()], parseOptions: (CSharpParseOptions)fresh.SyntaxTrees[0].Options);
            times[0].Add(Time(() => driver.RunGenerators(fresh)));
            driver = driver.RunGenerators(sources.Compilation);
            for (int i = 0; i < Edits.Length; i++)
            {
                for (int again = 0; again < EditsPerRound; again++)
                {
                    Edits[i].Edit(sources);
                    CSharpCompilation compilation = sources.Compilation;
                    times[i + 1].Add(Time(() => driver = driver.RunGenerators(compilation)));
                }
            }

            int files = driver.GetRunResult().GeneratedTrees.Length;
            if (generator is TrainLogGenerator && files != methods / 10)
            {
                throw new InvalidOperationException($"{files} files were generated for {methods} methods, ten to a file.");
            }
        }

        return times;
    }

    private static double Time(Action run)
    {
        // A collection of what the round before left would fall on whoever comes next.
        GC.Collect();
        long start = Stopwatch.GetTimestamp();
        run();
        return Stopwatch.GetElapsedTime(start).TotalMilliseconds;
    }

    private static double Median(List<double> times) => Quantile.Median(times);
}
