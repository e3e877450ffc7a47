using System.Collections.Concurrent;
using System.Diagnostics;
using FastTrainLog.Kernels.Tests.StandIn;
using FastTrainLog.Tests.Shared;
using Xunit;

namespace FastTrainLog.Kernels.Tests.Mutants;

/// <summary>The cases notice when a bound, a stride, a count, an index or a barrier of the kernels is wrong.</summary>
/// <remarks>
/// Each mutant is compiled into a stand-in driver and the checks run against it in another process, which may crash, hang or fail.
/// All of them take a quarter of an hour on an idle machine with two cores: <c>dotnet run --project tests/FastTrainLog.Kernels.Tests -- -explicit only -showliveoutput</c>,
/// those of one file with <c>-preEnumerateTheories -trait kernels=measure.h</c> added. <c>FTL_TEST_LONG=sample</c> takes a sample.
/// </remarks>
[Collection(StandInCollection.Name)]
public sealed class MutationTests
{
    private const int SampleStep = 40;

    // By the processor's time, so that a busy machine is not taken for a loop without end; a child that waits gets the other.
    private static readonly TimeSpan MostProcessorTime = TimeSpan.FromSeconds(40);
    private static readonly TimeSpan MostTime = TimeSpan.FromMinutes(10);

    [Fact(Skip = "a sample is taken by FTL_TEST_LONG=sample", SkipUnless = nameof(Campaign.IsSampled), SkipType = typeof(Campaign))]
    public void Sampled_mutants_are_caught()
    {
        Dictionary<string, string> equivalent = Equivalent();
        AssertCaught(MutantSource.All().Where(mutant => !equivalent.ContainsKey(mutant.Key)).Where((_, i) => i % SampleStep == 3));
    }

    [Theory(Explicit = true)]
    [MemberData(nameof(Files))]
    public void Every_mutant_of_a_file_is_caught_but_those_known_to_change_nothing(string file)
    {
        Dictionary<string, string> equivalent = Equivalent();
        ILookup<bool, Mutant> mutants = MutantSource.All().Where(mutant => mutant.File == file).ToLookup(mutant => equivalent.ContainsKey(mutant.Key));
        TestContext.Current.TestOutputHelper!.WriteLine($"{file}: {mutants[true].Count()} mutants change nothing; of the others:");
        AssertCaught(mutants[false]);
    }

    public static IEnumerable<TheoryDataRow<string>> Files() => MutantSource.Files.Select(file => new TheoryDataRow<string>(file).WithTrait("kernels", file));

    [Fact]
    public void Unchanged_kernels_pass_the_checks_that_mutants_fail()
    {
        string library = StandInLibrary.Require();
        Assert.Equal([library], Passing([library]));
    }

    [Fact]
    public void Each_mutant_listed_as_changing_nothing_still_exists_and_has_a_reason()
    {
        var keys = MutantSource.All().Select(mutant => mutant.Key).ToHashSet();
        Assert.All(Equivalent(), entry =>
        {
            Assert.Contains(entry.Key, keys);
            Assert.NotEmpty(entry.Value);
        });
    }

    private static void AssertCaught(IEnumerable<Mutant> mutants)
    {
        StandInLibrary.Require();
        var survivors = new ConcurrentBag<string>();
        var libraries = new ConcurrentDictionary<string, Mutant>();
        string root = Directory.CreateTempSubdirectory("fasttrainlog-mutants").FullName;
        int number = 0;
        try
        {
            Parallel.ForEach(mutants, new ParallelOptions { MaxDegreeOfParallelism = Environment.ProcessorCount }, mutant =>
            {
                string folder = Path.Combine(root, $"{Interlocked.Increment(ref number)}");
                MutantSource.Write(mutant, folder);

                // One that does not compile has been caught by the compiler.
                if (StandInLibrary.Build(folder, Path.Combine(folder, "mutant.so")) is string library)
                {
                    libraries[library] = mutant;
                }
            });
            foreach (string library in Passing([.. libraries.Keys]))
            {
                survivors.Add($"{libraries[library].Key} (line {libraries[library].Line + 1})");
            }
        }
        finally
        {
            Directory.Delete(root, recursive: true);
        }

        TestContext.Current.TestOutputHelper!.WriteLine(
            $"{number} mutants: {number - libraries.Count} do not compile, {libraries.Count - survivors.Count} fail the checks, {survivors.Count} survive");
        Assert.True(
            survivors.IsEmpty,
            $"{survivors.Count} of {number} mutants survived:\n{string.Join('\n', survivors.Order(StringComparer.Ordinal))}");
    }

    // Runs the checks on many drivers in one process for each processor, and goes on with another behind the driver at which it crashed or hung.
    private static List<string> Passing(IReadOnlyList<string> libraries)
    {
        var passing = new List<string>();
        Parallel.For(0, Environment.ProcessorCount, worker =>
        {
            string[] own = [.. libraries.Where((_, i) => i % Environment.ProcessorCount == worker)];
            var ownPassing = new List<string>();
            for (int begin = 0; begin < own.Length;)
            {
                int begun = Check(own.Skip(begin), ownPassing);
                begin += Math.Max(1, begun);
            }

            lock (passing)
            {
                passing.AddRange(ownPassing);
            }
        });
        return passing;
    }

    // Gives how many drivers the process began with, and which of them passed.
    private static int Check(IEnumerable<string> libraries, List<string> passing)
    {
        string[] arguments =
        [
            typeof(GpuBench.BenchDriver).Assembly.Location, "check", "--quick", "--fail-fast",
            .. libraries.SelectMany(library => (string[])["--driver", library]),
        ];
        var start = new ProcessStartInfo("dotnet", arguments) { RedirectStandardOutput = true, RedirectStandardError = true };

        // A crash is an answer too; a core file of each would fill the disk.
        start.Environment["DOTNET_DbgEnableMiniDump"] = "0";
        using var process = Process.Start(start)!;
        Task errors = process.StandardError.ReadToEndAsync();
        int begun = 0;
        string current = string.Empty;
        while (true)
        {
            Task<string?> line = process.StandardOutput.ReadLineAsync();
            if (!Arrives(line, process))
            {
                process.Kill(entireProcessTree: true);
                break;
            }

            if (line.Result is not string text)
            {
                break;
            }

            int name = text.IndexOf(": cuda:0", StringComparison.Ordinal);
            if (name >= 0)
            {
                begun++;
                current = text[..name];
            }
            else if (text.EndsWith(" passed, 0 failed", StringComparison.Ordinal))
            {
                passing.Add(current);
            }
        }

        process.WaitForExit();
        errors.Wait();
        return begun;
    }

    // A process may end at any moment, with its last lines still to be read.
    private static TimeSpan Spent(Process process)
    {
        try
        {
            return process.TotalProcessorTime;
        }
        catch (InvalidOperationException)
        {
            return TimeSpan.Zero;
        }
    }

    private static bool Arrives(Task<string?> line, Process process)
    {
        var waited = Stopwatch.StartNew();
        TimeSpan before = Spent(process);
        while (!line.Wait(TimeSpan.FromSeconds(1)))
        {
            process.Refresh();
            if (waited.Elapsed > MostTime || Spent(process) - before > MostProcessorTime)
            {
                return false;
            }
        }

        return true;
    }

    // Lines of "file: changed line", each under a comment with the reason.
    private static Dictionary<string, string> Equivalent()
    {
        var entries = new Dictionary<string, string>();
        string reason = string.Empty;
        foreach (string line in File.ReadLines(Path.Combine(AppContext.BaseDirectory, "Mutants", "equivalent.txt")))
        {
            if (line.StartsWith('#'))
            {
                reason = line[1..].Trim();
            }
            else if (line.Length > 0)
            {
                entries.Add(line, reason);
            }
        }

        return entries;
    }
}
