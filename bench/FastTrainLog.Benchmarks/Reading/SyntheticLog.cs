using System.Globalization;

namespace FastTrainLog.Benchmarks.Reading;

/// <summary>The JSON lines of a long run, as the library writes them, with spikes, stalls, NaNs and errors here and there.</summary>
internal static class SyntheticLog
{
    private const long LongestFile = 256_000_000;
    private const int StepsOfEpoch = 1000;
    private const int TypicalLine = 740;

    /// <summary>Writes a log of about so many bytes, in files that were rotated.</summary>
    /// <returns>The number of records.</returns>
    public static long Write(string directory, long bytes)
    {
        var random = new Random(1);
        var time = new DateTime(2026, 1, 1, 0, 0, 0, DateTimeKind.Utc);
        long total = bytes / TypicalLine;
        int files = (int)((bytes + LongestFile - 1) / LongestFile);
        long records = 0;
        long step = 0;
        for (int file = files - 1; file >= 0; file--)
        {
            string name = file == 0 ? "run.jsonl" : string.Create(CultureInfo.InvariantCulture, $"run.jsonl.{file}");
            using var writer = new StreamWriter(Path.Combine(directory, name)) { NewLine = "\n" };
            if (step == 0)
            {
                writer.WriteLine(Line(time, "INFO", "training_progress", 1000, "RunStarted", "Training started", $"\"Model\":\"Synthetic\",\"Epochs\":null,\"TotalSteps\":{total},\"BatchSize\":64,\"LearningRate\":0.001,\"Optimizer\":\"Adam\",\"RunId\":\"synthetic\",\"Rank\":null,\"WorldSize\":null"));
                records++;
            }

            while (writer.BaseStream.Position < bytes / files)
            {
                step++;
                double seconds = step % 200_003 == 0 ? 30.0 : 0.009 + (random.NextDouble() * 0.002);
                time = time.AddSeconds(seconds);
                double loss = (0.2 + (2.0 * Math.Exp(-step / 50_000.0))) * (0.9 + (0.2 * random.NextDouble())) * (step % 99_991 == 0 ? 20.0 : 1.0);
                writer.WriteLine(Step(time, step, total, loss, seconds, random));
                records++;
                records += Others(writer, time, step, loss, seconds);
            }
        }

        return records;
    }

    private static string Step(DateTime time, long step, long total, double loss, double seconds, Random random)
    {
        long epoch = (step / StepsOfEpoch) + 1;
        double progress = 100.0 * step / total;
        double accuracy = random.Next(65) / 64.0;
        double norm = 0.5 + random.NextDouble();
        TimeSpan eta = TimeSpan.FromSeconds(Math.Max(0, Math.Round((total - step) * 0.01)));
        string message = string.Create(CultureInfo.InvariantCulture, $"Epoch {epoch}, Step {step}/{total} ({progress:F1}%) - Loss: {loss:F6}, LR: 1.00e-03, ETA: {eta:g}, Phase: training, Accuracy: {accuracy:F4}, Gradient norm: {norm:F6}, Stability: 0.9981, Clipping ratio: 0.3333, Throughput: {64.0 / seconds:F1} samples/s, Duration: {seconds:F6}s");
        string properties = string.Create(CultureInfo.InvariantCulture, $"\"Epoch\":{epoch},\"Step\":{step},\"TotalSteps\":{total},\"Progress\":{progress:R},\"Loss\":{loss:R},\"LearningRate\":0.001,\"Eta\":\"{eta:c}\",\"Phase\":\"training\",\"Accuracy\":{accuracy:R},\"GradientNorm\":{norm:R},\"StabilityScore\":0.9981,\"ClippingRatio\":0.3333333333333333,\"Throughput\":{64.0 / seconds:R},\"StepSeconds\":{seconds:R},\"Metrics\":{{}}");
        return Line(time, "INFO", "training_progress", 1001, "Step", message, properties);
    }

    private static int Others(StreamWriter writer, DateTime time, long step, double loss, double seconds)
    {
        int records = 0;
        if (step % StepsOfEpoch == 0)
        {
            writer.WriteLine(Line(time, "INFO", "performance", 1300, "Performance", "Performance - epoch", string.Create(CultureInfo.InvariantCulture, $"\"Operation\":\"epoch\",\"DurationSeconds\":{seconds * StepsOfEpoch:R},\"Throughput\":6400,\"BatchSize\":64,\"ManagedBytes\":{5_000_000 + step},\"ProcessBytes\":{60_000_000 + step},\"GpuBytes\":null,\"GpuUtilization\":null,\"Metrics\":{{}}")));
            writer.WriteLine(Line(time, "INFO", "training_progress", 1011, "BestValidation", "BEST Validation", string.Create(CultureInfo.InvariantCulture, $"\"Epoch\":{step / StepsOfEpoch},\"Step\":{step},\"Loss\":{loss:R},\"IsBest\":true,\"Metrics\":{{\"accuracy\":0.91}}")));
            records += 2;
        }

        if (step % 50_021 == 0)
        {
            writer.WriteLine(Line(time, "WARNING", "numerical_stability", 1100, "NumericalIssue", "Numerical issue - NaN", $"\"Type\":\"NaN\",\"Severity\":\"Medium\",\"Location\":\"layer{step % 7}\",\"Step\":{step},\"TensorShape\":null,\"NaNCount\":3,\"InfinityCount\":0,\"ElementCount\":19210,\"Value\":null,\"RecoveryAction\":\"gradient_zeroing\""));
            records++;
        }

        return records;
    }

    private static string Line(DateTime time, string level, string logger, int id, string name, string message, string properties) =>
        $"{{\"timestamp\":\"{time:yyyy-MM-ddTHH:mm:ss.fffffffZ}\",\"level\":\"{level}\",\"logger\":\"{logger}\",\"thread\":1,\"run\":\"synthetic\",\"rank\":0,\"world_size\":1,\"event_id\":{id},\"event\":\"{name}\",\"message\":\"{message}\",\"properties\":{{{properties}}}}}";
}
