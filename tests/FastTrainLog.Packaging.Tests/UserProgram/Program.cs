using FastTrainLog;
using FastTrainLog.Gradients;
using FastTrainLog.Training;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Logging;

string directory = args[0];
Environment.SetEnvironmentVariable("FASTTRAINLOG_MINIMUMLEVEL", "Information");
IConfiguration configuration = new ConfigurationBuilder()
    .AddInMemoryCollection([new("Logging:FastTrainLog:EnableConsoleLogging", "false"), new("Logging:FastTrainLog:CategoryFiles:Augmentation", "augmentation.log")])
    .Build();

// A host's way to the log.
using (ILoggerFactory factory = LoggerFactory.Create(builder => builder.AddConfiguration(configuration.GetSection("Logging")).AddFastTrainLog(o =>
{
    o.LogDirectory = Path.Combine(directory, "host");
    o.ReadEnvironment();
})))
{
    ILogger logger = factory.CreateLogger("Augmentation");
    int[] shapes = [3, 224, 224];
    logger.ReaderSlow("digits", TimeSpan.FromSeconds(2), shapes);
    logger.BatchUnreadable(17L, new InvalidDataException("no header"));
    logger.LogInformation("plain {Value}", 42);
#if !CSHARP_12
    logger.Extended(7);
    shapes.LogFirst(logger);
#endif
}

// A training loop's.
using (TrainLogging logging = TrainLogging.Create(o => (o.LogDirectory, o.EnableConsoleLogging) = (Path.Combine(directory, "loop"), false)))
{
    logging.GetLogger(LogCategories.Main).Augmented(3, 5000, 1.25, Phase.Steady);
    using TrainingRun run = TrainingRun.Start(logging, new TrainingRunOptions { Model = "UserModel", TotalSteps = 2, BatchSize = 32 });
    using var clipper = new GradientClipper(new GradientClipperOptions { Limit = GradientLimit.L2Norm(1.0) });
    float[] gradient = GC.AllocateArray<float>(4, pinned: true);
    gradient.AsSpan().Fill(2f);
    GradientStatistics gradients = clipper.Clip([GradientBuffer.FromPinnedArray("weight", gradient)], 1);
    run.LogStep(epoch: 1, 1, 0.5, 0.01, gradients, accuracy: 0.75);
    run.LogError(new InvalidOperationException("lost the data set"), "load");
    run.End(success: true);
}

Console.WriteLine("ran");
