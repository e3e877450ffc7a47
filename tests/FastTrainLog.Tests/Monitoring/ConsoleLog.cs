using FastTrainLog.Monitoring;
using FastTrainLog.Monitoring.Terminal;
using Xunit;

namespace FastTrainLog.Tests.Monitoring;

/// <summary>A log whose console is a terminal in memory, drawn with each flush.</summary>
internal sealed class ConsoleLog : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("ftl-console-").FullName;
    private readonly LiveScreen _screen;

    public ConsoleLog(EmulatedTerminal terminal, Action<TrainLogOptions>? configure = null)
        : this(terminal, new LiveScreen(terminal, TimeSpan.Zero), configure)
    {
    }

    /// <summary>Initializes a log on the terminal of another.</summary>
    public ConsoleLog(ConsoleLog other)
        : this(other.Terminal, other._screen, configure: null)
    {
    }

    private ConsoleLog(EmulatedTerminal terminal, LiveScreen screen, Action<TrainLogOptions>? configure)
    {
        (Terminal, _screen) = (terminal, screen);
        Logging = TrainLogging.Create(o =>
        {
            (o.LogDirectory, o.EnableConsoleLogging, o.ResourceInterval) = (_directory, false, TimeSpan.Zero);
            configure?.Invoke(o);
            o.AddSink(new ProgressConsoleSink(_screen, new LogPlace("logs", "errors.log", "run.jsonl"), filter: null), o.ConsoleFilter);
        });
    }

    public EmulatedTerminal Terminal { get; }

    public TrainLogging Logging { get; }

    public string File(string name) => Path.Combine(_directory, name);

    /// <summary>Returns what a person sees once all is shown that was logged.</summary>
    public string[] Shown()
    {
        Assert.True(Logging.Flush(TimeSpan.FromMinutes(1)));
        lock (_screen.Gate)
        {
            return Terminal.Screen.Lines;
        }
    }

    /// <summary>Does something to the terminal while nothing is drawn.</summary>
    public void Do(Action<EmulatedTerminal> act)
    {
        lock (_screen.Gate)
        {
            act(Terminal);
        }
    }

    public void Dispose()
    {
        Logging.Dispose();
        _screen.Dispose();
        Directory.Delete(_directory, recursive: true);
    }
}
