using System.Security.Cryptography;
using Microsoft.AspNetCore.Http;

namespace FastTrainLog.Dashboard.Answers;

/// <summary>The files of the page, which are embedded in the assembly.</summary>
internal static class PageFiles
{
    private const string Lead = "page/";
    private const string Index = "index.html";

    /// <summary>Maps each file.</summary>
    public static void Map(Action<string, RequestDelegate> map)
    {
        foreach (string resource in typeof(PageFiles).Assembly.GetManifestResourceNames().Where(name => name.StartsWith(Lead, StringComparison.Ordinal)))
        {
            string name = resource[Lead.Length..];
            byte[] bytes = Read(resource);
            string tag = $"\"{Convert.ToHexStringLower(SHA256.HashData(bytes).AsSpan(0, 8))}\"";
            string type = TypeOf(name);
            map(name == Index ? "/" : "/" + name, context => Send(context, bytes, tag, type, name == Index));
        }
    }

    private static async Task Send(HttpContext context, byte[] bytes, string tag, string type, bool isIndex)
    {
        HttpRequest request = context.Request;
        if (isIndex && !request.Path.Value!.EndsWith('/'))
        {
            // The page's addresses are relative to it, so that it works below any path.
            context.Response.Redirect($"{request.PathBase}{request.Path}/{request.QueryString}");
            return;
        }

        context.Response.Headers.ETag = tag;
        context.Response.Headers.CacheControl = "no-cache";
        if (request.Headers.IfNoneMatch == tag)
        {
            context.Response.StatusCode = StatusCodes.Status304NotModified;
            return;
        }

        context.Response.ContentType = type;
        context.Response.ContentLength = bytes.Length;
        if (!HttpMethods.IsHead(request.Method))
        {
            await context.Response.Body.WriteAsync(bytes, context.RequestAborted);
        }
    }

    private static byte[] Read(string resource)
    {
        using Stream stream = typeof(PageFiles).Assembly.GetManifestResourceStream(resource)!;
        byte[] bytes = new byte[stream.Length];
        stream.ReadExactly(bytes);
        return bytes;
    }

    private static string TypeOf(string name) => Path.GetExtension(name) switch
    {
        ".html" => "text/html; charset=utf-8",
        ".js" => "text/javascript; charset=utf-8",
        ".css" => "text/css; charset=utf-8",
        ".svg" => "image/svg+xml",
        _ => throw new InvalidOperationException($"'{name}' is embedded as a file of the page, but its type is unknown."),
    };
}
