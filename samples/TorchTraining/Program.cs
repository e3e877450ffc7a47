using System.Globalization;
using System.Runtime.InteropServices;
using FastTrainLog;
using FastTrainLog.Integrations;
using TorchSharp;
using TorchTraining;

const int Failed = 1;
const int WrongUsage = 2;
const int Interrupted = 3;

try
{
    SampleOptions options = SampleOptions.Parse(args);
    if (options.ShowHelp)
    {
        Console.WriteLine(SampleOptions.Help);
        return 0;
    }

    // On Debian 12 TorchSharp's own library needs help; elsewhere this does nothing that TorchSharp would not do by itself.
    NativeTorch.Load();

    // So small a model is trained many times faster by one thread than by several that wait for one another.
    torch.set_num_threads(1);

    using var interruption = new CancellationTokenSource();
    using PosixSignalRegistration ofCtrlC = PosixSignalRegistration.Create(PosixSignal.SIGINT, Interrupt);
    using PosixSignalRegistration ofTermination = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Interrupt);
    using var session = new TrainingSession(options, interruption.Token);
    TrainingOutcome? outcome;
    using (TrainLogging logging = TrainLogging.Create(log =>
    {
        log.ReadEnvironment();
        log.LogDirectory = options.LogDirectory;
    }))
    {
        outcome = session.Run(logging);
    }

    Console.WriteLine($"logs: {Path.GetFullPath(options.LogDirectory)}");
    if (outcome is null)
    {
        Console.WriteLine("interrupted; --resume goes on");
        return Interrupted;
    }

    Console.WriteLine($"the model writes: {outcome.Written[0]}");
    Console.WriteLine(string.Create(
        CultureInfo.InvariantCulture, $"loss on held-out sentences: {outcome.Loss:F4} nats a character; whoever knows the grammar has {outcome.LossOfTheGrammar:F4}"));
    Console.WriteLine($"sentences of the language: {outcome.Accepted} of {outcome.Written.Length}");
    return 0;

    void Interrupt(PosixSignalContext context)
    {
        // A second signal takes its default way, for a run that does not come to its end.
        context.Cancel = !interruption.IsCancellationRequested;
        interruption.Cancel();
    }
}
catch (UsageException exception)
{
    Console.Error.WriteLine(exception.Message);
    return WrongUsage;
}
catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or InvalidOperationException or DllNotFoundException)
{
    Console.Error.WriteLine($"The run failed: {exception.Message}");
    return Failed;
}
