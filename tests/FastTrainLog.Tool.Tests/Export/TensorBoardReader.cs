using System.Buffers.Binary;
using Google.Protobuf;

namespace FastTrainLog.Tool.Tests.Export;

/// <summary>Reads event files, written after the published formats and not after the writer: TFRecord frames with their sums, and messages by their field numbers.</summary>
/// <remarks>
/// event.proto: Event { wall_time = 1, step = 2, file_version = 3, summary = 5, session_log = 7 }, SessionLog { status = 1 } with START = 1. summary.proto: Summary { value = 1 }, Value { tag = 1,
/// simple_value = 2, histo = 5, tensor = 8, metadata = 9 }, SummaryMetadata { plugin_data = 1, data_class = 4 }, PluginData { plugin_name = 1 }.
/// histogram.proto: HistogramProto { min = 1, max = 2, num = 3, sum = 4, sum_squares = 5, bucket_limit = 6, bucket = 7 }.
/// tensor.proto: TensorProto { dtype = 1, tensor_shape = 2, string_val = 8 }. Any other field fails.
/// </remarks>
internal static class TensorBoardReader
{
    public sealed record Value(string Tag, long Step, double WallTime, float? Scalar, Histogram? Histogram, string? Text, string? Plugin);

    public sealed record Histogram(double Min, double Max, double Count, double Sum, double SumOfSquares, List<double> Limits, List<double> Counts);

    /// <summary>The tag of an event that is the mark of a new session.</summary>
    public const string SessionStart = "(session start)";

    /// <summary>Reads what TensorBoard shows of a file: the mark of a session drops what stands at its step and after it so far (_CheckForRestartAndMaybePurge in event_accumulator.py).</summary>
    public static List<Value> ReadShown(string path)
    {
        var values = new List<Value>();
        Each(path, value =>
        {
            if (value.Tag == SessionStart)
            {
                values.RemoveAll(earlier => earlier.Step >= value.Step);
            }
            else
            {
                values.Add(value);
            }
        });
        return values;
    }

    public static List<Value> Read(string path)
    {
        var values = new List<Value>();
        Each(path, values.Add);
        return values;
    }

    public static void Each(string path, Action<Value> take)
    {
        bool isFirst = true;
        foreach (byte[] record in Frames(path))
        {
            double wallTime = 0;
            long step = 0;
            Each(record, (field, input) =>
            {
                switch (field)
                {
                    case 1:
                        wallTime = input.ReadDouble();
                        break;
                    case 2:
                        step = input.ReadInt64();
                        break;
                    case 3 when isFirst:
                        Require(input.ReadString() == "brain.Event:2", "the file does not begin with its version");
                        break;
                    case 5:
                        Each(input.ReadBytes().ToByteArray(), (number, summary) =>
                        {
                            Require(number == 1, $"Summary has no field {number}");
                            take(ReadValue(summary.ReadBytes().ToByteArray(), step, wallTime));
                        });
                        break;
                    case 7:
                        Require(input.ReadBytes().ToByteArray() is [8, 1], "the session log does not have the status START alone");
                        take(new Value(SessionStart, step, wallTime, null, null, null, null));
                        break;
                    default:
                        throw new InvalidDataException($"Event has no field {field} that is written here.");
                }
            });
            isFirst = false;
        }
    }

    /// <summary>Computes CRC-32C bit by bit, from the polynomial alone (RFC 3720, appendix B.4).</summary>
    public static uint Crc32C(ReadOnlySpan<byte> bytes)
    {
        uint crc = uint.MaxValue;
        foreach (byte b in bytes)
        {
            crc ^= b;
            for (int bit = 0; bit < 8; bit++)
            {
                crc = (crc & 1) != 0 ? (crc >> 1) ^ 0x82F63B78 : crc >> 1;
            }
        }

        return ~crc;
    }

    private static IEnumerable<byte[]> Frames(string path)
    {
        using FileStream file = File.OpenRead(path);
        byte[] head = new byte[12];
        while (file.Position < file.Length)
        {
            file.ReadExactly(head);
            RequireSum(head.AsSpan(0, 8), BinaryPrimitives.ReadUInt32LittleEndian(head.AsSpan(8)));
            byte[] record = new byte[(int)BinaryPrimitives.ReadUInt64LittleEndian(head) + 4];
            file.ReadExactly(record);
            RequireSum(record.AsSpan(0, record.Length - 4), BinaryPrimitives.ReadUInt32LittleEndian(record.AsSpan(record.Length - 4)));
            yield return record[..^4];
        }
    }

    private static void RequireSum(ReadOnlySpan<byte> bytes, uint masked)
    {
        uint rotated = unchecked(masked - 0xA282EAD8);
        Require(((rotated >> 17) | (rotated << 15)) == Crc32C(bytes), "a check sum is wrong");
    }

    private static Value ReadValue(byte[] message, long step, double wallTime)
    {
        string tag = string.Empty;
        float? scalar = null;
        Histogram? histogram = null;
        string? text = null;
        string? plugin = null;
        Each(message, (field, input) =>
        {
            switch (field)
            {
                case 1:
                    tag = input.ReadString();
                    break;
                case 2:
                    scalar = input.ReadFloat();
                    break;
                case 5:
                    histogram = ReadHistogram(input.ReadBytes().ToByteArray());
                    break;
                case 8:
                    text = ReadText(input.ReadBytes().ToByteArray());
                    break;
                case 9:
                    plugin = ReadPlugin(input.ReadBytes().ToByteArray());
                    break;
                default:
                    throw new InvalidDataException($"Value has no field {field} that is written here.");
            }
        });
        return new Value(tag, step, wallTime, scalar, histogram, text, plugin);
    }

    private static Histogram ReadHistogram(byte[] message)
    {
        double[] moments = new double[6];
        var lists = new Dictionary<int, List<double>> { [6] = [], [7] = [] };
        Each(message, (field, input) =>
        {
            if (field is >= 1 and <= 5)
            {
                moments[field] = input.ReadDouble();
                return;
            }

            byte[] packed = input.ReadBytes().ToByteArray();
            for (int i = 0; i < packed.Length; i += 8)
            {
                lists[field].Add(BinaryPrimitives.ReadDoubleLittleEndian(packed.AsSpan(i)));
            }
        });
        return new Histogram(moments[1], moments[2], moments[3], moments[4], moments[5], lists[6], lists[7]);
    }

    private static string ReadText(byte[] message)
    {
        string? text = null;
        Each(message, (field, input) =>
        {
            switch (field)
            {
                case 1:
                    Require(input.ReadInt32() == 7, "the tensor is not of DT_STRING");
                    break;
                case 2:
                    Require(input.ReadBytes().ToByteArray() is [0x12, 2, 8, 1], "the tensor has not the shape [1]");
                    break;
                case 8:
                    text = input.ReadString();
                    break;
                default:
                    throw new InvalidDataException($"TensorProto has no field {field} that is written here.");
            }
        });
        return text!;
    }

    private static string ReadPlugin(byte[] message)
    {
        string? name = null;
        Each(message, (field, input) =>
        {
            if (field == 4)
            {
                Require(input.ReadInt32() == 2, "the data class is not DATA_CLASS_TENSOR");
                return;
            }

            Require(field == 1, $"SummaryMetadata has no field {field} that is written here");
            Each(input.ReadBytes().ToByteArray(), (number, plugin) =>
            {
                Require(number == 1, $"PluginData has no field {number} that is written here");
                name = plugin.ReadString();
            });
        });
        return name!;
    }

    private static void Each(byte[] message, Action<int, CodedInputStream> read)
    {
        var input = new CodedInputStream(message);
        uint tag;
        while ((tag = input.ReadTag()) != 0)
        {
            read(WireFormat.GetTagFieldNumber(tag), input);
        }
    }

    private static void Require(bool holds, string problem)
    {
        if (!holds)
        {
            throw new InvalidDataException(problem);
        }
    }
}
