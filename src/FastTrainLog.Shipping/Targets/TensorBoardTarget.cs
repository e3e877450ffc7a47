using FastTrainLog.Shipping.TensorBoard;

namespace FastTrainLog.Shipping;

/// <summary>Writes the runs of logs as event files for TensorBoard while they are in progress: a directory for each run, with the tags of <c>fasttrainlog export --format tensorboard</c>.</summary>
/// <remarks>
/// Files are synced to the disk before a batch is acknowledged, and the cursor is kept beside them: what a killed shipper wrote and had not acknowledged is truncated by the next, so each event is there once.
/// A run that goes back to an earlier step, as after it was resumed, gets TensorBoard's mark of a new session there, for which TensorBoard drops what it had from that step on.
/// </remarks>
/// <example><code>logging.ShipTo(new TensorBoardTarget("events"));</code></example>
public sealed class TensorBoardTarget : ReceivingTarget
{
    /// <summary>Initializes a target.</summary>
    /// <param name="directory">The directory, for <c>tensorboard --logdir</c>; it is created. If several log directories are shipped together, each gets a directory in it.</param>
    /// <param name="name">The target's name, see <see cref="IShipTarget.Name"/>.</param>
    public TensorBoardTarget(string directory, string name = "tensorboard")
        : base(directory, name, LiveRuns.Open)
    {
    }
}
