using System.IO.Compression;
using System.Net.Http.Headers;
using System.Text;

namespace FastTrainLog.Shipping.Http;

/// <summary>Sends requests to a target, one at a time, on the calling thread.</summary>
/// <param name="options">The options.</param>
/// <param name="scheme">How the target calls a token in the header <c>Authorization</c>.</param>
internal sealed class HttpSender(HttpTargetOptions options, string scheme) : IDisposable
{
    // Elasticsearch has an error for each record.
    private const int MostOfAnswer = 16 << 20;

    // So that a name that means another machine by now is looked up again. A redirection is not followed: another host would get the records, and perhaps the token.
    private readonly HttpClient _client = new(new SocketsHttpHandler { PooledConnectionLifetime = TimeSpan.FromMinutes(5), AllowAutoRedirect = false }) { Timeout = options.Timeout, MaxResponseContentBufferSize = MostOfAnswer };
    private readonly MemoryStream _content = new();

    public HttpTargetOptions Options => options;

    /// <summary>Gets the address for messages.</summary>
    public string Address => options.Address.GetLeftPart(UriPartial.Path);

    /// <summary>Sends a body.</summary>
    /// <param name="path">The path below the address.</param>
    /// <param name="body">The body.</param>
    /// <param name="type">Its media type.</param>
    /// <param name="cancellation">Ends the wait.</param>
    /// <exception cref="HttpRequestException">There is no answer, or only a part of one.</exception>
    public HttpReply Post(string path, ReadOnlySpan<byte> body, string type, CancellationToken cancellation)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, $"{options.Address.GetLeftPart(UriPartial.Path).TrimEnd('/')}/{path}");
        string? secret = options.Secret?.Read();
        if (secret is not null)
        {
            request.Headers.Authorization = options.User is null
                ? new AuthenticationHeaderValue(scheme, secret)
                : new AuthenticationHeaderValue("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes($"{options.User}:{secret}")));
        }

        foreach ((string name, string value) in options.Headers)
        {
            request.Headers.TryAddWithoutValidation(name, value);
        }

        request.Content = ContentOf(body);
        request.Content.Headers.ContentType = MediaTypeHeaderValue.Parse(type);
        if (options.Compress)
        {
            request.Content.Headers.ContentEncoding.Add("gzip");
        }

        // With its content, so that the limit of time and the cancellation are for that too.
        using HttpResponseMessage response = _client.Send(request, HttpCompletionOption.ResponseContentRead, cancellation);
        using var content = new MemoryStream();
        response.Content.ReadAsStream(cancellation).CopyTo(content);
        var redaction = new SecretRedaction(secret, request.Headers.Authorization?.Parameter);
        string? location = response.Headers.Location is { } target ? redaction.Of(new Uri(options.Address, target).GetLeftPart(UriPartial.Path)) : null;
        return new HttpReply((int)response.StatusCode, redaction.Of(content.ToArray()), AfterOf(response), response.Content.Headers.ContentType?.MediaType, location);
    }

    public void Dispose() => _client.Dispose();

    private ByteArrayContent ContentOf(ReadOnlySpan<byte> body)
    {
        _content.SetLength(0);
        if (options.Compress)
        {
            using var gzip = new GZipStream(_content, CompressionLevel.Fastest, leaveOpen: true);
            gzip.Write(body);
        }
        else
        {
            _content.Write(body);
        }

        return new ByteArrayContent(_content.GetBuffer(), 0, (int)_content.Length);
    }

    // A time of day is compared with the target's own clock, because this machine's may be another.
    private static TimeSpan? AfterOf(HttpResponseMessage response) => response.Headers.RetryAfter switch
    {
        { Delta: { } wait } => wait,
        { Date: { } date } when date - (response.Headers.Date ?? DateTimeOffset.UtcNow) is { Ticks: > 0 } wait => wait,
        _ => null,
    };
}
