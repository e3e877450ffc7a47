using System.Collections;
using System.Collections.Concurrent;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Runtime.Versioning;
using FastTrainLog.Analysis.Reports;
using FastTrainLog.Recovery;
using FastTrainLog.Tool.Directories;
using FastTrainLog.Training;

namespace FastTrainLog.Tool.Launch;

/// <summary>Starts the ranks of a run, waits for them, ends the others when one fails, and starts all again if asked to.</summary>
[UnsupportedOSPlatform("windows")]
internal sealed class Launcher : IDisposable
{
    private static readonly TimeSpan PauseBeforeRestart = TimeSpan.FromSeconds(1);

    private readonly LaunchPlan _plan;
    private readonly LauncherLog _log;
    private readonly TextWriter _notes;
    private readonly Stream _output = Console.OpenStandardOutput();
    private readonly Stream _error = Console.OpenStandardError();
    private readonly Lock _terminal = new();
    private readonly Lock _gate = new();
    private readonly string _runId = RunIds.Next();
    private readonly ManualResetEventSlim _signalled = new();
    private List<RankProcess> _ranks = [];
    private int _signal;

    public Launcher(LaunchPlan plan, TextWriter notes)
    {
        _plan = plan;
        _notes = notes;
        _log = new LauncherLog(plan);
    }

    /// <summary>Runs the plan.</summary>
    /// <returns>0, or the code of the rank that failed first.</returns>
    public int Run()
    {
        using PosixSignalRegistration interrupt = Forward(PosixSignal.SIGINT, Signals.Interrupt);
        using PosixSignalRegistration terminate = Forward(PosixSignal.SIGTERM, Signals.Terminate);
        using PosixSignalRegistration hangup = Forward(PosixSignal.SIGHUP, Signals.Hangup);
        using PosixSignalRegistration quit = Forward(PosixSignal.SIGQUIT, Signals.Quit);
        _log.Event("launch_started", $"Ranks are started: {_plan.Ranks}", new("command", string.Join(' ', _plan.Command)), new("ranks", _plan.Ranks), new("run_id", _runId), new("log_directory", _plan.LogDirectory));
        using DashboardProcess? dashboard = _plan.HasDashboard ? StartDashboard() : null;
        int code;
        for (int attempt = 0; ; attempt++)
        {
            code = RunOnce(attempt);
            Recover();
            if (code == ExitCodes.Success || attempt == _plan.MostRestarts || _signalled.Wait(PauseBeforeRestart))
            {
                break;
            }

            Note("restart", $"all ranks are started again, {attempt + 1} of at most {_plan.MostRestarts} times", new("attempt", attempt + 1), new("most", _plan.MostRestarts));
        }

        _log.Event("launch_ended", $"The launcher returns {code}", new KeyValuePair<string, object?>("exit_code", code));
        return code;
    }

    public void Dispose() => _log.Dispose();

    private DashboardProcess StartDashboard() => new(
        _plan.LogDirectory,
        Inherited(),
        () => new ShownOutput(_error, _terminal, "fasttrainlog: "),
        line => _log.Event("dashboard_output", line),
        end => Note("dashboard_ended", $"the dashboard ended with {end}; the ranks go on", new KeyValuePair<string, object?>("end", end.ToString())));

    private static Dictionary<string, string> Inherited()
    {
        var environment = new Dictionary<string, string>();
        foreach (DictionaryEntry variable in Environment.GetEnvironmentVariables())
        {
            environment[(string)variable.Key] = (string?)variable.Value ?? string.Empty;
        }

        return environment;
    }

    private int RunOnce(int attempt)
    {
        RendezvousPort port = RendezvousPort.Choose(Environment.GetEnvironmentVariable(RendezvousPort.Variable));
        string chosen = $"the ranks find each other at port {port.Number}";
        if (port.Taken is { } taken)
        {
            chosen = $"port {taken} is in use, {chosen} instead";
            _log.Event("port_conflict", chosen, new("port", taken), new("used", port.Number));
        }
        else
        {
            _log.Event("port_chosen", chosen, new KeyValuePair<string, object?>("port", port.Number));
        }

        if (_plan.Ranks > 1)
        {
            // A single process has nobody to find.
            Say(chosen);
        }

        using var events = new BlockingCollection<(RankProcess Rank, bool IsGone)>();
        try
        {
            for (int rank = 0; rank < _plan.Ranks; rank++)
            {
                Start(rank, attempt, port.Number);
            }
        }
        catch (LaunchException)
        {
            Send(Signals.Kill);
            WaitFor(events);
            throw;
        }

        return WaitFor(events);
    }

    private void Start(int rank, int attempt, int port)
    {
        string? prefix = _plan.Ranks == 1 ? null : string.Create(CultureInfo.InvariantCulture, $"[rank {rank}] ");
        lock (_gate)
        {
            var process = RankProcess.Start(rank, _plan.Command, EnvironmentOf(rank, attempt, port), isError => new OutputPump(
                new ShownOutput(isError ? _error : _output, _terminal, prefix), line => _log.Line(rank, isError, line)));
            _ranks.Add(process);
            if (_signal != 0)
            {
                // It came while the ranks were being started.
                process.Group.Send(_signal);
            }

            _log.Event("process_started", $"Rank {rank} is process {process.Group.Id}", new("rank", rank), new("process_id", process.Group.Id), new("attempt", attempt));
        }
    }

    private Dictionary<string, string> EnvironmentOf(int rank, int attempt, int port)
    {
        Dictionary<string, string> environment = Inherited();
        string number = rank.ToString(CultureInfo.InvariantCulture);
        environment["RANK"] = number;
        environment["LOCAL_RANK"] = number;
        environment["WORLD_SIZE"] = _plan.Ranks.ToString(CultureInfo.InvariantCulture);
        environment["MASTER_ADDR"] = "127.0.0.1";
        environment[RendezvousPort.Variable] = port.ToString(CultureInfo.InvariantCulture);
        environment["RUN_ID"] = _runId;
        environment["RESTART_COUNT"] = attempt.ToString(CultureInfo.InvariantCulture);
        environment["FASTTRAINLOG_LOG_DIRECTORY"] = _plan.LogDirectory;
        return environment;
    }

    private int WaitFor(BlockingCollection<(RankProcess Rank, bool IsGone)> events)
    {
        RankProcess[] ranks;
        lock (_gate)
        {
            ranks = [.. _ranks];
        }

        Array.ForEach(ranks, rank => rank.Watch(LaunchPlan.Grace, ended => events.Add((ended, false)), gone => events.Add((gone, true))));
        RankProcess? failed = null;
        long? killAt = null;
        for (int left = ranks.Length; left > 0;)
        {
            // In milliseconds; -1 without a limit.
            int patience = killAt is { } limit ? (int)Math.Clamp(limit - Environment.TickCount64, 0, int.MaxValue) : Timeout.Infinite;
            if (!events.TryTake(out (RankProcess Rank, bool IsGone) happened, patience))
            {
                Note("processes_killed", $"ranks that have not ended {LaunchPlan.Grace.TotalSeconds} s later are killed");
                Send(Signals.Kill);
                killAt = null;
                continue;
            }

            if (happened.IsGone)
            {
                left--;
                LogEnd(happened.Rank);
            }
            else if (happened.Rank.End.IsFailure && failed is null)
            {
                failed = happened.Rank;
                if (ranks.Length > 1)
                {
                    killAt = Environment.TickCount64 + (long)LaunchPlan.Grace.TotalMilliseconds;
                    Note("rank_failed", $"rank {failed.Rank} ended with {failed.End}, so the others are ended", new("rank", failed.Rank), new("end", failed.End.ToString()));
                    // After a signal to all they are ending already, and a second one would cut that short.
                    if (!_signalled.IsSet)
                    {
                        Send(Signals.Terminate);
                    }
                }
            }
        }

        lock (_gate)
        {
            _ranks = [];
        }

        Array.ForEach(ranks, rank => rank.Dispose());
        return failed?.End.ShellCode ?? ExitCodes.Success;
    }

    private void LogEnd(RankProcess rank)
    {
        _log.Event(
            rank.End.IsFailure ? "process_failed" : "process_completed",
            $"Rank {rank.Rank} ended with {rank.End}",
            new("rank", rank.Rank),
            new("process_id", rank.Group.Id),
            new("exit_code", rank.End.ExitCode),
            new("signal", rank.End.Signal is { } signal ? Signals.NameOf(signal) : null),
            new("duration_seconds", Math.Round(rank.Duration.TotalSeconds, 3)),
            new("processor_seconds", rank.End.ProcessorTime?.TotalSeconds),
            new("peak_memory_bytes", rank.End.PeakBytes));
        if (rank.End.IsFailure)
        {
            Say(_plan.Ranks == 1 ? $"the command ended with {rank.End}" : $"rank {rank.Rank} ended with {rank.End}");
        }
    }

    private void Recover()
    {
        if (!Directory.Exists(_plan.LogDirectory))
        {
            return;
        }

        foreach (RecoveredJournal journal in KilledLogs.Recover(_plan.LogDirectory))
        {
            Note(
                "journal_recovered",
                $"{journal.Records} records of process {journal.ProcessId}, which had not closed its log, are written to the log files",
                new("process_id", journal.ProcessId),
                new("records", journal.Records),
                new("problems", journal.Problems.Count == 0 ? null : string.Join("; ", journal.Problems)));
            foreach (string problem in journal.Problems)
            {
                Say($"problem: {problem}");
            }
        }
    }

    private PosixSignalRegistration Forward(PosixSignal signal, int number) => PosixSignalRegistration.Create(signal, context =>
    {
        context.Cancel = true;
        lock (_gate)
        {
            _signal = number;
            _signalled.Set();
            Send(number);
        }

        _log.Event("signal_forwarded", $"{Signals.NameOf(number)} is forwarded to all ranks", new KeyValuePair<string, object?>("signal", Signals.NameOf(number)));
    });

    private void Send(int signal)
    {
        lock (_gate)
        {
            _ranks.ForEach(rank => rank.Group.Send(signal));
        }
    }

    private void Note(string type, string description, params ReadOnlySpan<KeyValuePair<string, object?>> details)
    {
        _log.Event(type, description, details);
        Say(description);
    }

    private void Say(string text)
    {
        lock (_terminal)
        {
            _notes.WriteLine(ShownText.Of($"fasttrainlog: {text}"));
        }
    }
}
