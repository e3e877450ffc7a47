using System.CommandLine;
using System.Text.Json;
using FastTrainLog.Analysis.Reports;
using FastTrainLog.Json;
using FastTrainLog.Tool.Compare;
using FastTrainLog.Tool.Runs;
using FastTrainLog.Training;

namespace FastTrainLog.Tool.Commands;

/// <summary><c>fasttrainlog compare RUN RUN…</c>: runs side by side.</summary>
internal static class CompareCommand
{
    public static Command Create(TextWriter output, TextWriter error)
    {
        var names = new Argument<string[]>("runs")
        {
            Description = "A directory, for the latest run of the log in it, or else of those below it, or DIR#ID for one of several, where ID may be a prefix. One directory alone: all its runs.",
            HelpName = "RUN",
            Arity = ArgumentArity.OneOrMore,
        };
        Option<bool> json = JsonOption.Create();
        Option<string[]> where = RunFilter.CreateOption();
        Option<int?> rank = RankOption.Create();
        var command = new DocumentedCommand(
            "compare",
            "Shows runs side by side.",
            """
            Shows runs side by side: loss, metrics, throughput, duration, clipping, trouble, what they were started with, and their loss curves.
            A star marks the best of a row. With --where a directory stands for all runs in and below it for which the conditions hold, in the
            language of 'fasttrainlog runs'. The ranks of a run are shown as one, unless --rank or DIR#ID/RANK names one.

            Returns 0; 1 if a run is not there, 2 for a wrong command line, 130 after Ctrl+C, 143 after SIGTERM.

            Examples:
              fasttrainlog compare runs/a runs/b
              fasttrainlog compare logs
              fasttrainlog compare experiments --where group=sweep --where 'loss<0.5'
              fasttrainlog compare logs#20240115-10 logs#20240116-09 --json
            """)
        {
            names, where, rank, json,
        };
        command.SetAction(parsed => Interruptible.Run(cancellation =>
        {
            List<FoundRun> found = new RunNaming(error, cancellation).Find(parsed.GetRequiredValue(names), parsed.GetValue(where) ?? [], parsed.GetValue(rank));
            return Write(RunReader.Read(found, error, cancellation), parsed.GetValue(json), output);
        }));
        return command;
    }

    private static int Write(List<ComparedRun> runs, bool json, TextWriter output)
    {
        var comparison = new Comparison(runs);
        if (!json)
        {
            comparison.Write(output);
            return ExitCodes.Success;
        }

        output.WriteLine(ShownText.Json(JsonSerializer.Serialize(
            new
            {
                version = JsonForm.Version,
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
                    ranks = run.Ranks,
                    loss = run.Curve.Points().Select(point => new { step = point.Step, mean = point.Loss }),
                }),
                configuration_differences = comparison.Differences,
            },
            JsonOption.Indented)));
        return ExitCodes.Success;
    }
}
