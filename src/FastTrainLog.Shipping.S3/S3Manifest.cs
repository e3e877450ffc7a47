using System.Buffers;
using System.Globalization;
using System.Text.Json;

namespace FastTrainLog.Shipping;

/// <summary>What is in the place of one log: its objects, those of each log of the directory in their order.</summary>
internal sealed class S3Manifest
{
    public const string Name = "manifest.json";

    private const int Version = 1;
    private const int FirstNumber = 999_999_999;

    /// <summary>Gets the objects.</summary>
    public List<S3Part> Parts { get; } = [];

    /// <summary>Gets or sets how many of them, at the end, are of the last batch: its records may come again.</summary>
    public int OfLastBatch { get; set; }

    /// <summary>Returns the name of an object, which is that of a rotated file: the objects are a log directory.</summary>
    public static string NameOf(int log, int number) =>
        string.Create(CultureInfo.InvariantCulture, $"run{(log == 1 ? "" : $".{log}")}.jsonl.{FirstNumber - number}.gz");

    /// <summary>Reads a manifest.</summary>
    /// <exception cref="InvalidDataException">It is damaged or of another version.</exception>
    public static S3Manifest Read(byte[] content)
    {
        try
        {
            using JsonDocument document = JsonDocument.Parse(content);
            var manifest = new S3Manifest();
            if (document.RootElement.GetProperty("version").GetInt32() is var version && version != Version)
            {
                throw new InvalidDataException($"the manifest is of version {version}, and this is version {Version}");
            }

            manifest.OfLastBatch = document.RootElement.TryGetProperty("of_last_batch", out JsonElement last) ? last.GetInt32() : 0;
            foreach (JsonElement part in document.RootElement.GetProperty("objects").EnumerateArray())
            {
                var read = new S3Part(
                    part.GetProperty("log").GetInt32(), part.GetProperty("number").GetInt32(), part.GetProperty("bytes").GetInt64(), part.GetProperty("sha256").GetString()!, part.GetProperty("records").GetInt64())
                {
                    Rows = part.TryGetProperty("parquet", out JsonElement parquet) ? [.. parquet.EnumerateArray().Select(ReadRows)] : [],
                    Runs = part.TryGetProperty("runs", out JsonElement runs) ? [.. runs.EnumerateArray().Select(ReadRun)] : [],
                };
                manifest.Parts.Add(read.Log is > 0 and < FirstNumber && read.Number is > 0 and < FirstNumber ? read : throw new InvalidDataException("the manifest names an object that cannot be"));
            }

            return manifest;
        }
        catch (Exception exception) when (exception is JsonException or KeyNotFoundException or InvalidOperationException or FormatException)
        {
            throw new InvalidDataException($"the manifest is damaged: {exception.Message}", exception);
        }
    }

    public byte[] ToBytes()
    {
        var bytes = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(bytes))
        {
            json.WriteStartObject();
            json.WriteNumber("version", Version);
            json.WriteNumber("of_last_batch", OfLastBatch);
            json.WriteStartArray("objects");
            foreach (S3Part part in Parts)
            {
                json.WriteStartObject();
                json.WriteString("name", NameOf(part.Log, part.Number));
                json.WriteNumber("log", part.Log);
                json.WriteNumber("number", part.Number);
                json.WriteNumber("bytes", part.Bytes);
                json.WriteString("sha256", part.Sha256);
                json.WriteNumber("records", part.Records);
                if (part.Rows.Count > 0)
                {
                    json.WriteStartArray("parquet");
                    foreach (S3Rows rows in part.Rows)
                    {
                        Write(json, rows);
                    }

                    json.WriteEndArray();
                }

                if (part.Runs.Count > 0)
                {
                    json.WriteStartArray("runs");
                    foreach (S3RunPlace run in part.Runs)
                    {
                        Write(json, run);
                    }

                    json.WriteEndArray();
                }

                json.WriteEndObject();
            }

            json.WriteEndArray();
            json.WriteEndObject();
        }

        return bytes.WrittenSpan.ToArray();
    }

    private static S3Rows ReadRows(JsonElement rows) =>
        new(rows.GetProperty("name").GetString()!, rows.GetProperty("table").GetString()!, rows.GetProperty("run").GetString(), rows.GetProperty("rows").GetInt64(), StepOf(rows, "first_step"), StepOf(rows, "last_step"));

    private static S3RunPlace ReadRun(JsonElement run) => new(run.GetProperty("run").GetString()!, StepOf(run, "last_step"), run.GetProperty("begins_session").GetBoolean());

    private static long? StepOf(JsonElement element, string name) => element.TryGetProperty(name, out JsonElement step) ? step.GetInt64() : null;

    private static void Write(Utf8JsonWriter json, S3Rows rows)
    {
        json.WriteStartObject();
        json.WriteString("name", rows.Name);
        json.WriteString("table", rows.Table);
        json.WriteString("run", rows.Run);
        json.WriteNumber("rows", rows.Rows);
        WriteStep(json, "first_step", rows.FirstStep);
        WriteStep(json, "last_step", rows.LastStep);
        json.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter json, S3RunPlace run)
    {
        json.WriteStartObject();
        json.WriteString("run", run.Run);
        WriteStep(json, "last_step", run.LastStep);
        json.WriteBoolean("begins_session", run.IsFirstOfSession);
        json.WriteEndObject();
    }

    private static void WriteStep(Utf8JsonWriter json, string name, long? step)
    {
        if (step is { } number)
        {
            json.WriteNumber(name, number);
        }
    }
}
