using FastTrainLog.Records;

namespace FastTrainLog.Monitoring.Snapshots;

/// <summary>The positions of the arguments of a step's record, found by name once, because steps are the most frequent records. A missing one is -1.</summary>
internal sealed class StepColumns
{
    private readonly CallSite _site;
    private readonly List<string> _pairs = [];

    private StepColumns(CallSite site)
    {
        _site = site;
        Epoch = IndexOf("Epoch");
        TotalSteps = IndexOf("TotalSteps");
        Progress = IndexOf("Progress");
        Loss = IndexOf("Loss");
        LearningRate = IndexOf("LearningRate");
        Eta = IndexOf("Eta");
        Phase = IndexOf("Phase");
        Accuracy = IndexOf("Accuracy");
        GradientNorm = IndexOf("GradientNorm");
        StabilityScore = IndexOf("StabilityScore");
        ClippingRatio = IndexOf("ClippingRatio");
        Throughput = IndexOf("Throughput");
        StepSeconds = IndexOf("StepSeconds");
        Metrics = IndexOf("Metrics");
    }

    public int Epoch { get; }

    public int TotalSteps { get; }

    public int Progress { get; }

    public int Loss { get; }

    public int LearningRate { get; }

    public int Eta { get; }

    public int Phase { get; }

    public int Accuracy { get; }

    public int GradientNorm { get; }

    public int StabilityScore { get; }

    public int ClippingRatio { get; }

    public int Throughput { get; }

    public int StepSeconds { get; }

    public int Metrics { get; }

    /// <summary>Returns the columns of a record's call site: the ones at hand where they are of that site.</summary>
    public static StepColumns Of(in LogRecord record, StepColumns? atHand) =>
        atHand is not null && atHand._site == record.Decoder.Site ? atHand : new StepColumns(record.Decoder.Site);

    /// <summary>Returns an argument of a record of the call site; null where it has none.</summary>
    /// <param name="record">The record.</param>
    /// <param name="column">One of the columns.</param>
    public unsafe LogArgument Read(in LogRecord record, int column)
    {
        LogArgument value = RecordDecoder.Nameless(ArgumentKind.Null, null);
        if (column < 0)
        {
            return value;
        }

        if (!_site.IsFormatted)
        {
            return record.Decoder.GetArgument(column);
        }

        return record.Decoder.TryGetPair(_pairs[column], StringComparison.Ordinal, out LogArgument pair) ? pair : value;
    }

    private int IndexOf(string name)
    {
        // Each plain log call has pairs of its own: they are found anew.
        if (_site.IsFormatted)
        {
            _pairs.Add(name);
            return _pairs.Count - 1;
        }

        ReadOnlySpan<CallSiteArgument> arguments = _site.Arguments;
        for (int i = 0; i < arguments.Length; i++)
        {
            if (arguments[i].Name == name)
            {
                return i;
            }
        }

        return -1;
    }
}
