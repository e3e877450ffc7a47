using System.Text.Json.Serialization;
using FastTrainLog.Analysis.Collecting;
using FastTrainLog.Analysis.Reports;
using FastTrainLog.Indexing;
using FastTrainLog.Json;
using FastTrainLog.Reading;
using FastTrainLog.Training;

namespace FastTrainLog.Analysis;

/// <summary>The analysis of a run from its log. Every figure is defined in docs/analysis.md.</summary>
/// <example>
/// <code>
/// LogAnalysis analysis = LogAnalysis.Read("logs");
/// Console.WriteLine($"{analysis.Run.Name} is {analysis.Run.Outcome}: loss {analysis.Progress.Loss?.Last}");
/// using FileStream page = File.Create("run.html");
/// analysis.WriteHtml(page);
/// </code>
/// </example>
/// <param name="Directory">The log directory.</param>
/// <param name="Run">The analysed run.</param>
/// <param name="Runs">All runs of the log, in the order in which they started.</param>
/// <param name="Progress">The progress and its speed.</param>
/// <param name="Errors">The errors.</param>
/// <param name="Performance">The time and memory used.</param>
/// <param name="Stability">The numerical stability.</param>
/// <param name="Anomalies">The anomalies.</param>
/// <param name="Unreadable">The unreadable parts of the whole log.</param>
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
    /// <summary>Gets the comparison of the processes of a run; null for one process.</summary>
    public RankFigures? Ranks { get; init; }

    /// <summary>Gets the histograms of gradient magnitudes, of the lowest rank; none without an index.</summary>
    internal LayerHistograms Histograms { get; init; } = LayerHistograms.None;

    /// <summary>Gets the version of the names in the JSON that <see cref="WriteJson"/> writes.</summary>
    [JsonPropertyOrder(-1)]
    public int Version => JsonForm.Version;

    /// <summary>Reads a log directory and analyses one of its runs.</summary>
    /// <remarks>The log is read in bounded memory, and may be written to meanwhile. It is read twice if runs in it repeated steps.</remarks>
    /// <param name="directory">The log directory.</param>
    /// <param name="run">The run's name, as in <see cref="RunFigures.Name"/>, or its identifier, or a unique prefix of it; null for the run that started last.</param>
    /// <param name="progress">Receives at intervals the number of bytes read, and the total.</param>
    /// <param name="cancellation">Stops the reading.</param>
    /// <returns>The analysis.</returns>
    /// <exception cref="DirectoryNotFoundException">The directory does not exist.</exception>
    /// <exception cref="LogNotFoundException">It contains no record, or none of the run.</exception>
    /// <exception cref="OperationCanceledException">The reading was stopped.</exception>
    public static LogAnalysis Read(string directory, string? run = null, Action<long, long>? progress = null, CancellationToken cancellation = default)
    {
        var superseded = new Supersession();
        LogAnalysis analysis = ReadOnce(directory, run, superseded, progress, cancellation);
        if (superseded.IsNeeded)
        {
            superseded.Restart();
            analysis = ReadOnce(directory, run, superseded, progress, cancellation);
        }

        return analysis;
    }

    private static LogAnalysis ReadOnce(string directory, string? run, Supersession superseded, Action<long, long>? progress, CancellationToken cancellation)
    {
        using var reader = new LogReader(directory);
        var runs = new RunTable(run, superseded);
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

        return runs.ToAnalysis(directory, UnreadableFigures.Of(reader.Unreadable));
    }

    /// <summary>Writes the analysis as a JSON object, with the sections as its members.</summary>
    /// <param name="stream">The stream; it is not closed.</param>
    public void WriteJson(Stream stream) => AnalysisJson.Write(this, stream);

    /// <summary>Writes the analysis as one HTML page with charts, which needs neither the network nor another file.</summary>
    /// <param name="stream">The stream; it is not closed.</param>
    public void WriteHtml(Stream stream) => HtmlReport.Write(this, stream);
}
