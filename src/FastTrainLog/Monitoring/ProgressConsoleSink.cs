using System.Diagnostics;
using System.Globalization;
using System.Text;
using FastTrainLog.Monitoring.Snapshots;
using FastTrainLog.Monitoring.Terminal;
using FastTrainLog.Records;
using FastTrainLog.Training;
using Microsoft.Extensions.Logging;

namespace FastTrainLog.Monitoring;

/// <summary>
/// Shows training runs on the console. On a terminal: a live line with the progress, a table with a row for each epoch or validation, warnings as short lines, and at the end
/// the outcome of the run. Elsewhere, as in a file or with <c>TERM=dumb</c>: a line for each epoch, and one for the progress every few seconds.
/// </summary>
/// <remarks>
/// This is the console of <see cref="TrainLogOptions.EnableConsoleLogging"/>, unless <see cref="TrainLogOptions.ConsoleView"/> is set otherwise. The files contain everything that it shows, and more.
/// While a live line is shown, text that the program writes to <see cref="Console.Out"/> and <see cref="Console.Error"/> is written above it. Processes of another rank than 0 show no progress, only
/// messages, with their rank. There are no colours if the environment variable <c>NO_COLOR</c> is set (no-color.org).
/// </remarks>
public sealed class ProgressConsoleSink : ILogSink
{
    private const int MostLiveRuns = 4;

    // A line of progress where it cannot be drawn in place: at least so long after the last one, and in a long run a share of its time.
    private const int LinesInARun = 50;
    private static readonly TimeSpan LeastBetweenLines = TimeSpan.FromSeconds(5);

    // After a signal that may end the process at any moment, nothing is drawn that would remain on the terminal.
    private static readonly TimeSpan QuietAfterSignal = TimeSpan.FromSeconds(2);

    private readonly LiveScreen _screen;
    private readonly LogPlace? _place;
    private readonly RecordFilter? _filter;
    private readonly List<RunView> _open = [];
    private readonly List<string> _lines = [];
    private readonly RepeatLimit _repeats = new();
    private readonly StringBuilder _text = new();
    private EpochTable? _table;
    private DateTime _lastLine;
    private long _signalled = long.MinValue;
    private bool _hasNews;
    private bool _overwritesRow;
    private bool _endsWithBlank;

    /// <summary>Initializes a sink on standard output.</summary>
    /// <param name="filter">The records that are shown as lines; null for those of your own, and all from Warning on.</param>
    public ProgressConsoleSink(RecordFilter? filter = null)
        : this(LiveScreen.OfProcess, place: null, filter)
    {
    }

    internal ProgressConsoleSink(LiveScreen screen, LogPlace? place, RecordFilter? filter)
    {
        _screen = screen;
        _place = place;
        _filter = filter;
    }

    private bool IsLive => _screen.Terminal.IsLive;

    private int Columns => Math.Max(1, _screen.Terminal.Columns - 1);

    /// <inheritdoc/>
    public void Write(in LogRecord record)
    {
        lock (_screen.Gate)
        {
            if (record.Decoder.Run is { Rank: 0 } run && record.Decoder.TrainingEvent is > 0 and int trainingEvent && TakeEvent(record, run, trainingEvent))
            {
                return;
            }

            if (_filter?.Invoke(record) ?? IsWorthALine(record))
            {
                TakeMessage(record);
            }
        }
    }

    /// <inheritdoc/>
    public void Flush()
    {
        _screen.Terminal.Measure();
        lock (_screen.Gate)
        {
            PrintLines();
            if (!_hasNews || (_signalled != long.MinValue && Stopwatch.GetElapsedTime(_signalled) < QuietAfterSignal))
            {
                return;
            }

            _hasNews = false;
            if (_open.Exists(run => run.HasStep))
            {
                _screen.Show(this, ComposeLive);
            }
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        lock (_screen.Gate)
        {
            foreach (RunView run in _open)
            {
                AddRow(run, run.TakeRow());
            }

            PrintLines();
            _screen.Withdraw(this);
        }
    }

    private static bool IsWorthALine(in LogRecord record) =>
        record.Level >= LogLevel.Warning
        || (record.Decoder.TrainingEvent == 0 && record.Category is not (LogCategories.System or LogCategories.Performance or LogCategories.ModelOperations));

    /// <summary>Processes an event of a run.</summary>
    /// <returns>Whether the record needs no other output.</returns>
    private bool TakeEvent(in LogRecord record, RunContext context, int trainingEvent)
    {
        switch (trainingEvent)
        {
            case TrainingEvents.RunStarted:
                RunView started = ViewOf(context);
                started.TakeStart(record);
                AddHead(started.Head, record.Timestamp);
                _lastLine = record.Timestamp;
                return true;
            case TrainingEvents.Step:
                if (record.Decoder.TrainingStep is { } step)
                {
                    RunView run = ViewOf(context);
                    AddRow(run, run.TakeStep(record, step));
                    _hasNews = true;
                    AddProgress(run);
                }

                return true;
            case TrainingEvents.EpochEnded:
                RunView ended = ViewOf(context);
                AddRow(ended, ended.TakeEpoch(record));
                return true;
            case TrainingEvents.Validation or TrainingEvents.BestValidation:
                RunView validated = ViewOf(context);
                AddRow(validated, validated.TakeValidation(record));
                _hasNews = true;
                return true;
            case TrainingEvents.GradientHealth:
                ViewOf(context).TakeHealth(record);
                return true;
            case TrainingEvents.RunCompleted or TrainingEvents.RunFailed:
                End(record, ViewOf(context));
                return true;
            case TrainingEvents.SignalReceived:
                TakeSignal(record);
                return true;
            case TrainingEvents.PauseEnded:
                ViewOf(context).TakePause(record);
                TakeMessage(record);
                return true;
            case TrainingEvents.RunPaused:
                // Its repetitions are for readers of the log.
                if (RecordReader.Number(record, "PausedSeconds") is null)
                {
                    TakeMessage(record);
                }

                return true;
            case TrainingEvents.ControlCommand:
                TakeMessage(record);
                return true;
            default:
                return false;
        }
    }

    private RunView ViewOf(RunContext context)
    {
        RunView? view = _open.Find(run => run.Run == context);
        if (view is null)
        {
            _open.Add(view = new RunView(context));
        }

        return view;
    }

    private void End(in LogRecord record, RunView run)
    {
        AddRow(run, run.TakeRow());
        _open.Remove(run);
        if (!run.HasStart)
        {
            TakeMessage(record);
            return;
        }

        if (_open.Count == 0 && _repeats.TakeLeft() is > 0 and long left)
        {
            AddLine(new StyledLine().Add($"and {Figure.Of(left)} more like these", Tone.Quiet).Add(Elsewhere, Tone.Quiet));
        }

        if (!_endsWithBlank)
        {
            AddLine(new StyledLine());
        }

        foreach (StyledLine line in ClosingPanel.Compose(record, run, _place, IsLive ? Columns : int.MaxValue))
        {
            AddLine(line, isCut: false);
        }

        AddLine(new StyledLine());
        _table = null;
        PrintLines();
        _screen.Withdraw(this);
        _hasNews = _open.Count > 0;
    }

    private void TakeSignal(in LogRecord record)
    {
        _overwritesRow = true;
        TakeMessage(record);
        PrintLines();
        if (!(RecordReader.Flag(record, "Handled") ?? false))
        {
            _signalled = Stopwatch.GetTimestamp();
            _screen.Withdraw(this);
            _hasNews = true;
        }
    }

    private void TakeMessage(in LogRecord record)
    {
        long left = 0;
        bool isTrouble = record.Level >= LogLevel.Warning;
        if (isTrouble && _open.Count > 0 && !_repeats.Admits(record, out left))
        {
            return;
        }

        if (record.Level == LogLevel.Critical)
        {
            // The last output of a run whose process crashes.
            _open.ForEach(run => AddRow(run, run.TakeRow()));
        }

        if (!IsLive)
        {
            string whole = Encoding.UTF8.GetString(record.TextLine).TrimEnd('\n');
            AddText(RankOf(record) + whole + (left > 0 ? $" (and {Figure.Of(left)} more like it before)" : string.Empty));
            return;
        }

        var line = new StyledLine();
        if (isTrouble)
        {
            line.Add(record.Level == LogLevel.Warning ? "warning: " : "error: ", record.Level == LogLevel.Warning ? Tone.Warning : Tone.Bad);
        }
        else
        {
            line.Add(record.Timestamp.ToLocalTime().ToString("HH:mm:ss ", CultureInfo.InvariantCulture), Tone.Quiet);
        }

        line.Add(RankOf(record), Tone.Quiet);
        string message = MessageOf(record) + (left > 0 ? $" (+{Figure.Of(left)})" : string.Empty);
        string tail = isTrouble ? Elsewhere : string.Empty;
        bool isShort = isTrouble && _open.Count > 0 && tail.Length > 0;
        line.Add(isShort ? CellWidth.Fit(message, Columns - line.Width - CellWidth.Of(tail)) : message).Add(tail, Tone.Quiet);
        AddLine(line, isCut: isShort);
    }

    private string Elsewhere => _place?.Errors is not { } file ? string.Empty : _screen.Terminal.HasUnicode ? $" → {file}" : $" -> {file}";

    private static string RankOf(in LogRecord record) => record.Rank is > 0 and int rank ? $"rank {Figure.Of(rank)}: " : string.Empty;

    // A short text for the most frequent kinds; for others the whole message.
    private static string MessageOf(in LogRecord record)
    {
        switch (record.Decoder.TrainingEvent)
        {
            case TrainingEvents.NumericalIssue:
                string step = RecordReader.Integer(record, "Step") is { } number ? $" at step {Figure.Of(number)}" : string.Empty;
                return SafeLine.Of($"{RecordReader.Text(record, "Type")}{step} in {RecordReader.Text(record, "Location")}, {RecordReader.Text(record, "RecoveryAction")}");
            case TrainingEvents.ErrorWithContext:
                return SafeLine.Of($"{RecordReader.Text(record, "Operation")} failed: {RecordReader.Text(record, "Error")}");
            case TrainingEvents.SignalReceived:
                return $"{RecordReader.Text(record, "Signal")} received";
            default:
                return SafeLine.Of(record.Message);
        }
    }

    private IEnumerable<StyledLine> ComposeLive(int columns)
    {
        RunView[] runs = [.. _open.Where(run => run.HasStep)];
        bool areSeveral = _open.Count > 1;
        foreach (RunView run in runs.Take(MostLiveRuns))
        {
            yield return ProgressLine.Compose(run.ToProgress(areSeveral), columns, _screen.Terminal.HasUnicode);
        }

        if (runs.Length > MostLiveRuns)
        {
            yield return new StyledLine().Add($"and {Figure.Of(runs.Length - MostLiveRuns)} more runs", Tone.Quiet);
        }
    }

    private void AddProgress(RunView run)
    {
        if (IsLive)
        {
            return;
        }

        TimeSpan interval = (run.Latest - run.Head.Started) / LinesInARun;
        if (run.Latest - _lastLine >= (interval > LeastBetweenLines ? interval : LeastBetweenLines))
        {
            _lastLine = run.Latest;
            AddText(ProgressLine.ToText(run.ToProgress(_open.Count > 1)), run.Latest);
        }
    }

    private void AddRow(RunView run, EpochRow? row)
    {
        if (row is null)
        {
            return;
        }

        if (!IsLive)
        {
            string label = _open.Count > 1 ? SafeLine.Of(run.Head.Label) + "  " : string.Empty;
            AddText(label + EpochTable.ToText(row, run.Head), run.Latest);
            _lastLine = run.Latest;
            return;
        }

        EpochTable table = EpochTable.For(row, run.Head, Columns, _open.Count > 1, _table);
        if (table != _table)
        {
            AddLine(table.ToHeader());
            _table = table;
        }

        AddLine(table.ToLine(row, run.Head));
    }

    private void AddHead(RunHead head, DateTime time)
    {
        if (!IsLive)
        {
            AddText(string.Join(", ", head.ToLines(_place?.Directory, int.MaxValue)), time);
            return;
        }

        foreach (StyledLine line in head.ToLines(_place?.Directory, Columns))
        {
            AddLine(line);
        }

        AddLine(new StyledLine());
    }

    private void AddText(string text, DateTime time) => AddText(time.ToLocalTime().ToString("'['yyyy-MM-dd HH:mm:ss'] '", CultureInfo.InvariantCulture) + text);

    private void AddText(string text)
    {
        _lines.Add(text);
        _endsWithBlank = false;
    }

    private void AddLine(StyledLine line, bool isCut = true)
    {
        _text.Clear();
        line.Write(_text, _screen.Terminal.HasColors, IsLive && isCut ? Columns : int.MaxValue);
        _lines.Add(_text.ToString());
        _endsWithBlank = _text.Length == 0;
    }

    private void PrintLines()
    {
        if (_lines.Count > 0)
        {
            _screen.Print(_lines, _overwritesRow);
            _lines.Clear();
        }

        _overwritesRow = false;
    }
}
