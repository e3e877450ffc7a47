namespace FastTrainLog.Shipping;

/// <summary>Where records are shipped to: it takes a batch, and answers for each record whether it is done, to be sent again, or refused for good.</summary>
/// <remarks>
/// Called from one thread at a time. A target keeps nothing for later: what it answered with <see cref="ShipOutcome.Done"/> is at its destination. The same record may come
/// more than once, after a kill between its answer and the next position of the cursor; <see cref="ShippedRecord.Id"/> is the same each time.
/// An <see cref="IOException"/>, an <see cref="HttpRequestException"/> or a <see cref="TimeoutException"/> means that the whole batch is to be sent again.
/// </remarks>
public interface IShipTarget : IDisposable
{
    /// <summary>Gets its name in file names and messages: letters, digits, and <c>- _ .</c>; it must stay the same, because the cursor is found by it.</summary>
    string Name { get; }

    /// <summary>Gets where it sends to, for messages; never a secret.</summary>
    string Address { get; }

    /// <summary>Gets the size of a batch.</summary>
    BatchLimits Limits { get; }

    /// <summary>Sends a batch.</summary>
    /// <param name="batch">The records, in the order of their log; valid during the call.</param>
    /// <param name="cancellation">Ends the wait for an answer.</param>
    /// <returns>What became of the records.</returns>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    ShipAnswer Send(ShipBatch batch, CancellationToken cancellation);
}
