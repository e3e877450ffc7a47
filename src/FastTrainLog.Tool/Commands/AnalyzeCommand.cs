using System.CommandLine;
using System.Globalization;
using FastTrainLog.Reading;

namespace FastTrainLog.Tool.Commands;

/// <summary><c>fasttrainlog analyze DIR</c>: what a log tells of a run.</summary>
internal static class AnalyzeCommand
{
    public static Command Create(TextWriter output, TextWriter error)
    {
        Argument<string> directory = LogDirectoryArgument.Create();
        var command = new Command("analyze", "Shows what a log tells of a training run.") { directory };
        command.SetAction(parsed => Run(parsed.GetRequiredValue(directory), output));
        return command;
    }

    private static int Run(string directory, TextWriter output)
    {
        using var reader = new LogReader(LogDirectoryArgument.FindFiles(directory));
        long records = 0;
        while (reader.Read())
        {
            records++;
        }

        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{records} records, {reader.Unreadable.Count} unreadable lines"));
        return ExitCodes.Success;
    }
}
