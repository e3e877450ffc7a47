using System.Text.Json;
using FastTrainLog.Benchmarks.Pipeline;

namespace FastTrainLog.Benchmarks.Report;

/// <summary>Turns the files that the runners wrote into a page of tables and a plot: <c>-- report</c>.</summary>
internal static class ReportRunner
{
    public static int Run(ReadOnlySpan<string> arguments)
    {
        var files = new List<string>();
        string? page = null;
        string machine = "this machine";
        for (int i = 0; i + 1 < arguments.Length; i += 2)
        {
            switch (arguments[i])
            {
                case "--in":
                    files.Add(arguments[i + 1]);
                    break;
                case "--out":
                    page = arguments[i + 1];
                    break;
                case "--machine":
                    machine = arguments[i + 1];
                    break;
                default:
                    page = null;
                    i = arguments.Length;
                    break;
            }
        }

        if (files.Count == 0 || page is null || arguments.Length % 2 != 0)
        {
            Console.Error.WriteLine("usage: report --in FILE.json [--in FILE.json …] --out PAGE.md [--machine TEXT]");
            return 2;
        }

        var latency = new List<LatencyRow>();
        var throughput = new List<ThroughputRow>();
        foreach (string file in files)
        {
            Read(file, latency, throughput);
        }

        using var text = new StringWriter { NewLine = "\n" };
        text.WriteLine($"# Results on {machine}");
        text.WriteLine();
        text.WriteLine("Made by `dotnet run -c Release --project bench/FastTrainLog.Benchmarks -- report`; [benchmarks.md](benchmarks.md) describes the method.");
        if (latency.Count > 0)
        {
            string plot = Path.ChangeExtension(page, ".svg");
            File.WriteAllText(plot, LatencyPlot.Draw(latency, machine));
            ReportTables.WriteLatency(text, latency, Path.GetFileName(plot));
        }

        if (throughput.Count > 0)
        {
            ReportTables.WriteThroughput(text, throughput);
        }

        File.WriteAllText(page, text.ToString());
        return 0;
    }

    private static void Read(string file, List<LatencyRow> latency, List<ThroughputRow> throughput)
    {
        string json = File.ReadAllText(file);
        using JsonDocument rows = JsonDocument.Parse(json);
        if (rows.RootElement.ValueKind != JsonValueKind.Array || rows.RootElement.GetArrayLength() == 0)
        {
            throw new InvalidDataException($"{file} holds no rows; give a file that latency or throughput wrote with --out.");
        }

        JsonElement first = rows.RootElement[0];
        if (first.TryGetProperty("pace", out _))
        {
            latency.AddRange(JsonSerializer.Deserialize<LatencyRow[]>(json)!);
        }
        else if (first.TryGetProperty("messages_per_second", out _))
        {
            throughput.AddRange(JsonSerializer.Deserialize<ThroughputRow[]>(json)!);
        }
        else
        {
            throw new InvalidDataException($"{file} holds rows of neither latency nor throughput.");
        }
    }
}
