using System.Diagnostics;
using FastTrainLog.Records;

namespace FastTrainLog.Training;

/// <content>Operations and their performance.</content>
public sealed partial class TrainingRun
{
    /// <summary>Logs how long an operation took, with the memory in use at its end.</summary>
    /// <param name="operation">The operation.</param>
    /// <param name="duration">Its duration.</param>
    /// <param name="throughput">Samples a second, or null.</param>
    /// <param name="batchSize">Samples at once, or null.</param>
    /// <param name="metrics">Further figures.</param>
    /// <param name="gpuBytes">The GPU memory that it used, in bytes; null for the memory in use on all GPUs of the machine at the last resource sample, if there is one.</param>
    /// <param name="gpuUtilization">The utilisation of the GPU in percent; null for the mean of all GPUs at the last resource sample, if there is one.</param>
    public void LogPerformance(
        string operation,
        TimeSpan duration,
        double? throughput = null,
        int? batchSize = null,
        ReadOnlySpan<Metric> metrics = default,
        long? gpuBytes = null,
        double? gpuUtilization = null) => LogPerformance(operation, duration, throughput, batchSize, managedBefore: null, processBefore: null, gpuBytes, gpuUtilization, metrics);

    /// <summary>Logs an operation on a model that ended.</summary>
    /// <param name="operation">The operation, such as <c>model_creation</c>.</param>
    /// <param name="model">The model's name.</param>
    /// <param name="success">Whether it succeeded.</param>
    /// <param name="duration">Its duration, or null.</param>
    /// <param name="details">Further values.</param>
    public void LogModelOperation(
        string operation, string model, bool success, TimeSpan? duration = null, ReadOnlySpan<KeyValuePair<string, object?>> details = default)
    {
        if (success)
        {
            _modelOperations.ModelOperationSucceeded(operation, model, duration?.TotalSeconds, success, PropertyList.Of(details));
        }
        else
        {
            _modelOperations.ModelOperationFailed(operation, model, duration?.TotalSeconds, success, PropertyList.Of(details));
        }
    }

    /// <summary>Begins an operation on a model: logs its start, and its end with time and memory when the scope is completed or left.</summary>
    /// <param name="operation">The operation, such as <c>inference</c>.</param>
    /// <param name="model">The model's name.</param>
    /// <param name="details">Further values.</param>
    /// <returns>The scope; dispose it.</returns>
    public OperationScope BeginOperation(string operation, string model, ReadOnlySpan<KeyValuePair<string, object?>> details = default)
    {
        _modelOperations.ModelOperationStarted(operation, model, PropertyList.Of(details));
        return new OperationScope(this, operation, model, details);
    }

    /// <summary>Loads a model; a failure is returned instead of thrown.</summary>
    /// <remarks>Earlier non-finite gradients do not count for a loaded model; the call waits for steps that a followed clipper has issued to a device.</remarks>
    /// <typeparam name="T">What is loaded.</typeparam>
    /// <param name="model">The model's name.</param>
    /// <param name="load">Loads it.</param>
    /// <param name="attempts">How often it is tried, at least 1.</param>
    /// <param name="retryPause">The pause before the second attempt; it doubles with each further one.</param>
    /// <param name="details">Further values, logged at the start and with a failure.</param>
    /// <returns>The model or the failure, which is logged already.</returns>
    public OperationResult<T> LoadModelSafely<T>(string model, Func<T> load, int attempts = 1, TimeSpan retryPause = default, ReadOnlySpan<KeyValuePair<string, object?>> details = default)
    {
        OperationResult<T> result = RunSafely("model_loading", model, load, null, attempts, retryPause, details);
        if (result.Success)
        {
            // The loaded model replaces one that non-finite gradients may have damaged, including those that a device has not reported yet. Waiting for
            // them costs little here: the model is loaded to the same device.
            foreach (GradientDelivery delivery in Volatile.Read(ref _deliveries))
            {
                delivery.CatchUpWithAll();
            }

            Interlocked.Exchange(ref _damagingSteps, 0);
        }

        return result;
    }

    /// <summary>Runs a model; a failure is returned instead of thrown.</summary>
    /// <typeparam name="T">What the model computes.</typeparam>
    /// <param name="model">The model's name.</param>
    /// <param name="infer">Runs it.</param>
    /// <param name="samples">The number of samples, for the throughput; null if there is no such number.</param>
    /// <param name="attempts">How often it is tried, at least 1.</param>
    /// <param name="retryPause">The pause before the second attempt; it doubles with each further one.</param>
    /// <param name="details">Further values, logged at the start and with a failure.</param>
    /// <returns>The output or the failure, which is logged already.</returns>
    public OperationResult<T> InferSafely<T>(string model, Func<T> infer, int? samples = null, int attempts = 1, TimeSpan retryPause = default, ReadOnlySpan<KeyValuePair<string, object?>> details = default) =>
        RunSafely("inference", model, infer, samples, attempts, retryPause, details);

    /// <summary>Runs an operation; a failure is returned instead of thrown.</summary>
    /// <remarks>Start, success and each failure are logged with time and memory. A cancelled operation is not tried again.</remarks>
    /// <typeparam name="T">What the operation returns.</typeparam>
    /// <param name="operation">The operation.</param>
    /// <param name="model">The model's name.</param>
    /// <param name="action">The operation.</param>
    /// <param name="samples">The number of samples, for the throughput; null if there is no such number.</param>
    /// <param name="attempts">How often it is tried, at least 1.</param>
    /// <param name="retryPause">The pause before the second attempt; it doubles with each further one.</param>
    /// <param name="details">Further values, logged at the start and with a failure.</param>
    /// <returns>The value or the failure.</returns>
    public OperationResult<T> RunSafely<T>(
        string operation, string model, Func<T> action, int? samples = null, int attempts = 1, TimeSpan retryPause = default, ReadOnlySpan<KeyValuePair<string, object?>> details = default)
    {
        ArgumentNullException.ThrowIfNull(action);
        ArgumentOutOfRangeException.ThrowIfLessThan(attempts, 1);
        long started = Stopwatch.GetTimestamp();
        for (int attempt = 1; ; attempt++)
        {
            using OperationScope scope = BeginOperation(operation, model, attempts == 1 ? details : [.. details, new("attempt", attempt), new("attempts", attempts)]);
            try
            {
                T value = action();
                scope.Complete(samples);
                return new OperationResult<T>(value, null, attempt, Stopwatch.GetElapsedTime(started));
            }
            catch (Exception exception)
            {
                bool again = attempt < attempts && exception is not OperationCanceledException;
                scope.Fail(exception, again ? "retry" : null);
                if (!again)
                {
                    return new OperationResult<T>(default, exception, attempt, Stopwatch.GetElapsedTime(started));
                }
            }

            Thread.Sleep(PauseBefore(attempt, retryPause));
        }
    }

    // For any pause: the failure is returned, not the exception of an invalid wait.
    private static TimeSpan PauseBefore(int attempt, TimeSpan retryPause) =>
        TimeSpan.FromMilliseconds(Math.Clamp(retryPause.TotalMilliseconds * Math.Pow(2, Math.Min(attempt - 1, 30)), 0, int.MaxValue));

    internal void LogPerformance(
        string operation,
        TimeSpan duration,
        double? throughput,
        int? batchSize,
        long? managedBefore,
        long? processBefore,
        long? gpuBytes = null,
        double? gpuUtilization = null,
        ReadOnlySpan<Metric> metrics = default) =>
        _performance.Performance(
            operation,
            duration.TotalSeconds,
            throughput,
            batchSize,
            GC.GetTotalMemory(forceFullCollection: false),
            managedBefore,
            Environment.WorkingSet,
            processBefore,
            gpuBytes ?? _logging.Gpu.UsedBytes,
            gpuUtilization ?? _logging.Gpu.Utilization,
            metrics);

    internal void LogFailedOperation(string operation, string model, TimeSpan duration, Exception exception, string? recovery, ReadOnlySpan<KeyValuePair<string, object?>> context)
    {
        LogModelOperation(operation, model, success: false, duration, [new("error", SafeText.MessageOf(exception))]);
        LogError(exception, operation, [new("model", model), .. context, new("duration_seconds", Math.Round(duration.TotalSeconds, 6))], recovery);
    }
}
