using System.Text;
using Microsoft.AspNetCore.Http;

namespace FastTrainLog.Dashboard.Access;

/// <summary>The form that asks for the token.</summary>
internal static class LoginPage
{
    public static async Task Write(HttpContext context, bool isWrong)
    {
        context.Response.StatusCode = isWrong ? StatusCodes.Status403Forbidden : StatusCodes.Status401Unauthorized;
        context.Response.ContentType = "text/html; charset=utf-8";
        context.Response.Headers.CacheControl = "no-store";
        string warning = context.Request.IsHttps || AccessRules.IsLoopback(context.Connection.RemoteIpAddress)
            ? string.Empty : "<p><strong>This connection has no TLS: the token can be read on its way.</strong></p>";
        string page = $"""
            <!DOCTYPE html>
            <html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><meta name="color-scheme" content="light dark"><title>FastTrainLog</title></head>
            <body><main><h1>FastTrainLog</h1>{(isWrong ? "<p role=\"alert\">This is not the token.</p>" : string.Empty)}{warning}
            <form method="post" action="login"><label>Token <input type="password" name="token" autocomplete="current-password" required autofocus></label> <button>Log in</button></form></main></body></html>
            """;
        await context.Response.Body.WriteAsync(Encoding.UTF8.GetBytes(page), context.RequestAborted);
    }
}
