using System.Globalization;
using FastTrainLog.Journals;
using FastTrainLog.Records;
using FastTrainLog.Training;
using Microsoft.Extensions.Logging;

namespace FastTrainLog;

/// <summary>The runs of a log that are in progress, and their end if <c>End</c> is not called.</summary>
/// <remarks>Thread-safe.</remarks>
internal sealed class OpenRuns(TrainLogging logging)
{
    private readonly Lock _gate = new();
    private readonly List<IOpenRun> _runs = [];
    private readonly List<IOpenRun> _late = [];

    /// <summary>Gets the run that was last left without an outcome, or null.</summary>
    public RunContext? Left { get; set; }

    /// <summary>Notes a run that began.</summary>
    public void Add(IOpenRun run)
    {
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(logging.IsClosed, logging);
            _runs.Add(run);
        }

        ExceptionInFlight.Watch();
    }

    /// <summary>Notes a run that ended.</summary>
    public void Remove(IOpenRun run)
    {
        bool wasOpen;
        lock (_gate)
        {
            wasOpen = _runs.Remove(run);
        }

        if (wasOpen)
        {
            ExceptionInFlight.Unwatch();
        }
    }

    /// <summary>Notes a run that is logged to after its end, so that the log reports how often.</summary>
    public void AddLate(IOpenRun run)
    {
        lock (_gate)
        {
            _late.Add(run);
        }
    }

    /// <summary>Ends the runs because the log is closed.</summary>
    public void EndWithLog()
    {
        Array.ForEach(All(), run => run.EndWithLog());
        lock (_gate)
        {
            foreach (IOpenRun run in _late.Where(run => run.CallsAfterEnd > 1))
            {
                LoggerOf(LogCategories.Main, run.Context).CallsAfterEnd(run.CallsAfterEnd, run.Context.Id);
            }
        }
    }

    /// <summary>Ends the runs, and the log, because the process ends.</summary>
    public void EndWithProcess(int exitCode)
    {
        string reason = string.Create(CultureInfo.InvariantCulture, $"the process ended with exit code {exitCode}");
        Array.ForEach(All(), run => run.EndWithProcess(reason));
        logging.Dispose();
    }

    /// <summary>Logs an unhandled exception, ends the runs with it, and flushes everything. The log stays open for what other code still logs.</summary>
    public void EndByCrash(Exception exception)
    {
        IOpenRun[] runs = All();
        IOpenRun? run = runs is [var only] ? only : null;
        LogCrash(exception, run?.Context, run?.LastStep);
        Array.ForEach(runs, run => run.EndBy(exception));
        logging.FlushAtCrash();
    }

    /// <summary>Logs an unhandled exception, as a run's if its run is known.</summary>
    public void LogCrash(Exception exception, RunContext? run, long? lastStep)
    {
        string thread = Thread.CurrentThread.Name ?? string.Create(CultureInfo.InvariantCulture, $"{Environment.CurrentManagedThreadId}");
        Log(LogLevel.Critical, "process", [new("unhandled", true), new("thread", thread), .. AfterStep(lastStep)], exception, run);
    }

    /// <summary>Logs an unobserved task exception while a run is in progress: for example, the prefetching of its data may have failed.</summary>
    public void LogUnobserved(Exception exception)
    {
        if (All() is { Length: > 0 } runs)
        {
            IOpenRun? run = runs is [var only] ? only : null;
            Log(LogLevel.Error, "unobserved task", AfterStep(run?.LastStep), exception, run?.Context);
        }
    }

    /// <summary>Logs that a signal was received, as the last record of runs that it may end, and flushes everything.</summary>
    public void NoteSignal(string signal, bool isHandled)
    {
        IOpenRun[] runs = All();
        Array.ForEach(runs, run => LoggerOf(LogCategories.System, run.Context).SignalReceived(signal, isHandled));
        if (runs.Length == 0)
        {
            LoggerOf(LogCategories.System, run: null).SignalReceived(signal, isHandled);
        }

        logging.FlushAtEnd();
    }

    /// <summary>Ends a run in the log whose process is dead, as killed, or as stopped if a signal came after its last step.</summary>
    public void ReportKilled(KilledRun killed, int processId)
    {
        RunContext run = logging.BeginRun(killed.Run.Id, killed.Run.Rank, killed.Run.WorldSize);
        (RunOutcome outcome, string reason) = EndOf(killed, processId);
        LoggerOf(LogCategories.TrainingProgress, run).RunFailed(
            run.Id,
            outcome.Word(),
            reason,
            TimeSpan.FromMilliseconds(Math.Round((killed.Last - killed.Started).TotalMilliseconds)),
            steps: null,
            killed.Run.LatestStep,
            finalLoss: null,
            bestMetric: null,
            best: null,
            successRate: null,
            issues: null,
            errors: null,
            metrics: []);
        logging.EndRun(run);
    }

    /// <summary>Returns what became of a run whose process is dead, and why.</summary>
    public static (RunOutcome Outcome, string Reason) EndOf(KilledRun killed, int processId) => killed.Signal is null
        ? (RunOutcome.Killed, string.Create(CultureInfo.InvariantCulture, $"process {processId} ended without closing its log"))
        : (RunOutcome.Stopped, killed.Signal);

    private static KeyValuePair<string, object?>[] AfterStep(long? step) => step is null ? [] : [new("last_step", step)];

    private IOpenRun[] All()
    {
        lock (_gate)
        {
            return [.. _runs];
        }
    }

    private void Log(LogLevel level, string operation, ReadOnlySpan<KeyValuePair<string, object?>> context, Exception exception, RunContext? run)
    {
        ErrorDiagnosis diagnosis = ErrorClassifier.Diagnose(exception);
        LoggerOf(LogCategories.Errors, run).ErrorWithContext(
            level, operation, diagnosis.Category, exception.Message, PropertyList.Of(context), recovery: null, recovered: null, diagnosis.Suggestion, exception);
    }

    private TrainLogger LoggerOf(string category, RunContext? run) => run is null ? logging.GetLogger(category) : logging.GetRunLogger(category, run);
}
