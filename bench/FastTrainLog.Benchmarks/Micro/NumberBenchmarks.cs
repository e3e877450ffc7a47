using System.Globalization;
using BenchmarkDotNet.Attributes;
using FastTrainLog.Numbers;

namespace FastTrainLog.Benchmarks.Micro;

/// <summary>A double as text, by FastTrainLog and by the framework.</summary>
[MemoryDiagnoser]
public class NumberBenchmarks
{
    private readonly byte[] _destination = new byte[64];
    private NumberFormat _parsed;
    private double _value = 2.345678;

    /// <summary>Gets or sets the format; empty for the shortest text that reads back as the same number.</summary>
    [Params("", "F4", "E2")]
    public string Format { get; set; } = string.Empty;

    /// <summary>Parses the format, as a call site does once.</summary>
    [GlobalSetup]
    public void Parse() => _parsed = NumberFormat.Parse(Format);

    /// <summary>Writes by FastTrainLog.</summary>
    /// <returns>The bytes written.</returns>
    [Benchmark]
    public int FastTrainLog()
    {
        _parsed.TryWrite(_destination, _value += 1e-3, out int written);
        return written;
    }

    /// <summary>Writes by the framework.</summary>
    /// <returns>The bytes written.</returns>
    [Benchmark(Baseline = true)]
    public int Framework()
    {
        (_value += 1e-3).TryFormat(_destination, out int written, Format, CultureInfo.InvariantCulture);
        return written;
    }
}
