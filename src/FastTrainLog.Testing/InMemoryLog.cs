using System.Globalization;
using Microsoft.Extensions.Logging;

namespace FastTrainLog.Testing;

/// <summary>A log that keeps its records in memory, so that a test can check them.</summary>
/// <remarks>
/// <para>Thread-safe. It is a complete log: records are processed as in a program, and only the files and the console are missing. All levels are logged.</para>
/// <para>A record is available when the call that logged it has returned: reading waits until all records logged before have arrived.</para>
/// </remarks>
/// <example>
/// <code>
/// using var log = new InMemoryLog();
/// log.GetLogger("Loader").Loaded(count: 5000);
/// Assert.Equal(5000, log.Single("Loaded").Get&lt;int&gt;("Count"));
/// </code>
/// </example>
public sealed class InMemoryLog : ITrainLoggerFactory, ILoggerFactory
{
    private const long BufferBytes = 4 * 1024 * 1024;

    // Reached only if the machine hangs; a test must not wait for ever.
    private static readonly TimeSpan LongestWait = TimeSpan.FromMinutes(5);

    private readonly RecordList _records = new();
    private readonly TrainLoggerProvider _provider;

    /// <summary>Starts a log.</summary>
    /// <param name="configure">Changes the options, such as the redactors and the minimum level of direct loggers; null for none.</param>
    /// <exception cref="ArgumentException">An option is out of its range.</exception>
    public InMemoryLog(Action<TrainLogOptions>? configure = null)
    {
        Logging = TrainLogging.Create(options =>
        {
            (options.EnableFileLogging, options.EnableJsonLogging, options.EnableConsoleLogging) = (false, false, false);
            // Nothing is written to this directory, and nothing of an earlier run is in it.
            options.LogDirectory = Path.Combine(Path.GetTempPath(), string.Create(CultureInfo.InvariantCulture, $"fasttrainlog-in-memory-{Guid.NewGuid():N}"));
            options.ResourceInterval = TimeSpan.Zero;
            options.MinimumLevel = LogLevel.Trace;
            options.BufferBytes = BufferBytes;
            options.AddSink(_records, name: "in-memory log");
            configure?.Invoke(options);
        });
        _provider = new TrainLoggerProvider(Logging);
    }

    /// <summary>Gets the underlying log, for a <c>TrainingRun</c>.</summary>
    public TrainLogging Logging { get; }

    /// <summary>Gets the records logged so far, in the order of the calls.</summary>
    /// <exception cref="TimeoutException">The records did not arrive within five minutes.</exception>
    public IReadOnlyList<InMemoryRecord> Records
    {
        get
        {
            Wait();
            return _records.Copy();
        }
    }

    /// <inheritdoc/>
    public TrainLogger GetLogger(string category) => Logging.GetLogger(category);

    /// <summary>Returns a logger of Microsoft.Extensions.Logging; <c>CreateLogger&lt;T&gt;()</c> returns one of a class.</summary>
    /// <param name="categoryName">The category.</param>
    /// <returns>The logger; it logs from Trace on.</returns>
    public ILogger CreateLogger(string categoryName) => _provider.CreateLogger(categoryName);

    /// <summary>Removes all records logged so far.</summary>
    /// <exception cref="TimeoutException">The records did not arrive within five minutes.</exception>
    public void Clear()
    {
        Wait();
        _records.Clear();
    }

    /// <summary>Returns the records of an event.</summary>
    /// <param name="eventName">The event's name: by default the name of the log method.</param>
    /// <returns>The records, in the order of the calls.</returns>
    /// <exception cref="TimeoutException">The records did not arrive within five minutes.</exception>
    public IReadOnlyList<InMemoryRecord> Of(string eventName)
    {
        ArgumentException.ThrowIfNullOrEmpty(eventName);
        return [.. Records.Where(record => record.EventId.Name == eventName)];
    }

    /// <summary>Returns the records of an event.</summary>
    /// <param name="eventId">The event's number, such as one of <c>TrainingEvents</c>.</param>
    /// <returns>The records, in the order of the calls.</returns>
    /// <exception cref="TimeoutException">The records did not arrive within five minutes.</exception>
    public IReadOnlyList<InMemoryRecord> Of(int eventId) => [.. Records.Where(record => record.EventId.Id == eventId)];

    /// <summary>Returns the only record of an event.</summary>
    /// <param name="eventName">The event's name: by default the name of the log method.</param>
    /// <returns>The record.</returns>
    /// <exception cref="LogAssertionException">There is none, or more than one.</exception>
    /// <exception cref="TimeoutException">The records did not arrive within five minutes.</exception>
    public InMemoryRecord Single(string eventName) => Only(Of(eventName), $"event '{eventName}'");

    /// <summary>Returns the only record of an event.</summary>
    /// <param name="eventId">The event's number, such as one of <c>TrainingEvents</c>.</param>
    /// <returns>The record.</returns>
    /// <exception cref="LogAssertionException">There is none, or more than one.</exception>
    /// <exception cref="TimeoutException">The records did not arrive within five minutes.</exception>
    public InMemoryRecord Single(int eventId) => Only(Of(eventId), string.Create(CultureInfo.InvariantCulture, $"event {eventId}"));

    /// <summary>Returns the only record that fulfils a condition.</summary>
    /// <param name="condition">The condition.</param>
    /// <returns>The record.</returns>
    /// <exception cref="LogAssertionException">There is none, or more than one.</exception>
    /// <exception cref="TimeoutException">The records did not arrive within five minutes.</exception>
    public InMemoryRecord Single(Func<InMemoryRecord, bool> condition) => Only([.. Records.Where(condition)], "the condition");

    /// <summary>Throws if a record of a level or above was logged.</summary>
    /// <param name="least">The level.</param>
    /// <exception cref="LogAssertionException">There is such a record.</exception>
    /// <exception cref="TimeoutException">The records did not arrive within five minutes.</exception>
    public void AssertNothingFrom(LogLevel least)
    {
        IReadOnlyList<InMemoryRecord> records = Records;
        if (records.Any(record => record.Level >= least))
        {
            throw LogAssertionException.For($"Something was logged at {least} or above", [.. records.Where(record => record.Level >= least)], "these records are");
        }
    }

    /// <summary>Not supported: records are not passed to providers.</summary>
    /// <exception cref="NotSupportedException">Always.</exception>
    void ILoggerFactory.AddProvider(ILoggerProvider provider) =>
        throw new NotSupportedException("An in-memory log takes no other providers: have a LoggerFactory of your own with AddFastTrainLog(log) beside them.");

    /// <summary>Ends the log; its records can still be read.</summary>
    public void Dispose() => _provider.Dispose();

    private InMemoryRecord Only(IReadOnlyList<InMemoryRecord> found, string what) => found switch
    {
        [var only] => only,
        [] => throw LogAssertionException.For($"No record is of {what}", Records, "what was logged"),
        _ => throw LogAssertionException.For(string.Create(CultureInfo.InvariantCulture, $"{found.Count} records are of {what}, and one was expected"), found, "these records are"),
    };

    private void Wait()
    {
        if (!Logging.Flush(LongestWait))
        {
            throw new TimeoutException($"The records of the in-memory log did not arrive within {LongestWait}.");
        }
    }
}
