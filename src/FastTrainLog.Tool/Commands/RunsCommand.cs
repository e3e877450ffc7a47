using System.CommandLine;
using System.Text.Json;
using System.Text.Json.Serialization;
using FastTrainLog.Analysis.Reports;
using FastTrainLog.Tool.Rendering;
using FastTrainLog.Tool.Runs;

namespace FastTrainLog.Tool.Commands;

/// <summary><c>fasttrainlog runs ROOT</c>: the runs of all logs below a directory.</summary>
internal static class RunsCommand
{
    private static readonly JsonSerializerOptions Options = new(JsonOption.Indented) { NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals };

    public static Command Create(TextWriter output, TextWriter error)
    {
        var root = new Argument<string>("root") { Description = "The directory below which logs are looked for, at any depth.", HelpName = "ROOT" };
        Option<string[]> where = RunFilter.CreateOption();
        var sort = new Option<string?>("--sort") { Description = "The column to sort by, with a minus ahead of it from the greatest down; without it by the start.", HelpName = "COLUMN" };
        var limit = new Option<int?>("--limit") { Description = "The most runs to show.", HelpName = "N" };
        Option<bool> json = JsonOption.Create();
        var command = new DocumentedCommand(
            "runs",
            "Lists the runs of all logs below a directory.",
            """
            Lists the runs of all logs below a directory: state, name, model, steps, loss, best validation, duration, and what differs in their
            configuration. A run of several ranks is one. A column is one of run, state, name, group, model, ranks, steps, loss, best, duration,
            started, tags, directory, or a value of the configuration, by its name or as config.NAME. What was read is kept in an index beside
            each log, so the next time is fast.

            Returns 0; 1 if there is no such directory or column, 2 for a wrong command line, 130 after Ctrl+C, 143 after SIGTERM.

            Examples:
              fasttrainlog runs experiments
              fasttrainlog runs experiments --where state=completed --where 'config.depth>=12' --sort best
              fasttrainlog runs experiments --where tags~baseline --sort -started --limit 10 --json
            """)
        {
            root, where, sort, limit, json,
        };
        command.SetAction(parsed => Interruptible.Run(cancellation =>
        {
            List<FoundRun> runs = RunFinder.Find(parsed.GetRequiredValue(root), isRoot: true, error, cancellation);
            runs = RunFilter.ApplyAll(parsed.GetValue(where), runs);
            runs = Sort(runs, parsed.GetValue(sort));
            runs = parsed.GetValue(limit) is { } most ? [.. runs.Take(most)] : runs;
            if (parsed.GetValue(json))
            {
                WriteJson(runs, output);
            }
            else
            {
                WriteTable(runs, output);
            }

            return ExitCodes.Success;
        }));
        return command;
    }

    private static List<FoundRun> Sort(List<FoundRun> runs, string? by)
    {
        if (by is null)
        {
            return runs;
        }

        bool isDown = by.StartsWith('-');
        RunColumn column = RunColumn.Find(by.TrimStart('-'), runs);
        Comparer<IComparable?> order = Comparer<IComparable?>.Create(RunColumn.Compare);
        // Runs without a value are at the end in either order.
        IOrderedEnumerable<FoundRun> has = runs.OrderBy(run => column.Value(run) is null or double.NaN);
        return [.. isDown ? has.ThenByDescending(column.Value, order) : has.ThenBy(column.Value, order)];
    }

    private static void WriteTable(List<FoundRun> runs, TextWriter output)
    {
        if (runs.Count == 0)
        {
            output.WriteLine("There is no such run.");
            return;
        }

        IReadOnlyList<RunColumn> columns = RunColumn.Shown(runs);
        var table = new FigureTable([.. columns.Select(column => column.Head)]);
        foreach (FoundRun run in runs)
        {
            table.Add([.. columns.Select(column => column.Show(run))]);
        }

        IReadOnlyList<string> omitted = table.Write(StyledConsole.Over(output));
        if (omitted.Count > 0)
        {
            output.WriteLine(ShownText.Of($"Not shown, because the table would be too wide: {string.Join(", ", omitted)}; --json has all."));
        }
    }

    private static void WriteJson(List<FoundRun> runs, TextWriter output) => output.WriteLine(ShownText.Json(JsonSerializer.Serialize(
        new
        {
            runs = runs.Select(run => new
            {
                run = run.Figures.Name,
                directory = run.Directory,
                state = run.Figures.Outcome,
                reason = run.Figures.Reason,
                name = run.Figures.Title,
                group = run.Figures.Group,
                tags = run.Figures.Tags,
                model = run.Figures.Model,
                ranks = run.Figures.WorldSize,
                started = run.Figures.Started,
                duration_seconds = run.Figures.DurationSeconds,
                steps = run.Figures.Steps,
                last_step = run.Figures.LastStep,
                total_steps = run.Figures.TotalSteps,
                loss = run.Figures.FinalLoss ?? run.Figures.LastLoss,
                best = run.Figures.Best,
                configuration = run.Figures.Configuration,
            }),
            configuration_differences = RunColumn.Differing(runs).Select(column => column.Head),
        },
        Options)));
}
