using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace FastTrainLog.Gradients;

/// <summary>
/// Names one contiguous gradient in memory: what a clipper reads, counts and scales in place.
/// </summary>
/// <remarks>
/// A buffer is only a description. It neither owns nor pins the memory: whoever makes it keeps the memory alive and unmoved until the
/// clipper's call has returned (for a CUDA buffer: until the work issued on its stream has run). Any alignment is accepted.
/// </remarks>
/// <param name="Name">The layer's name, as the log shows it. Names need not be unique.</param>
/// <param name="Pointer">The address of the first element; may be 0 only when <paramref name="Count"/> is 0.</param>
/// <param name="Count">The number of elements, 0 or more.</param>
/// <param name="Type">The element type.</param>
/// <param name="Device">Where the memory lies.</param>
public readonly record struct GradientBuffer(
    string Name,
    nint Pointer,
    long Count,
    GradientType Type = GradientType.Float32,
    GradientDevice Device = default)
{
    /// <summary>Gets the size of one element in bytes.</summary>
    public int ElementSize => Type switch
    {
        GradientType.Float64 => 8,
        GradientType.Float32 => 4,
        _ => 2,
    };

    /// <summary>Describes an array that lies on the pinned object heap.</summary>
    /// <typeparam name="T"><see cref="float"/>, <see cref="double"/> or <see cref="Half"/>.</typeparam>
    /// <param name="name">The layer's name.</param>
    /// <param name="pinned">
    /// An array from <c>GC.AllocateArray&lt;T&gt;(length, pinned: true)</c> or one that a <see cref="GCHandle"/> keeps pinned. The runtime
    /// offers no way to check this; an ordinary array may be moved by the garbage collector while the clipper writes to where it was.
    /// </param>
    /// <returns>A buffer over the whole array.</returns>
    /// <exception cref="ArgumentNullException">The name or the array is null.</exception>
    /// <exception cref="NotSupportedException">The element type is none of the three.</exception>
    public static unsafe GradientBuffer FromPinnedArray<T>(string name, T[] pinned)
        where T : unmanaged
    {
        ArgumentNullException.ThrowIfNull(name);
        ArgumentNullException.ThrowIfNull(pinned);
        var address = (nint)Unsafe.AsPointer(ref MemoryMarshal.GetArrayDataReference(pinned));
        return new GradientBuffer(name, pinned.Length == 0 ? 0 : address, pinned.Length, TypeOf<T>(name));
    }

    /// <summary>Throws when the description cannot be right, wherever the memory lies.</summary>
    /// <param name="index">The buffer's place in its list.</param>
    /// <exception cref="ArgumentException">It is not; the message names the buffer.</exception>
    internal void Check(int index)
    {
        if (Name is null)
        {
            throw new ArgumentException(
                $"Gradient {index} of the list has no name (null). Give each buffer the name of its layer.", "gradients");
        }

        if (Count < 0)
        {
            throw new ArgumentException(
                $"Gradient '{Name}' has the count {Count}; it must be 0 or more. Pass the number of elements, not of bytes.", "gradients");
        }

        if (Pointer == 0 && Count > 0)
        {
            throw new ArgumentException(
                $"Gradient '{Name}' has a null pointer and {Count} elements. Leave layers without a gradient out of the list, or pass the " +
                "count 0.",
                "gradients");
        }

        if (!Enum.IsDefined(Type))
        {
            throw new ArgumentException(
                $"Gradient '{Name}' has the unknown element type {(int)Type}. Use Float32, Float64, Float16 or BFloat16.", "gradients");
        }
    }

    private static GradientType TypeOf<T>(string name)
    {
        if (typeof(T) == typeof(float))
        {
            return GradientType.Float32;
        }

        if (typeof(T) == typeof(double))
        {
            return GradientType.Float64;
        }

        if (typeof(T) == typeof(Half))
        {
            return GradientType.Float16;
        }

        throw new NotSupportedException(
            $"Gradient '{name}' has elements of type {typeof(T)}; FromPinnedArray takes float, double and Half. " +
            "For bfloat16 pass the pointer and GradientType.BFloat16 to the constructor.");
    }
}
