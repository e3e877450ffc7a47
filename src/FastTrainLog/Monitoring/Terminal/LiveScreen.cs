using System.Diagnostics;
using System.Text;

namespace FastTrainLog.Monitoring.Terminal;

/// <summary>Permanent lines, and below them live lines that are redrawn in place.</summary>
/// <remarks>
/// The cursor is on the empty row above the live lines. So the output of another program, and the ^C of a terminal, is written to that row, and the next drawing only
/// erases the rows below it; a terminal that rewraps the live lines after a resize moves them below the cursor, where they are erased too. The cursor is
/// never hidden and no margin is set, so that a process killed at any moment leaves the terminal usable.
/// All members must be called under <see cref="Gate"/>; the screen takes it itself for a delayed drawing.
/// </remarks>
internal sealed class LiveScreen : IDisposable
{
    private static readonly Lazy<LiveScreen> Standard = new(static () => new LiveScreen(new StandardOutput(), TimeSpan.FromMilliseconds(100), takesConsole: true));

    private readonly ITerminal _terminal;
    private readonly TimeSpan _interval;
    private readonly ConsoleCapture? _console;
    private readonly List<(object Owner, Func<int, IEnumerable<StyledLine>> Compose)> _live = [];
    private readonly StringBuilder _text = new();
    private readonly StringBuilder _liveText = new();
    private readonly Timer _later;
    private byte[] _bytes = [];
    private long _drawn = long.MinValue;
    private int _liveColumns;
    private bool _isShown;
    private bool _isPutOff;

    /// <param name="terminal">The terminal.</param>
    /// <param name="interval">The minimum time between two drawings.</param>
    /// <param name="takesConsole">Whether the program's console output is separated from the live lines.</param>
    public LiveScreen(ITerminal terminal, TimeSpan interval, bool takesConsole = false)
    {
        _terminal = terminal;
        _interval = interval;
        _console = takesConsole && terminal.IsLive ? new ConsoleCapture(this) : null;
        _later = new Timer(static screen => ((LiveScreen)screen!).DrawLater(), this, Timeout.Infinite, Timeout.Infinite);
    }

    /// <summary>Gets the screen of standard output, which all logs of the process share.</summary>
    public static LiveScreen OfProcess => Standard.Value;

    /// <summary>Gets the lock that guards the screen and its writers.</summary>
    public Lock Gate { get; } = new();

    public ITerminal Terminal => _terminal;

    /// <summary>Gets whether the cursor is after a partial line of the program.</summary>
    public bool IsWithinLine { get; private set; }

    /// <summary>Writes permanent lines.</summary>
    /// <param name="lines">The lines, with colours.</param>
    /// <param name="overwritesRow">Whether text on the cursor's row is overwritten, such as the ^C of a terminal.</param>
    public void Print(IEnumerable<string> lines, bool overwritesRow = false)
    {
        _text.Clear();
        if (_terminal.IsLive)
        {
            _text.Append(overwritesRow && !IsWithinLine ? "\r\e[J" : _isShown ? "\e[J" : string.Empty).Append(IsWithinLine ? "\r\n" : string.Empty);
        }

        IsWithinLine = false;
        foreach (string line in lines)
        {
            _text.Append(line).Append(_terminal.IsLive ? "\r\n" : Environment.NewLine);
        }

        bool wasShown = _isShown;
        _isShown = false;
        if (wasShown)
        {
            AppendLive();
        }

        Send();
    }

    /// <summary>Shows live lines: immediately, or after a delay if the last drawing was very recent.</summary>
    /// <param name="owner">The owner of the lines, which replace its earlier ones.</param>
    /// <param name="compose">Returns the lines for a number of columns; called under the gate.</param>
    public void Show(object owner, Func<int, IEnumerable<StyledLine>> compose)
    {
        if (!_terminal.IsLive)
        {
            return;
        }

        int known = _live.FindIndex(entry => entry.Owner == owner);
        if (known < 0)
        {
            _live.Add((owner, compose));
            _console?.Begin();
        }
        else
        {
            _live[known] = (owner, compose);
        }

        DrawSoon();
    }

    /// <summary>Removes an owner's live lines.</summary>
    public void Withdraw(object owner)
    {
        if (_live.RemoveAll(entry => entry.Owner == owner) == 0)
        {
            return;
        }

        _text.Clear();
        _text.Append(_isShown ? "\e[J" : string.Empty);
        _isShown = false;
        AppendLive();
        if (_live.Count == 0)
        {
            _console?.End();
        }

        Send();
    }

    /// <summary>Writes what the program prints, above the live lines.</summary>
    /// <param name="bytes">The text.</param>
    /// <param name="error">Standard error, if it goes there; null for standard output.</param>
    public void WriteForeign(ReadOnlySpan<byte> bytes, TerminalDescriptor? error)
    {
        if (bytes.IsEmpty)
        {
            return;
        }

        // At once, so that nothing flickers; as it was drawn last, so that it costs little.
        bool wasShown = _isShown;
        _text.Clear();
        AppendLive(composesAnew: false);
        ReadOnlySpan<byte> erasure = wasShown ? "\e[J"u8 : default;
        if (error is null)
        {
            _terminal.Write([.. erasure, .. bytes, .. Encoding.UTF8.GetBytes(_text.ToString())]);
        }
        else
        {
            _terminal.Write(erasure);
            error.Write(bytes);
            Send();
        }

        IsWithinLine = bytes[^1] != (byte)'\n';
    }

    public void Dispose() => _later.Dispose();

    private void DrawSoon()
    {
        if (_drawn == long.MinValue || Stopwatch.GetElapsedTime(_drawn) >= _interval)
        {
            Draw();
        }
        else
        {
            PutOff();
        }
    }

    private void PutOff()
    {
        if (!_isPutOff)
        {
            _isPutOff = true;
            _later.Change(_interval, Timeout.InfiniteTimeSpan);
        }
    }

    private void DrawLater()
    {
        _terminal.Measure();
        lock (Gate)
        {
            if (_isPutOff && _live.Count > 0)
            {
                Draw();
            }

            _isPutOff = false;
        }
    }

    private void Draw()
    {
        _text.Clear();
        AppendLive();
        Send();
    }

    private void AppendLive(bool composesAnew = true)
    {
        // A line that reaches the last column would wrap.
        int columns = Math.Max(1, _terminal.Columns - 1);
        if (composesAnew || columns != _liveColumns)
        {
            Compose(columns);
            _drawn = Stopwatch.GetTimestamp();
            _isPutOff = false;
        }

        _text.Append(_liveText);
        _isShown = _liveText.Length > 0;
    }

    private void Compose(int columns)
    {
        _liveColumns = columns;
        _liveText.Clear();
        StyledLine[] lines = [.. _live.SelectMany(entry => entry.Compose(columns)).Take(Math.Max(0, _terminal.Rows - 2))];
        if (lines.Length == 0)
        {
            return;
        }

        // Down by the index control (IND), which keeps the column of a partial line on this row, and scrolls at the bottom.
        _liveText.Append("\e[K").Insert(_liveText.Length, "\eD", lines.Length);
        if (lines.Length > 1)
        {
            _liveText.Append("\e[").Append(lines.Length - 1).Append('A');
        }

        _liveText.Append("\e7\r");
        for (int i = 0; i < lines.Length; i++)
        {
            _liveText.Append(i > 0 ? "\r\n" : string.Empty);
            lines[i].Write(_liveText, _terminal.HasColors, columns);
            _liveText.Append(i == lines.Length - 1 ? "\e[J" : "\e[K");
        }

        _liveText.Append("\e8\e[A");
    }

    private void Send()
    {
        if (_text.Length == 0)
        {
            return;
        }

        int most = Encoding.UTF8.GetMaxByteCount(_text.Length);
        if (_bytes.Length < most)
        {
            _bytes = new byte[most];
        }

        int length = 0;
        foreach (ReadOnlyMemory<char> chunk in _text.GetChunks())
        {
            length += Encoding.UTF8.GetBytes(chunk.Span, _bytes.AsSpan(length));
        }

        _terminal.Write(_bytes.AsSpan(0, length));
    }
}
