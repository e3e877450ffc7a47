using System.CommandLine;
using FastTrainLog.Analysis;
using FastTrainLog.Analysis.Reports;
using FastTrainLog.Ranks;
using FastTrainLog.Tool.Directories;
using FastTrainLog.Tool.Rendering;

namespace FastTrainLog.Tool.Commands;

/// <summary><c>fasttrainlog analyze DIR</c>: what a log shows about a run.</summary>
internal static class AnalyzeCommand
{
    public static Command Create(TextWriter output, TextWriter error)
    {
        Argument<string> directory = LogDirectoryArgument.Create();
        var json = new Option<bool>("--json") { Description = "Writes all figures as JSON to standard output, instead of the tables." };
        var html = new Option<string?>("--html") { Description = "Writes an HTML page with charts, which needs no network.", HelpName = "FILE" };
        var run = new Option<string?>("--run") { Description = "The run to analyse, by its name or a prefix of it; by default the run that started last.", HelpName = "NAME" };
        Option<int?> rank = RankOption.Create();
        var command = new DocumentedCommand(
            "analyze",
            "Analyses a training run from its log: progress, stability, anomalies, errors, performance.",
            """
            Analyses a training run from its log: progress, stability, anomalies, errors, performance. A table that the terminal is too
            narrow for loses its last columns; --json and --html have all of them.

            A run of several processes is shown as one, with its ranks compared: step times, stragglers, ranks that disagree or fell silent, and
            which went non-finite first. Their logs may be in DIR or in directories below it. --rank shows one of them.

            DIR may be the address of logs that were shipped to object storage, such as s3://bucket/runs/17: they are fetched into the cache
            directory first. How the storage is reached is in docs/shipping.md.

            Returns 0; 1 if there is no log or no such run, 2 for a wrong command line, 130 after Ctrl+C, 143 after SIGTERM.

            Examples:
              fasttrainlog analyze logs
              fasttrainlog analyze logs --run 20240115-103015-1a2b --html page.html
              fasttrainlog analyze logs --rank 3
              fasttrainlog analyze logs --json | jq .progress.loss.minimum
            """)
        {
            directory, json, html, run, rank,
        };
        command.SetAction(parsed => Interruptible.Run(cancellation =>
        {
            LogAnalysis analysis = Read(parsed.GetRequiredValue(directory), parsed.GetValue(run), parsed.GetValue(rank), error, cancellation);
            if (parsed.GetValue(json))
            {
                WriteJson(analysis, output);
            }
            else
            {
                new TerminalReport(StyledConsole.Over(output), analysis).Write();
            }

            if (parsed.GetValue(html) is { } file)
            {
                using (FileStream page = File.Create(file))
                {
                    analysis.WriteHtml(page);
                }

                // Standard output contains only JSON if that is requested.
                (parsed.GetValue(json) ? error : output).WriteLine(ShownText.Of($"Page with charts: {Path.GetFullPath(file)}"));
            }

            return ExitCodes.Success;
        }));
        return command;
    }

    private static LogAnalysis Read(string directory, string? run, int? rank, TextWriter error, CancellationToken cancellation)
    {
        directory = StoredLogs.DirectoryOf(directory, cancellation);
        LogDirectoryArgument.RequireLogs(directory);
        using var progress = new ReadingProgress(error);
        return RunAnalysis.Read(directory, run, rank, progress.Show, cancellation);
    }

    private static void WriteJson(LogAnalysis analysis, TextWriter output)
    {
        using var json = new MemoryStream();
        analysis.WriteJson(json);
        output.WriteLine(System.Text.Encoding.UTF8.GetString(json.GetBuffer(), 0, (int)json.Length));
    }
}
