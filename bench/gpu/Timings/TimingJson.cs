using System.Text.Json;

namespace FastTrainLog.GpuBench.Timings;

/// <summary>Writes the rows for torch_clip.py, which takes the models' shapes from them, and for the record.</summary>
internal static class TimingJson
{
    public static void Write(string path, string device, string driverVersion, List<TimingRow> rows)
    {
        using FileStream file = File.Create(path);
        using var json = new Utf8JsonWriter(file, new JsonWriterOptions { Indented = true });
        json.WriteStartObject();
        json.WriteString("device", device);
        json.WriteString("cuda", driverVersion);
        json.WriteStartArray("rows");
        foreach (TimingRow row in rows)
        {
            json.WriteStartObject();
            json.WriteString("model", row.Model);
            json.WriteString("type", row.Type);
            json.WriteString("operation", row.Operation);
            json.WriteNumber("ms", row.Milliseconds);
            json.WriteNumber("gb_per_s", row.GigabytesPerSecond);
            json.WriteNumber("share_of_copy", row.ShareOfCopy);
            json.WriteNumber("host_us", row.HostMicroseconds);
            json.WriteNumber("host_us_p99", row.HostMicrosecondsP99);
            json.WritePropertyName("lengths");
            json.WriteRawValue($"[{string.Join(',', row.Lengths)}]");
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }
}
