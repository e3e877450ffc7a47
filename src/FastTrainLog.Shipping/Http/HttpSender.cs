using System.IO.Compression;
using System.Net.Http.Headers;
using System.Text;

namespace FastTrainLog.Shipping.Http;

/// <summary>Sends requests to a target, one at a time, on the calling thread.</summary>
/// <param name="options">The options.</param>
/// <param name="scheme">How the target calls a token in the header <c>Authorization</c>.</param>
internal sealed class HttpSender(HttpTargetOptions options, string scheme) : IDisposable
{
    private const int MostOfAnswer = 4 << 20;

    // So that a name that means another machine by now is looked up again.
    private readonly HttpClient _client = new(new SocketsHttpHandler { PooledConnectionLifetime = TimeSpan.FromMinutes(5), AllowAutoRedirect = false }) { Timeout = options.Timeout };
    private readonly MemoryStream _content = new();
    private readonly MemoryStream _answer = new();
    private readonly byte[] _piece = new byte[16 * 1024];

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

        using HttpResponseMessage response = _client.Send(request, HttpCompletionOption.ResponseHeadersRead, cancellation);
        return new HttpReply((int)response.StatusCode, Read(response, secret), AfterOf(response));
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

    private byte[] Read(HttpResponseMessage response, string? secret)
    {
        using Stream stream = response.Content.ReadAsStream();
        _answer.SetLength(0);
        int read;
        while (_answer.Length < MostOfAnswer && (read = stream.Read(_piece)) > 0)
        {
            _answer.Write(_piece, 0, read);
        }

        // Some repeat the request in what they say is wrong with it.
        byte[] bytes = _answer.ToArray();
        return secret is { Length: > 0 } && bytes.AsSpan().IndexOf(Encoding.UTF8.GetBytes(secret)) >= 0
            ? Encoding.UTF8.GetBytes(Encoding.UTF8.GetString(bytes).Replace(secret, "(secret)", StringComparison.Ordinal))
            : bytes;
    }

    // A time of day is compared with the target's own clock, because this machine's may be another.
    private static TimeSpan? AfterOf(HttpResponseMessage response) => response.Headers.RetryAfter switch
    {
        { Delta: { } wait } => wait,
        { Date: { } date } when date - (response.Headers.Date ?? DateTimeOffset.UtcNow) is { Ticks: > 0 } wait => wait,
        _ => null,
    };
}
