using FastTrainLog.Backend;
using FastTrainLog.Records;

namespace FastTrainLog.Monitoring.Snapshots;

/// <summary>Where the arguments of a step's record stand, found by name once: steps are what a run logs most.</summary>
internal sealed class StepColumns
{
    private readonly CallSite _site;

    private StepColumns(CallSite site)
    {
        _site = site;
        Epoch = IndexOf("Epoch");
        Step = IndexOf("Step");
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
        Metrics = IndexOf("Metrics");
    }

    /// <summary>Gets whether all columns are there: another's event may share the number of a step's.</summary>
    public bool AreWhole { get; private set; } = true;

    public int Epoch { get; }

    public int Step { get; }

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

    public int Metrics { get; }

    /// <summary>Returns the columns of a record's call site: the ones at hand where they are of that site.</summary>
    public static StepColumns Of(in LogRecord record, StepColumns? atHand) =>
        atHand is not null && atHand._site == record.Decoder.Site ? atHand : new StepColumns(record.Decoder.Site);

    private int IndexOf(string name)
    {
        ReadOnlySpan<CallSiteArgument> arguments = _site.Arguments;
        for (int i = 0; i < arguments.Length; i++)
        {
            if (arguments[i].Name == name)
            {
                return i;
            }
        }

        AreWhole = false;
        return -1;
    }
}
