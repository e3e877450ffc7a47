using System.Diagnostics;
using FastTrainLog.Analysis.Reports;

namespace FastTrainLog.Tool.Rendering;

/// <summary>A bar that shows how much of a log was read: on a terminal, once it takes longer than a moment.</summary>
internal sealed class ReadingProgress(TextWriter error) : IDisposable
{
    private const int Width = 30;

    private static readonly TimeSpan Moment = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(100);

    private readonly bool _terminal = error == Console.Error && !Console.IsErrorRedirected;
    private readonly long _start = Stopwatch.GetTimestamp();
    private TimeSpan _next = Moment;
    private bool _shown;

    public void Show(long read, long total)
    {
        TimeSpan elapsed = Stopwatch.GetElapsedTime(_start);
        if (!_terminal || elapsed < _next)
        {
            return;
        }

        _next = elapsed + Interval;
        _shown = true;
        double share = total > 0 ? Math.Min(1.0, (double)read / total) : 1.0;
        int full = (int)(share * Width);
        string bar = new string('█', full) + new string('░', Width - full);
        error.Write($"\r{bar} {FigureText.Percent(share)} of {FigureText.Bytes(total)}, {FigureText.Bytes(read / elapsed.TotalSeconds)}/s \e[K");
    }

    public void Dispose()
    {
        if (_shown)
        {
            error.Write("\r\e[K");
        }
    }
}
