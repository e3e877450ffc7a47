using System.Diagnostics;
using System.Globalization;
using System.Text;
using FastTrainLog.Backend;
using FastTrainLog.Sinks;
using FastTrainLog.Training;
using Microsoft.Extensions.Logging;

namespace FastTrainLog.Monitoring;

/// <summary>Shows a training run on the console: a line of progress that is written over in place, and above it what is worth a line of its own.</summary>
/// <remarks>
/// Steps go into the line of progress only. Where the output is redirected there is no such line. It takes the place of the
/// console of <see cref="TrainLogOptions.EnableConsoleLogging"/>, which would write through the line.
/// </remarks>
public sealed class ProgressConsoleSink : ILogSink
{
    private const int WidestBar = 24;
    private const int NarrowestBar = 6;
    private static readonly TimeSpan RedrawInterval = TimeSpan.FromMilliseconds(100);

    private readonly ConsoleSink _console;
    private readonly Stream _output;
    private readonly bool _interactive;
    private readonly RecordFilter _filter;
    private readonly Func<int> _width;
    private readonly StringBuilder _line = new();
    private long _drawn;
    private bool _isDirty;
    private bool _isShown;

    /// <summary>Initializes a sink on standard output.</summary>
    /// <param name="filter">The records that get a line of their own; null for epochs, the run's start and end, and all from Warning on.</param>
    public ProgressConsoleSink(RecordFilter? filter = null)
        : this(new ConsoleSink(), Console.OpenStandardOutput(), !Console.IsOutputRedirected, filter, static () => Console.WindowWidth)
    {
    }

    internal ProgressConsoleSink(ConsoleSink console, Stream output, bool interactive, RecordFilter? filter, Func<int> width)
    {
        _console = console;
        _output = output;
        _interactive = interactive;
        _filter = filter ?? IsWorthALine;
        _width = width;
    }

    /// <inheritdoc/>
    public void Write(in LogRecord record)
    {
        if (record.EventId.Id == TrainingEvents.Step && record.Category == LogCategories.TrainingProgress)
        {
            if (_interactive && Stopwatch.GetElapsedTime(_drawn) >= RedrawInterval)
            {
                Compose(record);
                _drawn = Stopwatch.GetTimestamp();
            }

            return;
        }

        if (_filter(record))
        {
            Erase();
            _console.Write(record);
        }

        if (record.EventId.Id is TrainingEvents.RunCompleted or TrainingEvents.RunFailed)
        {
            _line.Clear();
        }
    }

    /// <inheritdoc/>
    public void Flush()
    {
        _console.Flush();
        if (_line.Length > 0 && (_isDirty || !_isShown))
        {
            Erase();
            _output.Write(Encoding.UTF8.GetBytes(_line.ToString()));
            _output.Flush();
            _isDirty = false;
            _isShown = true;
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Erase();
        _console.Dispose();
    }

    private static bool IsWorthALine(in LogRecord record) =>
        record.Level >= LogLevel.Warning
        || record.EventId.Id is TrainingEvents.RunStarted or TrainingEvents.EpochEnded or TrainingEvents.RunCompleted;

    private void Compose(in LogRecord step)
    {
        double done = Number(step, "Step");
        double total = Number(step, "TotalSteps");
        _line.Clear();
        if (total > 0)
        {
            _line.Append(CultureInfo.InvariantCulture, $"{100.0 * done / total:F1}% step {done}/{total}");
        }
        else
        {
            _line.Append(CultureInfo.InvariantCulture, $"step {done}");
        }

        _line.Append(CultureInfo.InvariantCulture, $" epoch {Number(step, "Epoch")} loss {Number(step, "Loss"):F6}");
        if (step.TryGetArgument("Eta", out LogArgument eta) && eta.ToObject() is TimeSpan remaining)
        {
            _line.Append(CultureInfo.InvariantCulture, $" ETA {remaining:g}");
        }

        // A line that reaches the last column would wrap, and could then not be written over. The bar has what the figures leave.
        int room = Math.Max(0, _width() - 1);
        int bar = Math.Min(WidestBar, room - _line.Length - "[] ".Length);
        if (total > 0 && bar >= NarrowestBar)
        {
            int filled = (int)(bar * Math.Clamp(done / total, 0.0, 1.0));
            _line.Insert(0, $"[{new string('#', filled)}{new string('.', bar - filled)}] ");
        }

        _line.Length = Math.Min(_line.Length, room);
        _isDirty = true;
    }

    private static double Number(in LogRecord record, string name) =>
        record.TryGetArgument(name, out LogArgument argument) && argument.TryGetDouble(out double value) ? value : double.NaN;

    private void Erase()
    {
        if (_isShown)
        {
            _output.Write("\r\e[K"u8);
            _isShown = false;
        }
    }
}
