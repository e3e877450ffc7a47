using FastTrainLog.Platform;
using FastTrainLog.Records;
using FastTrainLog.Training;

namespace FastTrainLog.Journals;

/// <summary>What the records of a journal, including those written to the files as far as they are still there, show about how runs ended.</summary>
internal sealed unsafe class RunTraces(JournalDescriptions descriptions)
{
    private readonly Dictionary<RunContext, Trace> _traces = [];
    private long _lastTicks = long.MinValue;

    /// <summary>Notes what a record shows about its run's end. The end is noted after its last record, and a process may be killed between the two.</summary>
    public void Note(CallSite site, byte* record, int length, int logger)
    {
        long ticks = *(long*)(record + RecordLayout.TicksOffset);
        _lastTicks = Math.Max(_lastTicks, ticks);
        if (site.EventId.Id is not (TrainingEvents.Step or TrainingEvents.RunCompleted or TrainingEvents.RunFailed or TrainingEvents.SignalReceived)
            || !descriptions.LoggerRuns.TryGetValue(logger, out RunContext? run)
            || !TrainingEventOrigins.IsOfRun(site.EventId.Id, descriptions.Categories.GetValueOrDefault(logger) ?? string.Empty, site.EventId.Name)
            || !RecordBounds.Hold(site, record, length))
        {
            return;
        }

        Trace trace = Of(run);
        switch (site.EventId.Id)
        {
            case TrainingEvents.Step:
                trace.StepTicks = Math.Max(trace.StepTicks, ticks);
                break;
            case TrainingEvents.SignalReceived:
                // Another program's event may have the same number.
                if (site.Arguments is [{ Kind: ArgumentKind.String, IsNullable: false }, { Kind: ArgumentKind.Boolean, IsNullable: false }, ..])
                {
                    byte* text = record + RecordLayout.HeaderBytes;
                    string signal = RecordDecoder.ReadText(ref text).ToString();
                    bool isHandled = *text != 0;
                    (trace.Signal, trace.SignalTicks) = isHandled ? (null, trace.SignalTicks) : (signal, ticks);
                }

                break;
            default:
                trace.HasEnd = true;
                break;
        }
    }

    /// <summary>Returns the runs that were not ended.</summary>
    public IEnumerable<KilledRun> KilledRuns(TickConverter clock, Func<long, long> clamp)
    {
        // A TrainingRun has a logger of the general log, or none of its own if there were very many; other records with a run's name have no end.
        Dictionary<int, RunContext> runs = descriptions.LoggerRuns;
        HashSet<RunContext> told = [.. runs.Where(entry => descriptions.Categories.GetValueOrDefault(entry.Key) == LogCategories.Main).Select(entry => entry.Value)];
        foreach (RunContext run in descriptions.Runs.Values.Where(run => run.EndTicks == long.MaxValue && (told.Contains(run) || !runs.ContainsValue(run))))
        {
            Trace trace = Of(run);
            if (!trace.HasEnd)
            {
                DateTime started = new(clamp(clock.ToUtcTicks(run.StartTicks)), DateTimeKind.Utc);
                long last = Math.Max(clock.BaseUtc, _lastTicks == long.MinValue ? 0 : clock.ToUtcTicks(_lastTicks));
                yield return new KilledRun(run, started, new(Math.Max(started.Ticks, clamp(last)), DateTimeKind.Utc), trace.SignalTicks > trace.StepTicks ? trace.Signal : null);
            }
        }
    }

    private Trace Of(RunContext run)
    {
        if (!_traces.TryGetValue(run, out Trace? trace))
        {
            _traces.Add(run, trace = new Trace());
        }

        return trace;
    }

    /// <summary>What records show about one run, by ticks.</summary>
    private sealed class Trace
    {
        public long StepTicks { get; set; } = long.MinValue;

        public long SignalTicks { get; set; } = long.MinValue;

        public string? Signal { get; set; }

        public bool HasEnd { get; set; }
    }
}
