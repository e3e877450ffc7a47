using System.Globalization;
using DigitsTraining;
using FastTrainLog;
using ZLogger;

const int Failed = 1;
const int WrongUsage = 2;

try
{
    SampleOptions options = SampleOptions.Parse(args);
    if (options.ShowHelp)
    {
        Console.WriteLine(SampleOptions.Help);
        return 0;
    }

    using var interruption = new Interruption();
    var session = new TrainingSession(options, interruption);
    double? accuracy;
    using (TrainLogging logging = OpenLog(options))
    {
        accuracy = session.Run(logging);
    }

    if (accuracy is null)
    {
        Console.WriteLine($"run {session.EndReason}; logs are in {Path.GetFullPath(options.LogDirectory)}");
        return interruption.ExitCode;
    }

    Console.WriteLine($"logs: {Path.GetFullPath(options.LogDirectory)}");
    Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"test accuracy: {accuracy:F4}"));
    return 0;
}
catch (UsageException exception)
{
    Console.Error.WriteLine(exception.Message);
    return WrongUsage;
}
catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or InvalidOperationException)
{
    Console.Error.WriteLine($"The run failed: {exception.Message}");
    return Failed;
}

static TrainLogging OpenLog(SampleOptions options)
{
    try
    {
        return TrainLogging.Create(log =>
        {
            log.ReadEnvironment();
            log.LogDirectory = options.LogDirectory;
            if (options.ZLoggerFile is { } file)
            {
                AddZLogger(log, file);
            }
        });
    }
    catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
    {
        throw new UsageException($"The option --log-dir is '{options.LogDirectory}', but must be a directory that can be written: {exception.Message}");
    }
}

static void AddZLogger(TrainLogOptions log, string file)
{
    try
    {
        log.AddZLogger(zlogger => zlogger.AddZLoggerFile(file, options => options.UseJsonFormatter()));
    }
    catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
    {
        throw new UsageException($"The option --zlogger is '{file}', but must be a file that can be written: {exception.Message}");
    }
}
