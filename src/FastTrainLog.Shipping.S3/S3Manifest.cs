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

            foreach (JsonElement part in document.RootElement.GetProperty("objects").EnumerateArray())
            {
                var read = new S3Part(
                    part.GetProperty("log").GetInt32(), part.GetProperty("number").GetInt32(), part.GetProperty("bytes").GetInt64(), part.GetProperty("sha256").GetString()!, part.GetProperty("records").GetInt64());
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
                json.WriteEndObject();
            }

            json.WriteEndArray();
            json.WriteEndObject();
        }

        return bytes.WrittenSpan.ToArray();
    }
}
