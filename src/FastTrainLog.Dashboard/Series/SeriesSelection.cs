using FastTrainLog.Dashboard.Answers;
using FastTrainLog.Dashboard.Logs;
using Microsoft.AspNetCore.Http;

namespace FastTrainLog.Dashboard.Series;

/// <summary>The series that a request names: each of its series of each of its runs.</summary>
internal sealed class SeriesSelection
{
    /// <summary>The most series of a request, runs times names.</summary>
    public const int Most = 256;

    private SeriesSelection(IReadOnlyList<(string Run, string Series)> all, long? rank) => (All, Rank) = (all, rank);

    /// <summary>Gets the keys of the runs and the names of the series, run by run.</summary>
    public IReadOnlyList<(string Run, string Series)> All { get; }

    /// <summary>Gets the rank whose series are meant; null for all ranks of a run merged.</summary>
    public long? Rank { get; }

    public static SeriesSelection Read(HttpRequest request)
    {
        string[] runs = RequestFields.Texts(request, "run", Most);
        string[] series = RequestFields.Texts(request, "series", Most);
        return runs.Length * series.Length <= Most
            ? new SeriesSelection([.. runs.SelectMany(run => series.Select(name => (run, name)))], RankOf(request))
            : throw RequestFields.Invalid($"{runs.Length} runs with {series.Length} series each are more than {Most} series: ask for fewer at a time.");
    }

    /// <summary>Returns the rank that a request names, or null.</summary>
    public static long? RankOf(HttpRequest request) => RequestFields.Text(request, "rank") is null ? null : RequestFields.Integer(request, "rank", 0);
}
