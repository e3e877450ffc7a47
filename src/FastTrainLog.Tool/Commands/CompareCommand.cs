using System.CommandLine;
using System.Text.Json;
using System.Text.Json.Serialization;
using FastTrainLog.Tool.Compare;

namespace FastTrainLog.Tool.Commands;

/// <summary><c>fasttrainlog compare RUN RUN…</c>: runs side by side.</summary>
internal static class CompareCommand
{
    // A loss may be NaN, for which JSON has no number.
    private static readonly JsonSerializerOptions Options = new(JsonOption.Indented) { NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals };

    public static Command Create(TextWriter output, TextWriter error)
    {
        var names = new Argument<string[]>("runs")
        {
            Description = "A log directory, for the latest run in it, or DIR#ID for one of several, where ID may be how it begins. One directory alone: all its runs.",
            HelpName = "RUN",
            Arity = ArgumentArity.OneOrMore,
        };
        Option<bool> json = JsonOption.Create();
        var command = new DocumentedCommand(
            "compare",
            "Shows runs side by side.",
            """
            Shows runs side by side: loss, metrics, throughput, duration, clipping, trouble, what they were started with, and their loss curves.
            A star marks the best of a row.

            Returns 0; 1 if a run is not there, 2 for a wrong command line, 130 after Ctrl+C, 143 after SIGTERM.

            Examples:
              fasttrainlog compare runs/a runs/b
              fasttrainlog compare logs
              fasttrainlog compare logs#20240115-10 logs#20240116-09 --json
            """)
        {
            names, json,
        };
        command.SetAction(parsed => Interruptible.Run(cancellation => Run(parsed.GetRequiredValue(names), parsed.GetValue(json), output, error, cancellation)));
        return command;
    }

    private static int Run(string[] names, bool json, TextWriter output, TextWriter error, CancellationToken cancellation)
    {
        List<ComparedRun> runs = RunReader.Read(names, error, cancellation);
        var comparison = new Comparison(runs);
        if (!json)
        {
            comparison.Write(output);
            return ExitCodes.Success;
        }

        output.WriteLine(JsonSerializer.Serialize(
            new
            {
                runs = runs.Select(run => new
                {
                    run = run.Id,
                    directory = run.Directory,
                    started = run.Start,
                    outcome = run.Outcome,
                    duration_seconds = run.Duration.TotalSeconds,
                    steps = run.Steps,
                    final_loss = run.FinalLoss,
                    best_loss = run.BestLoss,
                    best_loss_step = run.BestLossStep,
                    best_validation_loss = run.BestValidationLoss,
                    metrics = run.Metrics,
                    throughput = run.Throughput,
                    clip_rate = run.ClipRate,
                    non_finite_steps = run.NonFiniteSteps,
                    numerical_issues = run.Issues,
                    warnings = run.Warnings,
                    errors = run.Errors,
                    configuration = run.Configuration,
                    loss = run.Curve.Points().Select(point => new { step = point.Step, mean = point.Loss }),
                }),
                configuration_differences = comparison.Differences,
            },
            Options));
        return ExitCodes.Success;
    }
}
