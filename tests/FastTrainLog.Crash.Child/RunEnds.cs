using FastTrainLog.Training;
using Microsoft.Extensions.Logging;

namespace FastTrainLog.Crash.Child;

/// <summary>Runs that end in ways in which nobody ends them. Each has logged four steps of ten before.</summary>
internal static class RunEnds
{
    private const int Steps = 4;

    private static TrainLogging? Kept;
    private static TrainingRun? KeptRun;

    public static int Run(string end, string directory)
    {
        switch (end)
        {
            case "throw":
                Train(directory, static () => throw new InvalidOperationException("out of memory in layer 3"));
                break;
            case "throw-async":
                TrainAsync(directory, static () => throw new InvalidOperationException("out of memory in layer 3")).GetAwaiter().GetResult();
                break;
            case "throw-without-using":
                Leave(directory);
                throw new InvalidOperationException("out of memory in layer 3");
            case "throw-on-thread":
                Train(directory, static () => OnThread(static () => throw new InvalidOperationException("out of memory in layer 3")));
                break;
            case "throw-in-task":
                Train(directory, static () => Task.Run(static () => throw new InvalidOperationException("out of memory in layer 3")).GetAwaiter().GetResult());
                break;
            case "throw-in-async-void":
                Train(directory, static () =>
                {
                    Forget();
                    Thread.Sleep(Timeout.Infinite);
                });
                break;
            case "throw-in-pool":
                Train(directory, static () =>
                {
                    ThreadPool.QueueUserWorkItem(static _ => throw new InvalidOperationException("out of memory in layer 3"));
                    Thread.Sleep(Timeout.Infinite);
                });
                break;
            case "throw-cancelled":
                TrainAsync(directory, static () => throw new OperationCanceledException("asked to stop")).GetAwaiter().GetResult();
                break;
            case "caught":
                try
                {
                    Train(directory, static () => throw new InvalidOperationException("out of memory in layer 3"));
                }
                catch (InvalidOperationException)
                {
                    return 9;
                }

                break;
            case "caught-cancelled":
                try
                {
                    TrainAsync(directory, static () => throw new TaskCanceledException("asked to stop")).GetAwaiter().GetResult();
                }
                catch (OperationCanceledException)
                {
                    return 9;
                }

                break;
            case "left":
                try
                {
                    throw new FormatException("handled long before");
                }
                catch (FormatException)
                {
                    // What was handled is not what the run is left by.
                }

                Train(directory, static () => { });
                return 9;
            case "unobserved":
                Train(directory, static () =>
                {
                    Drop();
                    while (!Kept!.Snapshot().Runs[0].Errors.Any())
                    {
                        GC.Collect();
                        GC.WaitForPendingFinalizers();
                        Kept.Flush();
                    }

                    KeptRun!.End(success: true);
                });
                return 9;
            case "exit":
                Train(directory, static () => Environment.Exit(3));
                break;
            case "return":
                Leave(directory);
                return 5;
            case "fail-fast":
                Train(directory, static () => Environment.FailFast("on purpose"));
                break;
            case "late-handlers-of-exit":
                Leave(directory);
                AppDomain.CurrentDomain.ProcessExit += static (_, _) => Kept!.GetLogger(LogCategories.Main).LogInformation("said by a handler registered later");
                Environment.Exit(3);
                break;
            case "late-handlers-of-exception":
                Leave(directory);
                AppDomain.CurrentDomain.UnhandledException += static (_, _) => Kept!.GetLogger(LogCategories.Main).LogInformation("said by a handler registered later");
                throw new InvalidOperationException("out of memory in layer 3");
            case "closed":
                Leave(directory);
                Kept!.Dispose();
                KeptRun!.LogStep(1, Steps + 1, 0.5, 1e-3);
                return 9;
            case "wait":
                Train(directory, static () => Wait());
                break;
            case "wait-and-go-on":
                Train(directory, static () =>
                {
                    Wait(onSignal: true);
                    KeptRun!.LogStep(1, Steps + 1, 0.5, 1e-3);
                    Kept!.Flush();
                    Wait();
                });
                break;
            case "forever":
                Train(directory, static () =>
                {
                    for (long step = Steps + 1; ; step++)
                    {
                        KeptRun!.LogStep(1, step, 1.0 / step, 1e-3);
                        if (step % 64 == 0)
                        {
                            Thread.Sleep(1);
                        }
                    }
                });
                break;
            case "sixty-of-a-hundred":
                using (TrainLogging logging = Open(directory))
                using (TrainingRun run = TrainingRun.Start(logging, new TrainingRunOptions { Model = "Child", TotalSteps = 100, BatchSize = 32, RunId = "the-run" }))
                {
                    for (int step = 1; step <= 60; step++)
                    {
                        run.LogStep(1, step, 100.0 - step, 1e-3);
                        if (step % 20 == 0)
                        {
                            run.LogValidation(1, step, 1.0 / step);
                        }
                    }

                    if (Environment.GetEnvironmentVariable("FASTTRAINLOG_FLUSH_INTERVAL") is null)
                    {
                        logging.Flush(TimeSpan.FromSeconds(50));
                    }

                    Wait();
                }

                break;
            case "own-handler":
                Console.CancelKeyPress += static (_, pressed) =>
                {
                    pressed.Cancel = true;
                    KeptRun!.End(RunOutcome.Cancelled, "Ctrl+C");
                    Kept!.Dispose();
                    Environment.Exit(9);
                };
                Train(directory, static () => Wait());
                break;
        }

        return 2;
    }

    private static TrainingRun Start(TrainLogging logging)
    {
        TrainingRun run = TrainingRun.Start(logging, new TrainingRunOptions { Model = "Child", TotalSteps = 10, BatchSize = 1, RunId = "the-run" });
        for (int step = 1; step <= Steps; step++)
        {
            run.LogStep(1, step, 1.0 / step, 1e-3);
        }

        (Kept, KeptRun) = (logging, run);
        return run;
    }

    private static TrainLogging Open(string directory) => TrainLogging.Create(options =>
    {
        (options.LogDirectory, options.EnableConsoleLogging, options.ResourceInterval, options.ShutdownTimeout) = (directory, false, TimeSpan.Zero, TimeSpan.FromSeconds(50));
        options.ReadEnvironment();
    });

    private static void Leave(string directory) => Start(Open(directory));

    private static void Train(string directory, Action then)
    {
        using TrainLogging logging = Open(directory);
        using TrainingRun run = Start(logging);
        then();
    }

    private static async Task TrainAsync(string directory, Action then)
    {
        using TrainLogging logging = Open(directory);
        using TrainingRun run = Start(logging);
        await Task.Yield();
        then();
    }

    private static void OnThread(Action action)
    {
        var thread = new Thread(() => action()) { Name = "loader" };
        thread.Start();
        thread.Join();
    }

    private static async void Forget()
    {
        await Task.Yield();
        throw new InvalidOperationException("out of memory in layer 3");
    }

    private static void Drop() => OnThread(static () => Task.Run(static () => throw new InvalidOperationException("out of memory in layer 3")).ContinueWith(static _ => { }, TaskScheduler.Default).Wait());

    private static void Wait(bool onSignal = false)
    {
        using var signalled = new ManualResetEventSlim();
        using IDisposable? handler = onSignal ? System.Runtime.InteropServices.PosixSignalRegistration.Create(System.Runtime.InteropServices.PosixSignal.SIGTERM, context =>
        {
            context.Cancel = true;
            signalled.Set();
        }) : null;
        Console.WriteLine("ready");
        signalled.Wait();
    }
}
