using System.Text;

namespace FastTrainLog.Shipping;

/// <summary>Reads the answer to an export of OpenTelemetry logs.</summary>
internal static class OtlpAnswer
{
    /// <summary>Returns how many records were refused, and why: <c>partial_success</c> with <c>rejected_log_records</c> and <c>error_message</c>.</summary>
    public static (long Refused, string Reason) PartialSuccess(ReadOnlySpan<byte> answer)
    {
        (long refused, string reason) = (0, "no reason is given");
        while (TryReadField(ref answer, out int field, out ulong _, out ReadOnlySpan<byte> content))
        {
            if (field != 1)
            {
                continue;
            }

            while (TryReadField(ref content, out int inner, out ulong number, out ReadOnlySpan<byte> text))
            {
                refused = inner == 1 ? (long)number : refused;
                reason = inner == 2 ? Encoding.UTF8.GetString(text) : reason;
            }
        }

        return (refused, reason);
    }

    // False at the end, and where the rest is no message.
    private static bool TryReadField(ref ReadOnlySpan<byte> bytes, out int field, out ulong number, out ReadOnlySpan<byte> content)
    {
        field = 0;
        number = 0;
        content = default;
        if (!TryReadNumber(ref bytes, out ulong tag))
        {
            return false;
        }

        field = (int)(tag >> 3);
        switch (tag & 7)
        {
            case 0:
                return TryReadNumber(ref bytes, out number);
            case 2 when TryReadNumber(ref bytes, out ulong length) && length <= (ulong)bytes.Length:
                content = bytes[..(int)length];
                bytes = bytes[(int)length..];
                return true;
            case 1 when bytes.Length >= 8:
                bytes = bytes[8..];
                return true;
            case 5 when bytes.Length >= 4:
                bytes = bytes[4..];
                return true;
            default:
                return false;
        }
    }

    private static bool TryReadNumber(ref ReadOnlySpan<byte> bytes, out ulong number)
    {
        number = 0;
        for (int i = 0; i < Math.Min(bytes.Length, 10); i++)
        {
            number |= (ulong)(bytes[i] & 0x7F) << (7 * i);
            if (bytes[i] < 0x80)
            {
                bytes = bytes[(i + 1)..];
                return true;
            }
        }

        return false;
    }
}
