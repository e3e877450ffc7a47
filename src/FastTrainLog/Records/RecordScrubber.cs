using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using FastTrainLog.Redaction;

namespace FastTrainLog.Records;

/// <summary>Masks in the texts of records what a scrubber finds there: strings, exceptions, messages of plain log calls, the values of properties and scopes.</summary>
/// <remarks>
/// The record in a page stays as it was logged, so that a recovery finds it whole and masks it in the same way: a process that is killed while it masks leaves no half of a key. A record
/// without anything to mask is not copied. Names, templates and categories are the program's own, and are not searched.
/// </remarks>
/// <param name="scrubber">The scrubber.</param>
internal sealed unsafe class RecordScrubber(TextScrubber scrubber)
{
    /// <summary>Gets what it masks.</summary>
    public ScrubRules Rules => scrubber.Rules;

    /// <summary>Returns a record as it may be seen.</summary>
    /// <param name="site">Its call site.</param>
    /// <param name="record">The record.</param>
    /// <param name="copy">The memory of the copy, if one is made: the result is valid until it is used again.</param>
    public byte* Scrub(CallSite site, byte* record, ref byte[] copy)
    {
        if (!site.HasTexts || !Search(site, record, hides: false))
        {
            return record;
        }

        int length = RecordLayout.Length(*(ulong*)record);
        if (copy.Length < length)
        {
            copy = GC.AllocateUninitializedArray<byte>(length, pinned: true);
        }

        new ReadOnlySpan<byte>(record, length).CopyTo(copy);
        byte* copied = (byte*)Unsafe.AsPointer(ref MemoryMarshal.GetArrayDataReference(copy));
        Search(site, copied, hides: true);
        return copied;
    }

    /// <summary>Masks a record where it is.</summary>
    public void ScrubInPlace(CallSite site, byte* record)
    {
        if (site.HasTexts)
        {
            Search(site, record, hides: true);
        }
    }

    // Returns whether there is anything to mask, or masks it.
    private bool Search(CallSite site, byte* record, bool hides)
    {
        byte* at = record + RecordLayout.HeaderBytes;
        bool finds = false;
        foreach (CallSiteArgument argument in site.Arguments)
        {
            if (argument.IsNullable && *at++ == 0)
            {
                continue;
            }

            finds |= SearchValue(argument.Kind, ref at, hides);
        }

        return finds;
    }

    private bool SearchValue(ArgumentKind kind, ref byte* at, bool hides)
    {
        switch (kind)
        {
            case ArgumentKind.String or ArgumentKind.Text:
                return SearchText(ref at, hides);
            case ArgumentKind.Exception:
                return SearchText(ref at, hides) | SearchText(ref at, hides) | SearchText(ref at, hides);
            case ArgumentKind.Properties:
                int count = Unsafe.ReadUnaligned<int>(at);
                at += sizeof(int);
                bool finds = false;
                for (int i = 0; i < count; i++)
                {
                    _ = RecordDecoder.ReadText(ref at);
                    var valueKind = (ArgumentKind)(*at++);
                    finds |= SearchValue(valueKind, ref at, hides);
                }

                return finds;
            default:
                at += RecordDecoder.SizeOf(kind, at);
                return false;
        }
    }

    private bool SearchText(ref byte* at, bool hides)
    {
        ReadOnlySpan<char> text = RecordDecoder.ReadText(ref at);
        if (!hides)
        {
            return scrubber.Finds(text);
        }

        scrubber.Hide(MemoryMarshal.CreateSpan(ref MemoryMarshal.GetReference(text), text.Length));
        return true;
    }
}
