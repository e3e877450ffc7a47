using System.Globalization;
using System.Text.RegularExpressions;

namespace FastTrainLog.Kernels.Tests.Mutants;

/// <summary>Makes every mutant of the kernels: each bound, stride, count, index and barrier changed in turn.</summary>
internal static partial class MutantSource
{
    // The shim is another for each compiler, and the layout is held by the tests of the structs' sizes.
    public static readonly string[] Files = ["elements.h", "sums.h", "measure.h", "limits.h", "decide.h", "histogram.h", "apply.h", "gradients.cu"];

    /// <summary>Makes the mutants, in the order of files and lines.</summary>
    public static IEnumerable<Mutant> All()
    {
        var alike = new Dictionary<string, int>();
        foreach (Mutant mutant in Places())
        {
            int ordinal = alike[mutant.Key] = alike.GetValueOrDefault(mutant.Key) + 1;
            yield return mutant with { Ordinal = ordinal };
        }
    }

    private static IEnumerable<Mutant> Places()
    {
        foreach (string file in Files)
        {
            string[] lines = File.ReadAllLines(Path.Combine(KernelSource.Folder, file));
            for (int line = 0; line < lines.Length; line++)
            {
                string text = lines[line];
                if (text.StartsWith("//", StringComparison.Ordinal) || text.StartsWith('#') || text.TrimStart().StartsWith("//", StringComparison.Ordinal))
                {
                    continue;
                }

                string code = text.Contains("//", StringComparison.Ordinal) ? text[..text.IndexOf("//", StringComparison.Ordinal)] : text;
                foreach (Match match in Place().Matches(code))
                {
                    foreach (string replacement in Replacements(match.Value))
                    {
                        yield return new Mutant(file, line, match.Index, match.Value, replacement, text);
                    }
                }
            }
        }
    }

    /// <summary>Writes the kernels with one mutant among them.</summary>
    /// <param name="mutant">The mutant.</param>
    /// <param name="folder">Where to.</param>
    public static void Write(Mutant mutant, string folder)
    {
        Directory.CreateDirectory(folder);
        foreach (string file in Directory.GetFiles(KernelSource.Folder))
        {
            File.Copy(file, Path.Combine(folder, Path.GetFileName(file)), overwrite: true);
        }

        string path = Path.Combine(folder, mutant.File);
        string[] lines = File.ReadAllLines(path);
        lines[mutant.Line] = mutant.Changed;
        File.WriteAllLines(path, lines);
    }

    private static string[] Replacements(string place) => place switch
    {
        " < " => [" <= "],
        " <= " => [" < "],
        " > " => [" >= "],
        " >= " => [" > "],
        " == " => [" != "],
        " != " => [" == "],
        " + " => [" - "],
        " - " => [" + "],
        " && " => [" || "],
        " || " => [" && "],
        " += " => [" -= "],
        " * " => [" + "],
        " % " => [" / "],
        " << " => [" >> "],
        " >> " => [" << "],
        "++;" => ["+= 2;"],
        "+= THREADS" => ["+= THREADS + 1u", "+= 1u"],
        "+= GROUPS" => ["+= GROUPS + 1u", "+= 1u"],
        "= THREAD;" => ["= 0u;", "= THREAD + 1u;"],
        "= GROUP;" => ["= 0u;", "= GROUP + 1u;"],
        "THREAD]" => ["0u]"],
        "GROUP]" or "GROUP, " => [place.Replace("GROUP", "0u", StringComparison.Ordinal)],
        "BARRIER();" => [";"],
        _ => [Next(place)],
    };

    // An integer literal one larger.
    private static string Next(string literal)
        => $"{int.Parse(literal.TrimEnd('u'), CultureInfo.InvariantCulture) + 1}u";

    [GeneratedRegex(
        @" < | <= | > | >= | == | != | \+ | - | && | \|\| | \* | % | << | >> | \+= (?!THREADS|GROUPS)|\+\+;|\+= THREADS|\+= GROUPS|= THREAD;|= GROUP;" +
        @"|\bTHREAD\]|\bGROUP(?:\]|, )|BARRIER\(\);|(?<![\w.])\d+u?\b(?![.\w])")]
    private static partial Regex Place();
}
