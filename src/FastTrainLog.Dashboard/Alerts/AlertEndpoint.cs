using System.Text.Json;
using FastTrainLog.Dashboard.Access;
using FastTrainLog.Dashboard.Answers;
using Microsoft.AspNetCore.Http;

namespace FastTrainLog.Dashboard.Alerts;

/// <summary>The rules of alerts and what they have told, for the page.</summary>
internal sealed class AlertEndpoint(AlertBook book, AccessRules access)
{
    /// <summary>Answers the rules and the last alerts.</summary>
    public Task Write(HttpContext context)
    {
        context.Response.ContentType = "application/json; charset=utf-8";
        var list = new AlertList(
            [.. book.OfFile.Select(rule => rule with { Webhook = null, Command = null })], book.OfPage, book.Fault, book.IsKept, AlertRules.InWords,
            access.MaySteer && access.RefusalOfSteering(context) is null, book.Raised());
        return JsonSerializer.SerializeAsync(context.Response.Body, list, AlertJson.Default.AlertList, context.RequestAborted);
    }

    /// <summary>Adds or removes a rule of the page.</summary>
    public async Task Change(HttpContext context)
    {
        AlertChange? change;
        try
        {
            change = await JsonSerializer.DeserializeAsync(context.Request.Body, AlertJson.Default.AlertChange, context.RequestAborted);
        }
        catch (JsonException exception)
        {
            throw RequestFields.Invalid($"The rule is no JSON of the expected form: {exception.Message}");
        }

        if (change is null or { Add: null, Remove: null })
        {
            throw RequestFields.Invalid("The rule is missing: give one to 'add' or to 'remove'.");
        }

        if (book.Change(change) is { } fault)
        {
            throw RequestFields.Invalid($"The rule is invalid: {fault}");
        }

        await Write(context);
    }
}
