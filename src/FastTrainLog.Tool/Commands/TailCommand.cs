using System.CommandLine;
using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Text;
using FastTrainLog.Analysis.Reports;
using FastTrainLog.Queries;
using FastTrainLog.Reading;
using FastTrainLog.Tool.Queries;
using FastTrainLog.Tool.Tail;

namespace FastTrainLog.Tool.Commands;

/// <summary><c>fasttrainlog tail DIR</c>: shows the last records of a log, and those that come.</summary>
internal static class TailCommand
{
    // For file systems without change notification, such as NFS and some container mounts.
    private static readonly TimeSpan PollInterval = TimeSpan.FromMilliseconds(200);

    // A log that begins makes its files one after the other.
    private static readonly TimeSpan LongestBeginning = TimeSpan.FromSeconds(5);

    public static Command Create(TextWriter output, TextWriter error)
    {
        Argument<string> directory = LogDirectoryArgument.Create();
        var file = new Option<string?>("--file", "-f") { Description = "Shows this file of the directory, such as errors.log, instead of all records.", HelpName = "NAME" };
        var lines = new Option<int>("--lines", "-n")
        {
            Description = "The number of records shown first.",
            HelpName = "N",
            DefaultValueFactory = _ => 10,
        };
        lines.Validators.Add(result =>
        {
            if (result.Tokens is [{ Value: { } text }] && int.TryParse(text, out int count) && count < 0)
            {
                result.AddError($"There are no {text} lines: use 0 or more.");
            }
        });
        var noFollow = new Option<bool>("--no-follow") { Description = "Exits after the last records, instead of waiting for new ones." };
        Option<bool> json = JsonOption.Create();
        json.Description = "Shows records as JSON lines, as in the file.";
        var query = new QueryOptions();
        var command = new DocumentedCommand(
            "tail",
            "Shows the last records of a log, and new ones as they arrive.",
            """
            Shows the last records of all categories, and those that come, in the order of time, until Ctrl+C. Files that are rotated,
            compressed, deleted or made anew meanwhile are followed, and so are those of processes that start later. A log without
            records is waited for.

            Returns 0, 130 after Ctrl+C, 143 after SIGTERM; 1 if there is no directory or, with --no-follow, no log or no record that
            the options match; 2 for a wrong command line.

            Examples:
              fasttrainlog tail logs
              fasttrainlog tail logs --level warning -n 50
              fasttrainlog tail logs --category training_progress --event Step --json | jq .properties.Loss
              fasttrainlog tail logs --from-step 4990 --to-step 5010 -n 1000 --no-follow
              fasttrainlog tail logs --file errors.log --no-follow
            """)
        {
            directory, file, lines, noFollow, json,
        };
        query.AddTo(command);
        command.SetAction(parsed => Run(
            parsed.GetRequiredValue(directory), parsed.GetValue(file), parsed.GetValue(lines), !parsed.GetValue(noFollow), parsed.GetValue(json), query.Read(parsed), output, error));
        return command;
    }

    private static int Run(string directory, string? file, int lines, bool follow, bool json, RecordQuery query, TextWriter output, TextWriter error)
    {
        directory = Path.GetFullPath(directory);
        if (!Directory.Exists(directory))
        {
            throw new ToolException(File.Exists(directory)
                ? $"'{directory}' is a file; give the directory that contains it, and --file {Path.GetFileName(directory)}."
                : $"There is no directory '{directory}'.");
        }

        bool isJson = file is null || file.EndsWith(".jsonl", StringComparison.Ordinal) || file.EndsWith(".json", StringComparison.Ordinal);
        CheckFile(directory, file, isJson, json, follow, query);
        if (query.Run is { } run && Directory.Exists(directory))
        {
            // What a name means depends on what other runs there are.
            RunNames.Read(directory, run, static _ => { });
        }

        bool colors = Terminal.HasColors(output);
        using var log = new TailedLog(directory, file, file is null && lines > 0 ? query.LinesIn(directory) : null, found => isJson ? new JsonTailFormat(found, query, json, colors && !json) : new TextTailFormat(query, colors));
        void Write(ReadOnlySpan<byte> text) => output.Write(Encoding.UTF8.GetString(text));
        log.WriteLast(lines, Write);
        output.Flush();
        var told = new HashSet<string>();
        Tell(log, told, error);
        if (follow)
        {
            return Follow(directory, log, Write, told, output, error);
        }

        if (isJson && lines > 0 && query is { IsSelective: true, HasTaken: false })
        {
            throw new ToolException(query.WhyNothing(directory));
        }

        return ExitCodes.Success;
    }

    private static int Follow(string directory, TailedLog log, Action<ReadOnlySpan<byte>> write, HashSet<string> told, TextWriter output, TextWriter error)
    {
        using var changed = new AutoResetEvent(false);
        using var ended = new ManualResetEvent(false);
        int code = ExitCodes.Success;
        using IDisposable interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, context => End(context, ExitCodes.Interrupted));
        using IDisposable terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, context => End(context, ExitCodes.Terminated));
        using FileSystemWatcher? watcher = Watch(directory, changed);
        var begun = Stopwatch.StartNew();
        do
        {
            if (log.WriteNew(write))
            {
                output.Flush();
            }

            Tell(log, told, error);
            if (!log.HasFiles && begun.Elapsed > LongestBeginning && told.Add(directory))
            {
                error.WriteLine($"{WithoutRecords(directory)} Waiting for it; press Ctrl+C to stop.");
            }
        }
        while (WaitHandle.WaitAny([ended, changed], PollInterval) != 0);
        return code;

        void End(PosixSignalContext context, int exitCode)
        {
            context.Cancel = true;
            code = exitCode;
            ended.Set();
        }
    }

    private static void Tell(TailedLog log, HashSet<string> told, TextWriter error)
    {
        foreach (string damage in log.Damaged.Where(told.Add))
        {
            error.WriteLine(ShownText.Of(damage));
        }

        foreach (string file in log.Incomplete.Where(told.Add))
        {
            error.WriteLine($"{ShownText.Of(file)} is rotated and deleted faster than it can be read: lines are missing here. Raise TrainLogOptions.BackupCount or MaxFileSize.");
        }
    }

    private static FileSystemWatcher? Watch(string directory, AutoResetEvent changed)
    {
        FileSystemWatcher? watcher = null;
        try
        {
            watcher = new FileSystemWatcher(directory) { NotifyFilter = NotifyFilters.FileName | NotifyFilters.LastWrite | NotifyFilters.Size };
            watcher.Changed += (_, _) => changed.Set();
            watcher.Created += (_, _) => changed.Set();
            watcher.Renamed += (_, _) => changed.Set();
            watcher.EnableRaisingEvents = true;
            return watcher;
        }
        catch (IOException)
        {
            // The system's watches are used up: the poll alone continues.
            watcher?.Dispose();
            return null;
        }
    }

    private static void CheckFile(string directory, string? file, bool isJson, bool json, bool follow, RecordQuery query)
    {
        if (!isJson && (json || query.HasFieldsOfRecords))
        {
            throw new ToolException($"{file} is text, which has only level and message: leave --file out to use --category, --event, --run, --since, --until, --from-step, --to-step or --json.");
        }

        if (file is not null)
        {
            if (Path.GetFileName(file) != file)
            {
                throw new ToolException($"'{file}' is not a file name in {directory}: give the name without a path.");
            }

            if (!follow && !File.Exists(Path.Combine(directory, file)))
            {
                throw new ToolException($"There is no file '{file}' in {directory}.");
            }
        }
        else if (!follow && LogFile.Find(directory).Count == 0)
        {
            throw new ToolException(WithoutRecords(directory));
        }
    }

    private static string WithoutRecords(string directory) =>
        $"There is no run.jsonl in {directory}: name a text file with --file, or log with EnableJsonLogging, which is on by default.";
}
