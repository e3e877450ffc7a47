using System.Text;

namespace FastTrainLog.Shipping.Http;

/// <summary>A target's answer to a request.</summary>
/// <param name="Status">Its status.</param>
/// <param name="Body">Its body.</param>
/// <param name="After">The wait that it asks for; null if it asks for none.</param>
/// <param name="Type">The body's media type; null if none is given.</param>
/// <param name="Location">Where it points to, without a query; null if it points nowhere.</param>
internal sealed record HttpReply(int Status, byte[] Body, TimeSpan? After, string? Type, string? Location)
{
    private const int MostOfBeginning = 500;
    private const int MostOfEnd = 200;

    /// <summary>Gets whether it took the request. A web page did not, whatever its status: it is that of a proxy that asks somebody to sign in, or of another server than was meant.</summary>
    public bool IsSuccess => OutcomeOf(Status) == ShipOutcome.Done && !IsPage;

    /// <summary>Gets the status and the beginning of the body, on one line; of a long one its end too, since some repeat what they refuse before they say why.</summary>
    public string Text
    {
        get
        {
            string status = Location is null ? $"HTTP status {Status}" : $"HTTP status {Status} points to {Location}, and is not followed";
            string body = Body.Length <= MostOfBeginning + MostOfEnd
                ? Encoding.UTF8.GetString(Body)
                : $"{Encoding.UTF8.GetString(Body.AsSpan(0, MostOfBeginning))} … {Encoding.UTF8.GetString(Body.AsSpan(Body.Length - MostOfEnd))}";
            body = body.ReplaceLineEndings(" ").Trim();
            return body.Length == 0 ? status : $"{status}: {body}";
        }
    }

    private bool IsPage => Type is "text/html" or "application/xhtml+xml";

    /// <summary>Returns what a status says of the records that it is for: only what a record can be to blame for refuses them.</summary>
    public static ShipOutcome OutcomeOf(int status) => status switch
    {
        >= 200 and < 300 => ShipOutcome.Done,
        400 or 413 or 422 => ShipOutcome.Reject,
        _ => ShipOutcome.Retry,
    };

    /// <summary>Returns what becomes of the records, where the status alone says it.</summary>
    /// <remarks>A status that says that the server is busy or broken passes. Of any other that is not because of the records, the address or the token is to blame, which a person has to change.</remarks>
    public ShipAnswer Refusal() => OutcomeOf(Status) switch
    {
        ShipOutcome.Reject => ShipAnswer.Reject(Text),
        ShipOutcome.Done => ShipAnswer.Misconfigured($"a web page answers, and no target; check the address: {Text}"),
        // A limit of rate may be below what a batch has.
        _ when Status == 429 => ShipAnswer.TooMuch(Text, After),
        _ when Status is 408 or 425 or >= 500 => ShipAnswer.Retry(Text, After),
        _ => ShipAnswer.Misconfigured($"{Text}; check the address and the token"),
    };
}
