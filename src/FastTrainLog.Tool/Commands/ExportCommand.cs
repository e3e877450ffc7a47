using System.CommandLine;
using FastTrainLog.Analysis.Collecting;
using FastTrainLog.Analysis.Reports;
using FastTrainLog.Indexing;
using FastTrainLog.Queries;
using FastTrainLog.Ranks;
using FastTrainLog.Reading;
using FastTrainLog.Tool.Export;
using FastTrainLog.Tool.Export.Csv;
using FastTrainLog.Tool.Export.Parquet;
using FastTrainLog.Tool.Export.Sqlite;
using FastTrainLog.Tool.Export.TensorBoard;
using FastTrainLog.Tool.Queries;
using FastTrainLog.Tool.Rendering;
using FastTrainLog.Tool.Runs;
using Microsoft.Data.Sqlite;

namespace FastTrainLog.Tool.Commands;

/// <summary><c>fasttrainlog export DIR</c>: turns a log into what other programs read.</summary>
internal static class ExportCommand
{
    private const int RecordsBetweenReports = 256;

    public static Command Create(TextWriter output, TextWriter error)
    {
        var directory = new Argument<string>("directory") { Description = "A log directory, or one with logs below it, at any depth.", HelpName = "DIR" };
        var format = new Option<string>("--format") { Description = "csv, jsonl, parquet, sqlite or tensorboard.", HelpName = "FORMAT", Required = true };
        format.AcceptOnlyFromAmong("csv", "jsonl", "parquet", "sqlite", "tensorboard");
        var target = new Option<string>("--out", "-o")
        {
            Description = "csv: a directory, or a file NAME.csv for the steps only; jsonl: a file, or - for standard output; parquet: a directory; sqlite: a file; tensorboard: a directory.",
            HelpName = "PATH",
            Required = true,
        };
        var force = new Option<bool>("--force") { Description = "Replaces existing files." };
        var merge = new Option<bool>("--merge-ranks") { Description = "Exports the series of each run with its ranks as one, instead of the records: csv, parquet and tensorboard; of other options only --run, --from-step and --to-step." };
        var query = new QueryOptions();
        var command = new DocumentedCommand(
            "export",
            "Converts a log to CSV tables, JSON lines, Parquet files, an SQLite database, or event files for TensorBoard.",
            """
            Turns a log, with its rotated files, into CSV tables, one file of JSON lines, Parquet files, an SQLite database, or event
            files for TensorBoard. A directory without a log of its own stands for all logs below it. Each rank of a run is exported under the
            name RUN/RANK; with --merge-ranks, the series of a run are the mean of its ranks between the least and the greatest.
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
              fasttrainlog export experiments --format parquet --out lake --merge-ranks
            """)
        {
            directory, format, target, force, merge,
        };
        query.AddTo(command);
        command.Validators.Add(result =>
        {
            if (result.GetValue(merge) && result.GetValue(format) is "jsonl" or "sqlite")
            {
                result.AddError("--merge-ranks is for csv, parquet and tensorboard: jsonl has the lines of the log, and sqlite a view of the ranks as one, merged_steps.");
            }
        });
        command.SetAction(parsed => Interruptible.Run(cancellation =>
        {
            string path = parsed.GetRequiredValue(directory);
            string kind = parsed.GetRequiredValue(format);
            string to = parsed.GetRequiredValue(target);
            bool replaces = parsed.GetValue(force);
            RecordQuery selection = query.Read(parsed);
            LogDirectoryArgument.RequireLogs(path);
            if (parsed.GetValue(merge))
            {
                return ExportMerged(ExportedRuns.Find(path, error, cancellation), () => OpenMerged(kind, to, replaces), selection, output, cancellation);
            }

            using IExport export = Open(kind, to, replaces, path);
            return Run(ExportedRuns.OfLog(path) ?? ExportedRuns.Find(path, error, cancellation), export, selection, to == "-" ? error : output, error, cancellation);
        }));
        return command;
    }

    private static IExport Open(string format, string path, bool force, string root) => format switch
    {
        "csv" => new CsvExport(path, force),
        "jsonl" => new JsonLinesExport(path, force),
        "parquet" => new ParquetExport(path, force),
        "sqlite" => new SqliteExport(path, force, root),
        _ => new TensorBoardExport(path, force),
    };

    private static IMergedExport OpenMerged(string format, string path, bool force) => format switch
    {
        "csv" => new CsvSeries(path, force),
        "parquet" => new ParquetExport(path, force),
        _ => new MergedEvents(path, force),
    };

    private static int ExportMerged(ExportedRuns runs, Func<IMergedExport> open, RecordQuery query, TextWriter output, CancellationToken cancellation)
    {
        if (query.SelectsAmongRecords)
        {
            throw new ToolException("--merge-ranks exports whole series: of the options that select, it takes --run, --from-step and --to-step.");
        }

        List<(RunName Name, FoundRun Run)> chosen = Choose(runs, query.Run);
        try
        {
            return Write(inMemory: false);
        }
        catch (Exception exception) when (exception is SqliteException or InvalidDataException)
        {
            // A cache must not prevent the export: if it cannot be used, or another process changes it meanwhile, the logs are read again.
            return Write(inMemory: true);
        }

        int Write(bool inMemory)
        {
            using IMergedExport export = open();
            var series = new RunSeries(query.FirstStep ?? long.MinValue, query.LastStep ?? long.MaxValue);
            foreach ((RunName name, FoundRun run) in chosen)
            {
                series.Add(name, run, export, inMemory, cancellation);
            }

            if (series.Count == 0)
            {
                throw new ToolException($"No series in '{runs.Root}' has a point of these runs and steps. Nothing was written.");
            }

            foreach (string line in export.Complete())
            {
                output.WriteLine(ShownText.Of(line));
            }

            return ExitCodes.Success;
        }
    }

    // A name of one rank selects that rank alone.
    private static List<(RunName Name, FoundRun Run)> Choose(ExportedRuns runs, RunSelection? selection)
    {
        if (selection is null)
        {
            return runs.All.Count > 0 ? [.. runs.All] : throw new ToolException($"There is no run in '{runs.Root}'. Nothing was written.");
        }

        foreach (FoundProcess process in runs.All.SelectMany(run => run.Run.Ranks))
        {
            selection.Add(ExportedRuns.NameOf(process));
        }

        if (selection.Problem(runs.Root) is { } problem)
        {
            throw new ToolException($"{problem} Nothing was written.");
        }

        var chosen = new List<(RunName Name, FoundRun Run)>();
        foreach ((RunName name, FoundRun run) in runs.All)
        {
            FoundProcess[] ranks = [.. run.Ranks.Where(process => selection.Means(ExportedRuns.NameOf(process)))];
            if (ranks.Length > 0)
            {
                chosen.Add((ranks.Length < run.Ranks.Count ? name with { Rank = ranks[0].Figures.Rank } : name, run with { Ranks = ranks }));
            }
        }

        return chosen;
    }

    private static int Run(ExportedRuns runs, IExport export, RecordQuery query, TextWriter output, TextWriter error, CancellationToken cancellation)
    {
        // Lines are exported unchanged; tables and series contain each step once.
        Supersession[]? superseded = export is JsonLinesExport ? null : [.. runs.Logs.Select(_ => new Supersession())];
        bool looksFirst = export.NeedsPreparation || superseded is not null;
        int passes = 1 + (looksFirst ? 1 : 0) + (query.Run is null ? 0 : 1);
        var unreadable = new List<UnreadableLines>();
        using (var progress = new ReadingProgress(error))
        {
            long total = passes * runs.Logs.Sum(log => LogDirectoryArgument.FindFiles(log).Sum(file => file.Length));
            long before = 0;
            void Report(long read)
            {
                cancellation.ThrowIfCancellationRequested();
                progress.Show(before + read, total);
            }

            void Each(Action<int, string> read)
            {
                for (int i = 0; i < runs.Logs.Count; i++)
                {
                    read(i, runs.Logs[i]);
                    before += LogDirectoryArgument.FindFiles(runs.Logs[i]).Sum(file => file.Length);
                }
            }

            if (query.Run is { } selection)
            {
                Each((_, log) => RunNames.Read(log, selection, Report));
            }

            // Both passes read the same lines, although the index may be extended meanwhile.
            LinePlan?[] plans = [.. runs.Logs.Select(query.LinesIn)];
            if (looksFirst)
            {
                Each((i, log) => Read(log, query, plans[i], Report, (in StoredRecord record, RunName run) =>
                {
                    superseded?[i].Takes(run, record);
                    if (runs.NameIn(log, run) is not null)
                    {
                        export.Prepare(record);
                    }
                }));
            }

            Each((i, log) =>
            {
                superseded?[i].Restart();
                unreadable.Add(Read(log, query, plans[i], Report, (in StoredRecord record, RunName run) =>
                {
                    if (superseded?[i].Takes(run, record) != false && runs.NameIn(log, run) is { } name)
                    {
                        export.Add(record, name);
                    }
                }));
            });
        }

        if (query is { IsSelective: true, HasTaken: false })
        {
            throw new ToolException($"{query.WhyNothing(runs.Root)} Nothing was written.");
        }

        foreach (string line in export.Complete())
        {
            output.WriteLine(ShownText.Of(line));
        }

        unreadable.RemoveAll(lines => lines.Count == 0);
        foreach (UnreadableLines lines in unreadable)
        {
            UnreadableLine first = lines.Places[0];
            error.WriteLine(ShownText.Of($"{lines.Count} lines could not be read and are skipped; the first is line {first.Line} of {first.File}: {first.Reason}. 'fasttrainlog doctor' shows more."));
        }

        return unreadable.Count == 0 ? ExitCodes.Success : ExitCodes.Failed;
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
