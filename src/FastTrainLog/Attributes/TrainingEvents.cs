namespace FastTrainLog.Training;

/// <summary>Names the events of a <see cref="TrainingRun"/>, for filters and for programs that read the logs.</summary>
/// <remarks>The numbers are part of the log's format: none is ever given to another event.</remarks>
public static class TrainingEvents
{
    /// <summary>A run began.</summary>
    public const int RunStarted = 1000;

    /// <summary>A step was taken.</summary>
    public const int Step = 1001;

    /// <summary>An epoch ended.</summary>
    public const int EpochEnded = 1002;

    /// <summary>A run ended successfully.</summary>
    public const int RunCompleted = 1003;

    /// <summary>A run ended in another way: its record says whether it failed, or was cancelled, stopped or killed.</summary>
    public const int RunFailed = 1004;

    /// <summary>A run began; logged to the general log.</summary>
    public const int RunAnnounced = 1005;

    /// <summary>A run ended; logged to the general log.</summary>
    public const int RunConcluded = 1006;

    /// <summary>A step, epoch, validation or checkpoint was logged to a run that had ended, and was discarded.</summary>
    public const int LoggedAfterEnd = 1007;

    /// <summary>How often a run was logged to after its end.</summary>
    public const int CallsAfterEnd = 1008;

    /// <summary>A model was validated.</summary>
    public const int Validation = 1010;

    /// <summary>A model was validated and is the best so far.</summary>
    public const int BestValidation = 1011;

    /// <summary>A checkpoint was saved.</summary>
    public const int CheckpointSaved = 1020;

    /// <summary>A checkpoint was saved although gradients were not finite since the one before.</summary>
    public const int CheckpointFlagged = 1021;

    /// <summary>A checkpoint was not saved, because non-finite gradients were applied to the model.</summary>
    public const int CheckpointRefused = 1022;

    /// <summary>A numerical issue, such as NaN or infinity.</summary>
    public const int NumericalIssue = 1100;

    /// <summary>Gradients were clipped in a step; logged at Debug.</summary>
    public const int GradientsClipped = 1101;

    /// <summary>The health of the gradients over an epoch.</summary>
    public const int GradientHealth = 1102;

    /// <summary>How gradients are limited in a run.</summary>
    public const int GradientGuard = 1103;

    /// <summary>The gradients of a step whose statistics came after its record, as from a GPU.</summary>
    public const int Gradients = 1104;

    /// <summary>The gradients of one layer, at an interval of steps.</summary>
    public const int GradientLayer = 1105;

    /// <summary>The histogram of one layer's gradient magnitudes, at an interval of steps.</summary>
    public const int GradientHistogram = 1106;

    /// <summary>Statistics of steps on a GPU were overwritten before they were read.</summary>
    public const int GradientStatisticsLost = 1107;

    /// <summary>Gradients on a GPU are clipped by torch's operators from here on, because the kernels cannot run.</summary>
    public const int GradientFallback = 1108;

    /// <summary>A GPU had not finished its last steps when the run ended, so their statistics are missing.</summary>
    public const int GradientsOutstanding = 1109;

    /// <summary>Histograms of gradients on a GPU were overwritten before they were read.</summary>
    public const int GradientHistogramsLost = 1110;

    /// <summary>An exception with its context.</summary>
    public const int ErrorWithContext = 1200;

    /// <summary>The numbers of errors and issues of a run.</summary>
    public const int ErrorSummary = 1201;

    /// <summary>Time, memory and throughput of an operation.</summary>
    public const int Performance = 1300;

    /// <summary>An operation on a model began.</summary>
    public const int ModelOperationStarted = 1400;

    /// <summary>An operation on a model succeeded.</summary>
    public const int ModelOperationSucceeded = 1401;

    /// <summary>An operation on a model failed.</summary>
    public const int ModelOperationFailed = 1402;

    /// <summary>An event of the process or the machine.</summary>
    public const int SystemEvent = 1500;

    /// <summary>The state of the process and the machine.</summary>
    public const int SystemStatistics = 1501;

    /// <summary>The resources in use by the process and the machine, sampled at an interval.</summary>
    public const int ResourceUsage = 1502;

    /// <summary>The state of a GPU, sampled at an interval.</summary>
    public const int GpuUsage = 1503;

    /// <summary>Memory, or the disk space for the logs, has become short.</summary>
    public const int ResourceShort = 1504;

    /// <summary>Enough memory, or disk space for the logs, is available again.</summary>
    public const int ResourceEnough = 1505;

    /// <summary>Resources, or GPUs, cannot be sampled.</summary>
    public const int SamplingTrouble = 1506;

    /// <summary>The process received a signal that ends it, unless the program handles it.</summary>
    public const int SignalReceived = 1507;

    /// <summary>The run takes commands from here on.</summary>
    public const int ControlOpened = 1520;

    /// <summary>The run takes no commands although its options ask for it, and why.</summary>
    public const int ControlUnavailable = 1521;

    /// <summary>A command to the run, who sent it, and what it changed.</summary>
    public const int ControlCommand = 1522;

    /// <summary>A command that was refused, and why.</summary>
    public const int ControlRefused = 1523;

    /// <summary>The run is paused, logged when it begins to wait and every minute after that.</summary>
    public const int RunPaused = 1524;

    /// <summary>A pause of the run ended.</summary>
    public const int PauseEnded = 1525;
}
