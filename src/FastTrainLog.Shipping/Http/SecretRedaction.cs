using System.Net;
using System.Text;
using System.Text.Encodings.Web;

namespace FastTrainLog.Shipping.Http;

/// <summary>Takes a secret out of what a server says: some repeat the request in what they say is wrong with it, as it was, or escaped for where they say it.</summary>
internal sealed class SecretRedaction
{
    private const string Instead = "(secret)";

    private readonly string[] _forms;

    /// <param name="secret">The secret; null for none.</param>
    /// <param name="sent">As it is in the header.</param>
    public SecretRedaction(string? secret, string? sent) => _forms = string.IsNullOrEmpty(secret)
        ? []
        : [.. new[] { secret, sent }.OfType<string>().SelectMany(FormsOf).Distinct(StringComparer.Ordinal).OrderByDescending(static form => form.Length)];

    /// <summary>Returns a text without it.</summary>
    public string Of(string text) => _forms.Aggregate(text, static (left, form) => left.Replace(form, Instead, StringComparison.OrdinalIgnoreCase));

    /// <summary>Returns a text in UTF-8 without it.</summary>
    public byte[] Of(byte[] text)
    {
        if (_forms.Length == 0 || text.Length == 0)
        {
            return text;
        }

        string decoded = Encoding.UTF8.GetString(text);
        string redacted = Of(decoded);
        // OTLP answers in protobuf, which is no text.
        return ReferenceEquals(redacted, decoded) || redacted == decoded ? text : Encoding.UTF8.GetBytes(redacted);
    }

    private static IEnumerable<string> FormsOf(string secret) =>
        [secret, Uri.EscapeDataString(secret), WebUtility.UrlEncode(secret), WebUtility.HtmlEncode(secret), JavaScriptEncoder.Default.Encode(secret), JavaScriptEncoder.UnsafeRelaxedJsonEscaping.Encode(secret)];
}
