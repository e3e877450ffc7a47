using System.Buffers;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace FastTrainLog.Gradients;

/// <summary>
/// Describes one contiguous gradient in memory, which a clipper reads, counts and scales in place.
/// </summary>
/// <remarks>
/// <para>
/// A buffer is only a description. One created by <c>Of</c> refers to an array or a memory, which the clipper pins during its call,
/// wherever the garbage collector has moved it. One created from a pointer neither owns nor pins the memory: its creator keeps the memory alive
/// and unmoved until the clipper's call has returned (for a CUDA buffer: until the work issued on its stream has run). Any alignment is accepted.
/// </para>
/// <para>
/// Memory that a list contains more than once, as with tied weights, is counted and scaled once: it counts under its first name and is empty under
/// the others. Buffers that partly overlap are rejected.
/// </para>
/// </remarks>
/// <example>
/// <code>
/// var first = new float[784 * 256];
/// var second = new double[256 * 10];
/// GradientBuffer[] gradients = [GradientBuffer.Of("fc1.weight", first), GradientBuffer.Of("fc2.weight", second)];
/// </code>
/// </example>
/// <param name="Name">The layer's name in the log. Names need not be unique.</param>
/// <param name="Pointer">The address of the first element; may be 0 only when <paramref name="Count"/> is 0.</param>
/// <param name="Count">The number of elements, 0 or more.</param>
/// <param name="Type">The element type.</param>
/// <param name="Device">The device of the memory.</param>
public readonly record struct GradientBuffer(
    string Name,
    nint Pointer,
    long Count,
    GradientType Type = GradientType.Float32,
    GradientDevice Device = default)
{
    private readonly object? _memory; // an array, an IPinnable or a Func<MemoryHandle>
    private readonly long _start;     // of an array in bytes, of an IPinnable in elements
    private readonly long _room;      // the number of elements from there on

    private GradientBuffer(string name, object memory, long start, long count, GradientType type)
        : this(name, 0, count, type)
        => (_memory, _start, _room) = (memory, start, count);

    /// <summary>
    /// Gets the address of the first element: 0 for a buffer created by <c>Of</c>, whose address is only known while it is pinned. Setting another address makes
    /// it a buffer over the memory there.
    /// </summary>
    public nint Pointer
    {
        get;
        init
        {
            field = value;
            _memory = null;
        }
    }
    = Pointer;

    /// <summary>Gets the size of one element in bytes.</summary>
    public int ElementSize => Type switch
    {
        GradientType.Float64 => 8,
        GradientType.Float32 => 4,
        _ => 2,
    };

    /// <summary>Gets the size of all elements in bytes.</summary>
    internal long ByteCount => Count * ElementSize;

    /// <summary>Gets the array or memory that has to be pinned for a call, null for a buffer created from a pointer.</summary>
    internal object? Memory => _memory;

    /// <summary>Describes an array, which the clipper pins during its calls.</summary>
    /// <typeparam name="T"><see cref="float"/>, <see cref="double"/> or <see cref="Half"/>.</typeparam>
    /// <param name="name">The layer's name.</param>
    /// <param name="values">The gradient.</param>
    /// <returns>A buffer over the whole array.</returns>
    /// <exception cref="ArgumentNullException">The name or the array is null.</exception>
    /// <exception cref="NotSupportedException">The element type is not one of the three.</exception>
    public static GradientBuffer Of<T>(string name, T[] values)
        where T : unmanaged
    {
        ArgumentNullException.ThrowIfNull(name);
        ArgumentNullException.ThrowIfNull(values);
        return new GradientBuffer(name, values, 0, values.Length, TypeOf<T>(name));
    }

    /// <summary>Describes a memory, part of an array or of any other kind, which the clipper pins during its calls.</summary>
    /// <typeparam name="T"><see cref="float"/>, <see cref="double"/> or <see cref="Half"/>.</typeparam>
    /// <param name="name">The layer's name.</param>
    /// <param name="values">The gradient.</param>
    /// <returns>A buffer over the whole memory.</returns>
    /// <exception cref="ArgumentNullException">The name is null.</exception>
    /// <exception cref="NotSupportedException">The element type is not one of the three.</exception>
    public static GradientBuffer Of<T>(string name, Memory<T> values)
        where T : unmanaged
    {
        ArgumentNullException.ThrowIfNull(name);
        GradientType type = TypeOf<T>(name);
        if (MemoryMarshal.TryGetArray(values, out ArraySegment<T> segment))
        {
            return new GradientBuffer(name, segment.Array!, (long)segment.Offset * Unsafe.SizeOf<T>(), segment.Count, type);
        }

        return MemoryMarshal.TryGetMemoryManager<T, MemoryManager<T>>(values, out MemoryManager<T>? manager, out int start, out int length)
            ? new GradientBuffer(name, manager, start, length, type)
            : throw new NotSupportedException($"The memory of gradient '{name}' is neither an array's nor a memory manager's. Copy it to an array.");
    }

    /// <summary>
    /// Describes what a method pins, such as <c>tensor.GetPinnedHandle</c> of a <c>System.Numerics.Tensors.Tensor&lt;T&gt;</c> whose elements are
    /// contiguous; the clipper calls it in each of its calls and releases the handle.
    /// </summary>
    /// <typeparam name="T"><see cref="float"/>, <see cref="double"/> or <see cref="Half"/>.</typeparam>
    /// <param name="name">The layer's name.</param>
    /// <param name="pin">The method; it must not return a null pointer if there are elements.</param>
    /// <param name="count">The number of elements, such as <c>tensor.FlattenedLength</c>.</param>
    /// <returns>A buffer over what the method pins.</returns>
    /// <exception cref="ArgumentNullException">The name or the method is null.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The count is negative.</exception>
    /// <exception cref="NotSupportedException">The element type is not one of the three.</exception>
    public static GradientBuffer Of<T>(string name, Func<MemoryHandle> pin, long count)
        where T : unmanaged
    {
        ArgumentNullException.ThrowIfNull(name);
        ArgumentNullException.ThrowIfNull(pin);
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        return new GradientBuffer(name, pin, 0, count, TypeOf<T>(name));
    }

    /// <summary>Describes an array that is on the pinned object heap, so that its address is known in advance; <c>Of</c> takes any array.</summary>
    /// <typeparam name="T"><see cref="float"/>, <see cref="double"/> or <see cref="Half"/>.</typeparam>
    /// <param name="name">The layer's name.</param>
    /// <param name="pinned">An array from <c>GC.AllocateArray&lt;T&gt;(length, pinned: true)</c>.</param>
    /// <returns>A buffer over the whole array.</returns>
    /// <remarks>
    /// The runtime does not report where an array is. One in a younger generation than the pinned object heap's is rejected here; for
    /// any other the clipper compares the address in each call, pins it, and rejects it if it has been moved.
    /// </remarks>
    /// <exception cref="ArgumentException">The array is not on the pinned object heap.</exception>
    /// <exception cref="ArgumentNullException">The name or the array is null.</exception>
    /// <exception cref="NotSupportedException">The element type is not one of the three.</exception>
    public static unsafe GradientBuffer FromPinnedArray<T>(string name, T[] pinned)
        where T : unmanaged
    {
        GradientBuffer buffer = Of(name, pinned);
        if (pinned.Length == 0)
        {
            return buffer with { Pointer = 0 };
        }

        // Objects on the pinned object heap belong to the oldest generation from the start.
        return GC.GetGeneration(pinned) < GC.MaxGeneration
            ? throw NotPinned(name, "does not lie on the pinned object heap: it is in a younger generation than objects there", nameof(pinned))
            : new GradientBuffer(buffer, (nint)Unsafe.AsPointer(ref MemoryMarshal.GetArrayDataReference(pinned)));
    }

    private GradientBuffer(in GradientBuffer buffer, nint claimed)
        : this(buffer.Name, claimed, buffer.Count, buffer.Type)
        => (_memory, _start, _room) = (buffer._memory, buffer._start, buffer._room);

    /// <summary>Describes elements that do not move while the buffer is used.</summary>
    internal static unsafe GradientBuffer At<T>(string name, T* first, int count)
        where T : unmanaged
    {
        ArgumentNullException.ThrowIfNull(name);
        return new GradientBuffer(name, (nint)first, count, TypeOf<T>(name));
    }

    /// <summary>Pins what the buffer refers to.</summary>
    /// <param name="index">The buffer's index in its list.</param>
    /// <param name="array">A handle for pinning an array; allocated if it is not.</param>
    /// <param name="pin">What has to be released after the call, for all but arrays.</param>
    /// <returns>The buffer with its address, without the reference.</returns>
    /// <exception cref="ArgumentException">The description does not match the memory, or the memory was declared pinned and has been moved.</exception>
    internal unsafe GradientBuffer Pin(int index, ref GCHandle array, out MemoryHandle pin)
    {
        pin = default;
        Check(index, Device);
        if (!Device.IsCpu || Count > _room)
        {
            throw new ArgumentException(
                Device.IsCpu
                    ? $"Gradient '{Name}' has the count {Count} and its memory {_room} elements. Pass the number of elements of the memory."
                    : $"Gradient '{Name}' is an array or a memory of .NET and is declared to be on {Device}. Omit its device, or pass a pointer to memory of the device.",
                "gradients");
        }

        void* address;
        if (_memory is Array values)
        {
            if (array.IsAllocated)
            {
                array.Target = values;
            }
            else
            {
                array = GCHandle.Alloc(values, GCHandleType.Pinned);
            }

            address = (byte*)Unsafe.AsPointer(ref MemoryMarshal.GetArrayDataReference(values)) + _start;
        }
        else
        {
            pin = _memory is IPinnable pinnable ? pinnable.Pin((int)_start) : ((Func<MemoryHandle>)_memory!)();
            address = pin.Pointer;
        }

        return Pointer != 0 && Pointer != (nint)address
            ? throw NotPinned(Name, "was declared pinned and has been moved by the garbage collector", "gradients")
            : new GradientBuffer(Name, Count == 0 ? 0 : (nint)address, Count, Type);
    }

    /// <summary>Throws if the description is invalid.</summary>
    /// <param name="index">The buffer's index in its list.</param>
    /// <param name="device">The device on which it must be.</param>
    /// <exception cref="ArgumentException">It is invalid; the message names the buffer.</exception>
    internal void Check(int index, GradientDevice device)
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

        if (Pointer == 0 && Count > 0 && _memory is null)
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

        if ((UInt128)(ulong)Pointer + ((UInt128)(ulong)Count * (uint)ElementSize) > ulong.MaxValue)
        {
            throw new ArgumentException(
                $"Gradient '{Name}' with {Count} elements at 0x{Pointer:x} does not fit into memory. Pass the number of elements, not of bytes.", "gradients");
        }

        if (Device != device)
        {
            throw new ArgumentException(
                device.IsCpu
                    ? $"Gradient '{Name}' lies on {Device}, and others of the list in host memory, or it is only to be measured. " +
                        "Copy the gradient to the host, or clip the gradients of a device in a separate call."
                    : $"Gradient '{Name}' lies on {Device} and others of the list on {device}. A clipper takes the gradients " +
                        "of one device in a call; make one clipper for each device.",
                "gradients");
        }

        if (!device.IsCpu && Pointer % ElementSize != 0)
        {
            throw new ArgumentException(
                $"Gradient '{Name}' begins at {Pointer:x}, which is no multiple of its element size {ElementSize}: a " +
                "GPU cannot read it. Copy the gradient to aligned memory.",
                "gradients");
        }
    }

    private static ArgumentException NotPinned(string name, string what, string parameter) => new(
        $"The array of gradient '{name}' {what}. Use GradientBuffer.Of, which pins any array during the clipper's calls, or allocate it " +
        "by GC.AllocateArray<T>(length, pinned: true).",
        parameter);

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
            $"Gradient '{name}' has elements of type {typeof(T)}; arrays, memories and spans are of float, double or Half. " +
            "For bfloat16 pass the pointer and GradientType.BFloat16 to the constructor.");
    }
}
