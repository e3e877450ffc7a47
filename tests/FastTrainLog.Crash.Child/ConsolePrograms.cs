using FastTrainLog.Training;

namespace FastTrainLog.Crash.Child;

/// <summary>Programs that train with the default console, log to <c>logs</c>, and write to the console themselves.</summary>
internal static class ConsolePrograms
{
    public static int Run(string kind)
    {
        // Some programs keep the writer that they found at their start.
        TextWriter kept = Console.Out;
        var redirected = new StringWriter();
        if (kind == "redirected-by-program")
        {
            Console.SetOut(redirected);
        }

        TextWriter found = Console.Out;
        using (TrainLogging logging = TrainLogging.Create(log =>
        {
            log.FlushInterval = TimeSpan.FromMilliseconds(20);
            log.ReadEnvironment();
        }))
        {
            using TrainingRun run = TrainingRun.Start(logging, new TrainingRunOptions { Model = "MyModel", TotalSteps = 1000, BatchSize = 32, RunId = "r1" });
            Thread? other = kind == "two-writers" ? new Thread(() => WriteAll(kept)) : null;
            other?.Start();
            for (int step = 1; step <= 1000; step++)
            {
                run.LogStep(1, step, 1.0 / step, 0.1);
                if (kind != "silent" && step % 20 == 0)
                {
                    Write(step);
                    Thread.Sleep(2);
                }

                if (kind == "talking" && step == 500)
                {
                    // Until the person has seen the live line.
                    SpinWait.SpinUntil(static () => File.Exists("seen"), TimeSpan.FromMinutes(2));
                }
            }

            other?.Join();
            run.End(success: true);
            logging.Flush();
            if (!ReferenceEquals(found, Console.Out))
            {
                kept.WriteLine("another writer is in place");
            }
        }

        if (kind == "redirected-by-program")
        {
            kept.WriteLine($"redirected: {redirected.ToString().Split('\n').Count(line => line.StartsWith("line", StringComparison.Ordinal))}");
        }

        return 0;
    }

    private static void Write(int step)
    {
        Console.WriteLine($"line {step}");
        Console.WriteLine($"below it {step}");
        Console.Write($"begun {step}... ");
        Console.Error.WriteLine($"error {step}");
        Console.WriteLine("{0} {1} 精", "done", step);
    }

    private static void WriteAll(TextWriter kept)
    {
        for (int i = 0; i < 2000; i++)
        {
            kept.WriteLine($"kept {i}");
        }
    }
}
