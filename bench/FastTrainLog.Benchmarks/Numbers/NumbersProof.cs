using System.Diagnostics;
using System.Globalization;
using System.Numerics;
using System.Text;
using FastTrainLog.Numbers;

namespace FastTrainLog.Benchmarks.Numbers;

/// <summary>Compares the text of floats and doubles with the framework's, byte for byte: <c>-- numbers-proof</c>.</summary>
internal sealed class NumbersProof
{
    private const int ChunkSize = 1 << 20;
    private const int ShownDifferences = 10;
    private readonly int _threads;
    private readonly ulong _seed;
    private long _differences;
    private long _refused;

    private NumbersProof(int threads, ulong seed)
    {
        _threads = threads;
        _seed = seed;
    }

    /// <summary>Runs the proof that the arguments ask for.</summary>
    /// <param name="args"><c>--floats all|N</c>, <c>--doubles N</c>, <c>--formats shortest,F4,…</c>, <c>--threads N</c>, <c>--seed N</c>.</param>
    /// <returns>0 when every text is the framework's, 1 when one is not, 2 when the arguments mean nothing.</returns>
    public static int Run(ReadOnlySpan<string> args)
    {
        long floats = 1L << 24;
        long doubles = 1L << 24;
        string formats = "shortest,F0,F1,F2,F3,F4,F5,F6,F7,F8,F9,E0,E2,E4,E6,E8,E10,E15,E16,0.0e+00,0.00e+00,0.000e+00";
        int threads = Environment.ProcessorCount;
        ulong seed = 20261121;
        for (int i = 0; i < args.Length; i += 2)
        {
            string value = i + 1 < args.Length ? args[i + 1] : string.Empty;
            bool known = args[i] switch
            {
                "--floats" => value == "all" ? (floats = 1L << 32) > 0 : TryParse(value, out floats),
                "--doubles" => TryParse(value, out doubles),
                "--formats" => (formats = value).Length > 0,
                "--threads" => TryParse(value, out threads) && threads > 0,
                "--seed" => TryParse(value, out seed),
                _ => false,
            };
            if (!known)
            {
                Console.Error.WriteLine($"'{args[i]} {value}' is not understood. Use --floats all|N, --doubles N, --formats shortest,F4,E2,…, --threads N (1 or more), --seed N.");
                return 2;
            }
        }

        var proof = new NumbersProof(threads, seed);
        foreach (string format in formats.Split(','))
        {
            string? text = format == "shortest" ? null : format;
            string floatsName = floats == 1L << 32 ? "all floats" : "floats";
            proof.Compare<float, Floats>(floatsName, text, floats, new Floats(all: floats == 1L << 32, seed));
            proof.Compare<double, Doubles>("doubles", text, doubles, new Doubles(seed));
        }

        Console.WriteLine(proof._differences == 0 ? "every text is the framework's" : $"{proof._differences} texts differ");
        return proof._differences == 0 ? 0 : 1;
    }

    private static bool TryParse<T>(string text, out T value)
        where T : INumberBase<T>
        => T.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out value!);

    private void Compare<T, TNumbers>(string name, string? format, long count, TNumbers numbers)
        where T : struct, IUtf8SpanFormattable
        where TNumbers : struct, INumbers<T>
    {
        if (count == 0)
        {
            return;
        }

        long start = Stopwatch.GetTimestamp();
        long differencesBefore = _differences;
        _refused = 0;
        long next = 0;
        long done = 0;
        Thread[] workers = new Thread[_threads];
        for (int i = 0; i < workers.Length; i++)
        {
            workers[i] = new Thread(() =>
            {
                long first;
                while ((first = Interlocked.Add(ref next, ChunkSize) - ChunkSize) < count)
                {
                    long end = Math.Min(first + ChunkSize, count);
                    CompareChunk<T, TNumbers>(format, numbers, first, end);
                    Interlocked.Add(ref done, end - first);
                }
            });
            workers[i].Start();
        }

        foreach (Thread worker in workers)
        {
            while (!worker.Join(TimeSpan.FromSeconds(2)))
            {
                double seconds = Stopwatch.GetElapsedTime(start).TotalSeconds;
                long now = Interlocked.Read(ref done);
                Console.Error.Write(string.Create(CultureInfo.InvariantCulture,
                    $"\r{name} as {Name(format)}: {now * 100.0 / count:F1} %, {now / seconds / 1e6:F1} million a second, {(count - now) * seconds / Math.Max(now, 1):F0} s left   "));
            }
        }

        Console.Error.Write("\r");
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"{count:N0} {name} as {Name(format)}: {_differences - differencesBefore} differ, {_refused:N0} left to the framework, {Stopwatch.GetElapsedTime(start).TotalSeconds:F1} s on {_threads} thread(s), seed {_seed}"));
    }

    private void CompareChunk<T, TNumbers>(string? format, TNumbers numbers, long first, long end)
        where T : struct, IUtf8SpanFormattable
        where TNumbers : struct, INumbers<T>
    {
        NumberFormat parsed = NumberFormat.Parse(format);
        Span<byte> ours = stackalloc byte[512];
        Span<byte> theirs = stackalloc byte[512];
        long refused = 0;
        for (long i = first; i < end; i++)
        {
            T value = numbers.At(i);
            int written = parsed.TryWriteFast(ours, value);
            if (written == 0)
            {
                refused++;
                continue;
            }

            value.TryFormat(theirs, out int expected, format, CultureInfo.InvariantCulture);
            if (!ours[..written].SequenceEqual(theirs[..expected]) && Interlocked.Increment(ref _differences) <= ShownDifferences)
            {
                Console.WriteLine($"{typeof(T).Name} {value} as {Name(format)}: {Encoding.UTF8.GetString(ours[..written])} instead of {Encoding.UTF8.GetString(theirs[..expected])}");
            }
        }

        Interlocked.Add(ref _refused, refused);
    }

    private static string Name(string? format) => format ?? "shortest";

    private interface INumbers<T>
    {
        T At(long index);
    }

    private readonly struct Floats(bool all, ulong seed) : INumbers<float>
    {
        public float At(long index) => BitConverter.UInt32BitsToSingle(all ? (uint)index : (uint)NumberSource.RandomBits(seed, index));
    }

    private readonly struct Doubles(ulong seed) : INumbers<double>
    {
        // Every second one is of everyday size, 2^-64 to 2^64; of any bits nearly all lie beyond what fixed decimals show.
        public double At(long index)
        {
            ulong bits = NumberSource.RandomBits(seed, index);
            return BitConverter.UInt64BitsToDouble((index & 1) == 0 ? bits : (bits & 0x800F_FFFF_FFFF_FFFF) | ((959 + ((bits >> 52) & 127)) << 52));
        }
    }
}
