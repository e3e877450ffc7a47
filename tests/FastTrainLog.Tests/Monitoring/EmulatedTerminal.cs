using System.Text;
using FastTrainLog.Monitoring.Terminal;
using FastTrainLog.Tests.Shared;

namespace FastTrainLog.Tests.Monitoring;

/// <summary>A terminal in memory, or what standard output was redirected to.</summary>
internal sealed class EmulatedTerminal(int columns = 80, int rows = 24, bool isLive = true) : ITerminal
{
    private readonly StringBuilder _written = new();

    public ScreenEmulator Screen { get; } = new(columns, rows);

    public bool IsLive => isLive;

    public bool HasColors { get; init; }

    public bool HasUnicode { get; init; } = true;

    public int Columns => Screen.Columns;

    public int Rows => Screen.Rows;

    /// <summary>Gets all that was written.</summary>
    public string Written => _written.ToString();

    public void Measure()
    {
    }

    public void Write(ReadOnlySpan<byte> bytes)
    {
        _written.Append(Encoding.UTF8.GetString(bytes));
        if (isLive)
        {
            Screen.Feed(bytes);
        }
    }

    /// <summary>Writes as another program on the terminal does, whose line ends the terminal makes CR and LF.</summary>
    public void WriteForeign(string text) => Screen.Feed(Encoding.UTF8.GetBytes(text.Replace("\n", "\r\n", StringComparison.Ordinal)));
}
