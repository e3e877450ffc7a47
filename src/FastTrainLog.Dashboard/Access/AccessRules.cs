using System.Net;
using System.Security.Cryptography;
using System.Text;
using FastTrainLog.Analysis;
using FastTrainLog.Dashboard.Steering;
using Microsoft.AspNetCore.Http;

namespace FastTrainLog.Dashboard.Access;

/// <summary>Who is answered: clients of this machine, or those that know the token, under a name of this server, and no web page from elsewhere.</summary>
internal sealed class AccessRules(DashboardOptions options)
{
    private const string Cookie = "fasttrainlog-token";
    private const int LongestForm = 4096;
    private const int LongestCommand = 16 * 1024;

    // A browser sends a header of this kind to another origin only after asking it, and this server never says yes.
    private const string SteeringHeader = "X-FastTrainLog";

    // What a page from here may load: its own files, and nothing inline.
    private const string ContentPolicy =
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; connect-src 'self'; manifest-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'";

    private readonly byte[]? _token = options.Token is null ? null : Digest(options.Token);

    /// <summary>Returns a handler of the interface that answers only those who may ask.</summary>
    public RequestDelegate Interface(RequestDelegate handler) => Guard(async context =>
    {
        if (context.Request.Headers["Sec-Fetch-Site"] is ["cross-site" or "same-site"])
        {
            throw new RequestRefusedException(StatusCodes.Status403Forbidden, "The request comes from a page of another site.");
        }

        if (!HasToken(context.Request))
        {
            throw new RequestRefusedException(StatusCodes.Status401Unauthorized, "The token is missing or wrong: log in on the page, or send it as 'Authorization: Bearer TOKEN'.");
        }

        context.Response.Headers.CacheControl = "no-store";
        await handler(context);
    });

    /// <summary>Gets whether anybody may steer runs.</summary>
    public bool MaySteer => options.AllowSteering;

    /// <summary>Returns a handler of commands, for those who may steer.</summary>
    public RequestDelegate Commands(RequestDelegate handler) => Interface(async context =>
    {
        HttpRequest request = context.Request;
        if (!MaySteer)
        {
            throw new RequestRefusedException(StatusCodes.Status403Forbidden, $"This server takes no commands: {nameof(DashboardOptions)}.{nameof(DashboardOptions.AllowSteering)} is not set.");
        }

        if (RefusalOfSteering(context) is { } refusal)
        {
            throw new RequestRefusedException(StatusCodes.Status403Forbidden, refusal);
        }

        if (request.Headers[SteeringHeader].Count == 0 || !request.HasJsonContentType())
        {
            throw new RequestRefusedException(StatusCodes.Status403Forbidden, $"A command is JSON, and has the header {SteeringHeader}, which no page elsewhere can send.");
        }

        if (request.ContentLength is null or > LongestCommand)
        {
            throw new RequestRefusedException(StatusCodes.Status400BadRequest, $"A command must have at most {LongestCommand} bytes, and say how many.");
        }

        await handler(context);
    });

    /// <summary>Returns why the client of a request may not steer; null if it may.</summary>
    /// <remarks>The token was checked already. Without one, every user of this machine is answered, but a run belongs to one of them.</remarks>
    public string? RefusalOfSteering(HttpContext context) => _token is not null || ConnectionOwner.IsOwnUser(context.Connection) ? null
        : OperatingSystem.IsLinux() ? "Runs are steered by the user of this server only, and this connection is another user's: use a token."
        : "This system does not say which user a connection belongs to, so runs are steered only with a token.";

    /// <summary>Returns a handler of a file of the page; without the token it answers with the form that asks for it.</summary>
    public RequestDelegate Page(RequestDelegate handler) => Guard(context => HasToken(context.Request) ? handler(context) : LoginPage.Write(context, isWrong: false));

    /// <summary>Takes the token from the form and keeps it in a cookie.</summary>
    public Task Login(HttpContext context) => Guard(async context =>
    {
        if (context.Request.ContentLength is null or > LongestForm || !context.Request.HasFormContentType)
        {
            throw new RequestRefusedException(StatusCodes.Status400BadRequest, $"The form with the token must have at most {LongestForm} bytes.");
        }

        IFormCollection form = await context.Request.ReadFormAsync(context.RequestAborted);
        string given = form["token"].ToString();
        if (_token is null || !IsToken(given))
        {
            await LoginPage.Write(context, isWrong: true);
            return;
        }

        context.Response.Cookies.Append(Cookie, given, new CookieOptions
        {
            HttpOnly = true,
            SameSite = SameSiteMode.Strict,
            Secure = context.Request.IsHttps,
            IsEssential = true,
            Path = context.Request.PathBase.Add(context.Request.Path.Value!.EndsWith("/login", StringComparison.Ordinal) ? new PathString(context.Request.Path.Value[..^"login".Length]) : "/"),
        });
        context.Response.StatusCode = StatusCodes.Status303SeeOther;
        context.Response.Headers.Location = "./";
    })(context);

    /// <summary>Returns whether an address is one of this machine's loopback interface; a request without a connection comes from this process.</summary>
    public static bool IsLoopback(IPAddress? address) => address is null || IPAddress.IsLoopback(address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address);

    private RequestDelegate Guard(RequestDelegate handler) => async context =>
    {
        IHeaderDictionary headers = context.Response.Headers;
        headers.ContentSecurityPolicy = ContentPolicy;
        headers.XContentTypeOptions = "nosniff";
        headers.XFrameOptions = "DENY";
        headers["Referrer-Policy"] = "no-referrer";
        headers["Cross-Origin-Resource-Policy"] = "same-origin";
        headers["Cross-Origin-Opener-Policy"] = "same-origin";
        try
        {
            Check(context);
            await handler(context);
        }
        catch (RequestRefusedException refusal) when (!context.Response.HasStarted)
        {
            await Refuse(context, refusal.Status, refusal.Message);
        }
        catch (LogNotFoundException missing) when (!context.Response.HasStarted)
        {
            await Refuse(context, StatusCodes.Status404NotFound, missing.Message);
        }
        catch (OperationCanceledException) when (context.RequestAborted.IsCancellationRequested)
        {
            // The client is gone, so nobody waits for an answer.
        }
    };

    private void Check(HttpContext context)
    {
        HttpRequest request = context.Request;
        string host = request.Host.Host.Trim('[', ']');
        bool isKnown = host.Equals("localhost", StringComparison.OrdinalIgnoreCase) || (IPAddress.TryParse(host, out IPAddress? address) && IsLoopback(address))
            || options.AllowedHosts.Any(allowed => host.Equals(allowed.Trim('[', ']'), StringComparison.OrdinalIgnoreCase));
        if (!isKnown)
        {
            throw new RequestRefusedException(StatusCodes.Status403Forbidden, $"This server is not known by the name of the request: add it to {nameof(DashboardOptions)}.{nameof(DashboardOptions.AllowedHosts)}, or with --host.");
        }

        string? origin = request.Headers.Origin;
        if (!string.IsNullOrEmpty(origin) && !origin.Equals($"{request.Scheme}://{request.Host}", StringComparison.OrdinalIgnoreCase))
        {
            throw new RequestRefusedException(StatusCodes.Status403Forbidden, "The request comes from a page of another origin.");
        }

        if (_token is null && !(IsLoopback(context.Connection.RemoteIpAddress) && IsLoopback(context.Connection.LocalIpAddress)))
        {
            throw new RequestRefusedException(StatusCodes.Status403Forbidden, $"Clients of other machines are answered only if the server has a token: set {nameof(DashboardOptions)}.{nameof(DashboardOptions.Token)}.");
        }
    }

    private bool HasToken(HttpRequest request)
    {
        if (_token is null)
        {
            return true;
        }

        string? header = request.Headers.Authorization;
        const string Scheme = "Bearer ";
        return (header?.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase) == true && IsToken(header[Scheme.Length..].Trim())) || (request.Cookies.TryGetValue(Cookie, out string? cookie) && IsToken(cookie));
    }

    // Digests have the same length, so that the comparison does not tell how long the token is.
    private bool IsToken(string given) => CryptographicOperations.FixedTimeEquals(_token, Digest(given));

    private static byte[] Digest(string token) => SHA256.HashData(Encoding.UTF8.GetBytes(token));

    private static async Task Refuse(HttpContext context, int status, string message)
    {
        context.Response.StatusCode = status;
        context.Response.ContentType = "application/json; charset=utf-8";
        if (status == StatusCodes.Status503ServiceUnavailable)
        {
            context.Response.Headers.RetryAfter = "2";
        }

        await context.Response.Body.WriteAsync(Answers.AnswerWriter.Error(message), context.RequestAborted);
    }
}
