using System.Diagnostics;

namespace FastTrainLog.Training;

/// <summary>An operation on a model that is in progress: its time and memory are measured from its beginning to its end.</summary>
/// <remarks>One thread at a time uses a scope. A scope that is left without <see cref="Complete"/> or <see cref="Fail"/> is logged as failed.</remarks>
public sealed class OperationScope : IDisposable
{
    private readonly TrainingRun _run;
    private readonly string _operation;
    private readonly string _model;
    private readonly long _started = Stopwatch.GetTimestamp();
    private readonly long _managedBefore = GC.GetTotalMemory(forceFullCollection: false);
    private readonly long _processBefore = Environment.WorkingSet;
    private readonly KeyValuePair<string, object?>[] _details;
    private bool _ended;

    internal OperationScope(TrainingRun run, string operation, string model, ReadOnlySpan<KeyValuePair<string, object?>> details)
    {
        _run = run;
        _operation = operation;
        _model = model;
        _details = details.ToArray();
    }

    /// <summary>Logs the operation as successful, with its duration, throughput and memory.</summary>
    /// <param name="samples">The number of samples it worked on, for the throughput; null if there is no such number.</param>
    /// <param name="details">Further values.</param>
    public void Complete(int? samples = null, ReadOnlySpan<KeyValuePair<string, object?>> details = default)
    {
        if (_ended)
        {
            return;
        }

        _ended = true;
        TimeSpan duration = Stopwatch.GetElapsedTime(_started);
        _run.LogModelOperation(_operation, _model, success: true, duration, details);
        _run.LogPerformance(
            _operation,
            duration,
            samples is null ? null : samples / duration.TotalSeconds,
            samples,
            _managedBefore,
            _processBefore);
    }

    /// <summary>Logs the operation as failed, and the exception with its context.</summary>
    /// <param name="exception">What made it fail.</param>
    /// <param name="recovery">The recovery, such as <c>retry</c>, or null.</param>
    public void Fail(Exception exception, string? recovery = null)
    {
        ArgumentNullException.ThrowIfNull(exception);
        if (!_ended)
        {
            _ended = true;
            _run.LogFailedOperation(
                _operation,
                _model,
                Stopwatch.GetElapsedTime(_started),
                exception,
                recovery,
                [
                    .. _details,
                    new("managed_bytes_before", _managedBefore),
                    new("managed_bytes", GC.GetTotalMemory(forceFullCollection: false)),
                    new("process_bytes_before", _processBefore),
                    new("process_bytes", Environment.WorkingSet),
                ]);
        }
    }

    /// <summary>Ends the scope; logs a failure if nothing was logged yet.</summary>
    public void Dispose()
    {
        if (!_ended)
        {
            _ended = true;
            _run.LogModelOperation(_operation, _model, success: false, Stopwatch.GetElapsedTime(_started), [new("error", "left before it was completed")]);
        }
    }
}
