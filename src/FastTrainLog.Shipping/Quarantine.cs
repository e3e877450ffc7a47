using System.Buffers;
using System.Text.Json;

namespace FastTrainLog.Shipping;

/// <summary>The file of the records that a target refused for good: JSON lines with the time, the reason, the place and the record itself.</summary>
internal sealed class Quarantine(string path)
{
    private const int MostOfReason = 2048;

    public string Path => path;

    /// <summary>Adds a record, and does not return before it is on the disk: the cursor moves past it.</summary>
    /// <exception cref="IOException">It cannot be written.</exception>
    public void Add(ShipBatch batch, int index, string reason)
    {
        var line = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(line))
        {
            ShippedRecord shipped = batch[index];
            json.WriteStartObject();
            json.WriteString("rejected", DateTime.UtcNow);
            json.WriteString("reason", reason.Length <= MostOfReason ? reason : reason[..MostOfReason]);
            json.WriteString("file", System.IO.Path.GetFileName(shipped.Record.File.Path));
            json.WriteNumber("offset", shipped.Position.Offset);
            json.WriteString("id", shipped.Id);
            json.WritePropertyName("record");
            json.WriteRawValue(shipped.Record.Utf8Json, skipInputValidation: true);
            json.WriteEndObject();
        }

        using var file = new FileStream(path, FileMode.Append, FileAccess.Write, FileShare.Read);
        long start = file.Position;
        try
        {
            file.Write([.. line.WrittenSpan, (byte)'\n']);
            file.Flush(flushToDisk: true);
        }
        catch (IOException)
        {
            // A part of a line would make the next one unreadable.
            file.SetLength(start);
            throw;
        }
    }
}
