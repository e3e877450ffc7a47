using System.Buffers;
using Microsoft.AspNetCore.Http;

namespace FastTrainLog.Dashboard.Access;

/// <summary>Answers requests that read logs: at most as many at the same time as there are processors, and the others wait for a bounded time.</summary>
/// <remarks>An answer is complete before any of it is sent, so a client that reads slowly does not keep a log or a worker.</remarks>
internal sealed class RequestWorkers
{
    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(20);

    private readonly SemaphoreSlim _free = new(Math.Max(2, Environment.ProcessorCount));

    /// <summary>Returns the handler that writes an answer on a worker.</summary>
    /// <param name="write">Writes it.</param>
    /// <param name="type">Its media type.</param>
    public RequestDelegate Run(Action<HttpRequest, IBufferWriter<byte>> write, string type = "application/json; charset=utf-8") => async context =>
    {
        if (!await _free.WaitAsync(LongestWait, context.RequestAborted))
        {
            throw new RequestRefusedException(StatusCodes.Status503ServiceUnavailable, "The server is busy with other requests: try again later.");
        }

        var answer = new ArrayBufferWriter<byte>(4096);
        try
        {
            await Task.Run(() => write(context.Request, answer), context.RequestAborted);
        }
        finally
        {
            _free.Release();
        }

        context.Response.ContentType = type;
        context.Response.ContentLength = answer.WrittenCount;
        if (!HttpMethods.IsHead(context.Request.Method))
        {
            await context.Response.Body.WriteAsync(answer.WrittenMemory, context.RequestAborted);
        }
    };
}
