using FastTrainLog.Sinks;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace FastTrainLog.Benchmarks.Pipeline;

/// <summary>FastTrainLog into one file, its own or ZLogger's, called directly or through a composite logger of Microsoft.Extensions.Logging.</summary>
internal sealed class OwnContestant : Contestant
{
    private readonly TrainLogging _logging;
    private readonly TrainLogger? _direct;
    private readonly ILogger? _composite;
    private readonly ServiceProvider? _services;

    private OwnContestant(string logger, string format, string directory, Action<TrainLogOptions> addFile, bool throughILogger)
        : base(logger, format)
    {
        void Configure(TrainLogOptions options)
        {
            options.LogDirectory = directory;
            options.EnableFileLogging = options.EnableJsonLogging = options.EnableConsoleLogging = false;
            // Its own record every ten seconds would be counted among the benchmark's.
            options.ResourceInterval = TimeSpan.Zero;
            addFile(options);
        }

        if (throughILogger)
        {
            _services = new ServiceCollection().AddLogging(builder => builder.AddFastTrainLog(Configure)).BuildServiceProvider();
            _logging = _services.GetRequiredService<TrainLogging>();
            _composite = _services.GetRequiredService<ILoggerFactory>().CreateLogger("bench");
        }
        else
        {
            _logging = TrainLogging.Create(Configure);
            _direct = _logging.GetLogger("bench");
        }
    }

    public static OwnContestant Direct(string format, string directory) => new("FastTrainLog", format, directory, OwnFile(format, directory), throughILogger: false);

    public static OwnContestant ThroughMel(string format, string directory) => new("FastTrainLog via MEL", format, directory, OwnFile(format, directory), throughILogger: true);

    public static OwnContestant ToZLogger(string format, string directory) =>
        new("FastTrainLog to ZLogger", format, directory, options => options.AddZLogger(zlogger => ZLoggerContestant.AddFile(zlogger, format, directory)), throughILogger: false);

    private static Action<TrainLogOptions> OwnFile(string format, string directory) => options =>
        options.AddSink(new RollingFileSink(Path.Combine(directory, "own." + format), format == "json", maxSize: 0, backups: 0));

    public override void Log(int epoch, long step, double loss, double accuracy, double learningRate, float norm, double throughput)
    {
        if (_direct is not null)
        {
            OwnMessages.Step(_direct, epoch, step, loss, accuracy, learningRate, norm, throughput);
        }
        else
        {
            OwnMessages.StepThroughILogger(_composite!, epoch, step, loss, accuracy, learningRate, norm, throughput);
        }
    }

    public override void Close()
    {
        _services?.Dispose();
        _logging.Dispose();
    }
}
