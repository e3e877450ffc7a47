using System.CommandLine;
using FastTrainLog.Reading;
using FastTrainLog.Tool.Export;
using FastTrainLog.Tool.Export.Csv;
using FastTrainLog.Tool.Export.Sqlite;
using FastTrainLog.Tool.Export.TensorBoard;
using FastTrainLog.Tool.Queries;
using FastTrainLog.Tool.Rendering;

namespace FastTrainLog.Tool.Commands;

/// <summary><c>fasttrainlog export DIR</c>: turns a log into what other programs read.</summary>
internal static class ExportCommand
{
    private const int RecordsBetweenReports = 256;

    public static Command Create(TextWriter output, TextWriter error)
    {
        Argument<string> directory = LogDirectoryArgument.Create();
        var format = new Option<string>("--format") { Description = "csv, jsonl, sqlite or tensorboard.", HelpName = "FORMAT", Required = true };
        format.AcceptOnlyFromAmong("csv", "jsonl", "sqlite", "tensorboard");
        var target = new Option<string>("--out", "-o")
        {
            Description = "csv: a directory, or a file NAME.csv for the steps alone; jsonl: a file, or - for standard output; sqlite: a file; tensorboard: a directory.",
            HelpName = "PATH",
            Required = true,
        };
        var force = new Option<bool>("--force") { Description = "Replaces files that are there already." };
        var query = new QueryOptions();
        var command = new DocumentedCommand(
            "export",
            "Turns a log into CSV tables, JSON lines, an SQLite database, or event files for TensorBoard.",
            """
            Turns a log, with its rotated files, into CSV tables, one file of JSON lines, an SQLite database, or event files for TensorBoard.
            Memory stays bounded whatever the log's size. A file stands under its name only once it is whole.

            Returns 0; 1 if that is impossible, or lines could not be read; 2 for a wrong command line, 130 after Ctrl+C,
            143 after SIGTERM.

            Examples:
              fasttrainlog export logs --format csv --out tables
              fasttrainlog export logs --format csv --out steps.csv --run 20240115
              fasttrainlog export logs --format jsonl --level warning --out - | jq .message
              fasttrainlog export logs --format sqlite --out run.db && sqlite3 run.db 'SELECT step, loss FROM steps'
              fasttrainlog export logs --format tensorboard --out events && tensorboard --logdir events
            """)
        {
            directory, format, target, force,
        };
        query.AddTo(command);
        command.SetAction(parsed => Interruptible.Run(cancellation =>
        {
            string logs = parsed.GetRequiredValue(directory);
            long length = LogDirectoryArgument.FindFiles(logs).Sum(file => file.Length);
            using IExport export = Open(parsed.GetRequiredValue(format), parsed.GetRequiredValue(target), parsed.GetValue(force));
            return Run(logs, length, export, () => query.Read(parsed), parsed.GetRequiredValue(target) == "-" ? error : output, error, cancellation);
        }));
        return command;
    }

    private static IExport Open(string format, string path, bool force) => format switch
    {
        "csv" => new CsvExport(path, force),
        "jsonl" => new JsonLinesExport(path, force),
        "sqlite" => new SqliteExport(path, force),
        _ => new TensorBoardExport(path, force),
    };

    private static int Run(string logs, long length, IExport export, Func<RecordQuery> query, TextWriter output, TextWriter error, CancellationToken cancellation)
    {
        int passes = export.NeedsPreparation ? 2 : 1;
        UnreadableLines unreadable;
        using (var progress = new ReadingProgress(error))
        {
            void Report(int pass, long read)
            {
                cancellation.ThrowIfCancellationRequested();
                progress.Show((pass * length) + read, passes * length);
            }

            if (export.NeedsPreparation)
            {
                Read(logs, query(), read => Report(0, read), (in StoredRecord record, string? run) => export.Prepare(record));
            }

            unreadable = Read(logs, query(), read => Report(passes - 1, read), export.Add);
        }

        foreach (string line in export.Complete())
        {
            output.WriteLine(line);
        }

        if (unreadable.Count == 0)
        {
            return ExitCodes.Success;
        }

        UnreadableLine first = unreadable.Places[0];
        error.WriteLine($"{unreadable.Count} lines could not be read and are left out; the first is line {first.Line} of {first.File}: {first.Reason}. 'fasttrainlog doctor' shows more.");
        return ExitCodes.Failed;
    }

    private delegate void RecordTaker(in StoredRecord record, string? run);

    private static UnreadableLines Read(string logs, RecordQuery query, Action<long> report, RecordTaker take)
    {
        using var reader = new LogReader(logs);
        var runs = new RunTracker();
        for (long count = 1; reader.Read(); count++)
        {
            StoredRecord record = reader.Current;
            string? run = runs.RunOf(record);
            if (query.Takes(record))
            {
                take(record, run);
            }

            if (count % RecordsBetweenReports == 0)
            {
                report(reader.BytesRead);
            }
        }

        return reader.Unreadable;
    }
}
