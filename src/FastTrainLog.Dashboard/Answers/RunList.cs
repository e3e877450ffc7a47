using System.Buffers;
using System.Text.Json;
using FastTrainLog.Dashboard.Logs;
using Microsoft.AspNetCore.Http;

namespace FastTrainLog.Dashboard.Answers;

/// <summary>The list of runs, and their configurations.</summary>
internal sealed class RunList(LogCatalog catalog)
{
    /// <summary>Writes the rows of all runs; those that change later come through the stream.</summary>
    public void Write(HttpRequest request, IBufferWriter<byte> output)
    {
        CatalogState state = catalog.Current(request.HttpContext.RequestAborted);
        using Utf8JsonWriter json = AnswerWriter.Open(output);
        json.WriteStartObject();
        json.WriteString("cursor", EventCursor.Text(catalog.Instance, state.Version));
        WriteState(json, state, state.Runs);
        json.WriteEndObject();
    }

    /// <summary>Writes the configuration of every run, by its key; of the runs named only, if any is.</summary>
    public void WriteConfigurations(HttpRequest request, IBufferWriter<byte> output)
    {
        CatalogState state = catalog.Current(request.HttpContext.RequestAborted);
        string[] keys = RequestFields.Texts(request, "run", most: 1000);
        using Utf8JsonWriter json = AnswerWriter.Open(output);
        json.WriteStartObject();
        foreach (DashboardRun run in keys.Length == 0 ? state.Runs : keys.Select(state.Require))
        {
            json.WritePropertyName(run.Key);
            JsonSerializer.Serialize(json, run.Figures.Configuration, AnswerWriter.Json.IReadOnlyDictionaryStringString);
        }

        json.WriteEndObject();
    }

    /// <summary>Writes the names of the series of each run that is named, by its key.</summary>
    public void WriteNames(HttpRequest request, IBufferWriter<byte> output)
    {
        CatalogState state = catalog.Current(request.HttpContext.RequestAborted);
        using Utf8JsonWriter json = AnswerWriter.Open(output);
        json.WriteStartObject();
        foreach (DashboardRun run in RequestFields.Texts(request, "run", Series.SeriesSelection.Most).Select(state.Require))
        {
            json.WriteStartArray(run.Key);
            foreach (string name in run.Ranks.SelectMany(rank => rank.Log.SeriesOf(rank.Name)).Distinct().Order(StringComparer.Ordinal))
            {
                json.WriteStringValue(name);
            }

            json.WriteEndArray();
        }

        json.WriteEndObject();
    }

    /// <summary>Writes how much is known, and some of the rows, into an object that was begun.</summary>
    public static void WriteState(Utf8JsonWriter json, CatalogState state, IEnumerable<DashboardRun> runs)
    {
        json.WriteNumber("logs", state.Logs);
        json.WriteNumber("logs_read", state.LogsRead);
        json.WriteStartArray("problems");
        foreach (string problem in state.Problems)
        {
            json.WriteStringValue(problem);
        }

        json.WriteEndArray();
        json.WriteStartArray("runs");
        foreach (DashboardRun run in runs)
        {
            json.WriteRawValue(run.Row, skipInputValidation: true);
        }

        json.WriteEndArray();
    }
}
