using System.Buffers;
using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Text.Encodings.Web;
using System.Text.Json;
using FastTrainLog.Utf8Text;

namespace FastTrainLog.Shipping.Http;

/// <summary>How the targets write JSON: it is read by a parser of JSON and by nothing else, so only what JSON asks for is escaped. A quote takes two bytes, not six, and lines have many.</summary>
internal static class RequestJson
{
    /// <summary>Gets the options of the writers.</summary>
    public static JsonWriterOptions Options { get; } = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, SkipValidation = true };

    /// <summary>Appends a line of JSON as the content of a string.</summary>
    /// <remarks>
    /// A line has a quote for each ten bytes or so. Sixteen bytes at a time are stored, whether or not the next quote is among them, and what follows it is stored again after its escape: a third of the time of a
    /// writer that looks at each byte.
    /// </remarks>
    /// <param name="buffer">The buffer.</param>
    /// <param name="line">The line, valid UTF-8.</param>
    public static void AppendEscaped(Utf8Buffer buffer, ReadOnlySpan<byte> line)
    {
        // In pieces, so that a long line has not six times its length reserved.
        const int Piece = 4096;
        for (int at = 0; at < line.Length; at += Piece)
        {
            AppendPiece(buffer, line.Slice(at, Math.Min(Piece, line.Length - at)));
        }
    }

    private static void AppendPiece(Utf8Buffer buffer, ReadOnlySpan<byte> line)
    {
        // Up to six for each byte: \u0009. The last vector may be stored beyond the last of them.
        ref byte to = ref MemoryMarshal.GetReference(buffer.Reserve((line.Length * 6) + Vector128<byte>.Count));
        ref byte from = ref MemoryMarshal.GetReference(line);
        nuint read = 0;
        nuint written = 0;
        nuint length = (nuint)line.Length;
        while (length - read >= (nuint)Vector128<byte>.Count)
        {
            Vector128<byte> bytes = Vector128.LoadUnsafe(ref from, read);
            bytes.StoreUnsafe(ref to, written);
            Vector128<byte> escaped = Vector128.Equals(bytes, Vector128.Create((byte)'"')) | Vector128.Equals(bytes, Vector128.Create((byte)'\\')) | Vector128.LessThan(bytes, Vector128.Create((byte)0x20));
            uint found = escaped.ExtractMostSignificantBits();
            if (found == 0)
            {
                read += (nuint)Vector128<byte>.Count;
                written += (nuint)Vector128<byte>.Count;
                continue;
            }

            nuint before = (nuint)BitOperations.TrailingZeroCount(found);
            read += before;
            written += before;
            written += Escape(ref Unsafe.Add(ref to, written), Unsafe.Add(ref from, read++));
        }

        for (; read < length; read++)
        {
            byte value = Unsafe.Add(ref from, read);
            if (value is (byte)'"' or (byte)'\\' or < 0x20)
            {
                written += Escape(ref Unsafe.Add(ref to, written), value);
            }
            else
            {
                Unsafe.Add(ref to, written++) = value;
            }
        }

        buffer.Advance((int)written);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static nuint Escape(ref byte to, byte value)
    {
        to = (byte)'\\';
        if (value >= 0x20)
        {
            Unsafe.Add(ref to, 1) = value;
            return 2;
        }

        "u00"u8.CopyTo(MemoryMarshal.CreateSpan(ref Unsafe.Add(ref to, 1), 3));
        Unsafe.Add(ref to, 4) = (byte)('0' + (value >> 4));
        Unsafe.Add(ref to, 5) = "0123456789abcdef"u8[value & 15];
        return 6;
    }
}
