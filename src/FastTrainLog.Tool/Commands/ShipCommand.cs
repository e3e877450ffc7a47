using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using FastTrainLog.Analysis.Reports;
using FastTrainLog.Shipping;
using FastTrainLog.Tool.Rendering;
using FastTrainLog.Tool.Shipping;

namespace FastTrainLog.Tool.Commands;

/// <summary><c>fasttrainlog ship DIR... --to KIND=ADDRESS</c>: ships logs to where a team looks at its logs.</summary>
internal static class ShipCommand
{
    public static Command Create(TextWriter output, TextWriter error)
    {
        var directories = new Argument<string[]>("directory") { Description = "The log directories.", HelpName = "DIR", Arity = ArgumentArity.ZeroOrMore };
        var watch = new Option<string?>("--watch") { Description = "Ships all logs below this directory too, also those that come later.", HelpName = "ROOT" };
        Option<string[]> to = TargetOption.Create();
        var once = new Option<bool>("--once") { Description = "Ships what is there, and ends." };
        var giveUp = new Option<int>("--give-up") { Description = "With --once: the seconds without progress after which it ends with an error.", HelpName = "SECONDS", DefaultValueFactory = _ => 60 };
        var status = new Option<bool>("--status") { Description = "Shows what was shipped and what is yet to be, and ships nothing." };
        var state = new Option<string?>("--state") { Description = "The directory that cursors are kept in, where the log directories may only be read.", HelpName = "PATH" };
        var rate = new Option<long>("--max-rate") { Description = "The most bytes of log lines a second to each target; 0 for no limit.", HelpName = "BYTES" };
        var prometheus = new Option<int?>("--prometheus") { Description = "Serves what is shipped, and the latest figures of the runs, as metrics for Prometheus on this port of the machine itself, under /metrics.", HelpName = "PORT" };
        Option<bool> json = JsonOption.Create();
        json.Description = "With --status: as JSON.";
        var command = new DocumentedCommand(
            "ship",
            "Ships logs to Loki, Elasticsearch and others.",
            """
            Reads logs from a cursor on, which is kept beside each log, sends their records to the targets, and moves the cursor over what they have
            taken. It follows logs that are written, rotated, compressed and recovered meanwhile, until Ctrl+C; with --once it ends when all is
            shipped. A target that is down is tried again, with pauses, and nothing is lost: the log keeps the records. What a target refuses
            for good is put into a quarantine file beside the cursor, with the reason. Tokens and passwords come from the environment or from
            files, see docs/shipping.md, and never from the command line.

            Returns 0 if all was shipped; 1 if not, or if there is no such directory; 2 for a wrong command line; 130 after Ctrl+C, 143 after SIGTERM.

            Examples:
              fasttrainlog ship logs --to dir=/mnt/share/runs/17
              fasttrainlog ship --watch /var/log/training --to dir=/mnt/share/runs
              fasttrainlog ship logs --to loki=https://loki.example.com --to dir=/mnt/share/runs/17 --once
              fasttrainlog ship logs --status
            """)
        {
            directories, watch, to, once, giveUp, status, state, rate, prometheus, json,
        };
        command.SetAction(parsed =>
        {
            string[] given = parsed.GetValue(directories) ?? [];
            string? root = parsed.GetValue(watch);
            Check(given, root);
            string? stateDirectory = parsed.GetValue(state) is { } kept ? Path.GetFullPath(kept) : null;
            var sources = new SourceFinder(given, root);
            if (parsed.GetValue(status))
            {
                WriteStatus(sources, stateDirectory, parsed.GetValue(json), output);
                return ExitCodes.Success;
            }

            var options = new ShipOptions { StateDirectory = stateDirectory, MaxBytesPerSecond = parsed.GetValue(rate) };
            TimeSpan patience = parsed.GetValue(once) ? TimeSpan.FromSeconds(parsed.GetValue(giveUp)) : Timeout.InfiniteTimeSpan;
            using RunMeters? runs = parsed.GetValue(prometheus) is null ? null : new RunMeters(root is null ? given : [.. given, root]);
            using PrometheusEndpoint? metrics = parsed.GetValue(prometheus) is { } port ? PrometheusEndpoint.Open(port) : null;
            List<IShipTarget> targets = TargetOption.Read(parsed.GetValue(to) ?? []);
            CheckCopies(targets, root);
            return Interruptible.Run(cancellation => Ship(targets, sources, options, patience, output, error, cancellation));
        });
        return command;
    }

    private static void Check(string[] directories, string? root)
    {
        if (directories.Length == 0 && root is null)
        {
            throw new ToolException("Nothing is to be shipped: give log directories, or --watch with the directory above them.");
        }

        // A directory that is given is there; one below a root may come.
        foreach (string directory in directories.Where(static directory => !Directory.Exists(directory)))
        {
            throw new ToolException(File.Exists(directory) ? $"'{directory}' is a file; give the directory that contains it." : $"There is no directory '{directory}'.");
        }
    }

    // A copy is a log, so one below the root would be copied into itself, again and again.
    private static void CheckCopies(List<IShipTarget> targets, string? root)
    {
        string? top = root is null ? null : Path.TrimEndingDirectorySeparator(Path.GetFullPath(root)) + Path.DirectorySeparatorChar;
        if (top is not null && targets.Find(target => target is DirectoryTarget && (Path.TrimEndingDirectorySeparator(target.Address) + Path.DirectorySeparatorChar).StartsWith(top, StringComparison.Ordinal)) is { } within)
        {
            throw new ToolException($"{within.Address} is below '{root}', all logs below which are shipped: the copies would be copied again and again. Give a directory elsewhere to --to dir.");
        }
    }

    private static int Ship(List<IShipTarget> targets, SourceFinder sources, ShipOptions options, TimeSpan patience, TextWriter output, TextWriter error, CancellationToken cancellation)
    {
        if (targets.Count == 0)
        {
            throw new ToolException("There is no target: give one with --to, such as --to dir=/mnt/share/run.");
        }

        var gate = new Lock();
        void Tell(string message)
        {
            lock (gate)
            {
                error.WriteLine(ShownText.Of(message));
            }
        }

        options.OnNotice = notice => Tell(notice.Message);
        bool once = patience != Timeout.InfiniteTimeSpan;
        using var giveUp = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        // A finder for each thread.
        List<TargetThread> threads = [.. targets.Select(target => new TargetThread(target, sources.Copy(), options, once, Tell, giveUp.Token))];
        try
        {
            threads.ForEach(static thread => thread.Start());
            (long done, long since) = (-1, Stopwatch.GetTimestamp());
            while (threads.Exists(static thread => !thread.Join(TimeSpan.FromMilliseconds(100))))
            {
                long now = threads.SelectMany(static thread => thread.Shippers).Sum(static shipper => shipper.Counters.Sent + shipper.Counters.Quarantined);
                (done, since) = now == done ? (done, since) : (now, Stopwatch.GetTimestamp());
                if (once && Stopwatch.GetElapsedTime(since) > patience)
                {
                    giveUp.Cancel();
                }
            }

            cancellation.ThrowIfCancellationRequested();
            foreach (LogShipper shipper in threads.SelectMany(static thread => thread.Shippers))
            {
                ShipCounters counters = shipper.Counters;
                output.WriteLine(ShownText.Of(string.Create(
                    CultureInfo.InvariantCulture,
                    $"{shipper.Source.Directory} to {shipper.Target.Name}: {counters.Sent} records sent, {counters.Quarantined} quarantined, {counters.LostRecords} lost, {counters.Unreadable} unreadable")));
            }

            if (threads.Exists(static thread => thread.HasFailed))
            {
                throw new ToolException("Not everything was shipped. The rest stays in the log; call the command again when the target is well.");
            }

            return ExitCodes.Success;
        }
        finally
        {
            threads.ForEach(static thread => thread.Dispose());
        }
    }

    private static void WriteStatus(SourceFinder sources, string? stateDirectory, bool json, TextWriter output)
    {
        ShipStatus[] all = [.. sources.Find().SelectMany(source => LogShipper.ReadStatus(source.Directory, stateDirectory))];
        DateTime now = DateTime.UtcNow;
        if (json)
        {
            output.WriteLine(ShownText.Json(JsonSerializer.Serialize(
                all.Select(status => new
                {
                    directory = status.Directory,
                    target = status.Target,
                    sent = status.Counters.Sent,
                    sent_bytes = status.Counters.SentBytes,
                    retried = status.Counters.Retried,
                    quarantined = status.Counters.Quarantined,
                    lost_records = status.Counters.LostRecords,
                    lost_bytes = status.Counters.LostBytes,
                    unreadable = status.Counters.Unreadable,
                    cursor_failures = status.Counters.CursorFailures,
                    behind_records = status.Backlog.Records,
                    behind_bytes = status.Backlog.Bytes,
                    behind_seconds = status.Backlog.Seconds(now),
                    problem = status.Problem,
                }),
                JsonOption.Indented)));
            return;
        }

        if (all.Length == 0)
        {
            output.WriteLine("Nothing was shipped from there yet.");
            return;
        }

        var table = new FigureTable("directory", "target", "#sent", "#behind", "#oldest", "#retried", "#quarantined", "#lost", "#unreadable");
        foreach (ShipStatus status in all)
        {
            ShipCounters counters = status.Counters;
            string lost = counters.LostBytes > 0 ? $"{Number(counters.LostRecords)} and {Number(counters.LostBytes)} B" : Number(counters.LostRecords);
            table.Add(
                status.Directory, status.Target, Number(counters.Sent), Number(status.Backlog.Records),
                status.Backlog.Oldest is null ? "-" : $"{status.Backlog.Seconds(now).ToString("F0", CultureInfo.InvariantCulture)} s",
                Number(counters.Retried), Number(counters.Quarantined), lost, Number(counters.Unreadable));
        }

        table.Write(StyledConsole.Over(output));
        foreach (string problem in all.Select(static status => status.Problem).OfType<string>())
        {
            output.WriteLine(ShownText.Of(problem));
        }
    }

    private static string Number(long value) => value.ToString(CultureInfo.InvariantCulture);
}
