using System.Runtime.CompilerServices;

namespace FastTrainLog.Gradients;

/// <summary>
/// The last list of gradients, in which each piece of memory counts once. Tied weights have one gradient under two names.
/// </summary>
/// <remarks>
/// A piece that is listed again is an empty buffer in <see cref="Counted"/>, under its own name and at its own index. A list that is the same as before
/// costs a comparison; if only addresses changed, it costs a pass in address order, and a sort if that order changed. Neither allocates.
/// </remarks>
internal sealed class DistinctGradients
{
    private GradientBuffer[] _given = [];
    private GradientBuffer[] _counted = [];
    private int[] _firsts = []; // for each buffer, the index at which its memory is listed first
    private int[] _newFirsts = [];
    private int[] _byAddress = []; // the indexes of buffers with elements
    private ulong[] _addresses = [];

    /// <summary>Gets the list, in which each piece of memory occurs once.</summary>
    public ReadOnlySpan<GradientBuffer> Counted => _counted;

    /// <summary>Makes a list the current one. A rejected list changes nothing.</summary>
    /// <param name="gradients">The list.</param>
    /// <param name="device">The device on which all of it must be.</param>
    /// <returns>The difference from the last one.</returns>
    /// <exception cref="ArgumentException">A buffer is invalid, is on another device, or partly overlaps another; the message names it.</exception>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public ListChange Take(ReadOnlySpan<GradientBuffer> gradients, GradientDevice device)
    {
        bool sameShape = gradients.Length == _given.Length;
        bool moved = false;
        for (int i = 0; sameShape && i < gradients.Length; i++)
        {
            ref readonly GradientBuffer known = ref _given[i];
            ref readonly GradientBuffer given = ref gradients[i];
            sameShape = given.Count == known.Count && given.Type == known.Type && given.Device == known.Device && SameName(given, known);
            moved |= given.Pointer != known.Pointer;
        }

        // All calls with this list use the same device, so an unchanged list needs no check.
        if (sameShape && !moved)
        {
            return ListChange.None;
        }

        for (int i = 0; i < gradients.Length; i++)
        {
            gradients[i].Check(i, device);
        }

        return Replace(gradients, sameShape);
    }

    private static bool SameName(in GradientBuffer given, in GradientBuffer known)
        => ReferenceEquals(given.Name, known.Name) || given.Name == known.Name;

    private ListChange Replace(ReadOnlySpan<GradientBuffer> gradients, bool sameShape)
    {
        int[] byAddress = sameShape ? _byAddress : PlacesWithElements(gradients);
        ulong[] addresses = sameShape ? _addresses : new ulong[byAddress.Length];
        int[] firsts = sameShape ? _newFirsts : new int[gradients.Length];
        bool sorted = true;
        for (int i = 0; i < byAddress.Length; i++)
        {
            addresses[i] = (ulong)gradients[byAddress[i]].Pointer;
            sorted &= i == 0 || addresses[i] >= addresses[i - 1];
        }

        if (!sorted)
        {
            Array.Sort(addresses, byAddress);
        }

        FindRepeats(gradients, byAddress, firsts);
        if (sameShape && firsts.AsSpan().SequenceEqual(_firsts))
        {
            Copy(gradients);
            return ListChange.Addresses;
        }

        (_byAddress, _addresses, _newFirsts) = (byAddress, addresses, firsts);
        _firsts = [.. firsts];
        _given = new GradientBuffer[gradients.Length];
        _counted = new GradientBuffer[gradients.Length];
        Copy(gradients);
        return ListChange.Shape;
    }

    private static int[] PlacesWithElements(ReadOnlySpan<GradientBuffer> gradients)
    {
        var places = new List<int>(gradients.Length);
        for (int i = 0; i < gradients.Length; i++)
        {
            if (gradients[i].Count > 0)
            {
                places.Add(i);
            }
        }

        return [.. places];
    }

    private void Copy(ReadOnlySpan<GradientBuffer> gradients)
    {
        for (int i = 0; i < gradients.Length; i++)
        {
            _given[i] = gradients[i];
            _counted[i] = _firsts[i] == i ? gradients[i] : gradients[i] with { Pointer = 0, Count = 0 };
        }
    }

    private static void FindRepeats(ReadOnlySpan<GradientBuffer> gradients, int[] byAddress, int[] firsts)
    {
        for (int i = 0; i < firsts.Length; i++)
        {
            firsts[i] = i;
        }

        for (int i = 0; i < byAddress.Length;)
        {
            int piece = byAddress[i];
            ref readonly GradientBuffer first = ref gradients[piece];
            int next = i + 1;
            int earliest = piece;
            for (; next < byAddress.Length && StartsWithin(gradients[byAddress[next]], first); next++)
            {
                if (!IsSamePiece(gradients[byAddress[next]], first))
                {
                    throw Overlap(gradients, piece, byAddress[next]);
                }

                earliest = Math.Min(earliest, byAddress[next]);
            }

            for (; i < next; i++)
            {
                firsts[byAddress[i]] = earliest;
            }
        }
    }

    private static bool StartsWithin(in GradientBuffer buffer, in GradientBuffer piece)
        => (ulong)buffer.Pointer - (ulong)piece.Pointer < (ulong)piece.ByteCount;

    private static bool IsSamePiece(in GradientBuffer buffer, in GradientBuffer piece)
        => buffer.Pointer == piece.Pointer && buffer.Count == piece.Count && buffer.Type == piece.Type;

    private static ArgumentException Overlap(ReadOnlySpan<GradientBuffer> gradients, int one, int other)
    {
        GradientBuffer first = gradients[Math.Min(one, other)];
        GradientBuffer second = gradients[Math.Max(one, other)];
        return new ArgumentException(
            $"Gradients '{first.Name}' ({Range(first)}) and '{second.Name}' ({Range(second)}) share a part of their memory, which would be counted " +
            "and scaled twice. List that memory once, or all of it under both names with the same address, count and type: then it counts once.",
            "gradients");
    }

    private static string Range(in GradientBuffer buffer)
        => $"{buffer.Count} of {buffer.Type}, bytes 0x{buffer.Pointer:x} to 0x{buffer.Pointer + buffer.ByteCount - 1:x}";
}
