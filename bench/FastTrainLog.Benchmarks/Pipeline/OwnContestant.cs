using FastTrainLog.Sinks;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace FastTrainLog.Benchmarks.Pipeline;

/// <summary>FastTrainLog into one rolling file, called directly or through a composite logger of Microsoft.Extensions.Logging.</summary>
internal sealed class OwnContestant : Contestant
{
    private readonly TrainLogging _logging;
    private readonly TrainLogger? _direct;
    private readonly ILogger? _composite;
    private readonly ServiceProvider? _services;

    public OwnContestant(string format, string directory, bool throughILogger)
        : base(throughILogger ? "FastTrainLog via MEL" : "FastTrainLog", format)
    {
        void Configure(TrainLogOptions options)
        {
            options.LogDirectory = directory;
            options.EnableFileLogging = options.EnableJsonLogging = options.EnableConsoleLogging = false;
            // Its own record every ten seconds would be counted among the benchmark's.
            options.ResourceInterval = TimeSpan.Zero;
            options.AddSink(new RollingFileSink(Path.Combine(directory, "own." + format), format == "json", maxSize: 0, backups: 0));
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
