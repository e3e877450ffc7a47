using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using FastTrainLog.Analysis.Collecting;
using FastTrainLog.Control;
using FastTrainLog.Dashboard.Access;
using FastTrainLog.Dashboard.Answers;
using FastTrainLog.Dashboard.Logs;
using Microsoft.AspNetCore.Http;

namespace FastTrainLog.Dashboard.Steering;

/// <summary>Commands to runs in progress, through the sockets in their log directories.</summary>
internal sealed class SteeringEndpoint(LogCatalog catalog, AccessRules access)
{
    // A process that does not answer is waited for, so only so many requests at the same time may do so.
    private const int MostAtATime = 8;
    private const int LongestUser = 100;
    private const string MissingRun = "'run' is missing: give the key of a run.";

    private readonly SemaphoreSlim _free = new(MostAtATime);

    /// <summary>Answers what can be steered of a run.</summary>
    public Task WriteState(HttpContext context) => Bounded(async () =>
    {
        // A page that was open before this server was started asks for a run that is not read yet: it can be steered as soon as it is.
        string key = RequestFields.Text(context.Request, "run") ?? throw RequestFields.Invalid(MissingRun);
        DashboardRun? run = catalog.Current(context.RequestAborted).Find(key);
        string? refusal = access.MaySteer ? access.RefusalOfSteering(context) : null;
        IReadOnlyList<ControlledRun> found = run is not null && access.MaySteer && refusal is null ? await Find(run, context.RequestAborted) : [];
        await Write(context, new SteeringState(refusal, [.. found.Select(rank => rank.Status)]), AnswerWriter.Json.SteeringState);
    });

    /// <summary>Sends a command to each process of a run.</summary>
    public Task Send(HttpContext context) => Bounded(async () =>
    {
        SteeringRequest request = await Read(context);
        DashboardRun run = Require(context, request.Run);
        ControlCommand command = new() { Action = request.Action ?? string.Empty, Name = request.Name, Value = request.Value, Text = request.Text, Source = SourceOf(context) };
        if (command.Problem() is { } problem)
        {
            throw RequestFields.Invalid($"The command cannot be sent: {problem}.");
        }

        IReadOnlyList<ControlledRun> found = await Find(run, context.RequestAborted);
        if (found.Count == 0)
        {
            throw new RequestRefusedException(StatusCodes.Status409Conflict, $"The run takes no commands now: it must be in progress, belong to the user of this server, and set {nameof(Training.TrainingRunOptions)}.{nameof(Training.TrainingRunOptions.EnableControl)}.");
        }

        SteeringReply[] replies = await Task.WhenAll(found.Select(rank => Send(rank, command, context.RequestAborted)));
        await Write(context, new SteeringReplies(replies), AnswerWriter.Json.SteeringReplies);
    });

    private static async Task<SteeringReply> Send(ControlledRun run, ControlCommand command, CancellationToken cancellation)
    {
        try
        {
            ControlReply reply = await run.SendAsync(command, cancellation);
            return new SteeringReply(run.Status.Rank, reply.Accepted, reply.Message, reply.Status);
        }
        catch (IOException)
        {
            // Its message has paths of this machine.
            return new SteeringReply(run.Status.Rank, false, "the process has ended, or does not answer", null);
        }
    }

    // The log has the name of this process and its user in any case.
    private static string SourceOf(HttpContext context)
    {
        string? user = context.User.Identity is { IsAuthenticated: true, Name: { Length: > 0 } name } ? name[..Math.Min(name.Length, LongestUser)] : null;
        return $"dashboard, {(user is null ? string.Empty : $"{user} at ")}{context.Connection.RemoteIpAddress?.ToString() ?? "this process"}";
    }

    private static async Task<IReadOnlyList<ControlledRun>> Find(DashboardRun run, CancellationToken cancellation)
    {
        var wanted = run.Ranks.Select(rank => rank.Name).ToHashSet();
        var found = new List<ControlledRun>();
        foreach (string directory in run.Ranks.Where(rank => rank.Log.IsLive).Select(rank => rank.Log.Directory).Distinct())
        {
            IReadOnlyList<ControlledRun> all = await ControlledRun.FindAsync(directory, cancellation);
            found.AddRange(all.Where(candidate => wanted.Contains(new RunName(candidate.Status.RunId, candidate.Status.WorldSize > 1 ? candidate.Status.Rank : null))));
        }

        return found;
    }

    private static async Task<SteeringRequest> Read(HttpContext context)
    {
        try
        {
            return await JsonSerializer.DeserializeAsync(context.Request.Body, AnswerWriter.Json.SteeringRequest, context.RequestAborted) ?? throw RequestFields.Invalid("The command is missing.");
        }
        catch (JsonException exception)
        {
            throw RequestFields.Invalid($"The command is no JSON of the expected form: {exception.Message}");
        }
    }

    private static async Task Write<T>(HttpContext context, T answer, JsonTypeInfo<T> type)
    {
        context.Response.ContentType = "application/json; charset=utf-8";
        await JsonSerializer.SerializeAsync(context.Response.Body, answer, type, context.RequestAborted);
    }

    private DashboardRun Require(HttpContext context, string? key) => catalog.Current(context.RequestAborted).Require(key ?? throw RequestFields.Invalid(MissingRun));

    private async Task Bounded(Func<Task> answer)
    {
        if (!await _free.WaitAsync(TimeSpan.Zero))
        {
            throw new RequestRefusedException(StatusCodes.Status503ServiceUnavailable, $"{MostAtATime} commands are being sent: try again later.");
        }

        try
        {
            await answer();
        }
        finally
        {
            _free.Release();
        }
    }
}
