using System.Globalization;

namespace TorchTraining;

/// <summary>What the command line asks for.</summary>
internal sealed record SampleOptions
{
    public const string Help = """
        Trains a small transformer, character by character, to write sentences of a made-up language, with TorchSharp, and logs everything about it.

        usage: TorchTraining [options]

          --steps N             the number of steps, 1 to 1000000 (default 1200)
          --stop-after STEP     ends after this step as Ctrl+C would, to show --resume
          --resume              goes on after the last checkpoint in the log directory, with its steps and its seed
          --log-dir PATH        the directory of the logs and checkpoints (default logs)
          --seed N              decides the first weights and the sentences, 0 to 2147483647 (default 1)
          --help                shows this text

        The last line on standard output is how many of 100 sentences that the trained model writes the language accepts.
        """;

    public long Steps { get; private init; } = 1200;

    public long? StopAfter { get; private init; }

    public bool Resume { get; private init; }

    public string LogDirectory { get; private init; } = "logs";

    public int Seed { get; private init; } = 1;

    public bool ShowHelp { get; private init; }

    /// <summary>Reads the options.</summary>
    /// <exception cref="UsageException">An option is unknown, lacks its value or is out of its range.</exception>
    public static SampleOptions Parse(ReadOnlySpan<string> arguments)
    {
        var options = new SampleOptions();
        while (!arguments.IsEmpty)
        {
            string name = arguments[0];
            string? value = arguments.Length > 1 ? arguments[1] : null;
            bool takesValue = true;
            switch (name)
            {
                case "--steps":
                    options = options with { Steps = Integer(name, value, 1, 1_000_000) };
                    break;
                case "--stop-after":
                    options = options with { StopAfter = Integer(name, value, 1, 1_000_000) };
                    break;
                case "--seed":
                    options = options with { Seed = (int)Integer(name, value, 0, int.MaxValue) };
                    break;
                case "--log-dir":
                    options = options with { LogDirectory = value is { Length: > 0 } ? value : throw new UsageException("The option --log-dir lacks its path; write --log-dir PATH.") };
                    break;
                case "--resume":
                    (options, takesValue) = (options with { Resume = true }, false);
                    break;
                case "--help" or "-h":
                    return options with { ShowHelp = true };
                default:
                    throw new UsageException($"The option '{name}' is unknown; --help lists those that there are.");
            }

            arguments = arguments[(takesValue ? 2 : 1)..];
        }

        return options;
    }

    private static long Integer(string name, string? value, long least, long most) =>
        long.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out long number) && number >= least && number <= most
            ? number
            : throw new UsageException($"The option {name} is '{value}', but must be a whole number from {least} to {most}.");
}
