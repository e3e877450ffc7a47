using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using FastTrainLog.Benchmarks.Pipeline;
using FastTrainLog.Gradients;
using FastTrainLog.Training;

namespace FastTrainLog.Benchmarks.Dashboard;

/// <summary>What the dashboard costs and how fast it answers: the first reading of a log, a run that is opened, zooms, a list of runs, a live step, many charts in Chromium, and nothing to do; and what it costs the training loop.</summary>
internal static class DashboardBenchmark
{
    private const int Usage = 2;
    private const int Pixels = 1000;
    private const int Zooms = 200;
    private const int LiveSteps = 40;
    private const int ListedRuns = 50;
    private const int ListedSteps = 2000;
    private const int FlushedSteps = 2000;

    private const int HistogramLayers = 8;
    private const int HistogramElements = 2048;
    private const int HistogramEvery = 100;
    private const int Metrics = 1000;
    private const int WorkPerStep = 200_000;
    private const int StepsOfMany = 100;
    private const int QuickStepsOfMany = 10;
    private const int Rounds = 20;
    private const int QuickRounds = 6;
    private static readonly TimeSpan Settling = TimeSpan.FromSeconds(8);
    private static readonly TimeSpan Idling = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan Scrolling = TimeSpan.FromSeconds(8);
    private static readonly TimeSpan Round = TimeSpan.FromSeconds(1);

    // What the page of a run shows without scrolling on a large screen.
    private static readonly string[] Shown = ["train/loss", "train/learning_rate", "train/accuracy", "train/step_seconds", "metrics/a", "metrics/b"];

    public static int Run(ReadOnlySpan<string> arguments)
    {
        long[] sizes = [100_000, 1_000_000, 10_000_000];
        bool isQuick = false;
        string? outFile = null;
        for (int i = 0; i < arguments.Length; i++)
        {
            if (arguments[i] == "--quick")
            {
                sizes = [100_000];
                isQuick = true;
            }
            else if (arguments[i] == "--steps" && i + 1 < arguments.Length && long.TryParse(arguments[i + 1], NumberStyles.None, CultureInfo.InvariantCulture, out long steps) && steps > 0)
            {
                sizes = [steps];
                i++;
            }
            else if (arguments[i] == "--out" && i + 1 < arguments.Length)
            {
                outFile = arguments[++i];
            }
            else
            {
                Console.Error.WriteLine("dashboard takes --quick, --steps N and --out FILE.json; the logs are written to the directory for temporary files.");
                return Usage;
            }
        }

        Console.WriteLine(MachineReport.Describe());
        Console.WriteLine("case, operation, milliseconds, bytes, resident_mb");
        var rows = new List<DashboardRow>();
        using ChromiumTab? tab = ChromiumTab.Open().GetAwaiter().GetResult();
        if (tab is null)
        {
            Console.WriteLine("There is no Chromium on this machine, so nothing is measured in it.");
        }

        foreach (long size in sizes)
        {
            MeasureRun(size, rows, tab);
            MeasureHistograms(size, rows, tab);
        }

        MeasureList(rows);
        MeasureLive(rows);
        MeasureTraining(rows, isQuick ? QuickRounds : Rounds);
        if (tab is not null)
        {
            MeasureScrolling(rows, tab, isQuick ? QuickStepsOfMany : StepsOfMany);
        }

        if (outFile is not null)
        {
            File.WriteAllText(outFile, JsonSerializer.Serialize(rows, new JsonSerializerOptions { WriteIndented = true, PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower }));
        }

        return 0;
    }

    private static void MeasureRun(long steps, List<DashboardRow> rows, ChromiumTab? tab)
    {
        string name = string.Create(CultureInfo.InvariantCulture, $"{steps} steps");
        string directory = Directory.CreateTempSubdirectory("ftl-dashboard-").FullName;
        try
        {
            WriteRun(directory, steps);
            var clock = Stopwatch.StartNew();
            using (DashboardServer first = DashboardServer.Start(directory))
            {
                first.WaitForRuns(1);
                Add(rows, name, "start, first reading", clock.Elapsed, 0, first);
            }

            clock.Restart();
            using DashboardServer server = DashboardServer.Start(directory);
            string key = Uri.EscapeDataString(server.WaitForRuns(1)[0].GetProperty("key").GetString()!);
            Add(rows, name, "start, with an index", clock.Elapsed, 0, server);
            string series = string.Concat(Shown.Select(series => $"&series={series}"));
            clock.Restart();
            long bytes = Get(server, $"api/names?run={key}") + Get(server, $"api/series?run={key}{series}&pixels={Pixels}");
            Add(rows, name, "open the run", clock.Elapsed, bytes, server);

            // Zooms of all widths to all places, as a hand makes them.
            var random = new Random(1);
            var times = new List<TimeSpan>();
            bytes = 0;
            for (int i = 0; i < Zooms; i++)
            {
                long width = Math.Max(10, (long)(steps * Math.Pow(random.NextDouble(), 3)));
                long from = (long)(random.NextDouble() * (steps - width));
                clock.Restart();
                bytes = Math.Max(bytes, Get(server, string.Create(CultureInfo.InvariantCulture, $"api/series?run={key}{series}&from={from}&to={from + width}&pixels={Pixels}")));
                times.Add(clock.Elapsed);
            }

            Add(rows, name, $"zoom, {Shown.Length} series, p95", Percentile(times), bytes, server);
            if (tab is not null)
            {
                string page = $"{server.Client.BaseAddress}#charts?run={key}";
                Add(rows, name, "open in Chromium until the first chart, cold", tab.TimeToFirstChart(page).GetAwaiter().GetResult(), 0, server);
                Add(rows, name, "the same again", tab.TimeToFirstChart(page).GetAwaiter().GetResult(), 0, server);
            }

            using (server.Client.GetStreamAsync($"api/stream?cursor=none.0").GetAwaiter().GetResult())
            {
                // What the requests before left to the just-in-time compiler and the collector is not idling.
                Thread.Sleep(Settling);
                TimeSpan before = server.ProcessorTime;
                Thread.Sleep(Idling);
                Add(rows, name, "idle with an open page, per second", (server.ProcessorTime - before) / Idling.TotalSeconds, 0, server);
            }
        }
        finally
        {
            Directory.Delete(directory, recursive: true);
        }
    }

    private static void MeasureHistograms(long steps, List<DashboardRow> rows, ChromiumTab? tab)
    {
        long histograms = steps / HistogramEvery * HistogramLayers;
        string name = string.Create(CultureInfo.InvariantCulture, $"{steps} steps with {histograms} histograms of {HistogramLayers} layers");
        string directory = Directory.CreateTempSubdirectory("ftl-dashboard-").FullName;
        try
        {
            WriteRun(directory, steps, withHistograms: true);
            var clock = Stopwatch.StartNew();
            using DashboardServer server = DashboardServer.Start(directory);
            string key = Uri.EscapeDataString(server.WaitForRuns(1)[0].GetProperty("key").GetString()!);
            Add(rows, name, "start, first reading", clock.Elapsed, 0, server);
            clock.Restart();
            string answer = server.Client.GetStringAsync($"api/histograms?run={key}&pixels={Pixels}").GetAwaiter().GetResult();
            Add(rows, name, "open the map of a layer", clock.Elapsed, answer.Length, server);
            JsonElement map = JsonDocument.Parse(answer).RootElement;
            string[] layers = [.. map.GetProperty("layers").EnumerateArray().Select(layer => Uri.EscapeDataString(layer.GetString()!))];
            long counted = map.GetProperty("rows").EnumerateArray().Sum(row => row.GetProperty("elements").EnumerateArray().Sum(elements => elements.GetInt64()));
            if (layers.Length != HistogramLayers || counted != histograms / HistogramLayers * HistogramElements)
            {
                throw new InvalidDataException($"The map has {counted} elements of {layers.Length} layers; {histograms / HistogramLayers * HistogramElements} of {HistogramLayers} were logged.");
            }

            var random = new Random(1);
            var times = new List<TimeSpan>();
            long bytes = 0;
            for (int i = 0; i < Zooms; i++)
            {
                long width = Math.Max(10 * HistogramEvery, (long)(steps * Math.Pow(random.NextDouble(), 3)));
                long from = (long)(random.NextDouble() * (steps - width));
                clock.Restart();
                bytes = Math.Max(bytes, Get(server, string.Create(CultureInfo.InvariantCulture, $"api/histograms?run={key}&layer={layers[i % layers.Length]}&from={from}&to={from + width}&pixels={Pixels}")));
                times.Add(clock.Elapsed);
            }

            Add(rows, name, "zoom of the map, p95", Percentile(times), bytes, server);
            if (tab is not null)
            {
                string page = $"{server.Client.BaseAddress}#charts?run={key}";
                Add(rows, name, "open in Chromium until the map is drawn, cold", tab.TimeToHistograms(page).GetAwaiter().GetResult(), 0, server);
                Add(rows, name, "the same again", tab.TimeToHistograms(page).GetAwaiter().GetResult(), 0, server);
            }
        }
        finally
        {
            Directory.Delete(directory, recursive: true);
        }
    }

    private static void MeasureList(List<DashboardRow> rows)
    {
        string name = $"{ListedRuns} runs of {ListedSteps} steps";
        string directory = Directory.CreateTempSubdirectory("ftl-dashboard-").FullName;
        try
        {
            for (int run = 0; run < ListedRuns; run++)
            {
                WriteRun(Directory.CreateDirectory(Path.Combine(directory, $"run-{run}")).FullName, ListedSteps);
            }

            var clock = Stopwatch.StartNew();
            using DashboardServer server = DashboardServer.Start(directory);
            JsonElement[] runs = server.WaitForRuns(ListedRuns);
            Add(rows, name, "start, first reading", clock.Elapsed, 0, server);
            clock.Restart();
            long bytes = Get(server, "api/runs");
            Add(rows, name, "list of runs", clock.Elapsed, bytes, server);
            string keys = string.Concat(runs.Select(run => $"&run={Uri.EscapeDataString(run.GetProperty("key").GetString()!)}"));
            clock.Restart();
            bytes = Get(server, $"api/series?series=train/loss&pixels={Pixels}{keys}");
            Add(rows, name, "compare the losses of all", clock.Elapsed, bytes, server);
        }
        finally
        {
            Directory.Delete(directory, recursive: true);
        }
    }

    private static void MeasureLive(List<DashboardRow> rows)
    {
        string directory = Directory.CreateTempSubdirectory("ftl-dashboard-").FullName;
        try
        {
            using (TrainLogging logging = TrainLogging.Create(new TrainLogOptions { LogDirectory = directory, EnableConsoleLogging = false }))
            using (TrainingRun run = TrainingRun.Start(logging, new TrainingRunOptions { Model = "Net" }))
            {
                run.LogStep(1, 1, 1.0, 0.1);
                using DashboardServer server = DashboardServer.Start(directory);
                string key = Uri.EscapeDataString(server.WaitForRuns(1)[0].GetProperty("key").GetString()!);
                using Stream stream = server.Client.GetStreamAsync($"api/stream?run={key}&series=train/loss&cursor=none.0~0.0").GetAwaiter().GetResult();
                using var reader = new StreamReader(stream);
                var times = new List<TimeSpan>();
                for (int step = 2; step <= LiveSteps + 1; step++)
                {
                    long logged = Stopwatch.GetTimestamp();
                    run.LogStep(1, step, 1.0 / step, 0.1);
                    while (reader.ReadLine() is not { } line || !IsUpdateWith(line, step))
                    {
                    }

                    times.Add(Stopwatch.GetElapsedTime(logged));
                }

                Add(rows, "a live run", "from the log call to the page, p95", Percentile(times), 0, server);
            }
        }
        finally
        {
            Directory.Delete(directory, recursive: true);
        }
    }

    /// <summary>Steps of 1 ms each, in rounds of a second with a page open on the run, and with the server stopped as if it were not there.</summary>
    private static void MeasureTraining(List<DashboardRow> rows, int rounds)
    {
        string directory = Directory.CreateTempSubdirectory("ftl-dashboard-").FullName;
        try
        {
            using TrainLogging logging = TrainLogging.Create(new TrainLogOptions { LogDirectory = directory, EnableConsoleLogging = false });
            using TrainingRun run = TrainingRun.Start(logging, new TrainingRunOptions { Model = "Net" });
            run.LogStep(1, 1, 1.0, 0.1);
            using DashboardServer server = DashboardServer.Start(directory);
            string key = Uri.EscapeDataString(server.WaitForRuns(1)[0].GetProperty("key").GetString()!);
            using Stream stream = server.Client.GetStreamAsync($"api/stream?run={key}&series=train/loss&cursor=none.0~0.0").GetAwaiter().GetResult();
            _ = stream.CopyToAsync(Stream.Null);
            List<TimeSpan>[] times = [[], []];
            int step = 1;
            for (int round = 0; round < 2 * rounds; round++)
            {
                bool isWatched = round % 2 == 0;
                server.Freeze(!isWatched);
                long begun = Stopwatch.GetTimestamp();
                while (Stopwatch.GetElapsedTime(begun) < Round)
                {
                    long at = Stopwatch.GetTimestamp();
                    double loss = Work();
                    run.LogStep(1, ++step, loss, 0.1);
                    times[isWatched ? 1 : 0].Add(Stopwatch.GetElapsedTime(at));
                }
            }

            server.Freeze(false);
            foreach ((List<TimeSpan> measured, string with) in new[] { (times[0], "without a dashboard"), (times[1], "with a dashboard watching") })
            {
                Add(rows, "a training loop", $"step {with}, mean", measured.Aggregate(TimeSpan.Zero, (sum, time) => sum + time) / measured.Count, 0, server);
                Add(rows, "a training loop", $"step {with}, median", measured.Order().ElementAt(measured.Count / 2), 0, server);
            }
        }
        finally
        {
            Directory.Delete(directory, recursive: true);
        }
    }

    // Arithmetic of a constant amount, about 1 ms.
    private static double Work()
    {
        double sum = 1.0;
        for (int i = 0; i < WorkPerStep; i++)
        {
            sum += 1.0 / (sum + i);
        }

        return sum;
    }

    /// <summary>The charts of 50 runs with 1,000 metrics each, all in one page.</summary>
    private static void MeasureScrolling(List<DashboardRow> rows, ChromiumTab tab, int steps)
    {
        string name = string.Create(CultureInfo.InvariantCulture, $"{Metrics} metrics of {ListedRuns} runs, {steps} steps");
        string directory = Directory.CreateTempSubdirectory("ftl-dashboard-").FullName;
        try
        {
            var random = new Random(3);
            string[] names = [.. Enumerable.Range(0, Metrics).Select(metric => string.Create(CultureInfo.InvariantCulture, $"m{metric:D3}"))];
            for (int i = 0; i < ListedRuns; i++)
            {
                string own = Directory.CreateDirectory(Path.Combine(directory, $"run-{i}")).FullName;
                using TrainLogging logging = TrainLogging.Create(new TrainLogOptions { LogDirectory = own, EnableConsoleLogging = false, MaxFileSize = 0 });
                using TrainingRun run = TrainingRun.Start(logging, new TrainingRunOptions { Model = "Net", TotalSteps = steps });
                for (int step = 1; step <= steps; step++)
                {
                    run.LogStep(1, step, 1.0 / step, 0.1, metrics: [.. names.Select(metric => new Metric(metric, random.NextDouble()))]);
                    logging.Flush();
                }

                run.End(success: true);
            }

            var clock = Stopwatch.StartNew();
            using DashboardServer server = DashboardServer.Start(directory);
            string keys = string.Join('&', server.WaitForRuns(ListedRuns).Select(run => $"run={Uri.EscapeDataString(run.GetProperty("key").GetString()!)}"));
            Add(rows, name, "start, first reading", clock.Elapsed, 0, server);
            Add(rows, name, "open in Chromium until the first chart", tab.TimeToFirstChart($"{server.Client.BaseAddress}#compare?{keys}").GetAwaiter().GetResult(), 0, server);
            List<TimeSpan> frames = [.. tab.Scroll(Scrolling).GetAwaiter().GetResult()];
            Add(rows, name, "frame while scrolling, mean; the tab instead of the server", frames.Aggregate(TimeSpan.Zero, (sum, time) => sum + time) / frames.Count, 0, tab.ResidentMb);
            Add(rows, name, "frame while scrolling, p95; the tab instead of the server", Percentile(frames), 0, tab.ResidentMb);
        }
        finally
        {
            Directory.Delete(directory, recursive: true);
        }
    }

    private static bool IsUpdateWith(string line, int step) => line.StartsWith("data: {", StringComparison.Ordinal)
        && JsonDocument.Parse(line["data: ".Length..]).RootElement.GetProperty("series").EnumerateArray().Any(series => series.GetProperty("step").EnumerateArray().Any(logged => logged.GetInt32() == step));

    private static void WriteRun(string directory, long steps, bool withHistograms = false)
    {
        using TrainLogging logging = TrainLogging.Create(new TrainLogOptions { LogDirectory = directory, EnableConsoleLogging = false, MaxFileSize = 0 });
        using TrainingRun run = TrainingRun.Start(logging, new TrainingRunOptions { Model = "Net", TotalSteps = steps, BatchSize = 64 });
        using var clipper = new GradientClipper(new GradientClipperOptions { HistogramEvery = HistogramEvery });
        run.Follow(clipper);
        float[][] gradients = [.. Enumerable.Range(0, HistogramLayers).Select(_ => new float[HistogramElements])];
        GradientBuffer[] buffers = [.. gradients.Select((values, layer) => GradientBuffer.Of(string.Create(CultureInfo.InvariantCulture, $"blocks.{layer}.weight"), values))];
        var random = new Random(2);

        // With loss, learning rate, accuracy, duration and throughput, twenty series.
        string[] names = [.. Enumerable.Range(0, 15).Select(i => ((char)('a' + i)).ToString())];
        Metric[] metrics = new Metric[names.Length];
        for (long step = 1; step <= steps; step++)
        {
            double loss = 0.3 + (2.0 * Math.Exp(-5.0 * step / steps)) + (0.05 * random.NextDouble());
            if (withHistograms && step % HistogramEvery == 0)
            {
                // Of the shape that gradients have: many powers of two, which become smaller as the loss does.
                foreach (float[] values in gradients)
                {
                    for (int i = 0; i < values.Length; i++)
                    {
                        values[i] = (float)(loss * Math.Exp((6.0 * random.NextDouble()) - 9.0));
                    }
                }

                clipper.Clip(buffers, step);
            }

            metrics[0] = new Metric("a", loss * 2.0);
            for (int i = 1; i < metrics.Length; i++)
            {
                metrics[i] = new Metric(names[i], random.NextDouble());
            }

            run.LogStep(1, step, loss, 0.1, accuracy: 1.0 - (loss / 4.0), metrics: metrics);
            if (step % FlushedSteps == 0)
            {
                logging.Flush();
            }
        }

        run.End(success: true);
    }

    private static long Get(DashboardServer server, string request) => server.Client.GetByteArrayAsync(request).GetAwaiter().GetResult().LongLength;

    private static TimeSpan Percentile(List<TimeSpan> times) => times.Order().ElementAt((int)(0.95 * (times.Count - 1)));

    private static void Add(List<DashboardRow> rows, string name, string operation, TimeSpan time, long bytes, DashboardServer server) => Add(rows, name, operation, time, bytes, server.ResidentMb);

    private static void Add(List<DashboardRow> rows, string name, string operation, TimeSpan time, long bytes, double residentMb)
    {
        var row = new DashboardRow(name, operation, Math.Round(time.TotalMilliseconds, 3), bytes, Math.Round(residentMb, 1));
        rows.Add(row);
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{row.Case}, {row.Operation}, {row.Milliseconds}, {row.Bytes}, {row.ResidentMb}"));
    }
}
