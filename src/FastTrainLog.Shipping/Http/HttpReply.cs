using System.Text;

namespace FastTrainLog.Shipping.Http;

/// <summary>A target's answer to a request.</summary>
/// <param name="Status">Its status.</param>
/// <param name="Body">Its body, at most 4 MiB of it.</param>
/// <param name="After">The wait that it asks for; null if it asks for none.</param>
internal sealed record HttpReply(int Status, byte[] Body, TimeSpan? After)
{
    private const int MostOfBody = 500;

    /// <summary>Gets whether it took the request.</summary>
    public bool IsSuccess => Status is >= 200 and < 300;

    /// <summary>Gets the status and the beginning of the body, on one line.</summary>
    public string Text
    {
        get
        {
            string body = Encoding.UTF8.GetString(Body.AsSpan(0, Math.Min(Body.Length, MostOfBody))).ReplaceLineEndings(" ").Trim();
            return body.Length == 0 ? $"HTTP status {Status}" : $"HTTP status {Status}: {body}";
        }
    }

    /// <summary>Returns what becomes of the records, where the status alone says it.</summary>
    /// <remarks>A status that says that the request is wrong may be because of one record. One that says that the caller is wrong, or the address, is not because of the records.</remarks>
    public ShipAnswer Refusal() => Status switch
    {
        408 or 425 or 429 or >= 500 => ShipAnswer.Retry(Text, After),
        400 or 406 or 409 or 410 or 411 or 413 or 414 or 415 or 422 or 431 => ShipAnswer.Reject(Text),
        _ => ShipAnswer.Misconfigured($"{Text}; check the address and the token"),
    };
}
