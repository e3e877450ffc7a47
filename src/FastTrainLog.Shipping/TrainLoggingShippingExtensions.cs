using FastTrainLog.Platform;
using FastTrainLog.Shipping;

namespace FastTrainLog;

/// <summary>Ships a log from the process that writes it.</summary>
public static class TrainLoggingShippingExtensions
{
    /// <summary>Ships the log's records to a target, on a thread of its own with a low priority, until the log is disposed of.</summary>
    /// <remarks>
    /// The thread reads the log's files, so no log call and no training step waits for it. Disposing of the log ships the rest within what is left of
    /// <see cref="TrainLogOptions.ShutdownTimeout"/>; what remains is shipped by the next process, or by <c>fasttrainlog ship</c>.
    /// </remarks>
    /// <example><code>logging.ShipTo(new DirectoryTarget("/mnt/share/runs/17"));</code></example>
    /// <param name="logging">The log.</param>
    /// <param name="target">The target; it is disposed of with the log.</param>
    /// <param name="options">The options; null for the defaults. Without <see cref="ShipOptions.OnNotice"/>, notices are logged in the category <c>system</c>.</param>
    /// <returns>The shipper, for its status.</returns>
    /// <exception cref="InvalidOperationException">The log writes no <c>run.jsonl</c>.</exception>
    /// <exception cref="IOException">Another process ships the directory to a target of this name, or the cursor cannot be opened.</exception>
    public static LogShipper ShipTo(this TrainLogging logging, IShipTarget target, ShipOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(logging);
        if (!logging.Options.EnableJsonLogging)
        {
            throw new InvalidOperationException("The log writes no run.jsonl, which is what is shipped: set TrainLogOptions.EnableJsonLogging.");
        }

        options ??= new ShipOptions();
        TrainLogger logger = logging.GetLogger(LogCategories.System);
        options.OnNotice ??= notice =>
        {
            if (logging.IsClosed)
            {
                StandardError.WriteLine($"FastTrainLog: {notice.Message}");
            }
            else
            {
                ShipMessages.Log(logger, notice);
            }
        };
        var shipper = new LogShipper(logging.Options.LogDirectory, target, options);
        logging.FilesEnded += left =>
        {
            shipper.Stop(left > TimeSpan.Zero ? left : TimeSpan.Zero);
            shipper.Dispose();
            target.Dispose();
        };
        shipper.Start();
        return shipper;
    }
}
