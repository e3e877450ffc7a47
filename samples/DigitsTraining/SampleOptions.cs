using System.Globalization;

namespace DigitsTraining;

/// <summary>What the command line asks for.</summary>
internal sealed record SampleOptions
{
    public const string Help = """
        Trains a small network on 1,797 handwritten digits and logs everything about it.

        usage: DigitsTraining [options]

          --epochs N            how often all digits are seen, 1 to 1000000 (default 60)
          --learning-rate X     the learning rate at the start, above 0 and at most 1 (default 0.01)
          --max-norm X          the norm at which gradients are clipped, above 0 (default 1)
          --log-dir PATH        the directory of the logs (default FASTTRAINLOG_LOG_DIRECTORY, else logs)
          --seed N              decides the split, the first weights and the order, 0 to 2147483647 (default 1)
          --inject-nan STEP     puts a NaN into a gradient of this step, to show what becomes of it
          --inject-error STEP   makes the reading of this step's batch fail once, to show what becomes of it
          --zlogger FILE        hands every record to ZLogger too, which writes it to this file as a line of JSON
          --help                shows this text

        While it trains, 'fasttrainlog control PATH' can pause and stop it, save a checkpoint and set learning_rate.

        The last line on standard output is the accuracy on digits that the network has not seen.
        """;

    public int Epochs { get; private init; } = 60;

    public double LearningRate { get; private init; } = 0.01;

    public double MaxNorm { get; private init; } = 1.0;

    // The variable of TrainLogOptions.ReadEnvironment, by which 'fasttrainlog run' says where logs are.
    public string LogDirectory { get; private init; } = Environment.GetEnvironmentVariable("FASTTRAINLOG_LOG_DIRECTORY") is { Length: > 0 } directory ? directory : "logs";

    public int Seed { get; private init; } = 1;

    public long? InjectNaN { get; private init; }

    public long? InjectError { get; private init; }

    public string? ZLoggerFile { get; private init; }

    public bool ShowHelp { get; private init; }

    /// <summary>Reads the options, each given as <c>--name value</c> or <c>--name=value</c>.</summary>
    /// <exception cref="UsageException">An option is unknown, lacks its value or is out of its range.</exception>
    public static SampleOptions Parse(ReadOnlySpan<string> arguments)
    {
        var options = new SampleOptions();
        while (!arguments.IsEmpty)
        {
            string[] parts = arguments[0].Split('=', 2);
            arguments = arguments[1..];
            if (parts[0] is "--help" or "-h")
            {
                return options with { ShowHelp = true };
            }

            string name = parts[0];
            if (!IsKnown(name))
            {
                throw new UsageException($"The option '{name}' is unknown; --help lists those that there are.");
            }

            if (parts.Length == 1 && arguments.IsEmpty)
            {
                throw new UsageException($"The option {name} lacks its value; write {name} VALUE.");
            }

            string value = parts.Length == 2 ? parts[1] : arguments[0];
            arguments = parts.Length == 2 ? arguments : arguments[1..];
            options = options.With(name, value);
        }

        return options;
    }

    private static bool IsKnown(string name) =>
        name is "--epochs" or "--learning-rate" or "--max-norm" or "--log-dir" or "--seed" or "--inject-nan" or "--inject-error" or "--zlogger";

    private SampleOptions With(string name, string value) => name switch
    {
        "--epochs" => this with { Epochs = (int)Integer(name, value, 1, 1_000_000) },
        "--learning-rate" => this with { LearningRate = Number(name, value, 1.0, "above 0 and at most 1") },
        "--max-norm" => this with { MaxNorm = Number(name, value, double.MaxValue, "above 0 and finite") },
        "--seed" => this with { Seed = (int)Integer(name, value, 0, int.MaxValue) },
        "--inject-nan" => this with { InjectNaN = Integer(name, value, 1, long.MaxValue) },
        "--inject-error" => this with { InjectError = Integer(name, value, 1, long.MaxValue) },
        "--zlogger" => this with { ZLoggerFile = PathOf(name, value, "zlogger.jsonl") },
        _ => this with { LogDirectory = PathOf(name, value, "logs") },
    };

    private static string PathOf(string name, string value, string example) =>
        value.Length > 0 ? value : throw new UsageException($"The option {name} is empty, but must be a path, such as {example}.");

    private static long Integer(string name, string value, long least, long most) =>
        long.TryParse(value, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long number) && number >= least && number <= most
            ? number
            : throw new UsageException($"The option {name} is '{value}', but must be a whole number from {least} to {most}.");

    private static double Number(string name, string value, double most, string range) =>
        double.TryParse(value, NumberStyles.Float, CultureInfo.InvariantCulture, out double number) && number > 0 && number <= most
            ? number
            : throw new UsageException($"The option {name} is '{value}', but must be a number {range}.");
}
