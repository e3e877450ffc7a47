using System.Runtime.InteropServices;
using FastTrainLog.Fuzz;
using SharpFuzz;
using SharpFuzz.Common;

// journal-file PATH: makes the journal that the target journal changes, for a new version of its layout. TARGET: one run under afl-fuzz, which gives the input. TARGET FILE…: these inputs. TARGET COUNT SEED: as many inputs, made of the target's seeds. TARGET seeds DIRECTORY: writes the seeds.
unsafe
{
    // Instrumented code counts its branches there, also before the first input: afl-fuzz gives it its own memory then.
    const int Branches = 65536;
    Trace.SharedMem = (byte*)NativeMemory.AllocZeroed(Branches);
}

if (args is ["journal-file", var path])
{
    JournalTarget.Store(path);
    return 0;
}

if (args is not [var name, .. var rest] || !FuzzTarget.All.TryGetValue(name, out Func<FuzzTarget>? find))
{
    Console.Error.WriteLine($"The first argument is one of {string.Join(", ", FuzzTarget.All.Keys)}.");
    return 2;
}

FuzzTarget target = find();
switch (rest)
{
    case []:
        Fuzzer.OutOfProcess.Run(stream =>
        {
            using var input = new MemoryStream();
            stream.CopyTo(input);
            target.Run(input.ToArray());
        });
        return 0;
    case ["seeds", var directory]:
        Directory.CreateDirectory(directory);
        foreach ((int number, byte[] seed) in target.Seeds.Index())
        {
            File.WriteAllBytes(Path.Combine(directory, $"{number}"), seed);
        }

        return 0;
    case [var count, var seedText] when int.TryParse(count, out int runs) && int.TryParse(seedText, out int seedNumber):
        target.RunMutations(runs, seedNumber);
        Console.WriteLine($"{name}: {runs} inputs from seed {seedNumber}");
        return 0;
    default:
        foreach (string file in rest)
        {
            target.Run(File.ReadAllBytes(file));
        }

        Console.WriteLine($"{name}: {rest.Length} files");
        return 0;
}
