using System.CommandLine;
using FastTrainLog.Analysis;
using FastTrainLog.Tool.Rendering;

namespace FastTrainLog.Tool.Commands;

/// <summary><c>fasttrainlog analyze DIR</c>: what a log tells of a run.</summary>
internal static class AnalyzeCommand
{
    public static Command Create(TextWriter output, TextWriter error)
    {
        Argument<string> directory = LogDirectoryArgument.Create();
        var json = new Option<bool>("--json") { Description = "Writes all figures as JSON to standard output, in the place of the tables." };
        var html = new Option<string?>("--html") { Description = "Writes a page with charts, which needs no network.", HelpName = "FILE" };
        var run = new Option<string?>("--run") { Description = "The run to analyse; without it the one that began last.", HelpName = "ID" };
        var command = new Command("analyze", "Shows what a log tells of a training run: progress, stability, anomalies, errors, performance.") { directory, json, html, run };
        command.SetAction(parsed => Interruptible.Run(cancellation =>
        {
            LogAnalysis analysis = Read(parsed.GetRequiredValue(directory), parsed.GetValue(run), error, cancellation);
            if (parsed.GetValue(html) is { } file)
            {
                using FileStream page = File.Create(file);
                analysis.WriteHtml(page);
            }

            if (parsed.GetValue(json))
            {
                WriteJson(analysis, output);
            }
            else
            {
                new TerminalReport(StyledConsole.Over(output), analysis).Write();
            }

            return ExitCodes.Success;
        }));
        return command;
    }

    private static LogAnalysis Read(string directory, string? run, TextWriter error, CancellationToken cancellation)
    {
        LogDirectoryArgument.FindFiles(directory);
        using var progress = new ReadingProgress(error);
        try
        {
            return LogAnalysis.Read(directory, run, progress.Show, cancellation);
        }
        catch (LogNotFoundException exception)
        {
            throw new ToolException(exception.Message);
        }
    }

    private static void WriteJson(LogAnalysis analysis, TextWriter output)
    {
        using var json = new MemoryStream();
        analysis.WriteJson(json);
        output.WriteLine(System.Text.Encoding.UTF8.GetString(json.GetBuffer(), 0, (int)json.Length));
    }
}
