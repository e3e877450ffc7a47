using System.Buffers;
using System.Runtime.InteropServices;

namespace FastTrainLog.Gradients;

/// <summary>Pins the arrays and memories of a list during a call.</summary>
/// <remarks>
/// Invariant: between <see cref="Pin"/> and <see cref="Unpin"/> every returned address is pinned. Handles for arrays are reused from call to call and refer to
/// nothing in between, so that a call on a list of known length allocates nothing.
/// </remarks>
internal sealed class GradientPins : IDisposable
{
    private GradientBuffer[] _pinned = [];
    private GCHandle[] _arrays = [];
    private MemoryHandle[] _others = [];

    ~GradientPins() => Free();

    /// <summary>Returns whether a list has anything to pin.</summary>
    public static bool AreNeeded(ReadOnlySpan<GradientBuffer> gradients)
    {
        foreach (ref readonly GradientBuffer gradient in gradients)
        {
            if (gradient.Memory is not null)
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Pins a list; <see cref="Unpin"/> must follow, even after an exception.</summary>
    /// <param name="gradients">The list.</param>
    /// <returns>The same list with addresses.</returns>
    /// <exception cref="ArgumentException">A buffer does not match its memory; the message names it.</exception>
    public ReadOnlySpan<GradientBuffer> Pin(ReadOnlySpan<GradientBuffer> gradients)
    {
        if (gradients.Length > _arrays.Length)
        {
            Array.Resize(ref _arrays, gradients.Length);
            _pinned = new GradientBuffer[gradients.Length];
            _others = new MemoryHandle[gradients.Length];
        }

        for (int i = 0; i < gradients.Length; i++)
        {
            _pinned[i] = gradients[i].Memory is null ? gradients[i] : gradients[i].Pin(i, ref _arrays[i], out _others[i]);
        }

        return _pinned.AsSpan(0, gradients.Length);
    }

    public void Unpin()
    {
        for (int i = 0; i < _arrays.Length; i++)
        {
            if (_arrays[i].IsAllocated)
            {
                _arrays[i].Target = null;
            }

            _others[i].Dispose();
            _others[i] = default;
        }
    }

    public void Dispose()
    {
        Free();
        GC.SuppressFinalize(this);
    }

    private void Free()
    {
        for (int i = 0; i < _arrays.Length; i++)
        {
            if (_arrays[i].IsAllocated)
            {
                _arrays[i].Free();
            }
        }
    }
}
