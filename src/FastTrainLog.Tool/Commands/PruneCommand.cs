using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using FastTrainLog.Analysis.Reports;
using FastTrainLog.Tool.Directories;
using FastTrainLog.Tool.Prune;

namespace FastTrainLog.Tool.Commands;

/// <summary><c>fasttrainlog prune DIR</c>: deletes old log files.</summary>
internal static class PruneCommand
{
    public static Command Create(TextWriter output, TextWriter error)
    {
        Argument<string> directory = LogDirectoryArgument.Create();
        directory.Description = "A log directory, or one that contains log directories.";
        var keepDays = new Option<double?>("--keep-days") { Description = "Deletes files whose last line is older than this number of days.", HelpName = "N", CustomParser = ParseDays };
        var maxTotalSize = new Option<long?>("--max-total-size")
        {
            Description = $"Deletes the oldest files until all log files together have at most this size: {ByteSize.Forms}.",
            HelpName = "SIZE",
            CustomParser = ParseSize,
        };
        var keep = new Option<int?>("--keep") { Description = "Deletes all rotated files of each file except the N newest.", HelpName = "N", CustomParser = ParseCount };
        var dryRun = new Option<bool>("--dry-run", "-n") { Description = "Shows what would be deleted and deletes nothing." };
        var yes = new Option<bool>("--yes", "-y") { Description = "Deletes without asking." };
        var categoryFiles = new Option<string[]>("--category-file")
        {
            Description = "A file of a category of your own, as in TrainLogOptions.CategoryFiles, whose old files may be deleted too. May be repeated.",
            HelpName = "FILE",
        };
        var command = new DocumentedCommand(
            "prune",
            "Deletes old log files.",
            """
            Deletes old log files: rotated ones, and those of runs that have ended. It shows what it would delete and asks before it does. Files that a
            living process writes stay, with their rotated files; so do files of a directory that waits for 'recover', and all that every log
            does not write by itself, such as checkpoints, config.json or train.jsonl.

            Returns 0; 1 if a file could not be deleted, or nobody could be asked; 2 for a wrong command line.

            Examples:
              fasttrainlog prune logs --keep-days 30 --dry-run
              fasttrainlog prune runs --max-total-size 2GiB
              fasttrainlog prune logs --keep 3 --yes
            """)
        {
            directory, keepDays, maxTotalSize, keep, categoryFiles, dryRun, yes,
        };
        command.Validators.Add(result =>
        {
            if (result.GetResult(keepDays) is null && result.GetResult(maxTotalSize) is null && result.GetResult(keep) is null)
            {
                result.AddError("Say what to keep: --keep-days N, --max-total-size SIZE, --keep N, or several of them.");
            }
        });
        command.SetAction(parsed => Run(
            parsed.GetRequiredValue(directory),
            new PruneLimits(parsed.GetValue(keepDays), parsed.GetValue(maxTotalSize), parsed.GetValue(keep)),
            parsed.GetValue(categoryFiles) ?? [],
            parsed.GetValue(dryRun),
            parsed.GetValue(yes),
            output,
            error));
        return command;
    }

    private static int Run(string directory, PruneLimits limits, string[] categoryFiles, bool dryRun, bool yes, TextWriter output, TextWriter error)
    {
        directory = Path.TrimEndingDirectorySeparator(Path.GetFullPath(directory));
        if (!Directory.Exists(directory))
        {
            throw new ToolException($"There is no directory '{directory}'.");
        }

        using var logs = new PrunableLogs(directory, categoryFiles);
        if (logs.Directories == 0)
        {
            throw new ToolException($"There is no log at or below '{directory}': no directory there has a file .fasttrainlog.1.lock, which every log creates.");
        }

        var plan = PrunePlan.Make(logs.Files, logs.OtherBytes, limits, DateTime.UtcNow);
        logs.Reasons.ForEach(reason => output.WriteLine(ShownText.Of(reason)));
        foreach (FoundFile file in plan.Deleted)
        {
            output.WriteLine($"{ShownText.Of(Path.GetRelativePath(directory, file.Path))}  {FigureText.Bytes(file.Length)}  {file.LastWrite.ToString("u", CultureInfo.InvariantCulture)}");
        }

        string what = $"{plan.Deleted.Count} {(plan.Deleted.Count == 1 ? "file" : "files")} with {FigureText.Bytes(plan.DeletedBytes)}";
        if (plan.Deleted.Count == 0 || dryRun)
        {
            output.WriteLine(plan.Deleted.Count == 0 ? "Nothing to delete." : $"Would delete {what}.");
            return ExitCodes.Success;
        }

        if (!yes && !Agrees(what, output, error))
        {
            return Console.IsInputRedirected ? ExitCodes.Failed : ExitCodes.Success;
        }

        return Delete(plan, what, output, error);
    }

    private static bool Agrees(string what, TextWriter output, TextWriter error)
    {
        if (Console.IsInputRedirected)
        {
            error.WriteLine($"{what} would be deleted, but there is no terminal for confirmation: nothing was deleted. Use --yes.");
            return false;
        }

        output.Write($"Delete {what}? [y/N] ");
        output.Flush();
        return Console.ReadLine()?.Trim() is "y" or "Y" or "yes";
    }

    private static int Delete(PrunePlan plan, string what, TextWriter output, TextWriter error)
    {
        int failures = 0;
        foreach (FoundFile file in plan.Deleted)
        {
            try
            {
                File.Delete(file.Path);
            }
            catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
            {
                failures++;
                error.WriteLine(ShownText.Of($"{file.Path} could not be deleted: {exception.Message}"));
            }
        }

        output.WriteLine(failures == 0 ? $"Deleted {what}." : $"Deleted {plan.Deleted.Count - failures} of {plan.Deleted.Count} files.");
        return failures == 0 ? ExitCodes.Success : ExitCodes.Failed;
    }

    private static double? ParseDays(ArgumentResult result)
    {
        if (double.TryParse(result.Tokens[0].Value, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out double days) && days <= 36_500)
        {
            return days;
        }

        result.AddError($"'{result.Tokens[0].Value}' is not a number of days: use 0 to 36500.");
        return null;
    }

    private static long? ParseSize(ArgumentResult result)
    {
        if (ByteSize.TryParse(result.Tokens[0].Value, out long bytes))
        {
            return bytes;
        }

        result.AddError($"'{result.Tokens[0].Value}' is not a size: use {ByteSize.Forms}.");
        return null;
    }

    private static int? ParseCount(ArgumentResult result)
    {
        if (int.TryParse(result.Tokens[0].Value, NumberStyles.None, CultureInfo.InvariantCulture, out int count))
        {
            return count;
        }

        result.AddError($"'{result.Tokens[0].Value}' is not a number of files: use 0 or more.");
        return null;
    }
}
