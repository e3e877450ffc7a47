namespace FastTrainLog.Shipping.Tests.Receivers;

/// <summary>What goes wrong with a request.</summary>
internal enum Fault
{
    None,

    /// <summary>The connection is reset before the request is looked at.</summary>
    Reset,

    /// <summary>The request is done, and the connection is reset before the answer.</summary>
    ResetAfterwards,

    /// <summary>The request is done, and half of the answer is sent.</summary>
    HalfAnswer,

    /// <summary>500, and nothing is done.</summary>
    Failure,

    /// <summary>503 with <c>Retry-After: 0</c>, and nothing is done.</summary>
    Busy,

    /// <summary>The request is done, and the answer comes slowly.</summary>
    Slow,
}
