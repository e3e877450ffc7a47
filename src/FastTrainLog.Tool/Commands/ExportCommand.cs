using System.CommandLine;
using FastTrainLog.Analysis.Collecting;
using FastTrainLog.Analysis.Reports;
using FastTrainLog.Indexing;
using FastTrainLog.Queries;
using FastTrainLog.Reading;
using FastTrainLog.Tool.Export;
using FastTrainLog.Tool.Export.Csv;
using FastTrainLog.Tool.Export.Parquet;
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
        var format = new Option<string>("--format") { Description = "csv, jsonl, parquet, sqlite or tensorboard.", HelpName = "FORMAT", Required = true };
        format.AcceptOnlyFromAmong("csv", "jsonl", "parquet", "sqlite", "tensorboard");
        var target = new Option<string>("--out", "-o")
        {
            Description = "csv: a directory, or a file NAME.csv for the steps only; jsonl: a file, or - for standard output; parquet: a directory; sqlite: a file; tensorboard: a directory.",
            HelpName = "PATH",
            Required = true,
        };
        var force = new Option<bool>("--force") { Description = "Replaces existing files." };
        var query = new QueryOptions();
        var command = new DocumentedCommand(
            "export",
            "Converts a log to CSV tables, JSON lines, Parquet files, an SQLite database, or event files for TensorBoard.",
            """
            Turns a log, with its rotated files, into CSV tables, one file of JSON lines, Parquet files, an SQLite database, or event
            files for TensorBoard.
            Memory stays bounded whatever the log's size. A file stands under its name only once it is whole.

            Returns 0; 1 if that is impossible, the options match no record, or lines could not be read; 2 for a wrong command line, 130 after Ctrl+C,
            143 after SIGTERM.

            Examples:
              fasttrainlog export logs --format csv --out tables
              fasttrainlog export logs --format csv --out steps.csv --run 20240115
              fasttrainlog export logs --format jsonl --level warning --out - | jq .message
              fasttrainlog export logs --format parquet --out lake
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
            return Run(logs, length, export, query.Read(parsed), parsed.GetRequiredValue(target) == "-" ? error : output, error, cancellation);
        }));
        return command;
    }

    private static IExport Open(string format, string path, bool force) => format switch
    {
        "csv" => new CsvExport(path, force),
        "jsonl" => new JsonLinesExport(path, force),
        "parquet" => new ParquetExport(path, force),
        "sqlite" => new SqliteExport(path, force),
        _ => new TensorBoardExport(path, force),
    };

    private static int Run(string logs, long length, IExport export, RecordQuery query, TextWriter output, TextWriter error, CancellationToken cancellation)
    {
        // Lines are exported unchanged; tables and series contain each step once.
        Supersession? superseded = export is JsonLinesExport ? null : new Supersession();
        bool looksFirst = export.NeedsPreparation || superseded is not null;
        int passes = 1 + (looksFirst ? 1 : 0) + (query.Run is null ? 0 : 1);
        UnreadableLines unreadable;
        using (var progress = new ReadingProgress(error))
        {
            int pass = 0;
            void Report(long read)
            {
                cancellation.ThrowIfCancellationRequested();
                progress.Show((pass * length) + read, passes * length);
            }

            if (query.Run is not null)
            {
                RunNames.Read(logs, query.Run, Report);
                pass++;
            }

            LinePlan? plan = query.LinesIn(logs);
            if (looksFirst)
            {
                Read(logs, query, plan, Report, (in StoredRecord record, RunName run) =>
                {
                    superseded?.Takes(run, record);
                    export.Prepare(record);
                });
                superseded?.Restart();
                pass++;
            }

            unreadable = Read(logs, query, plan, Report, (in StoredRecord record, RunName run) =>
            {
                if (superseded?.Takes(run, record) != false)
                {
                    export.Add(record, run);
                }
            });
        }

        if (query is { IsSelective: true, HasTaken: false })
        {
            throw new ToolException($"{query.WhyNothing(logs)} Nothing was written.");
        }

        foreach (string line in export.Complete())
        {
            output.WriteLine(ShownText.Of(line));
        }

        if (unreadable.Count == 0)
        {
            return ExitCodes.Success;
        }

        UnreadableLine first = unreadable.Places[0];
        error.WriteLine(ShownText.Of($"{unreadable.Count} lines could not be read and are skipped; the first is line {first.Line} of {first.File}: {first.Reason}. 'fasttrainlog doctor' shows more."));
        return ExitCodes.Failed;
    }

    private delegate void RecordTaker(in StoredRecord record, RunName run);

    private static UnreadableLines Read(string logs, RecordQuery query, LinePlan? plan, Action<long> report, RecordTaker take)
    {
        using var reader = new LogReader(logs, plan);
        query.Restart();
        for (long count = 1; reader.Read(); count++)
        {
            StoredRecord record = reader.Current;
            if (query.Takes(record, out RunName run))
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
