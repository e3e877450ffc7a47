namespace FastTrainLog.Shipping;

/// <summary>A target's answer to a batch.</summary>
public sealed class ShipAnswer
{
    private readonly RecordAnswer _all;
    private readonly IReadOnlyList<RecordAnswer>? _each;

    private ShipAnswer(RecordAnswer all, IReadOnlyList<RecordAnswer>? each, TimeSpan? after, bool isLasting)
    {
        _all = all;
        _each = each;
        After = after;
        IsLasting = isLasting;
    }

    /// <summary>Gets the answer that every record is done.</summary>
    public static ShipAnswer Done { get; } = new(new RecordAnswer(ShipOutcome.Done), null, null, isLasting: false);

    /// <summary>Gets the shortest wait that the target asked for; null if it asked for none.</summary>
    public TimeSpan? After { get; }

    /// <summary>Gets whether only a person can change what is refused, such as a wrong token: it is tried again at the longest pause.</summary>
    public bool IsLasting { get; }

    /// <summary>Gets whether fewer records at once may be taken: the batch is sent again in halves, after the pause.</summary>
    internal bool IsTooMuch { get; init; }

    /// <summary>Gets whether the answer tells the records apart.</summary>
    internal bool IsPerRecord => _each is not null;

    /// <summary>Returns the answer that the whole batch is to be sent again.</summary>
    /// <param name="reason">Why, without a secret.</param>
    /// <param name="after">The shortest wait that the target asked for; null if it asked for none.</param>
    public static ShipAnswer Retry(string reason, TimeSpan? after = null) => new(new RecordAnswer(ShipOutcome.Retry, reason), null, after, isLasting: false);

    /// <summary>Returns the answer that the batch is to be sent again in halves, because it is more than the target takes at a time.</summary>
    /// <param name="reason">Why, without a secret.</param>
    /// <param name="after">The shortest wait that the target asked for; null if it asked for none.</param>
    internal static ShipAnswer TooMuch(string reason, TimeSpan? after) => new(new RecordAnswer(ShipOutcome.Retry, reason), null, after, isLasting: false) { IsTooMuch = true };

    /// <summary>Returns the answer that the whole batch is to be sent again, and that it will be refused until a person changes something, such as a token.</summary>
    /// <param name="reason">Why, and what to change, without a secret.</param>
    public static ShipAnswer Misconfigured(string reason) => new(new RecordAnswer(ShipOutcome.Retry, reason), null, null, isLasting: true);

    /// <summary>Returns the answer that the batch is refused for good. A batch of several records is sent again in halves, so that only those are quarantined which are refused alone.</summary>
    /// <param name="reason">Why, without a secret.</param>
    public static ShipAnswer Reject(string reason) => new(new RecordAnswer(ShipOutcome.Reject, reason), null, null, isLasting: false);

    /// <summary>Returns an answer of its own for each record.</summary>
    /// <param name="answers">The answers, in the order of the batch.</param>
    /// <param name="after">The shortest wait before some are sent again; null if the target asked for none.</param>
    public static ShipAnswer Each(IReadOnlyList<RecordAnswer> answers, TimeSpan? after = null)
    {
        ArgumentNullException.ThrowIfNull(answers);
        return new ShipAnswer(default, answers, after, isLasting: false);
    }

    /// <summary>Returns the answer for one record.</summary>
    /// <param name="index">Its place in the batch.</param>
    public RecordAnswer this[int index] => _each is null ? _all : _each[index];

    /// <summary>Gets why records are not done; null if all are.</summary>
    internal string? Reason => _each is null ? _all.Reason : _each.FirstOrDefault(answer => answer.Outcome == ShipOutcome.Retry).Reason;

    /// <summary>Checks that there is an answer for each record.</summary>
    internal void Check(int count, string target)
    {
        if (_each is not null && _each.Count != count)
        {
            throw new InvalidOperationException($"The target {target} answered for {_each.Count} records of a batch of {count}: return one answer for each.");
        }
    }
}
