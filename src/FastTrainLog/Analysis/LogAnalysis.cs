using FastTrainLog.Analysis.Collecting;
using FastTrainLog.Analysis.Reports;
using FastTrainLog.Reading;

namespace FastTrainLog.Analysis;

/// <summary>What a log tells of a run. Every figure is defined in docs/analysis.md.</summary>
/// <param name="Directory">The log directory.</param>
/// <param name="Run">The run that the figures are of.</param>
/// <param name="Runs">All runs of the log, in the order in which they began.</param>
/// <param name="Progress">How far it came, and how fast.</param>
/// <param name="Errors">What went wrong.</param>
/// <param name="Performance">What it cost.</param>
/// <param name="Stability">How gradients and numbers behaved.</param>
/// <param name="Anomalies">What was out of the ordinary.</param>
/// <param name="Unreadable">What could not be read, of the whole log.</param>
public sealed record LogAnalysis(
    string Directory,
    RunFigures Run,
    IReadOnlyList<RunFigures> Runs,
    ProgressFigures Progress,
    ErrorFigures Errors,
    PerformanceFigures Performance,
    StabilityFigures Stability,
    AnomalyFigures Anomalies,
    UnreadableFigures Unreadable)
{
    /// <summary>Reads a log directory and analyses one of its runs.</summary>
    /// <remarks>The log is read once, in bounded memory, and may be written to meanwhile.</remarks>
    /// <param name="directory">The log directory.</param>
    /// <param name="run">The run's name, as in <see cref="RunFigures.Name"/>, or its identifier; null for the one that began last.</param>
    /// <param name="progress">Is told from time to time how many bytes were read, and of how many.</param>
    /// <param name="cancellation">Stops the reading.</param>
    /// <returns>The analysis.</returns>
    /// <exception cref="DirectoryNotFoundException">The directory does not exist.</exception>
    /// <exception cref="LogNotFoundException">It holds no record, or none of the run.</exception>
    /// <exception cref="OperationCanceledException">The reading was stopped.</exception>
    public static LogAnalysis Read(string directory, string? run = null, Action<long, long>? progress = null, CancellationToken cancellation = default)
    {
        using var reader = new LogReader(directory);
        var runs = new RunTable(run);
        long total = reader.TotalBytes;
        for (long records = 0; reader.Read(); records++)
        {
            runs.Add(reader.Current);
            if (records % 4096 == 0)
            {
                cancellation.ThrowIfCancellationRequested();
                progress?.Invoke(reader.BytesRead, total);
            }
        }

        UnreadableLines unreadable = reader.Unreadable;
        return runs.ToAnalysis(directory, new UnreadableFigures(unreadable.Count, unreadable.Bytes, unreadable.Files, unreadable.Places));
    }

    /// <summary>Writes the analysis as a JSON object, with the sections as its members.</summary>
    /// <param name="stream">Where to; it is not closed.</param>
    public void WriteJson(Stream stream) => AnalysisJson.Write(this, stream);

    /// <summary>Writes the analysis as one page of HTML with charts, which needs neither the network nor another file.</summary>
    /// <param name="stream">Where to; it is not closed.</param>
    public void WriteHtml(Stream stream) => HtmlReport.Write(this, stream);
}
